"""The durable log: one transaction for many writes, rights and authorship asked in it, snapshots that lose nothing."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pycrdt import Doc, Text

from concerte.documents import limits, services, updates
from concerte.documents.folding import fold
from concerte.documents.log import Committed, DocumentLog, Outcome, Write
from concerte.documents.models import Access, ClientOwner, Level, LoggedUpdate, Snapshot
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


def transactions() -> Any:
    """What tells the transactions that wrote lines of the log apart, on PostgreSQL: the one of each line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT xmin::text FROM documents_loggedupdate")
        return cursor.fetchall()


def closing(function: Callable[[], None]) -> None:
    try:
        function()
    finally:
        connection.close()


def in_another_connection(*functions: Callable[[], None]) -> None:
    """Call them at the same time, each in a thread of its own."""
    with ThreadPoolExecutor(len(functions)) as threads:
        for done in [threads.submit(closing, function) for function in functions]:
            done.result(30)


def test_many_writes_are_one_transaction(log: DocumentLog, situation: Situation) -> None:
    other = make_situation()
    statements: list[str] = []
    if connection.vendor == "sqlite":
        connection.connection.set_trace_callback(statements.append)

    outcomes = log.append([write(each, text, each.anne) for each in (situation, other) for text in typed(5, *"abc")])

    assert codes(outcomes) == [""] * 6
    assert (situation.text(), other.text()) == ("abc", "abc")
    if connection.vendor == "sqlite":
        connection.connection.set_trace_callback(None)
        assert [each for each in statements if each.startswith(("BEGIN", "COMMIT"))] == ["BEGIN IMMEDIATE", "COMMIT"]
    else:
        assert len(transactions()) == 1


def test_a_line_says_who_wrote_it_and_when(log: DocumentLog, situation: Situation) -> None:
    before = timezone.now()

    log.append([write(situation, text_update("a", 5), situation.anne), write(situation, text_update("b"), None)])

    (refused,) = codes(log.append([write(situation, text_update("c", 7), None)]))
    assert refused == "rights-changed"
    line = LoggedUpdate.objects.get()
    assert line.person_id == situation.anne.pk
    assert before <= line.committed_at <= timezone.now()


def test_what_is_remembered_makes_no_difference(log: DocumentLog, situation: Situation) -> None:
    texts, other = typed(5, *"abcdef"), typed(6, *"xyz")
    for text in texts[:3]:
        assert codes(log.append([write(situation, text, situation.anne)])) == [""]
    assert codes(log.append([write(situation, other[0], situation.bruno)])) == [""]

    batch = [write(situation, texts[3], situation.anne), write(situation, other[1], situation.bruno)]
    assert codes(log.append([*batch, write(situation, texts[4], situation.bruno)])) == ["", "", "foreign-client"]
    batch = [write(situation, texts[4], situation.anne), write(situation, other[2], situation.bruno)]
    assert codes(log.append(batch)) == ["", ""]
    assert sorted(situation.text()) == sorted("abcdexyz")
    assert list(LoggedUpdate.objects.values_list("person_id", flat=True)) == [
        *[situation.anne.pk] * 3,
        situation.bruno.pk,
        *[situation.anne.pk, situation.bruno.pk] * 2,
    ]


def test_nothing_to_write_is_no_error(log: DocumentLog, situation: Situation) -> None:
    assert log.append([]) == []


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


def withdraw(situation: Situation) -> None:
    Access.objects.filter(person=situation.anne).update(level=Level.READ)


def close_account(situation: Situation) -> None:
    situation.anne.is_active = False
    situation.anne.save()


def remove(situation: Situation) -> None:
    Access.objects.filter(person=situation.anne).delete()


@pytest.mark.parametrize("end", [withdraw, remove, close_account])
@pytest.mark.parametrize("elsewhere", [True, False], ids=["by another connection", "by this connection"])
def test_who_wrote_a_moment_ago_is_asked_again(
    log: DocumentLog, situation: Situation, end: Callable[[Situation], None], elsewhere: bool
) -> None:
    texts, other = typed(5, *"abc"), typed(6, *"xy")
    for text in texts[:2]:
        log.append([write(situation, text, situation.anne)])
    log.append([write(situation, other[0], situation.bruno)])

    in_another_connection(partial(end, situation)) if elsewhere else end(situation)

    batch = [write(situation, texts[2], situation.anne), write(situation, other[1], situation.bruno)]
    assert codes(log.append(batch)) == ["rights-changed", ""]
    assert sorted(situation.text()) == sorted("abxy")


