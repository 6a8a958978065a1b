"""What one batch becomes: one frame for who listens, and to each writer what came from the others."""

import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from pycrdt import Doc, Text

from concerte.documents import protocol, room
from concerte.documents.connection import Allowance, Connection
from concerte.documents.credentials import Entry
from concerte.documents.fanout import News
from concerte.documents.library import LibraryFailed
from concerte.documents.log import Committed, Outcome, Write
from concerte.documents.models import Level
from concerte.documents.room import Room
from concerte.documents.state import Copy, Row, Stored
from tests.documents.factories import text_update


class FakeHouse:
    """Commits when it is told to; everything else runs at once."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Sequence[Write], Callable[[list[Outcome] | Exception], None]]] = []
        self.news: list[News] = []
        self._line = 0

    def commit(self, writes: Sequence[Write], deliver: Callable[["list[Outcome] | Exception"], None]) -> None:
        self.jobs.append((writes, deliver))

    def commit_now(self) -> int:
        """Commit the batch that waits; how many writes it had."""
        writes, deliver = self.jobs.pop(0)
        outcomes: list[Outcome] = []
        for write in writes:
            self._line += 1
            outcomes.append(Committed(Row(self._line, write.update.content)))
        deliver(outcomes)
        return len(writes)

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)

    def publish(self, news: News) -> None:
        self.news.append(news)

    def spawn(self, work: Awaitable[None]) -> None:
        raise AssertionError("nothing runs beside a room so small")

    def now(self) -> float:
        return time.monotonic()


class Scene:
    """A room with people in it; no socket, no database."""

    def __init__(self) -> None:
        self.house = FakeHouse()
        stored = Stored()
        self.room = Room(uuid.uuid4(), self.house, stored, Copy.of(stored))
        self.people = [Connection(Entry(number, Level.WRITE), Allowance(), level=Level.WRITE) for number in range(5)]
        for connection in self.people:
            self.room.join(connection)

    def write(self, number: int, text: str) -> None:
        self.room.take(self.people[number], protocol.update_frame(text_update(text, client_id=number + 1)))

    async def frames(self, number: int) -> list[bytes]:
        connection = self.people[number]
        connection.send(protocol.HEARTBEAT)  # so that there is something to wait for
        return (await connection.next_frames())[:-1]

    async def heard(self, number: int) -> set[str]:
        """The words that the frames sent to this person hold."""
        doc: Doc[Any] = Doc()
        for frame in await self.frames(number):
            message = protocol.read(frame)
            assert isinstance(message, protocol.TakeUpdate)
            doc.apply_update(message.update)
        return set(str(doc.get("text", type=Text)).split())


async def gather_three_writers() -> Scene:
    """While a first write is being committed, three people write; then all is."""
    scene = Scene()
    scene.write(3, "premier ")
    for number, word in enumerate(("zéro ", "un ", "deux ")):
        scene.write(number, word)
    assert scene.house.commit_now() == 1
    for number in range(5):
        await scene.frames(number)
    assert scene.house.commit_now() == 3
    return scene


async def test_what_came_during_a_commit_leaves_as_one_frame() -> None:
    scene = await gather_three_writers()

    assert len(await scene.frames(3)) == 1
    assert await scene.heard(4) == {"zéro", "un", "deux"}


async def test_each_writer_hears_the_others_and_never_themselves() -> None:
    scene = await gather_three_writers()

    assert await scene.heard(0) == {"un", "deux"}
    assert await scene.heard(1) == {"zéro", "deux"}
    assert await scene.heard(2) == {"zéro", "un"}


async def test_updates_that_cannot_be_joined_are_sent_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Sequence[bytes]) -> bytes:
        raise LibraryFailed

    monkeypatch.setattr(room, "join", fail)
    scene = await gather_three_writers()

    assert len(await scene.frames(4)) == 3
    assert await scene.heard(0) == {"un", "deux"}


async def test_nothing_leaves_before_it_is_committed() -> None:
    scene = Scene()
    scene.write(0, "secret")

    assert await scene.frames(1) == []
    assert scene.house.news == []
    scene.house.commit_now()
    assert await scene.heard(1) == {"secret"}
    assert [news.kind for news in scene.house.news] == ["rows"]


async def test_what_fails_is_shown_to_nobody_and_what_followed_is_dropped() -> None:
    scene = Scene()
    scene.write(0, "perdu")
    scene.write(0, "suite")
    scene.write(1, "autre")
    _, deliver = scene.house.jobs.pop(0)
    deliver(OSError("disk full"))

    assert scene.people[0].refusal is not None
    assert scene.people[0].refusal.close_code == 4503
    assert scene.house.commit_now() == 1
    assert await scene.heard(2) == {"autre"}
    assert scene.people[0].unsaved_bytes == 0


async def test_a_line_heard_twice_is_shown_once() -> None:
    scene = Scene()
    row = Row(7, text_update("une fois"))

    scene.room.hear_rows([row])
    scene.room.hear_rows([row])
    scene.room.reach(7)
    scene.room.hear_rows([row])

    assert len(await scene.frames(0)) == 1
