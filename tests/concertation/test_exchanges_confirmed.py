"""Both sides confirm an exchange: it is then fixed, and others read it only as both want."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser

from concerte.common.canonical import digest_of
from concerte.concertation.errors import ExchangeRefused
from concerte.concertation.exchanges_content import current_content
from concerte.concertation.models import Exchange, VisibilityRequest
from concerte.concertation.services import (
    add_follow_up,
    answer_visibility,
    ask_visibility,
    confirm_exchange,
)
from concerte.documents.models import Access, Level
from concerte.documents.rich_text import paragraph
from tests.concertation.factories_exchanges import table, write_note
from tests.concertation.test_exchanges_recorded import corrected

pytestmark = pytest.mark.django_db


def test_one_side_alone_fixes_nothing():
    at = table()
    exchange = at.record()

    at.confirm(exchange, by=at.contributor, organisation=at.association)

    exchange.refresh_from_db()
    assert not exchange.is_fixed
    assert set(Access.objects.filter(document=exchange.note).values_list("level", flat=True)) == {
        Level.WRITE,
        Level.READ,
    }


def test_once_both_confirmed_the_text_is_frozen_and_the_notes_are_read_only():
    at = table()
    exchange = at.record(notes=(paragraph("Ce qui s’est dit"),))

    at.confirm(exchange, by=at.agent, organisation=at.state)
    at.confirm(exchange, by=at.contributor, organisation=at.association)

    exchange.refresh_from_db()
    frozen = json.loads(exchange.fixed_content)
    assert exchange.is_fixed
    assert exchange.fixed_digest == digest_of(frozen)
    assert frozen["notes"] == [paragraph("Ce qui s’est dit")]
    assert set(Access.objects.filter(document=exchange.note).values_list("level", flat=True)) == {Level.READ}


def test_two_people_of_one_side_are_one_side():
    at = table()
    exchange = at.record(organisations=[at.state, at.association, at.federation])
    at.confirm(exchange, by=at.delegate, organisation=at.association)

    with pytest.raises(ExchangeRefused) as refusal:
        at.confirm(exchange, by=at.neighbour, organisation=at.federation)

    exchange.refresh_from_db()
    assert refusal.value.code == "already-confirmed"
    assert not exchange.is_fixed


@pytest.mark.parametrize("who", ["reader", "neighbour", "stranger"])
def test_only_who_writes_for_one_of_the_two_sides_confirms(who):
    at = table()
    exchange = at.record()

    with pytest.raises(ExchangeRefused) as refusal:
        at.confirm(exchange, by=getattr(at, who), organisation=at.association)

    assert refusal.value.code == "not-allowed"
    assert not exchange.confirmations.exists()


def test_nobody_confirms_for_the_other_side():
    at = table()
    exchange = at.record()

    with pytest.raises(ExchangeRefused) as refusal:
        at.confirm(exchange, by=at.agent, organisation=at.association)

    assert refusal.value.code == "not-allowed"
    assert not exchange.confirmations.exists()


def test_what_changed_since_it_was_read_is_not_confirmed():
    at = table()
    exchange = at.record()
    read = digest_of(current_content(exchange))
    write_note(exchange.note, "Une phrase de plus")

    with pytest.raises(ExchangeRefused) as refusal:
        confirm_exchange(exchange, organisation=at.state, digest=read, acting_user=at.agent)

    assert refusal.value.code == "other-content"
    assert not exchange.confirmations.exists()


def test_a_correction_cancels_the_confirmation_given():
    at = table()
    exchange = at.record()
    at.confirm(exchange, by=at.agent, organisation=at.state)

    exchange = corrected(exchange, at, title="Un autre objet")
    at.confirm(exchange, by=at.delegate, organisation=at.association)

    exchange.refresh_from_db()
    assert not exchange.is_fixed
    assert exchange.confirmations.get(college=at.state.college).cancelled_by == at.delegate


def test_a_correction_that_changes_nothing_cancels_nothing():
    at = table()
    exchange = at.record()
    given = at.confirm(exchange, by=at.agent, organisation=at.state)

    corrected(exchange, at)

    given.refresh_from_db()
    assert given.cancelled_at is None


def test_a_follow_up_cancels_the_confirmation_given():
    at = table()
    exchange = at.record()
    given = at.confirm(exchange, by=at.agent, organisation=at.state)

    add_follow_up(exchange, what="Écrire", due_on=exchange.held_by_day, person=at.agent, acting_user=at.delegate)

    given.refresh_from_db()
    assert given.cancelled_at is not None


def test_words_written_after_a_confirmation_cancel_it_too():
    at = table()
    exchange = at.record()
    at.confirm(exchange, by=at.agent, organisation=at.state)
    write_note(exchange.note, "Ajouté ensuite", at.delegate)

    at.confirm(exchange, by=at.delegate, organisation=at.association)

    exchange.refresh_from_db()
    assert not exchange.is_fixed
    at.confirm(exchange, by=at.agent, organisation=at.state)
    exchange.refresh_from_db()
    assert exchange.is_fixed


def test_what_both_confirmed_is_corrected_by_nobody():
    at = table()
    exchange = at.fixed()

    for change in (
        lambda: corrected(exchange, at, title="Autre"),
        lambda: at.confirm(exchange, by=at.agent, organisation=at.state),
        lambda: add_follow_up(exchange, what="X", due_on=exchange.held_by_day, person=at.agent, acting_user=at.agent),
    ):
        with pytest.raises(ExchangeRefused) as refusal:
            change()
        assert refusal.value.code == "fixed"
    exchange.refresh_from_db()
    assert exchange.title == "Les données des communes"
    assert not exchange.follow_ups.exists()


def test_what_has_not_taken_place_is_not_confirmed():
    at = table()
    exchange = at.record(held_on="2099-01-01")

    with pytest.raises(ExchangeRefused) as refusal:
        at.confirm(exchange, by=at.agent, organisation=at.state)

    assert refusal.value.code == "to-come"
    assert not exchange.confirmations.exists()


@pytest.mark.parametrize(
    ("visibility", "is_fixed", "seen_by"),
    [
        ("sides", True, {"coordinator", "agent", "delegate", "contributor", "reader"}),
        ("colleges", False, {"coordinator", "agent", "delegate", "contributor", "reader"}),
        ("colleges", True, {"coordinator", "agent", "delegate", "contributor", "reader", "neighbour"}),
        ("public", False, {"coordinator", "agent", "delegate", "contributor", "reader"}),
        (
            "public",
            True,
            {"coordinator", "agent", "delegate", "contributor", "reader", "neighbour", "stranger", "anonymous"},
        ),
    ],
)
def test_who_sees_an_exchange(visibility, is_fixed, seen_by):
    at = table()
    if is_fixed:
        at.fixed(visibility=visibility)
    else:
        at.record(visibility=visibility)
    roles = ("coordinator", "agent", "delegate", "contributor", "reader", "neighbour", "stranger")
    people = {name: getattr(at, name) for name in roles} | {"anonymous": AnonymousUser()}

    assert {name for name, person in people.items() if Exchange.objects.visible_to(person).exists()} == seen_by


def test_a_fixed_exchange_is_shown_to_others_once_the_other_side_accepts():
    at = table()
    exchange = at.fixed()
    asked = ask_visibility(exchange, visibility="public", organisation=at.state, acting_user=at.agent)

    exchange.refresh_from_db()
    assert exchange.visibility == "sides"
    answer_visibility(asked, organisation=at.association, is_accepted=True, acting_user=at.contributor)

    exchange.refresh_from_db()
    assert exchange.visibility == "public"


def test_the_side_that_asks_does_not_answer_itself():
    at = table()
    exchange = at.fixed()
    asked = ask_visibility(exchange, visibility="public", organisation=at.state, acting_user=at.agent)

    with pytest.raises(ExchangeRefused) as refusal:
        answer_visibility(asked, organisation=at.state, is_accepted=True, acting_user=at.coordinator)

    exchange.refresh_from_db()
    assert refusal.value.code == "own-request"
    assert exchange.visibility == "sides"


def test_a_refusal_says_why_and_leaves_it_as_it_is():
    at = table()
    exchange = at.fixed()
    asked = ask_visibility(exchange, visibility="public", organisation=at.state, acting_user=at.agent)

    with pytest.raises(ExchangeRefused) as refusal:
        answer_visibility(asked, organisation=at.association, is_accepted=False, acting_user=at.delegate)
    answer_visibility(asked, organisation=at.association, is_accepted=False, answer="Trop tôt", acting_user=at.delegate)

    exchange.refresh_from_db()
    assert refusal.value.code == "no-answer"
    assert exchange.visibility == "sides"
    assert VisibilityRequest.objects.get().answer == "Trop tôt"


def test_visibility_is_not_asked_of_what_can_still_be_corrected():
    at = table()
    exchange = at.record()

    with pytest.raises(ExchangeRefused) as refusal:
        ask_visibility(exchange, visibility="public", organisation=at.state, acting_user=at.agent)

    assert refusal.value.code == "not-fixed"
    assert not VisibilityRequest.objects.exists()
