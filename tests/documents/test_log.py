"""The durable log: one transaction for many writes, rights and authorship asked in it, snapshots that lose nothing."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pycrdt import Doc, Text

from concerte.documents import limits, services, updates
from concerte.documents.log import Committed, DocumentLog, Outcome, fold
from concerte.documents.models import Access, ClientOwner, LoggedUpdate, Snapshot
from concerte.documents.state import Copy, read_stored
from tests.documents.factories import Situation, make_situation, text_of, text_update, typed, write


@pytest.fixture
def log() -> DocumentLog:
    return DocumentLog()


@pytest.fixture
def situation(transactional_db: None) -> Situation:
    return make_situation()


def codes(outcomes: list[Outcome]) -> list[str]:
    return ["" if isinstance(outcome, Committed) else outcome.code for outcome in outcomes]


def test_many_writes_are_one_transaction_and_a_few_queries(log: DocumentLog, situation: Situation) -> None:
    other = make_situation()
    batch = [write(each, text, each.anne) for each in (situation, other) for text in typed(5, "un", "deux", "trois")]

    with CaptureQueriesContext(connection) as queries:
        outcomes = log.append(batch)

    assert codes(outcomes) == [""] * 6
    assert (situation.text(), other.text()) == ("undeuxtrois", "undeuxtrois")
    assert len(queries) <= 9  # BEGIN and COMMIT, rights, owners, claims, lines; the locks of PostgreSQL


def test_lines_stand_in_the_order_they_were_written(log: DocumentLog, situation: Situation) -> None:
    outcomes = log.append([write(situation, text, situation.anne) for text in typed(5, *"abcdef")])

    ids = [outcome.row.id for outcome in outcomes if isinstance(outcome, Committed)]
    assert ids == sorted(ids)
    assert list(LoggedUpdate.objects.values_list("pk", flat=True)) == ids


def test_a_client_id_belongs_to_the_first_who_used_it(log: DocumentLog, situation: Situation) -> None:
    first, second = typed(5, "d’Anne", " encore")

    outcomes = log.append([write(situation, first, situation.anne), write(situation, second, situation.bruno)])

    assert codes(outcomes) == ["", "foreign-client"]
    assert codes(DocumentLog().append([write(situation, second, situation.bruno)])) == ["foreign-client"]
    assert codes(log.append([write(situation, second, situation.anne)])) == [""]
    assert services.authors(situation.document.pk) == {5: situation.anne.pk}


def test_nobody_writes_under_the_platform(log: DocumentLog, situation: Situation) -> None:
    first, second = typed(5, "importé", " puis")
    log.append([write(situation, first, None, needs_right=False)])

    assert codes(log.append([write(situation, second, situation.anne)])) == ["foreign-client"]


def test_what_is_refused_claims_nothing(log: DocumentLog, situation: Situation) -> None:
    log.append([write(situation, text_update("a", 5), situation.anne)])
    both: Doc[Any] = Doc(client_id=6)
    both.apply_update(typed(5, "aa")[0])
    both.get("text", type=Text).insert(0, "b")

    assert codes(log.append([write(situation, both.get_update(), situation.bruno)])) == ["foreign-client"]
    assert services.authors(situation.document.pk) == {5: situation.anne.pk}


def test_repeating_what_another_wrote_is_taken_out_and_the_rest_is_kept(log: DocumentLog, situation: Situation) -> None:
    log.append([write(situation, text_update("d’Anne", 5), situation.anne)])
    bruno: Doc[Any] = Doc(client_id=6)
    bruno.apply_update(services.current_state(situation.document.pk))
    bruno.get("text", type=Text).insert(0, "de Bruno, ")

    (outcome,) = log.append([write(situation, bruno.get_update(), situation.bruno)])

    assert isinstance(outcome, Committed)
    assert updates.read(outcome.row.update).inserted.keys() == {6}
    assert situation.text() == "de Bruno, d’Anne"


def test_repeating_what_waits_is_repeating_too(log: DocumentLog, situation: Situation) -> None:
    first, second, third = typed(5, "a", "b", "c")
    log.append([write(situation, first, situation.anne), write(situation, third, situation.anne)])

    assert codes(log.append([write(situation, third, situation.bruno)])) == [""]
    assert codes(log.append([write(situation, second, situation.bruno)])) == ["foreign-client"]


def test_rights_are_asked_in_the_transaction(log: DocumentLog, situation: Situation) -> None:
    Access.objects.filter(person=situation.bruno).delete()
    batch = [
        write(situation, text_update(name, client_id), person)
        for client_id, (name, person) in enumerate(
            [("anne", situation.anne), ("bruno", situation.bruno), ("lectrice", situation.reader)], start=5
        )
    ]

    assert codes(log.append(batch)) == ["", "rights-changed", "rights-changed"]
    assert situation.text() == "anne"
    assert set(services.authors(situation.document.pk)) == {5}


def test_a_closed_account_writes_no_more(log: DocumentLog, situation: Situation) -> None:
    situation.anne.is_active = False
    situation.anne.save()

    assert codes(log.append([write(situation, text_update("a"), situation.anne)])) == ["rights-changed"]


def test_two_processes_that_claim_the_same_id_agree(situation: Situation) -> None:
    """Another process claims the id between our question and our answer."""
    log = DocumentLog()
    asked = log._owners_of

    def ask_then_lose(writes: Any) -> Any:
        owners = asked(writes)
        if not ClientOwner.objects.exists():
            with transaction.atomic():
                ClientOwner.objects.create(document=situation.document, client_id=5, person=situation.bruno)
        log._owners_of = asked  # type: ignore[method-assign]
        return owners

    log._owners_of = ask_then_lose  # type: ignore[method-assign]

    outcomes = log.append([write(situation, text_update("a", 5), situation.anne)])

    # Within one connection the other claim is undone with ours; what matters is that ours was tried again.
    assert codes(outcomes) == [""]
    assert ClientOwner.objects.filter(client_id=5).count() == 1


def test_folding_keeps_the_text_the_lines_and_who_wrote(log: DocumentLog, situation: Situation) -> None:
    log.append([write(situation, text, situation.anne) for text in typed(5, *"abcdef")])

    assert fold(situation.document.pk)
    assert not fold(situation.document.pk)
    log.append([write(situation, text, situation.bruno) for text in typed(6, "g")])

    stored = read_stored(situation.document.pk)
    assert len(stored.tail) == 1
    assert sorted(situation.text()) == list("abcdefg")
    assert LoggedUpdate.objects.count() == 7
    assert services.authors(situation.document.pk) == {5: situation.anne.pk, 6: situation.bruno.pk}


def test_folding_does_not_lose_what_waits(log: DocumentLog, situation: Situation) -> None:
    first, second, third = typed(5, "a", "b", "c")
    log.append([write(situation, first, situation.anne), write(situation, third, situation.anne)])

    fold(situation.document.pk)
    assert situation.text() == "a"
    log.append([write(situation, second, situation.anne)])

    assert situation.text() == "abc"
    fold(situation.document.pk)
    assert Snapshot.objects.get().waiting_update_ids == []
    assert situation.text() == "abc"


def test_folding_does_not_lose_a_deletion_that_came_first(log: DocumentLog, situation: Situation) -> None:
    doc: Doc[Any] = Doc(client_id=5)
    text = doc.get("text", type=Text)
    text.insert(0, "gardé, effacé")
    written, before = doc.get_update(), doc.get_state()
    del text[len("gardé".encode()) :]
    log.append([write(situation, doc.get_update(before), situation.bruno)])

    fold(situation.document.pk)
    log.append([write(situation, written, situation.anne)])

    assert situation.text() == "gardé"


def test_a_snapshot_never_goes_back(log: DocumentLog, situation: Situation) -> None:
    log.append([write(situation, text, situation.anne) for text in typed(5, "a", "b")])
    fold(situation.document.pk)
    Snapshot.objects.update(last_update_id=10**9)

    assert not fold(situation.document.pk)
    assert Snapshot.objects.get().last_update_id == 10**9


def test_a_line_the_library_cannot_place_harms_no_other(log: DocumentLog, situation: Situation) -> None:
    """A piece of text whose parent is a letter: decoded without complaint, placed nowhere."""
    poison = b"\x01\x01\x09\x00\x04\x00\x05\x00\x01x\x00"
    log.append([write(situation, text, situation.anne) for text in typed(5, "a", "b")])
    log.append([write(situation, poison, situation.bruno)])
    log.append([write(situation, typed(5, "a", "b", "c")[2], situation.anne)])

    assert situation.text() == "abc"
    copy = Copy.of(read_stored(situation.document.pk))
    assert [row.update for row in copy.waiting_rows()] == [poison]
    fold(situation.document.pk)
    assert situation.text() == "abc"
    assert [row.update for row in Copy.of(read_stored(situation.document.pk)).waiting_rows()] == [poison]


def test_a_line_the_library_panics_on_is_set_aside(
    log: DocumentLog, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        pass

    good, bad = text_update("bon", 5), text_update("mauvais", 6)
    log.append([write(situation, good, situation.anne), write(situation, bad, situation.bruno)])
    apply = Doc.apply_update

    def apply_or_panic(doc: Doc[Any], content: bytes) -> None:
        if content == bad:
            raise Panic
        apply(doc, content)

    monkeypatch.setattr(Doc, "apply_update", apply_or_panic)
    copy = Copy.of(read_stored(situation.document.pk))

    assert text_of(copy.difference()) == "bon"
    assert [row.update for row in copy.waiting_rows()] == [bad]


def test_what_is_remembered_of_owners_is_bounded(
    log: DocumentLog, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KNOWN_OWNERS", 3)
    for client_id in range(5, 15):
        log.append([write(situation, text_update("x", client_id), situation.anne)])

    assert len(log._owners) <= 3
    assert len(services.authors(situation.document.pk)) == 10
