"""Recording a bilateral exchange, correcting it, what follows it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from concerte.concertation.errors import ExchangeRefused
from concerte.concertation.models import Exchange, FollowUp
from concerte.concertation.services import (
    add_follow_up,
    close_follow_up,
    correct_exchange,
    keep_exchange_accesses_of_circle_true,
    raise_need_from,
)
from concerte.documents.models import Access, Document, Level
from concerte.documents.notes import read_note
from concerte.documents.rich_text import paragraph, plain_text
from concerte.journal.models import Entry
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.partners.services import end_membership
from tests.concertation.factories_exchanges import table
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def corrected(exchange, at, **changes):
    facts = {
        "title": exchange.title,
        "held_on": exchange.held_on,
        "organisations": [at.state, at.association],
        "subjects": exchange.subjects,
        "people": [],
        "other_people": exchange.other_people,
        "visibility": exchange.visibility,
        "acting_user": at.delegate,
    }
    return correct_exchange(exchange, **(facts | changes))


def levels(document):
    return dict(Access.objects.filter(document=document).values_list("person_id", "level"))


def test_an_exchange_has_two_sides_and_a_note_both_write_in():
    at = table()

    exchange = at.record(notes=(paragraph("Ordre du jour"),), subjects="Données\nIdentité")

    assert {party.college.slug for party in exchange.parties.all()} == {"etat", "collectivites"}
    assert plain_text(read_note(exchange.note_id)) == "Ordre du jour"
    assert exchange.subject_lines == ["Données", "Identité"]
    assert levels(exchange.note) == {
        at.coordinator.pk: Level.WRITE,
        at.agent.pk: Level.WRITE,
        at.delegate.pk: Level.WRITE,
        at.contributor.pk: Level.WRITE,
        at.reader.pk: Level.READ,
    }
    line = Entry.objects.about(exchange).get()
    assert (line.act, line.actor_id, line.organisation) == ("concertation.exchange_recorded", at.agent.pk, "service")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "no-title"),
        ({"held_on": "bientôt"}, "bad-date"),
        ({"held_on": "2099"}, "vague-future"),
        ({"organisations": []}, "not-two-sides"),
    ],
)
def test_a_record_that_does_not_hold_is_refused_and_nothing_is_written(changes, code):
    at = table()

    with pytest.raises(ExchangeRefused) as refusal:
        at.record(**changes)

    assert refusal.value.code == code
    assert not Exchange.objects.exists()
    assert not Document.objects.exists()


def test_organisations_of_one_college_only_make_no_bilateral_exchange():
    at = table()

    with pytest.raises(ExchangeRefused) as refusal:
        at.record(organisations=[at.association, at.federation], acting_user=at.delegate)

    assert refusal.value.code == "not-two-sides"
    assert not Exchange.objects.exists()


def test_an_organisation_without_part_in_the_programme_cannot_be_there():
    at = table()
    other = OrganisationFactory(local=True)

    with pytest.raises(ExchangeRefused) as refusal:
        at.record(organisations=[at.state, other])

    assert refusal.value.code == "not-in-circle"
    assert not Exchange.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "reader", "stranger"])
def test_only_who_writes_for_an_organisation_present_records_it(who):
    at = table()

    with pytest.raises(ExchangeRefused) as refusal:
        at.record(acting_user=getattr(at, who))

    assert refusal.value.code == "not-allowed"
    assert not Exchange.objects.exists()


def test_a_past_exchange_may_be_known_to_the_semester_only():
    exchange = table().record(held_on="2019-S1")

    assert exchange.held_by_day == date(2019, 6, 30)


def test_the_other_side_corrects_it_and_says_who_was_there():
    at = table()
    exchange = at.record()

    corrected(exchange, at, title="Les données", people=[at.delegate, at.agent], other_people="M. Dupont, maire")

    exchange.refresh_from_db()
    assert exchange.title == "Les données"
    assert set(exchange.people.all()) == {at.agent, at.delegate}
    assert exchange.other_people_lines == ["M. Dupont, maire"]


def test_somebody_of_another_organisation_is_not_among_those_present():
    at = table()
    exchange = at.record()

    with pytest.raises(ExchangeRefused) as refusal:
        corrected(exchange, at, people=[at.neighbour])

    assert refusal.value.code == "unknown-people"
    assert not exchange.people.exists()


def test_an_organisation_that_comes_in_writes_the_notes_from_then_on():
    at = table()
    exchange = at.record()

    corrected(exchange, at, organisations=[at.state, at.association, at.federation])

    assert levels(exchange.note)[at.neighbour.pk] == Level.WRITE


@pytest.mark.parametrize("who", ["neighbour", "reader", "stranger"])
def test_nobody_else_corrects_it(who):
    at = table()
    exchange = at.record()

    with pytest.raises(ExchangeRefused) as refusal:
        corrected(exchange, at, title="Autre chose", acting_user=getattr(at, who))

    assert refusal.value.code == "not-allowed"
    exchange.refresh_from_db()
    assert exchange.title == "Les données des communes"


def test_who_leaves_the_organisation_no_longer_opens_the_notes(django_capture_on_commit_callbacks):
    at = table()
    exchange = at.record()
    membership = at.delegate.memberships.get()

    with django_capture_on_commit_callbacks(execute=True):
        end_membership(membership, on=timezone.localdate(), reason="Départ", acting_user=None)

    assert at.delegate.pk not in levels(exchange.note)


def test_an_organisation_that_leaves_the_circle_no_longer_opens_the_notes():
    at = table()
    exchange = at.record()
    at.circle.participations.filter(organisation=at.association).update(ends_on=timezone.localdate())

    keep_exchange_accesses_of_circle_true(at.circle)

    assert set(levels(exchange.note)) == {at.coordinator.pk, at.agent.pk}


def test_a_follow_up_has_one_owner_and_a_day():
    at = table()
    exchange = at.record()

    follow_up = add_follow_up(
        exchange, what="Envoyer le modèle", due_on=date(2026, 4, 1), organisation=at.state, acting_user=at.delegate
    )

    assert (follow_up.owner, follow_up.state) == (at.state, FollowUp.State.OPEN)


@pytest.mark.parametrize(
    ("owners", "code"),
    [
        ([], "one-owner"),
        (["person", "organisation"], "one-owner"),
        (["neighbour"], "owner-not-present"),
        (["federation"], "owner-not-present"),
    ],
)
def test_a_follow_up_without_a_right_owner_is_refused(owners, code):
    at = table()
    exchange = at.record()
    chosen = {
        "person": {"person": at.agent},
        "organisation": {"organisation": at.state},
        "neighbour": {"person": at.neighbour},
        "federation": {"organisation": at.federation},
    }
    given = {name: value for each in owners for name, value in chosen[each].items()}

    with pytest.raises(ExchangeRefused) as refusal:
        add_follow_up(exchange, what="Écrire", due_on=date(2026, 4, 1), acting_user=at.agent, **given)

    assert refusal.value.code == code
    assert not FollowUp.objects.exists()


def test_a_follow_up_is_dropped_with_a_word_only():
    at = table()
    follow_up = add_follow_up(
        at.record(), what="Écrire", due_on=date(2026, 4, 1), person=at.contributor, acting_user=at.agent
    )

    with pytest.raises(ExchangeRefused) as refusal:
        close_follow_up(follow_up, is_done=False, acting_user=at.agent)

    follow_up.refresh_from_db()
    assert refusal.value.code == "no-word"
    assert follow_up.is_open


def test_what_is_done_is_done_once():
    at = table()
    follow_up = add_follow_up(
        at.record(), what="Écrire", due_on=timezone.localdate(), person=at.contributor, acting_user=at.agent
    )
    close_follow_up(follow_up, is_done=True, acting_user=at.contributor)

    with pytest.raises(ExchangeRefused) as refusal:
        close_follow_up(follow_up, is_done=False, word="Trop tard", acting_user=at.agent)

    follow_up.refresh_from_db()
    assert refusal.value.code == "already-closed"
    assert (follow_up.state, follow_up.closed_by) == (FollowUp.State.DONE, at.contributor)


def test_a_follow_up_is_not_closed_by_others():
    at = table()
    follow_up = add_follow_up(
        at.record(),
        what="Écrire",
        due_on=timezone.localdate() + timedelta(days=1),
        organisation=at.state,
        acting_user=at.agent,
    )

    with pytest.raises(ExchangeRefused) as refusal:
        close_follow_up(follow_up, is_done=True, acting_user=at.neighbour)

    follow_up.refresh_from_db()
    assert refusal.value.code == "not-allowed"
    assert follow_up.is_open


def test_a_need_is_said_to_come_of_it():
    at = table()
    exchange = at.fixed()

    raise_need_from(exchange, Reference("concertation.need", "3"), acting_user=at.contributor)

    made = Link.objects.get()
    assert (made.origin, made.relation, made.organisation) == (Reference.to(exchange), Relation.RAISED, "association")


def test_others_do_not_say_what_came_of_it():
    at = table()
    exchange = at.record()

    with pytest.raises(ExchangeRefused) as refusal:
        raise_need_from(exchange, Reference("concertation.need", "3"), acting_user=at.neighbour)

    assert refusal.value.code == "not-allowed"
    assert not Link.objects.exists()
