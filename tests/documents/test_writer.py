"""The standing thread that writes the log: it gathers, survives what the database does, and delivers everything."""

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError

from concerte.documents import updates
from concerte.documents.log import DocumentLog, Outcome, Write
from concerte.documents.writer import LogWriter
from tests.documents.factories import Situation, make_situation, text_update, typed, write


@pytest.fixture
def situation(transactional_db: None) -> Situation:
    return make_situation()


class Delivery:
    """What the writer thread delivers, awaited by the thread of the test."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self.result: list[Outcome] | Exception | None = None

    def __call__(self, result: "list[Outcome] | Exception") -> None:
        self.result = result
        self._done.set()

    def wait(self) -> "list[Outcome] | Exception | None":
        assert self._done.wait(10)
        return self.result


@pytest.fixture
def writer(situation: Situation) -> Iterator[LogWriter]:
    writer = LogWriter()
    writer.start()
    yield writer
    writer.stop()


def test_what_came_during_a_commit_goes_into_the_next_one(
    writer: LogWriter, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, release, sizes = threading.Event(), threading.Event(), []
    append = DocumentLog.append

    def append_slowly(log: DocumentLog, writes: Any) -> list[Outcome]:
        sizes.append(len(writes))
        entered.set()
        assert release.wait(10)
        return append(log, writes)

    monkeypatch.setattr(DocumentLog, "append", append_slowly)
    deliveries = [Delivery() for _ in range(5)]
    texts = typed(5, *"abcde")
    writer.submit([write(situation, texts[0], situation.anne)], deliveries[0])
    assert entered.wait(10)
    for text, delivery in zip(texts[1:], deliveries[1:], strict=True):
        writer.submit([write(situation, text, situation.anne)], delivery)
    release.set()
    for delivery in deliveries:
        assert isinstance(delivery.wait(), list)

    assert sizes == [1, 4]
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
        assert isinstance(failed.wait(), OperationalError)
    writer.submit([write(situation, text_update("b"), situation.anne)], saved)

    assert isinstance(saved.wait(), list)
    assert situation.text() == "b"


def test_one_write_that_cannot_be_saved_does_not_take_the_others_with_it(
    writer: LogWriter, situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Write(uuid.uuid4(), updates.read(text_update("nulle part")), None, needs_right=False)
    gather = LogWriter._gather
    both_are_there = threading.Event()

    def gather_late(self: LogWriter, jobs: Any) -> bool:
        assert both_are_there.wait(10)
        return gather(self, jobs)

    monkeypatch.setattr(LogWriter, "_gather", gather_late)
    bad, good = Delivery(), Delivery()
    writer.submit([nowhere], bad)
    writer.submit([write(situation, text_update("ici"), situation.anne)], good)
    both_are_there.set()

    assert isinstance(bad.wait(), Exception)
    assert isinstance(good.wait(), list)
    assert situation.text() == "ici"


def test_stopping_commits_what_is_queued(situation: Situation) -> None:
    writer, delivery = LogWriter(), Delivery()
    writer.start()
    writer.submit([write(situation, text_update("dernier mot"), situation.anne)], delivery)
    writer.stop()

    assert isinstance(delivery.wait(), list)
    assert situation.text() == "dernier mot"
