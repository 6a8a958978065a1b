"""News between processes, through a real Valkey; and what becomes of them when it is away."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from concerte.documents.fanout import LocalFanout, News, announce, fanout_of_settings
from concerte.documents.redis_fanout import RedisFanout
from concerte.documents.state import Row
from tests.servers import PATIENCE, Store

HERE, THERE = "aa" * 8, "bb" * 8  # two processes

documents = st.uuids()
processes = st.binary(min_size=8, max_size=8).map(bytes.hex)
rows = st.lists(st.builds(Row, st.integers(0, 2**63 - 1), st.binary(max_size=50)), max_size=5).map(tuple)
pieces_of_news = st.one_of(
    st.builds(News, st.just("rows"), documents, rows=rows, process=processes),
    st.builds(News, st.just("presence"), documents, signs=st.binary(max_size=50), process=processes),
    st.builds(News, st.sampled_from(["presence-wanted", "rights"]), documents, process=processes),
    st.builds(News, st.sampled_from(["session", "person"]), subject=st.text(max_size=64), process=processes),
)


class Process:
    """What one process hears. In the event loop of the test, signed as another process than the others."""

    def __init__(self, url: str, name: str) -> None:
        self.fanout = RedisFanout(url, name)
        self.name = name
        self.heard: list[News] = []
        self.missed = 0
        self._changed = asyncio.Event()

    def _hear(self, news: News) -> None:
        self.heard.append(news)
        self._changed.set()

    def _miss(self) -> None:
        self.missed += 1
        self._changed.set()

    async def start(self) -> None:
        await self.fanout.start(self._hear, self._miss)

    def line(self, document_id: UUID, line: int, update: bytes = b"x") -> News:
        return News("rows", document_id, (Row(line, update),), process=self.name)

    def lines(self) -> list[int]:
        return [row.id for news in self.heard for row in news.rows]

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def round_trip(self, other: "Process") -> None:
        """Until all the other told so far has come."""
        mark = uuid4().hex
        other.fanout.publish(News("person", subject=mark, process=other.name))
        await self.until(lambda: any(news.subject == mark for news in self.heard))


@contextlib.asynccontextmanager
async def two_processes(url: str) -> AsyncIterator[tuple[Process, Process]]:
    processes = [Process(url, HERE), Process(url, THERE)]
    for process in processes:
        await process.start()
    try:
        yield processes[0], processes[1]
    finally:
        for process in processes:
            await process.fanout.stop()


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    store.start()
    try:
        yield store
    finally:
        store.end()


@given(pieces_of_news)
def test_news_are_read_as_they_were_written(news: News) -> None:
    assert News.decode(news.encode()) == news


@given(
    st.one_of(
        st.binary(max_size=80),
        st.tuples(pieces_of_news, st.integers(0, 200)).map(lambda pair: pair[0].encode()[: pair[1]]),
    )
)
def test_what_is_no_news_is_refused_with_one_error(message: bytes) -> None:
    with contextlib.suppress(ValueError):
        News.decode(message)


async def test_what_one_process_tells_the_other_hears_in_order(valkey_url: str) -> None:
    document_id, other_id = uuid4(), uuid4()
    async with two_processes(valkey_url) as (here, there):
        await there.fanout.watch(document_id)
        await there.fanout.watch(other_id)
        for number in range(1, 500, 2):
            here.fanout.publish_all([here.line(document_id, number), here.line(other_id, number + 1)])
        await there.until(lambda: len(there.heard) >= 500)

        assert there.lines() == list(range(1, 501))


async def test_nobody_hears_their_own_news(valkey_url: str) -> None:
    document_id = uuid4()
    async with two_processes(valkey_url) as (here, there):
        await here.fanout.watch(document_id)
        here.fanout.publish(here.line(document_id, 1))
        await there.round_trip(here)
        await here.round_trip(there)

        assert here.lines() == []


async def test_only_watched_documents_are_heard_of(valkey_url: str) -> None:
    document_id = uuid4()
    async with two_processes(valkey_url) as (here, there):
        here.fanout.publish(here.line(document_id, 1))
        await there.fanout.watch(document_id)
        await there.round_trip(here)
        here.fanout.publish(here.line(document_id, 2))
        await there.round_trip(here)
        await there.fanout.unwatch(document_id)
        await there.round_trip(here)
        here.fanout.publish(here.line(document_id, 3))
        await there.round_trip(here)

        assert there.lines() in ([2], [1, 2])


async def test_what_is_told_once_a_document_is_watched_is_heard(valkey_url: str) -> None:
    async with two_processes(valkey_url) as (here, there):
        document_ids = [uuid4() for _ in range(50)]
        for number, document_id in enumerate(document_ids):
            await there.fanout.watch(document_id)
            here.fanout.publish(here.line(document_id, number))
        await there.round_trip(here)

        assert there.lines() == list(range(50))


async def test_large_updates_pass_whole(valkey_url: str) -> None:
    document_id, update = uuid4(), bytes(range(256)) * 12_000
    async with two_processes(valkey_url) as (here, there):
        await there.fanout.watch(document_id)
        here.fanout.publish_all([here.line(document_id, 1, update), here.line(document_id, 2)])
        await there.until(lambda: len(there.heard) == 2)

        assert there.heard[0].rows[0].update == update


async def test_what_another_program_writes_there_stops_nothing(
    valkey_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with two_processes(valkey_url) as (here, there):
        with redis.Redis.from_url(valkey_url) as stranger:
            for channel in stranger.pubsub_channels():
                stranger.publish(channel, b"hello" * 9)
        await there.round_trip(here)

    assert "news that cannot be read" in caplog.text


async def test_a_store_that_stops_and_comes_back_is_found_again(store: Store) -> None:
    document_id, late_id = uuid4(), uuid4()
    async with two_processes(store.url) as (here, there):
        await there.fanout.watch(document_id)
        before = there.missed
        await asyncio.to_thread(store.stop)
        await there.until(lambda: there.fanout.is_away)
        await here.until(lambda: here.fanout.is_away)
        told_of_the_loss = there.missed > before
        await there.fanout.watch(late_id)
        here.fanout.publish(here.line(document_id, 1))
        before = there.missed
        await asyncio.to_thread(store.start)
        await there.until(lambda: not there.fanout.is_away)
        await here.until(lambda: not here.fanout.is_away)
        told_of_the_return = there.missed > before
        here.fanout.publish_all([here.line(document_id, 2), here.line(late_id, 3)])
        await there.until(lambda: len(there.lines()) == 2)

        assert told_of_the_loss
        assert told_of_the_return
        assert there.lines() == [2, 3]


async def test_what_could_not_be_told_makes_the_others_read_the_log(store: Store) -> None:
    async with two_processes(store.url) as (here, there):
        with redis.Redis.from_url(store.url) as operator:
            mine = here.fanout._link._transport.get_extra_info("sockname")  # type: ignore[union-attr]
            before = there.missed
            operator.client_kill_filter(addr=f"{mine[0]}:{mine[1]}")
            await here.until(lambda: here.fanout.is_away)
            here.fanout.publish(here.line(uuid4(), 1))
        await there.until(lambda: there.missed > before)

        assert not there.fanout.is_away


async def test_a_store_that_answers_nothing_fills_no_memory_and_is_given_up(store: Store) -> None:
    document_id, update = uuid4(), bytes(1024 * 1024)
    async with two_processes(store.url) as (here, there):
        link = here.fanout._link
        await there.fanout.watch(document_id)
        before = there.missed
        store.hold()
        for number in range(64):
            here.fanout.publish(here.line(document_id, number, update))
            await asyncio.sleep(0)
            here.fanout._flush()
        waiting = link._transport.get_write_buffer_size()  # type: ignore[union-attr]
        await here.until(lambda: here.fanout.is_away)
        store.resume()
        await here.until(lambda: not here.fanout.is_away)
        await there.until(lambda: there.missed > before and not there.fanout.is_away)
        await there.round_trip(here)

        assert waiting <= 16 * len(update)


async def test_what_did_not_fit_makes_the_others_read_the_log(store: Store) -> None:
    document_id, update = uuid4(), bytes(1024 * 1024)
    async with two_processes(store.url) as (here, there):
        before = here.missed, there.missed
        store.hold()
        for number in range(64):
            here.fanout.publish(here.line(document_id, number, update))
            here.fanout._flush()
        store.resume()
        await there.until(lambda: there.missed > before[1])

        assert here.missed == before[0]  # it never was without its store


async def test_a_document_is_watched_once_the_store_says_so(store: Store) -> None:
    async with two_processes(store.url) as (_, there):
        store.hold()
        watching = asyncio.create_task(there.fanout.watch(uuid4()))
        early, _ = await asyncio.wait({watching}, timeout=0.2)
        store.resume()
        await asyncio.wait_for(watching, PATIENCE)

        assert not early


async def test_a_site_opens_without_its_store() -> None:
    alone = Process("redis://127.0.0.1:1", HERE)
    await asyncio.wait_for(alone.start(), PATIENCE)
    await asyncio.wait_for(alone.fanout.watch(uuid4()), PATIENCE)
    alone.fanout.publish(alone.line(uuid4(), 1))

    assert alone.fanout.is_away
    await alone.fanout.stop()


async def test_a_store_with_a_password_is_spoken_to(store: Store) -> None:
    with redis.Redis.from_url(store.url) as operator:
        operator.config_set("requirepass", "mot-de-passe")
    async with two_processes(store.url.replace("//", "//:mot-de-passe@")) as (here, there):
        await there.round_trip(here)


async def test_a_store_that_refuses_us_is_away(store: Store) -> None:
    with redis.Redis.from_url(store.url) as operator:
        operator.config_set("requirepass", "mot-de-passe")
    async with two_processes(store.url) as (here, _):
        assert here.fanout.is_away


async def test_what_a_service_announces_leaves_on_the_connection_of_the_engine(valkey_url: str, settings: Any) -> None:
    settings.REDIS_URL = valkey_url
    async with two_processes(valkey_url) as (_, there):
        with redis.Redis.from_url(valkey_url) as operator:
            before = len(operator.client_list())
            await asyncio.to_thread(announce, News("person", subject="anne", process=HERE))
            await there.until(lambda: there.heard)

            assert len(operator.client_list()) == before
    assert there.heard[0].subject == "anne"


async def test_what_a_command_announces_is_heard_and_its_connection_kept(valkey_url: str, settings: Any) -> None:
    settings.REDIS_URL = valkey_url
    there = Process(f"{valkey_url}/0", THERE)  # another address than that of the settings: nothing to lean on
    await there.start()
    try:
        with redis.Redis.from_url(valkey_url) as operator:
            await asyncio.to_thread(announce, News("person", subject="1"))
            before = operator.info("stats")["total_connections_received"]
            for number in range(2, 5):
                await asyncio.to_thread(announce, News("person", subject=str(number)))
            await there.until(lambda: len(there.heard) == 4)

            assert operator.info("stats")["total_connections_received"] == before
    finally:
        await there.fanout.stop()


def test_a_store_that_answers_nothing_holds_a_command_up_once(settings: Any) -> None:
    came: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}"

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    came.append(silent.accept()[0])

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        announce(News("person"))
        after_one = len(came)
        for _ in range(3):
            announce(News("person"))
        silent.shutdown(socket.SHUT_RDWR)
        thread.join(5)

    for each in came:
        each.close()
    assert 1 <= after_one <= 2
    assert len(came) == after_one


def test_one_process_needs_no_store(settings: Any) -> None:
    settings.REDIS_URL = ""

    assert isinstance(fanout_of_settings(), LocalFanout)
    assert not fanout_of_settings().is_away
