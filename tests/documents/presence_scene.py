"""The presence of one document, without sockets, on a clock that jumps to the next timer."""

import asyncio
import selectors
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from django.db import OperationalError

from concerte.documents import limits, protocol
from concerte.documents.errors import SocketRefused
from concerte.documents.fanout import News
from concerte.documents.presence_relay import PresenceRelay
from concerte.documents.protocol import GONE, Sign


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: moves the clock on instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0.0
        return super().select(0)


class _JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def play(scenario: Coroutine[Any, Any, None]) -> None:
    loop = _JumpingLoop()
    try:
        loop.run_until_complete(scenario)
    finally:
        loop.close()


async def later(seconds: float) -> None:
    """Some seconds on that clock, none on ours."""
    await asyncio.sleep(seconds)


def person_of(client_id: int) -> int:
    return client_id + 1_000


class Receiver:
    """A connection as presence sees it; it may stop taking frames for a while."""

    may_write = True

    def __init__(self, client_id: int) -> None:
        self.client_id = client_id
        self.person_id = person_of(client_id)
        self.is_clear = True
        self.frames: list[bytes] = []
        self.refusal: SocketRefused | None = None

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def send_if_clear(self, frame: bytes) -> bool:
        if self.is_clear:
            self.send(frame)
        return self.is_clear

    def close(self, refusal: SocketRefused) -> None:
        self.refusal = refusal

    def view(self) -> dict[int, int]:
        """Who a stock client that was sent these frames shows, and with which clock."""
        clocks: dict[int, int] = {}
        here: set[int] = set()
        for frame in self.frames:
            for sign in read_signs(frame):
                is_new = sign.client_id not in clocks or sign.clock > clocks[sign.client_id]
                if is_new or (sign.state == GONE and sign.clock == clocks[sign.client_id]):
                    clocks[sign.client_id] = sign.clock
                    (here.discard if sign.state == GONE else here.add)(sign.client_id)
        return {client_id: clocks[client_id] for client_id in here}


def read_signs(frame: bytes) -> tuple[Sign, ...]:
    message = protocol.read(frame)
    assert isinstance(message, protocol.Presence)
    return message.signs


class Scene:
    """The presence of one document; what it asks of the database is answered with `owners`."""

    def __init__(self, people: int, *, is_old: bool = True) -> None:
        self.connections: set[Any] = set()
        self.news: list[News] = []
        self.owners: dict[int, int] = {}
        self.questions = 0
        self.database_is_away = False
        self._tasks: list[asyncio.Future[None]] = []
        self.relay = PresenceRelay(self, uuid.uuid4(), self.connections)
        if is_old:
            self.relay._opened_at = -2 * limits.PRESENCE_REUNION_SECONDS
        self.people = [Receiver(number) for number in range(people)]
        self.connections.update(self.people)

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self.questions += 1
        await asyncio.sleep(0)
        if self.database_is_away:
            raise OperationalError("away")
        return dict(self.owners)

    def publish(self, news: News) -> None:
        self.news.append(news)

    def spawn(self, work: Awaitable[None]) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    def now(self) -> float:
        return asyncio.get_event_loop().time()

    def say(self, number: int, clock: int, state: bytes = b"{}") -> Awaitable[None] | None:
        """Person `number` says something of the client of that number."""
        frame = protocol.presence_frame([Sign(number, clock, state)])
        return self.relay.take(self.people[number], frame)

    async def say_all(self, clock: int = 1) -> None:
        await asyncio.gather(*filter(None, [self.say(person.client_id, clock) for person in self.people]))

    async def quiet(self) -> None:
        """Let every timer run; who does not keep up makes them come back for ever, so ten seconds are all."""
        await later(10)

    def clear(self) -> None:
        for person in self.people:
            person.frames.clear()
