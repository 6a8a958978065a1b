"""« Nous aussi » : joining a need, leaving it, withdrawing it, and who sees it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from concerte.concertation.errors import NeedRefused
from concerte.concertation.models import Need, NeedStem
from concerte.concertation.services import join_need, leave_need, withdraw_need
from concerte.journal.models import Entry
from concerte.partners.models import Membership
from tests.accounts.factories import UserFactory
from tests.concertation.factories_needs import NeedFactory, coordinator, participant, person_of
from tests.partners.factories import OrganisationFactory
from tests.territories.factories import TerritoryFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


def test_an_organisation_joins_a_need():
    need = NeedFactory()
    membership = participant(need.circle)

    support = join_need(need, organisation=membership.organisation, words=" Ici aussi. ", acting_user=membership.person)

    assert (support.organisation, support.words) == (membership.organisation, "Ici aussi.")
    assert Entry.objects.filter(act="concertation.need_joined").get().organisation == membership.organisation.slug


def test_it_joins_once():
    need = NeedFactory()
    membership = participant(need.circle)
    join_need(need, organisation=membership.organisation, acting_user=membership.person)

    with pytest.raises(NeedRefused) as refusal:
        join_need(need, organisation=membership.organisation, acting_user=membership.person)

    assert refusal.value.code == "already-joined"
    assert need.supports.count() == 2


def test_who_raised_it_shares_it_already():
    need = NeedFactory()

    with pytest.raises(NeedRefused) as refusal:
        join_need(need, organisation=need.organisation, acting_user=person_of(need.organisation))

    assert refusal.value.code == "already-joined"


def test_a_reader_does_not_join():
    need = NeedFactory()
    membership = participant(need.circle, role=Role.READER)

    with pytest.raises(NeedRefused) as refusal:
        join_need(need, organisation=membership.organisation, acting_user=membership.person)

    assert refusal.value.code == "not-allowed"
    assert need.supports.count() == 1


def test_a_local_authority_that_does_not_take_part_joins_a_public_need():
    need = NeedFactory(public=True)
    authority = OrganisationFactory(local=True, territory=TerritoryFactory())

    join_need(need, organisation=authority, acting_user=person_of(authority))

    assert need.supports.filter(organisation=authority).exists()


def test_nobody_joins_what_they_cannot_see():
    need = NeedFactory(sides=True)
    membership = participant(need.circle)

    with pytest.raises(NeedRefused) as refusal:
        join_need(need, organisation=membership.organisation, acting_user=membership.person)

    assert refusal.value.code == "not-found"
    assert need.supports.count() == 1


def test_a_withdrawn_need_is_not_joined():
    need = NeedFactory(withdrawn=True)
    membership = participant(need.circle)

    with pytest.raises(NeedRefused) as refusal:
        join_need(need, organisation=membership.organisation, acting_user=membership.person)

    assert refusal.value.code == "closed"


def test_an_organisation_leaves_with_a_reason_and_may_come_back():
    need = NeedFactory()
    membership = participant(need.circle)
    who = {"organisation": membership.organisation, "acting_user": membership.person}
    join_need(need, **who)

    left = leave_need(need, **who, because="Résolu chez nous.")
    join_need(need, **who)

    assert left.withdrawn_because == "Résolu chez nous."
    assert need.supports.filter(organisation=membership.organisation).count() == 2
    assert need.supports.standing().filter(organisation=membership.organisation).count() == 1


@pytest.mark.parametrize(("because", "code"), [(" ", "no-reason"), ("Résolu.", "not-joined")])
def test_leaving_asks_for_a_reason_and_for_having_joined(because, code):
    need = NeedFactory()
    membership = participant(need.circle)

    with pytest.raises(NeedRefused) as refusal:
        leave_need(need, organisation=membership.organisation, because=because, acting_user=membership.person)

    assert refusal.value.code == code


def test_who_raised_it_leaves_when_others_share_it():
    need = NeedFactory()
    need.supports.create(organisation=participant(need.circle).organisation)

    leave_need(
        need, organisation=need.organisation, because="Résolu chez nous.", acting_user=person_of(need.organisation)
    )

    assert Need.objects.open().get() == need
    assert need.supports.standing().count() == 1


def test_the_last_one_does_not_leave():
    need = NeedFactory()

    with pytest.raises(NeedRefused) as refusal:
        leave_need(need, organisation=need.organisation, because="Résolu.", acting_user=person_of(need.organisation))

    assert refusal.value.code == "last"
    assert need.supports.standing().count() == 1


def test_who_raised_it_withdraws_a_need_and_it_is_no_longer_found():
    need = NeedFactory()

    withdraw_need(need, because="Résolu.", acting_user=person_of(need.organisation))

    need.refresh_from_db()
    assert (need.is_withdrawn, need.closed_because) == (True, "Résolu.")
    assert not NeedStem.objects.exists()
    assert Need.objects.visible_to(person_of(need.organisation)).get() == need


def test_while_others_share_it_only_the_coordination_withdraws_it():
    need = NeedFactory()
    need.supports.create(organisation=participant(need.circle).organisation)

    with pytest.raises(NeedRefused) as refusal:
        withdraw_need(need, because="Résolu.", acting_user=person_of(need.organisation))
    withdraw_need(need, because="Hors sujet.", acting_user=coordinator(need.circle))

    assert refusal.value.code == "others-joined"
    assert Need.objects.get().closed_because == "Hors sujet."


@pytest.mark.parametrize(("because", "is_own", "code"), [("Résolu.", False, "not-allowed"), (" ", True, "no-reason")])
def test_withdrawing_asks_who_and_why(because, is_own, code):
    need = NeedFactory()
    person = person_of(need.organisation) if is_own else participant(need.circle).person

    with pytest.raises(NeedRefused) as refusal:
        withdraw_need(need, because=because, acting_user=person)

    assert refusal.value.code == code
    assert Need.objects.open().exists()


ALL = {"sides", "colleges", "public"}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("anonymous", {"public"}),
        ("stranger", {"public"}),
        ("reader", {"colleges", "public"}),
        ("contributor", {"colleges", "public"}),
        ("coordinator", {"colleges", "public"}),
        ("raiser", ALL),
        ("reader of the raiser", ALL),
        ("sharer", ALL),
        ("former sharer", {"public"}),
        ("administrator", {"public"}),
    ],
)
def test_each_role_sees_what_each_visibility_says(who, seen):
    need = NeedFactory()
    sharer = OrganisationFactory(local=True)
    former = OrganisationFactory(local=True)
    need.supports.create(organisation=sharer)
    need.supports.create(organisation=former, withdrawn_at=need.raised_at, withdrawn_because="Non.")
    person = {
        "anonymous": AnonymousUser,
        "stranger": UserFactory,
        "reader": lambda: participant(need.circle, role=Role.READER).person,
        "contributor": lambda: participant(need.circle, role=Role.CONTRIBUTOR).person,
        "coordinator": lambda: coordinator(need.circle),
        "raiser": lambda: person_of(need.organisation),
        "reader of the raiser": lambda: person_of(need.organisation, Role.READER),
        "sharer": lambda: person_of(sharer),
        "former sharer": lambda: person_of(former),
        "administrator": lambda: UserFactory(administrator=True),
    }[who]()

    found = set()
    for visibility in ALL:
        Need.objects.update(visibility=visibility)
        found |= set(Need.objects.visible_to(person).values_list("visibility", flat=True))

    assert found == seen
