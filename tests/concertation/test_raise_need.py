"""Raising a need: who may, what is kept."""

import pytest

from concerte.concertation.errors import NeedRefused
from concerte.concertation.models import Need, NeedStem
from concerte.concertation.rules.needs import voice_in
from concerte.concertation.services import raise_need, show_need_to, update_need
from concerte.journal.models import Entry
from concerte.lineage import references
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.partners.models import Membership
from tests.accounts.factories import UserFactory
from tests.concertation.factories_needs import (
    CircleFactory,
    NeedFactory,
    ParticipationFactory,
    participant,
    person_of,
    show_everything_of,
)
from tests.partners.factories import MembershipFactory, OrganisationFactory
from tests.territories.factories import TerritoryFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role

WORDS = {
    "title": "Délivrer les actes d’état civil sans déplacement",
    "difficulty": "Les habitants se déplacent deux fois pour un acte.",
    "concerned": "Habitants, officiers d’état civil",
    "strata": ["commune-500", "commune-0"],
    "urgency": "semester",
}


@pytest.fixture
def exchanges_are_seen():
    """Another part of the room owns exchanges; here everybody sees them all."""
    kind = "concertation.exchange"
    kept = references._kinds.get(kind)
    show_everything_of(kind)
    yield kind
    references.unregister(kind)
    if kept is not None:
        references._kinds[kind] = kept


@pytest.mark.parametrize("role", [Role.REPRESENTATIVE, Role.CONTRIBUTOR, Role.COORDINATION])
def test_whoever_writes_for_a_participant_raises_a_need(role):
    circle = CircleFactory()
    membership = participant(circle, role=role)

    need = raise_need(circle, **WORDS, organisation=membership.organisation, acting_user=membership.person)

    assert [stratum.value for stratum in need.strata] == ["commune-0", "commune-500"]
    assert need.supports.get().organisation == membership.organisation
    assert Entry.objects.about(need).get().organisation == membership.organisation.slug


@pytest.mark.parametrize("role", [Role.READER, Role.ADMINISTRATOR])
def test_readers_and_administrators_do_not(role):
    circle = CircleFactory()
    membership = participant(circle, role=role)

    with pytest.raises(NeedRefused) as refusal:
        raise_need(circle, **WORDS, organisation=membership.organisation, acting_user=membership.person)

    assert refusal.value.code == "not-allowed"
    assert not Need.objects.exists()


def test_an_agent_of_a_local_authority_that_does_not_take_part_raises_a_need():
    circle = CircleFactory()
    authority = OrganisationFactory(local=True, territory=TerritoryFactory())
    person = person_of(authority, Role.CONTRIBUTOR)

    need = raise_need(circle, **WORDS, organisation=authority, acting_user=person)

    assert need.organisation == authority


@pytest.mark.parametrize(
    "organisation",
    [{}, {"local": True}, {"kind": "collectivite"}],
    ids=["a State service", "an association", "not of the local college"],
)
def test_other_organisations_that_do_not_take_part_do_not(organisation):
    outsider = OrganisationFactory(**organisation)

    with pytest.raises(NeedRefused) as refusal:
        raise_need(CircleFactory(), **WORDS, organisation=outsider, acting_user=person_of(outsider))

    assert refusal.value.code == "not-allowed"
    assert not Need.objects.exists()


def test_nobody_speaks_for_another_organisation():
    circle = CircleFactory()
    other = ParticipationFactory(circle=circle).organisation

    with pytest.raises(NeedRefused) as refusal:
        raise_need(circle, **WORDS, organisation=other, acting_user=participant(circle).person)

    assert refusal.value.code == "not-allowed"
    assert not Need.objects.exists()


def test_a_part_that_ended_gives_no_voice():
    circle = CircleFactory()
    part = ParticipationFactory(circle=circle, ended=True)

    assert voice_in(person_of(part.organisation), circle.pk).speaking_for == ()


def test_a_membership_that_ended_gives_no_voice():
    circle = CircleFactory()
    authority = OrganisationFactory(local=True, kind="collectivite")

    assert voice_in(MembershipFactory(organisation=authority, ended=True).person, circle.pk).speaking_for == ()


def test_a_person_in_a_local_authority_that_takes_part_speaks_for_it_once():
    circle = CircleFactory()
    membership = participant(circle, local=True, territory=TerritoryFactory())

    assert voice_in(membership.person, circle.pk).speaking_for == (membership.organisation,)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"title": " "}, "no-title"),
        ({"difficulty": "\n"}, "no-difficulty"),
        ({"urgency": "9"}, "unknown-urgency"),
        ({"visibility": "friends"}, "unknown-visibility"),
        ({"strata": ["commune-1"]}, "unknown-stratum"),
    ],
)
def test_words_that_mean_nothing_are_refused(wrong, code):
    circle = CircleFactory()
    membership = participant(circle)

    with pytest.raises(NeedRefused) as refusal:
        raise_need(circle, **WORDS | wrong, organisation=membership.organisation, acting_user=membership.person)

    assert refusal.value.code == code
    assert not Need.objects.exists()


def test_a_need_raised_in_an_exchange_leads_back_to_it(exchanges_are_seen):
    circle = CircleFactory()
    membership = participant(circle)
    exchange = Reference(exchanges_are_seen, "12")

    need = raise_need(
        circle, **WORDS, organisation=membership.organisation, raised_in=exchange, acting_user=membership.person
    )

    made = Link.objects.get()
    assert (made.origin, made.outcome, made.relation) == (exchange, need.reference, Relation.RAISED)


def test_an_exchange_that_cannot_be_seen_is_no_origin():
    circle = CircleFactory()
    membership = participant(circle)

    with pytest.raises(NeedRefused) as refusal:
        raise_need(
            circle,
            **WORDS,
            organisation=membership.organisation,
            raised_in=Reference("concertation.nothing", "12"),
            acting_user=membership.person,
        )

    assert refusal.value.code == "unknown-origin"
    assert not Need.objects.exists()


def test_who_raised_it_corrects_a_need_and_its_search_follows():
    need = NeedFactory(title="Cantines")

    update_need(need, **WORDS, acting_user=person_of(need.organisation))

    need.refresh_from_db()
    assert need.title == WORDS["title"]
    assert set(NeedStem.objects.filter(need=need, weight=3).values_list("stem", flat=True)) >= {"etat", "civil"}
    assert not NeedStem.objects.filter(stem="cantin").exists()


def test_others_do_not_correct_it():
    need = NeedFactory()

    with pytest.raises(NeedRefused) as refusal:
        update_need(need, **WORDS, acting_user=participant(need.circle).person)

    assert refusal.value.code == "not-allowed"
    assert Need.objects.get().title == need.title


def test_what_others_joined_is_no_longer_corrected():
    need = NeedFactory()
    need.supports.create(organisation=ParticipationFactory(circle=need.circle).organisation)

    with pytest.raises(NeedRefused) as refusal:
        update_need(need, **WORDS, acting_user=person_of(need.organisation))

    assert refusal.value.code == "others-joined"
    assert Need.objects.get().title == need.title


def test_a_need_is_shown_to_more_people():
    need = NeedFactory(sides=True)

    show_need_to(need, visibility="public", acting_user=person_of(need.organisation))

    assert Need.objects.visible_to(UserFactory()).get() == need


def test_a_need_is_never_hidden_from_those_who_read_it():
    need = NeedFactory(public=True)

    with pytest.raises(NeedRefused) as refusal:
        show_need_to(need, visibility="colleges", acting_user=person_of(need.organisation))

    assert refusal.value.code == "less-visible"
    assert Need.objects.get().visibility == "public"
