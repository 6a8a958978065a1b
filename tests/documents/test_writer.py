"""The standing thread that writes the log: it survives what the database does, and delivers everything."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from concerte.documents import limits, updates
from concerte.documents.errors import FrameRefused
from concerte.documents.log import Committed, DocumentLog, Outcome, Write
from concerte.documents.models import Access, LoggedUpdate
from concerte.documents.writer import LogWriter, Result
from tests.documents.factories import Situation, make_situation, text_update, typed, write


@pytest.fixture
def situation(transactional_db: None) -> Situation:
    return make_situation()


class Delivery:
    """What the writer thread delivers, awaited by the thread of the test."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._result: Result = []

    def __call__(self, result: Result) -> None:
        self._result = result
        self._done.set()

    def wait(self) -> Result:
        assert self._done.wait(10)
        return self._result


@pytest.fixture
def writer(situation: Situation) -> Iterator[LogWriter]:
    writer = LogWriter()
    writer.start()
    yield writer
    writer.stop()


def test_updates_of_many_documents_are_committed_in_one_transaction(
    writer: LogWriter, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    append = DocumentLog.append

    def append_counting(log: DocumentLog, writes: Sequence[Write]) -> list[Outcome]:
        sizes.append(len(writes))
        return append(log, writes)

    monkeypatch.setattr(DocumentLog, "append", append_counting)
    delivery = Delivery()
    writer.submit([write(situation, text, situation.anne) for text in typed(5, *"abcde")], delivery)

    assert all(isinstance(outcome, Committed) for outcome in delivery.wait())
    assert sizes == [5]
    assert situation.text() == "abcde"


def test_a_database_that_is_gone_fails_the_writes_and_not_the_writer(
    writer: LogWriter, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("gone")

    failed, saved = Delivery(), Delivery()
    with monkeypatch.context() as patch:
        patch.setattr(DocumentLog, "append", gone)
        writer.submit([write(situation, text_update("a"), situation.anne)], failed)
        (outcome,) = failed.wait()
        assert isinstance(outcome, OperationalError)
    writer.submit([write(situation, text_update("b"), situation.anne)], saved)

    (outcome,) = saved.wait()
    assert isinstance(outcome, Committed)
    assert situation.text() == "b"


def test_one_write_that_cannot_be_saved_does_not_take_the_others_with_it(
    writer: LogWriter, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Write(uuid.uuid4(), updates.read(text_update("nulle part")), None, needs_right=False)
    delivery = Delivery()
    writer.submit([nowhere, write(situation, text_update("ici"), situation.anne), nowhere], delivery)

    bad, good, worse = delivery.wait()
    assert isinstance(bad, Exception)
    assert isinstance(worse, Exception)
    assert isinstance(good, Committed)
    assert situation.text() == "ici"


# --- Without the thread ---------------------------------------------------------------------------------------------
@pytest.fixture
def quick(writer: LogWriter, situation: Situation) -> LogWriter:
    """The writer, once Anne has written "a" under client id 5: all is known that her next lines need."""
    if connection.vendor != "sqlite":
        pytest.skip("an answer of the server would be waited for")
    commit(writer, write(situation, typed(5, "a")[0], situation.anne))
    return writer


def commit(writer: LogWriter, *writes: Write) -> Result:
    """By the thread; then it rests."""
    delivery = Delivery()
    writer.submit(writes, delivery)
    result = delivery.wait()
    resting = threading.Event()
    while writer._asked != writer._done:
        resting.wait(0.001)
    return result


def in_a_thread(function: Callable[[], Any]) -> None:
    def run() -> None:
        try:
            function()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)


def test_what_needs_no_question_is_committed_at_once(quick: LogWriter, situation: Situation) -> None:
    second, third = typed(5, *"abc")[1:]

    result = quick.commit_here([write(situation, second, situation.anne), write(situation, third, situation.anne)])

    assert result is not None
    rows = [outcome.row for outcome in result if isinstance(outcome, Committed)]
    lines = LoggedUpdate.objects.order_by("pk")[1:]
    assert [(row.id, row.update) for row in rows] == [(line.pk, bytes(line.update_bytes)) for line in lines]
    assert situation.text() == "abc"


def test_a_client_id_nobody_used_is_a_question(quick: LogWriter, situation: Situation) -> None:
    assert quick.commit_here([write(situation, text_update("b", 6), situation.anne)]) is None

    assert situation.text() == "a"


def test_another_persons_client_id_is_not_committed_at_once(quick: LogWriter, situation: Situation) -> None:
    assert quick.commit_here([write(situation, typed(5, *"ab")[1], situation.bruno)]) is None

    assert situation.text() == "a"


def test_rights_that_may_have_changed_are_asked(quick: LogWriter, situation: Situation) -> None:
    in_a_thread(lambda: Access.objects.filter(person=situation.anne).delete())
    next_line = write(situation, typed(5, *"ab")[1], situation.anne)

    assert quick.commit_here([next_line]) is None

    (outcome,) = commit(quick, next_line)
    assert isinstance(outcome, FrameRefused)
    assert outcome.code == "rights-changed"
    assert situation.text() == "a"


def test_its_own_lines_do_not_make_it_believe_that_others_wrote(quick: LogWriter, situation: Situation) -> None:
    before = quick.others_version()

    assert quick.commit_here([write(situation, typed(5, *"ab")[1], situation.anne)]) is not None
    commit(quick, write(situation, text_update("b", 6), situation.bruno))

    assert before is not None
    assert quick.others_version() == before


def test_it_knows_that_others_wrote_whatever_they_wrote(quick: LogWriter, situation: Situation) -> None:
    before = quick.others_version()

    in_a_thread(lambda: Access.objects.filter(person=situation.bruno).delete())

    assert quick.others_version() not in (None, before)


def test_over_another_connection_it_is_not_known_what_others_wrote_before(
    quick: LogWriter, situation: Situation
) -> None:
    before = quick.others_version()
    delivery = Delivery()
    # Whatever fails in the thread makes it take another connection.
    quick.submit(
        [Write(uuid.uuid4(), updates.read(text_update("x", 9)), situation.anne.pk, needs_right=False)], delivery
    )
    assert isinstance(delivery.wait()[0], Exception)
    commit(quick, write(situation, typed(5, *"ab")[1], situation.anne))

    assert quick.others_version() not in (None, before)


def test_a_database_somebody_writes_in_is_not_waited_for(quick: LogWriter, situation: Situation) -> None:
    started = time.monotonic()
    next_line = write(situation, typed(5, *"ab")[1], situation.anne)
    with transaction.atomic():
        assert quick.commit_here([next_line]) is None
        assert time.monotonic() - started < 1
    assert situation.text() == "a"

    commit(quick, next_line)

    assert situation.text() == "ab"


def test_what_fails_at_once_is_left_to_the_thread(quick: LogWriter, situation: Situation) -> None:
    bad = updates.Update(typed(5, *"ab")[1], {5: [(1, 2)]}, {})
    bad.content = "no bytes, no text: nothing the database takes", 1  # type: ignore[assignment]

    assert quick.commit_here([Write(situation.document.pk, bad, situation.anne.pk)]) is None

    assert quick.commit_here([write(situation, typed(5, *"ab")[1], situation.anne)]) is not None
    assert situation.text() == "ab"


def test_a_slow_disk_is_waited_for_in_the_thread(
    quick: LogWriter, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_line = write(situation, typed(5, *"ab")[1], situation.anne)
    with monkeypatch.context() as patch:
        patch.setattr(limits, "QUICK_COMMIT_SECONDS", 0.0)
        assert quick.commit_here([next_line]) is None

    assert quick.commit_here([next_line]) is not None


def test_the_thread_copies_what_the_write_ahead_log_gathered(
    quick: LogWriter, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = []
    checkpoint = DocumentLog.checkpoint

    def checkpoint_noting(log: DocumentLog) -> int:
        copied.append(1)
        return checkpoint(log)

    monkeypatch.setattr(DocumentLog, "checkpoint", checkpoint_noting)
    monkeypatch.setattr(limits, "CHECKPOINT_PAGES", 10)
    second, third, fourth = (write(situation, text, situation.anne) for text in typed(5, *"abcd")[1:])
    assert quick.commit_here([second]) is not None
    assert quick.commit_here([third]) is not None
    assert quick.commit_here([fourth]) is not None

    fifth = write(situation, typed(5, *"abcde")[4], situation.anne)
    assert quick.commit_here([fifth]) is None
    commit(quick, fifth)

    assert copied == [1]
    assert situation.text() == "abcde"


def test_stopping_commits_what_is_queued(situation: Situation) -> None:
    writer, delivery = LogWriter(), Delivery()
    writer.start()
    writer.submit([write(situation, text_update("dernier mot"), situation.anne)], delivery)
    writer.stop()

    (outcome,) = delivery.wait()
    assert isinstance(outcome, Committed)
    assert situation.text() == "dernier mot"
