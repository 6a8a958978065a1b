"""Mandates: named and ended by the secretariat or the organisation itself, asked of the day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from concerte.accounts.services import pseudonymise
from concerte.governance.errors import BodyRefused
from concerte.governance.models import Mandate
from concerte.governance.rules import sits_on
from concerte.governance.services import end_mandate, end_seat, give_mandate
from concerte.partners.models import Membership
from concerte.partners.services import end_membership
from tests.accounts.factories import UserFactory
from tests.governance.factories import MandateFactory, Role, SeatFactory, assembly, member
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def today():
    return timezone.localdate()


def empty_seat(at):
    """A seat of the body nobody holds, and somebody of its organisation."""
    seat = SeatFactory(body=at.body, organisation=OrganisationFactory(local=True))
    return seat, member(seat.organisation, Role.CONTRIBUTOR)


def test_the_secretariat_names_a_holder_and_a_substitute():
    at = assembly()
    seat, holder = empty_seat(at)
    substitute = member(seat.organisation, Role.READER)

    give_mandate(seat, person=holder, title=" Maire ", acting_user=at.secretary)
    give_mandate(seat, person=substitute, is_substitute=True, acting_user=at.secretary)

    assert [(mandate.person, mandate.title) for mandate in seat.mandates.all()] == [(holder, "Maire"), (substitute, "")]
    assert sits_on(substitute, at.body)


def test_a_representative_names_and_ends_the_holder_of_their_own_organisation():
    at = assembly()
    held = Mandate.objects.get(person=at.local_holder)

    end_mandate(held, reason="Élections.", acting_user=at.local_representative)
    made = give_mandate(at.local_seat, person=at.local_contributor, acting_user=at.local_representative)

    assert not sits_on(at.local_holder, at.body)
    assert sits_on(made.person, at.body)
    assert Mandate.objects.filter(seat=at.local_seat, is_substitute=False).count() == 2


@pytest.mark.parametrize(
    "role", ["state_holder", "local_holder", "local_contributor", "observer", "neighbour", "administrator", "stranger"]
)
def test_others_name_and_end_nobody(role):
    at = assembly()
    seat, holder = empty_seat(at)
    person = at.people()[role]

    with pytest.raises(BodyRefused) as giving:
        give_mandate(seat, person=holder, acting_user=person)
    with pytest.raises(BodyRefused) as ending:
        end_mandate(Mandate.objects.get(person=at.local_substitute), reason="Non.", acting_user=person)

    assert (giving.value.code, ending.value.code) == ("not-allowed", "not-allowed")
    assert not seat.mandates.exists()
    assert sits_on(at.local_substitute, at.body)


def test_a_representative_of_one_organisation_does_not_name_for_another():
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        end_mandate(Mandate.objects.get(person=at.state_substitute), reason="Non.", acting_user=at.local_representative)

    assert refusal.value.code == "not-allowed"


def test_somebody_from_elsewhere_holds_no_seat():
    at = assembly()
    seat, _holder = empty_seat(at)

    with pytest.raises(BodyRefused) as refusal:
        give_mandate(seat, person=at.stranger, acting_user=at.secretary)

    assert refusal.value.code == "not-of-organisation"


def test_a_closed_account_holds_no_seat():
    at = assembly()
    seat, holder = empty_seat(at)
    holder.is_active = False
    holder.save()

    with pytest.raises(BodyRefused) as refusal:
        give_mandate(seat, person=holder, acting_user=at.secretary)

    assert refusal.value.code == "person-inactive"


def test_a_seat_has_one_holder_at_a_time():
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        give_mandate(at.local_seat, person=at.local_contributor, acting_user=at.secretary)

    assert refusal.value.code == "overlap"


def test_a_mandate_may_follow_another_before_it_has_ended():
    at = assembly()
    leaves = today() + timedelta(days=10)
    end_mandate(Mandate.objects.get(person=at.local_holder), on=leaves, reason="Élections.", acting_user=at.secretary)

    give_mandate(at.local_seat, person=at.local_contributor, starts_on=leaves, acting_user=at.secretary)

    assert Mandate.objects.held_by(at.local_contributor, leaves).exists()
    assert not Mandate.objects.held_by(at.local_contributor, today()).exists()


def test_a_holder_is_not_their_own_substitute_nor_sits_twice():
    at = assembly()
    seat, holder = empty_seat(at)
    give_mandate(seat, person=holder, acting_user=at.secretary)

    with pytest.raises(BodyRefused) as refusal:
        give_mandate(seat, person=holder, is_substitute=True, acting_user=at.secretary)

    assert refusal.value.code == "sits-already"


def test_a_mandate_stays_within_its_seat():
    at = assembly()
    seat, holder = empty_seat(at)
    end_seat(seat, on=today() + timedelta(days=30), reason="Fin annoncée.", acting_user=at.secretary)

    with pytest.raises(BodyRefused) as refusal:
        give_mandate(seat, person=holder, acting_user=at.secretary)

    assert refusal.value.code == "outside-seat"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"reason": ""}, "no-reason"), ({"on": timezone.localdate() - timedelta(days=4000)}, "ends-before-start")],
)
def test_a_mandate_ends_with_a_reason_and_after_its_start(changes, code):
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        end_mandate(
            Mandate.objects.get(person=at.local_holder), **({"reason": "Fin."} | changes), acting_user=at.secretary
        )

    assert refusal.value.code == code
    assert sits_on(at.local_holder, at.body)


def test_an_ended_mandate_is_not_ended_again():
    mandate = MandateFactory(ended=True)

    with pytest.raises(BodyRefused) as refusal:
        end_mandate(mandate, reason="Encore.", acting_user=None)

    assert refusal.value.code == "already-ended"


def test_who_speaks_no_more_for_the_organisation_sits_no_more(django_capture_on_commit_callbacks):
    at = assembly()

    with django_capture_on_commit_callbacks(execute=True):
        end_membership(
            Membership.objects.get(person=at.local_holder), on=today(), reason="Départ.", acting_user=at.secretary
        )

    mandate = Mandate.objects.get(person=at.local_holder)
    assert mandate.ends_on == today()
    assert mandate.ended_because == "La personne ne représente plus cette organisation."


def test_what_somebody_erased_held_stays_without_the_title_that_names_them():
    at = assembly()

    pseudonymise(at.local_holder, acting_user=at.administrator)

    mandate = Mandate.objects.get(person=at.local_holder)
    assert (mandate.title, mandate.ends_on) == ("", today())


def test_nobody_without_an_account_sits():
    at = assembly()

    assert not sits_on(UserFactory(inactive=True), at.body)