def test_who_gets_the_right_writes_at_once(log: DocumentLog, situation: Situation) -> None:
    text = text_update("a", 5)
    log.append([write(situation, text_update("b", 6), situation.anne)])
    assert codes(log.append([write(situation, text, situation.reader)])) == ["rights-changed"]

    Access.objects.filter(person=situation.reader).update(level=Level.WRITE)

    assert codes(log.append([write(situation, text, situation.reader)])) == [""]


def test_a_right_withdrawn_in_a_transaction_that_failed_is_still_there(log: DocumentLog, situation: Situation) -> None:
    texts = typed(5, *"abc")
    log.append([write(situation, texts[0], situation.anne)])

    with transaction.atomic():
        withdraw(situation)
        assert codes(log.append([write(situation, texts[1], situation.anne)])) == ["rights-changed"]
        transaction.set_rollback(True)

    assert codes(log.append([write(situation, texts[1], situation.anne)])) == [""]


def test_what_a_failed_transaction_claimed_is_free_again(log: DocumentLog, situation: Situation) -> None:
    first, second = typed(5, "a", "b")
    with transaction.atomic():
        log.append([write(situation, first, situation.anne)])
        transaction.set_rollback(True)

    assert codes(log.append([write(situation, first, situation.bruno)])) == [""]
    assert codes(log.append([write(situation, second, situation.anne)])) == ["foreign-client"]


def test_a_write_that_fails_leaves_nothing_half_written(log: DocumentLog, situation: Situation) -> None:
    nowhere = Write(uuid.uuid4(), updates.read(text_update("nulle part", 6)), None, needs_right=False)

    with pytest.raises(IntegrityError):
        log.append([write(situation, text_update("a", 5), situation.anne), nowhere])

    assert not connection.in_atomic_block
    assert not LoggedUpdate.objects.exists()
    assert not ClientOwner.objects.exists()
    assert codes(log.append([write(situation, text_update("a", 5), situation.bruno)])) == [""]


def test_it_goes_on_over_a_new_connection(log: DocumentLog, situation: Situation) -> None:
    texts = typed(5, *"abc")
    log.append([write(situation, texts[0], situation.anne)])
    connection.close()

    assert [codes(log.append([write(situation, text, situation.anne)])) for text in texts[1:]] == [[""], [""]]


def test_those_who_claim_the_same_id_at_the_same_time_agree(situation: Situation) -> None:
    """In two threads, each with its connection, as in two processes."""
    outcomes: dict[int, list[Outcome]] = {}
    both = threading.Barrier(2)

    def claim(place: int, person: Any) -> None:
        log = DocumentLog()
        for client_id in range(5, 25):
            both.wait(10)
            text = typed(client_id, "a", "b")[place]
            outcomes.setdefault(person.pk, []).extend(log.append([write(situation, text, person)]))

    in_another_connection(partial(claim, 0, situation.anne), partial(claim, 1, situation.bruno))

    of_anne, of_bruno = codes(outcomes[situation.anne.pk]), codes(outcomes[situation.bruno.pk])
    assert len(of_anne) == 20
    assert {*zip(of_anne, of_bruno, strict=True)} <= {("", "foreign-client"), ("foreign-client", "")}
    assert services.authors(situation.document.pk) == {
        client_id: (situation.bruno if refused else situation.anne).pk
        for client_id, refused in enumerate(of_anne, start=5)
    }


def test_lines_of_one_document_commit_in_the_order_of_their_ids(situation: Situation) -> None:
    """Who reads a line has read, or can read, all those before it: two threads write, a third one watches."""
    both, done = threading.Barrier(2), threading.Event()
    late: list[int] = []

    def type_long(client_id: int, person: Any) -> None:
        log = DocumentLog()
        both.wait(10)
        for text in typed(client_id, *"abcdefgh" * 8):
            log.append([write(situation, text, person)])

    def watch() -> None:
        seen: set[int] = set()
        while not done.is_set():
            ids = set(LoggedUpdate.objects.values_list("pk", flat=True))
            late.extend(row_id for row_id in ids - seen if seen and row_id < max(seen))
            seen = ids

    watcher = threading.Thread(target=partial(closing, watch))
    watcher.start()
    try:
        in_another_connection(partial(type_long, 5, situation.anne), partial(type_long, 6, situation.bruno))
    finally:
        done.set()
        watcher.join(10)

    assert late == []
    assert LoggedUpdate.objects.count() == 128


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
        if b"mauvais" in content:
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

    assert sum(1 + len(known.owners) for known in log._documents.values()) <= 3
    assert len(services.authors(situation.document.pk)) == 10
