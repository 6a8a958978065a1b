"""Folding: snapshots made at any moment, by anyone, lose nothing and hold nobody up."""

import subprocess
import threading
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from concerte.documents import folding, limits, updates
from concerte.documents.folding import fold, is_due
from concerte.documents.log import Committed, DocumentLog, Write
from concerte.documents.models import LoggedUpdate, Snapshot
from concerte.documents.state import Copy, Row, Whole, read_rows_after, read_stored
from tests.documents.factories import Situation, make_situation, text_of, text_update, typed, write
from tests.documents.histories import History, built, histories, text_and_map


@pytest.fixture
def situation(transactional_db: None) -> Situation:
    return make_situation()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every document counts as a long one; what is folded in another process is noted."""
    noted: list[str] = []
    run = subprocess.run

    def noting(*arguments: Any, **named: Any) -> Any:
        noted.append("started")
        done = run(*arguments, **named)
        noted.append("done")
        return done

    monkeypatch.setattr(limits, "LARGE_STATE_BYTES", 0)
    monkeypatch.setattr(subprocess, "run", noting)
    return noted


def append(situation: Situation, *contents: bytes) -> None:
    """As the platform would: whose words they are does not matter here."""
    writes = [Write(situation.document.pk, updates.read(content), None, needs_right=False) for content in contents]
    assert all(isinstance(outcome, Committed) for outcome in DocumentLog().append(writes))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.integers(0, 1_000))
def test_whatever_is_folded_when_the_log_and_its_snapshots_say_the_same(
    transactional_db: None, history: History, moment: int
) -> None:
    situation = make_situation()
    document_id = situation.document.pk
    newcomer: Doc[Any] = Doc()
    parts = history.parts()
    for number, part in enumerate(parts):
        append(situation, *part)
        if number == moment % len(parts):
            whole = Whole.of(read_stored(document_id))
            newcomer.apply_update(whole.difference())
        if (moment >> number) % 2 == 0:
            fold(document_id)

    stored = read_stored(document_id)
    assert text_and_map(Copy.of(stored).doc) == history.content
    assert text_and_map(built(Whole.of(stored).difference())) == history.content
    whole.apply(read_rows_after(document_id, whole.last_id))
    assert text_and_map(built(whole.difference())) == history.content
    newcomer.apply_update(whole.difference(newcomer.get_state()))
    assert text_and_map(newcomer) == history.content
    assert LoggedUpdate.objects.filter(document=document_id).count() == len(history.log)


def test_a_long_document_is_folded_in_another_process(situation: Situation, elsewhere: list[str]) -> None:
    pieces = typed(5, *"abcdef")
    append(situation, *pieces[:2])
    fold(situation.document.pk)
    append(situation, *pieces[2:4], pieces[5])

    assert fold(situation.document.pk)

    snapshot = Snapshot.objects.get()
    last, waiting = LoggedUpdate.objects.order_by("-pk")[0], read_stored(situation.document.pk).rows
    assert elsewhere == ["started", "done"] * 2
    assert text_of(bytes(snapshot.state_bytes)) == "abcd"
    assert (snapshot.last_update_id, snapshot.waiting_update_ids) == (last.pk, [last.pk])
    assert waiting == (Row(last.pk, pieces[5]),)
    append(situation, pieces[4])
    assert situation.text() == "abcdef"


def test_when_the_other_process_fails_it_is_done_in_this_one(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGE_STATE_BYTES", 0)
    monkeypatch.setattr(limits, "FOLD_SECONDS", 0.0)
    append(situation, *typed(5, *"abc"))

    assert fold(situation.document.pk)
    assert text_of(bytes(Snapshot.objects.get().state_bytes)) == "abc"


def test_lines_written_during_a_fold_are_in_the_next_one(situation: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another connection writes while the fold works: it does not wait, and nothing is left out."""
    pieces = typed(5, *"abcd")
    append(situation, *pieces[:2])
    build = folding._fold

    def write_meanwhile(stored: Any) -> Any:
        def write_two() -> None:
            append(situation, *pieces[2:])
            connection.close()

        thread = threading.Thread(target=write_two)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
        return build(stored)

    with monkeypatch.context() as patch:
        patch.setattr(folding, "_fold", write_meanwhile)
        assert fold(situation.document.pk)

    assert text_of(bytes(Snapshot.objects.get().state_bytes)) == "ab"
    assert situation.text() == "abcd"
    assert fold(situation.document.pk)
    assert text_of(bytes(Snapshot.objects.get().state_bytes)) == "abcd"


def test_two_folds_at_the_same_time_keep_the_further_one(situation: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = typed(5, *"abcd")
    append(situation, *pieces[:2])
    build = folding._fold
    results: list[bool] = []

    def overtaken(stored: Any) -> Any:
        monkeypatch.setattr(folding, "_fold", build)
        append(situation, *pieces[2:])
        results.append(fold(situation.document.pk))
        return build(stored)

    monkeypatch.setattr(folding, "_fold", overtaken)
    results.append(fold(situation.document.pk))

    assert results == [True, False]
    assert text_of(bytes(Snapshot.objects.get().state_bytes)) == "abcd"


def test_there_is_nothing_to_fold_twice(situation: Situation) -> None:
    assert not fold(situation.document.pk)
    append(situation, text_update("a", 5))
    assert fold(situation.document.pk)
    assert not fold(situation.document.pk)


def test_writers_keep_their_names_and_their_lines(situation: Situation) -> None:
    log = DocumentLog()
    log.append([write(situation, text, situation.anne) for text in typed(5, *"abc")])
    fold(situation.document.pk)

    (outcome,) = log.append([write(situation, typed(5, "a", "b", "c", "d")[3], situation.bruno)])

    assert not isinstance(outcome, Committed)
    assert set(LoggedUpdate.objects.values_list("person_id", flat=True)) == {situation.anne.pk}


@pytest.mark.parametrize(
    ("line_count", "line_bytes", "state_bytes", "is_quiet", "due"),
    [
        (limits.FOLD_ROWS - 1, 0, 0, False, False),
        (limits.FOLD_ROWS, 0, 0, False, True),
        (10, limits.FOLD_BYTES, 0, False, False),
        (10, limits.FOLD_BYTES + 1, 0, False, True),
        (10, limits.FOLD_BYTES + 1, 4 * limits.FOLD_BYTES, False, False),
        (10, 2 * limits.FOLD_BYTES + 1, 4 * limits.FOLD_BYTES, False, True),
        (limits.FOLD_QUIET_ROWS - 1, 0, 0, True, False),
        (limits.FOLD_QUIET_ROWS, 0, 0, True, True),
        (1, limits.FOLD_QUIET_BYTES + 1, 0, True, True),
        (0, 0, 10**9, True, False),
    ],
)
def test_folding_is_due(line_count: int, line_bytes: int, state_bytes: int, is_quiet: bool, due: bool) -> None:
    assert is_due(line_count, line_bytes, state_bytes, is_quiet=is_quiet) is due


@pytest.mark.parametrize("clients", [1, 3])
def test_a_long_tail_opens_as_it_was_written(situation: Situation, clients: int) -> None:
    docs: list[Doc[Any]] = [Doc(client_id=5 + number) for number in range(clients)]
    pieces: list[bytes] = []
    for number in range(300):
        doc = docs[number % clients]
        before = doc.get_state()
        doc.get("text", type=Text).insert(0, "x")
        pieces.append(doc.get_update(before))
    append(situation, *pieces)

    assert text_of(Whole.of(read_stored(situation.document.pk)).difference()) == "x" * 300
    assert situation.text() == "x" * 300
