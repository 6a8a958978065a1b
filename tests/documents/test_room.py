"""What one batch becomes: one frame, built once, for everyone but a sole author; nothing before it is committed."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from pycrdt import Doc, Text

from concerte.documents import limits, protocol, room
from concerte.documents.connection import Allowance, Connection
from concerte.documents.credentials import Entry
from concerte.documents.errors import SocketRefused
from concerte.documents.fanout import News
from concerte.documents.flushing import Flusher, Submission, pause_after
from concerte.documents.library import LibraryFailed
from concerte.documents.log import Committed, Outcome, Write
from concerte.documents.models import Level
from concerte.documents.room import Room
from concerte.documents.state import Row, Stored, Whole
from concerte.documents.writer import Deliver
from tests.documents.factories import text_update
from tests.servers import PATIENCE


class Notebook:
    """A line that keeps what it is given."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.refusal: SocketRefused | None = None
        self.send: Callable[[bytes], None] = self.frames.append

    def waiting_bytes(self) -> int:
        return 0

    def ping(self) -> None:
        raise AssertionError("nobody is silent for so long here")

    def close(self, refusal: SocketRefused) -> None:
        self.refusal = refusal

    def abort(self) -> None:
        raise AssertionError("everyone answers here")


class House:
    """Commits when it is told to; everything else runs at once."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Sequence[Write], Deliver]] = []
        self.news: list[News] = []
        self._line = 0
        self._flusher = Flusher(lambda writes, deliver: self.jobs.append((writes, deliver)))

    def submit(self, submission: Submission) -> None:
        self._flusher.add(submission)

    is_overdue = False

    def drop(self, connection: Connection) -> None:
        self._flusher.drop(connection)

    async def commit(self) -> int:
        """Commit the batch that waits; how many writes it had."""
        writes, deliver = await self.batch()
        outcomes: list[Outcome | Exception] = []
        for write in writes:
            self._line += 1
            outcomes.append(Committed(Row(self._line, write.update.content)))
        deliver(outcomes)
        return len(writes)

    async def batch(self) -> tuple[Sequence[Write], Deliver]:
        async with asyncio.timeout(PATIENCE):
            while not self.jobs:
                await asyncio.sleep(0)
        return self.jobs.pop(0)

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)

    run_long = run

    def publish(self, news: News) -> None:
        self.news.append(news)

    def publish_rows(self, document_id: uuid.UUID, shown: Sequence[tuple[Connection | None, Row]]) -> None:
        self.news.append(News("rows", document_id, tuple(row for _, row in shown)))

    def spawn(self, work: Awaitable[None]) -> None:
        raise AssertionError("nothing runs beside a room so small")

    def now(self) -> float:
        return time.monotonic()


class Scene:
    """A room with people in it; no socket, no database."""

    def __init__(self) -> None:
        self.house = House()
        self.room = Room(uuid.uuid4(), self.house, Stored(), Whole.of(Stored()))
        self.lines = [Notebook() for _ in range(5)]
        self.people = [
            Connection(Entry(number, Level.WRITE), Allowance(), line, wants_saved_frames=False, now=0.0)
            for number, line in enumerate(self.lines)
        ]
        for connection in self.people:
            self.room.join(connection)

    def write(self, number: int, text: str) -> None:
        self.room.take(self.people[number], protocol.update_frame(text_update(text, client_id=number + 1)))

    def frames(self, number: int) -> list[bytes]:
        """What this person was sent since the last time."""
        kept = self.lines[number].frames
        frames = kept.copy()
        kept.clear()
        return frames

    def heard(self, number: int) -> set[str]:
        """The words that the frames sent to this person hold."""
        doc: Doc[Any] = Doc()
        for frame in self.frames(number):
            message = protocol.read(frame)
            assert isinstance(message, protocol.TakeUpdate)
            doc.apply_update(message.update)
        return set(str(doc.get("text", type=Text)).split())


async def gather_three_writers() -> Scene:
    """While a first write is being committed, three people write; then all is."""
    scene = Scene()
    scene.write(3, "premier ")
    writes, deliver = await scene.house.batch()
    for number, word in enumerate(("zéro ", "un ", "deux ")):
        scene.write(number, word)
    deliver([Committed(Row(100, writes[0].update.content))])
    for number in range(5):
        scene.frames(number)
    assert await scene.house.commit() == 3
    return scene


async def test_what_came_during_a_commit_leaves_as_one_frame_built_once() -> None:
    scene = await gather_three_writers()

    (first,), (second,) = scene.lines[3].frames, scene.lines[4].frames
    assert first is second
    assert scene.heard(4) == {"zéro", "un", "deux"}


async def test_several_authors_receive_the_frame_of_everyone() -> None:
    scene = await gather_three_writers()

    assert scene.heard(0) == scene.heard(1) == {"zéro", "un", "deux"}


async def test_a_sole_author_hears_nothing_back() -> None:
    scene = Scene()
    scene.write(0, "seul")
    scene.write(0, "encore")

    assert await scene.house.commit() == 2
    assert scene.frames(0) == []
    assert len(scene.frames(1)) == 1


async def test_what_comes_in_one_turn_of_the_loop_is_committed_together() -> None:
    scene = Scene()
    for number in range(5):
        scene.write(number, "mot")

    assert await scene.house.commit() == 5


async def test_updates_that_cannot_be_joined_are_sent_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Sequence[bytes]) -> bytes:
        raise LibraryFailed

    monkeypatch.setattr(room, "join", fail)
    scene = await gather_three_writers()

    assert len(scene.lines[4].frames) == 3
    assert scene.heard(4) == {"zéro", "un", "deux"}


async def test_nothing_leaves_before_it_is_committed() -> None:
    scene = Scene()
    scene.write(0, "secret")
    writes, deliver = await scene.house.batch()

    assert scene.frames(1) == []
    assert scene.house.news == []
    deliver([Committed(Row(1, writes[0].update.content))])
    assert scene.heard(1) == {"secret"}
    assert [news.kind for news in scene.house.news] == ["rows"]


async def test_what_fails_is_shown_to_nobody_and_what_followed_is_dropped() -> None:
    scene = Scene()
    scene.write(0, "perdu")
    _, deliver = await scene.house.batch()
    scene.write(0, "suite")
    scene.write(1, "autre")
    deliver([OSError("disk full")])

    assert scene.lines[0].refusal is not None
    assert scene.lines[0].refusal.close_code == 4503
    assert await scene.house.commit() == 1
    assert scene.heard(2) == {"autre"}
    assert scene.people[0].unsaved_bytes == 0


async def test_who_is_behind_is_sent_nothing_and_keeps_the_place_from_which_to_go_on() -> None:
    scene = Scene()
    scene.people[1].fell_behind(0.0)
    scene.write(0, "pendant")
    await scene.house.commit()

    assert scene.frames(1) == []
    assert scene.people[1].caught_up() == 1
    scene.write(0, "après")
    await scene.house.commit()
    assert len(scene.frames(1)) == 1


async def test_who_was_behind_is_told_what_was_saved_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "read_rows_after", lambda *_: ())
    scene = Scene()
    writer = scene.people[1]
    writer.wants_saved_frames = True
    writer.fell_behind(0.0)
    scene.write(1, "gardé")
    await scene.house.commit()
    assert scene.frames(1) == []

    await scene.room.catch_up(writer)

    assert scene.frames(1) == [protocol.saved_frame(1)]


async def test_what_comes_soon_after_a_batch_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FLUSH_SECONDS", 1000.0)
    scene = Scene()
    scene.write(0, "tout de suite")
    assert await scene.house.commit() == 1

    scene.write(1, "plus tard")
    for _ in range(10):
        await asyncio.sleep(0)
    assert scene.house.jobs == []


def test_everyone_is_told_within_a_time_that_hardly_depends_on_how_many_they_are() -> None:
    waits = [pause_after(frames) + 2 * frames * limits.FRAME_SECONDS for frames in (1, 10, 50, 200, 500)]

    assert max(waits) < 0.025
    assert min(waits) >= limits.FLUSH_SECONDS_MIN


async def test_a_line_heard_twice_is_shown_once() -> None:
    scene = Scene()
    row = Row(7, text_update("une fois"))

    scene.room.hear_rows([row])
    scene.room.hear_rows([row])
    scene.room.reach(7)
    scene.room.hear_rows([row])

    assert len(scene.frames(0)) == 1
