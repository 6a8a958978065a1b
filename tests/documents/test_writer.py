"""The standing thread that writes the log: it survives what the database does, and delivers everything."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import OperationalError

from concerte.documents import updates
from concerte.documents.log import Committed, DocumentLog, Outcome, Write
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


def test_stopping_commits_what_is_queued(situation: Situation) -> None:
    writer, delivery = LogWriter(), Delivery()
    writer.start()
    writer.submit([write(situation, text_update("dernier mot"), situation.anne)], delivery)
    writer.stop()

    (outcome,) = delivery.wait()
    assert isinstance(outcome, Committed)
    assert situation.text() == "dernier mot"
