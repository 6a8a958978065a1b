"""Giving and ending memberships, inviting people, keeping administration true."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from concerte.accounts.errors import AccountRefused
from concerte.accounts.models import User
from concerte.accounts.services import update_person
from concerte.journal.models import Entry
from concerte.partners import changes
from concerte.partners.errors import MembershipRefused
from concerte.partners.models import Membership
from concerte.partners.rules import Role
from concerte.partners.services import end_membership, grant_membership, invite_person
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> User:
    person: User = MembershipFactory(coordination=True, organisation__slug="dinum").person
    return person


def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


def test_a_coordinator_gives_a_role_from_today(coordinator: User):
    person, organisation = UserFactory(), OrganisationFactory(slug="amf")

    made = grant_membership(person, organisation, role=Role.CONTRIBUTOR, title=" Directrice ", acting_user=coordinator)

    assert (made.starts_on, made.ends_on, made.title) == (timezone.localdate(), None, "Directrice")
    entry = Entry.objects.get()
    assert (entry.act, entry.actor_id, entry.organisation) == ("partners.membership_granted", coordinator.pk, "dinum")
    assert entry.details == {"role": "contributor", "organisation": "amf", "from": timezone.localdate().isoformat()}


@pytest.mark.parametrize(
    ("situation", "code"),
    [
        ("inactive", "person-inactive"),
        ("ended", "organisation-ended"),
        ("held", "already-held"),
        ("role", "unknown-role"),
    ],
)
def test_what_does_not_hold_is_refused_and_nothing_is_written(coordinator: User, situation, code):
    person = UserFactory(inactive=situation == "inactive")
    organisation = OrganisationFactory(ended=situation == "ended")
    if situation == "held":
        MembershipFactory(person=person, organisation=organisation, contributor=True)
    before = Membership.objects.count()

    role = "king" if situation == "role" else Role.CONTRIBUTOR

    with pytest.raises(MembershipRefused) as refusal:
        grant_membership(person, organisation, role=role, acting_user=coordinator)

    assert refusal.value.code == code
    assert Membership.objects.count() == before
    assert not Entry.objects.exists()


def test_an_operator_may_load_what_was_held_in_an_ended_organisation():
    made = grant_membership(UserFactory(), OrganisationFactory(ended=True), role=Role.READER, acting_user=None)

    assert made.pk


def test_a_role_that_ended_can_be_given_again(coordinator: User):
    over = MembershipFactory(ended=True)

    made = grant_membership(over.person, over.organisation, role=over.role, acting_user=coordinator)

    assert made.pk != over.pk


@pytest.mark.parametrize(
    "role", ["reader", "contributor", "representative", "former coordination", "future coordination"]
)
def test_others_give_and_end_nothing(role):
    trait = {"former coordination": "ended", "future coordination": "future"}.get(role)
    traits = {"coordination": True, trait: True} if trait else {} if role == "representative" else {role: True}
    acting_user = MembershipFactory(**traits).person
    held = MembershipFactory()

    with pytest.raises(MembershipRefused) as given:
        grant_membership(UserFactory(), OrganisationFactory(), role=Role.READER, acting_user=acting_user)
    with pytest.raises(MembershipRefused) as ended:
        end_membership(held, on=timezone.localdate(), reason="Départ", acting_user=acting_user)

    assert (given.value.code, ended.value.code) == ("not-allowed", "not-allowed")
    held.refresh_from_db()
    assert held.ends_on is None
    assert not Entry.objects.exists()


def test_only_administrators_make_and_unmake_administrators(coordinator: User):
    held = MembershipFactory(administrator=True)

    with pytest.raises(MembershipRefused) as given:
        grant_membership(coordinator, OrganisationFactory(), role=Role.ADMINISTRATOR, acting_user=coordinator)
    with pytest.raises(MembershipRefused) as ended:
        end_membership(held, on=timezone.localdate(), reason="Départ", acting_user=coordinator)

    assert (given.value.code, ended.value.code) == ("administrators-only", "administrators-only")
    coordinator.refresh_from_db()
    assert not coordinator.is_staff


def test_an_administrator_role_opens_and_closes_the_administration():
    administrator, person = MembershipFactory(administrator=True).person, UserFactory()

    made = grant_membership(person, OrganisationFactory(), role=Role.ADMINISTRATOR, acting_user=administrator)
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser) == (True, True)

    end_membership(made, on=timezone.localdate(), reason="Départ", acting_user=administrator)
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser) == (False, False)


def test_the_last_administrator_stays():
    last = MembershipFactory(administrator=True)

    with pytest.raises(MembershipRefused) as refusal:
        end_membership(last, on=timezone.localdate(), reason="Départ", acting_user=last.person)

    assert refusal.value.code == "last-administrator"
    last.person.refresh_from_db()
    assert last.person.is_staff


def test_closing_an_account_closes_the_administration_until_it_opens_again():
    person = MembershipFactory(administrator=True).person

    closed = update_person(person, email=person.email, name=person.name, is_active=False, acting_user=None)
    closed.refresh_from_db()
    assert not closed.is_staff

    opened = update_person(person, email=person.email, name=person.name, is_active=True, acting_user=None)
    opened.refresh_from_db()
    assert opened.is_staff


def test_a_membership_ends_with_a_reason(coordinator: User):
    held = MembershipFactory(organisation__slug="amf")

    end_membership(held, on=timezone.localdate(), reason=" Départ à la retraite ", acting_user=coordinator)

    held.refresh_from_db()
    assert (held.ends_on, held.ended_because) == (timezone.localdate(), "Départ à la retraite")
    assert Entry.objects.get().details["organisation"] == "amf"


@pytest.mark.parametrize(
    ("traits", "days", "reason", "code"),
    [
        ({}, 0, "   ", "no-reason"),
        ({"ended": True}, 0, "Départ", "already-ended"),
        ({}, -400, "Départ", "ends-before-start"),
    ],
)
def test_an_end_that_does_not_hold_is_refused(coordinator: User, traits, days, reason, code):
    held = MembershipFactory(**traits)
    before = held.ends_on

    with pytest.raises(MembershipRefused) as refusal:
        end_membership(held, on=in_days(days), reason=reason, acting_user=coordinator)

    assert refusal.value.code == code
    held.refresh_from_db()
    assert held.ends_on == before


def test_an_end_to_come_can_be_brought_forward(coordinator: User):
    held = MembershipFactory(ends_on=in_days(30))

    end_membership(held, on=in_days(3), reason="Plus tôt que prévu", acting_user=coordinator)

    held.refresh_from_db()
    assert held.ends_on == in_days(3)


def test_the_rooms_above_are_told_after_the_commit(coordinator: User, django_capture_on_commit_callbacks):
    told: list[int] = []
    changes.register(told.append)
    person = UserFactory()
    try:
        with django_capture_on_commit_callbacks(execute=True):
            made = grant_membership(person, OrganisationFactory(), role=Role.READER, acting_user=coordinator)
            before_commit = list(told)
        with django_capture_on_commit_callbacks(execute=True):
            end_membership(made, on=timezone.localdate(), reason="Départ", acting_user=coordinator)
    finally:
        changes.unregister(told.append)

    assert before_commit == []
    assert told == [person.pk, person.pk]


def test_an_invitation_opens_an_account_and_says_how_to_enter(
    coordinator: User, mailoutbox, django_capture_on_commit_callbacks
):
    organisation = OrganisationFactory(name="Ville d’essai")

    with django_capture_on_commit_callbacks(execute=True):
        made = invite_person(
            " Claire@Mairie.exemple",
            "Claire Petit",
            organisation=organisation,
            role=Role.REPRESENTATIVE,
            acting_user=coordinator,
        )

    assert (made.person.email, made.person.name) == ("claire@mairie.exemple", "Claire Petit")
    message = mailoutbox[0]
    assert message.to == ["claire@mairie.exemple"]
    assert "Ville d’essai" in message.body
    assert "/connexion" in message.body


def test_an_invitation_keeps_the_account_there_is(coordinator: User):
    person = UserFactory(email="claire@mairie.exemple", name="Claire")

    made = invite_person(
        "CLAIRE@mairie.exemple",
        "Autre nom",
        organisation=OrganisationFactory(),
        role=Role.READER,
        acting_user=coordinator,
    )

    assert made.person == person
    person.refresh_from_db()
    assert person.name == "Claire"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, "king"])
def test_a_refused_invitation_opens_no_account_and_sends_nothing(
    coordinator: User, mailoutbox, django_capture_on_commit_callbacks, role
):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(MembershipRefused):
        invite_person(
            "c@mairie.exemple", "Claire", organisation=OrganisationFactory(), role=role, acting_user=coordinator
        )

    assert not User.objects.filter(email="c@mairie.exemple").exists()
    assert mailoutbox == []


def test_an_invitation_without_a_name_or_a_good_address_is_refused(coordinator: User):
    for email, name in (("c@mairie.exemple", ""), ("rien", "Claire")):
        with pytest.raises(AccountRefused):
            invite_person(email, name, organisation=OrganisationFactory(), role=Role.READER, acting_user=coordinator)

    assert Membership.objects.count() == 1


def test_the_daily_command_brings_dated_roles_up_to_today(django_capture_on_commit_callbacks):
    told: list[int] = []
    begins = MembershipFactory(role=Role.ADMINISTRATOR, starts_on=in_days(0))
    stops = MembershipFactory(administrator=True, ends_on=in_days(0))
    MembershipFactory()
    changes.register(told.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            call_command("apply-membership-dates", verbosity=0)
    finally:
        changes.unregister(told.append)

    begins.person.refresh_from_db()
    stops.person.refresh_from_db()
    assert (begins.person.is_staff, stops.person.is_staff) == (True, False)
    assert set(told) == {begins.person.pk, stops.person.pk}


def test_the_database_itself_refuses_the_same_open_role_twice():
    held = MembershipFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(person=held.person, organisation=held.organisation)
