"""What people notice of several workers: nothing. Run by test_workers.py on PostgreSQL, with a Valkey to stop.

Only what goes over sockets and signals is used: real processes, and clients written with another library.
"""

import asyncio
import itertools
import os
import random
import re
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from pycrdt import Doc, Text
from websockets.exceptions import InvalidHandshake

from concerte.cli.alone import one_at_a_time
from concerte.cli.workers import PAUSE_SECONDS_MAX, START_SECONDS
from concerte.documents import protocol, services
from concerte.documents.models import Access, Level, LoggedUpdate
from concerte.documents.protocol import Sign
from concerte.documents.rechecking import Shown, read_facts
from tests.documents.clients import Client, Pass
from tests.documents.conftest import in_database
from tests.documents.factories import Situation, make_situation, text_update
from tests.documents.stock import Stock
from tests.servers import PATIENCE, Site, Store
from tests.stopwatch import Stopwatch

WORKERS = 2
KILLS = 4
# For a worker to be there: when all are dead, people wait for one to start, which may take its time on a busy machine.
BACK_SECONDS = START_SECONDS + PAUSE_SECONDS_MAX
FOR_GOOD = range(4400, 4500)  # close codes after which clients do not come back


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    store = Store()
    store.start()
    yield store
    store.end()


@pytest.fixture(scope="module")
def started_site(store: Store, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"), WORKERS, REDIS_URL=store.url)
    try:
        site.start()
        yield site
    finally:
        site.end()


@pytest.fixture
def site(started_site: Site, situation: Situation, settings: Any, store: Store) -> Site:
    """The site, with all its workers, over the documents of one test."""
    settings.REDIS_URL = store.url
    started_site.until(lambda: len(started_site.workers()) == WORKERS)
    return started_site


class Person:
    """Types, comes back as soon as the connection ends, and remembers how long it took."""

    def __init__(self, site: Site, situation: Situation, token: str, name: str) -> None:
        self.client = Client(site.address, situation.document.pk, Pass(token=token))
        self.name = name
        self.words: list[str] = []
        self.absences: list[float] = []
        self._site = site
        self._numbers = itertools.count()
        self._staying: asyncio.Task[None] | None = None

    @property
    def text(self) -> str:
        return str(self.client.text)

    @property
    def is_here(self) -> bool:
        return self.client.is_synced and self.client.closed is None

    @property
    def is_out(self) -> bool:
        """Refused for good."""
        return self.client.closed is not None and self.client.closed[0] in FOR_GOOD

    def worker(self) -> int | None:
        return self._site.worker_of(self.client._socket.local_address[1])

    async def come(self) -> None:
        await self.client.connect()
        await self.client.until_synced()
        self._staying = asyncio.create_task(self._stay())

    async def _stay(self) -> None:
        while True:
            await self.client.until(lambda: self.client.closed, patience=None)
            if self.is_out:
                return
            stopwatch = Stopwatch(self._site.workers())
            while not self.is_here and not self.is_out:
                with suppress(OSError, InvalidHandshake, EOFError):
                    await self.client.connect()
                    await self.client.until(lambda: self.client.is_synced or self.client.closed, patience=None)
                await asyncio.sleep(0)
            self.absences.append(stopwatch.seconds())
            self.client._changed.set()

    async def come_back(self) -> None:
        """Leave, and be there again."""
        absences = len(self.absences)
        await self.client.disconnect()
        await self.client.until(lambda: len(self.absences) > absences)

    async def type_until(self, done: Callable[[], Any], draw: random.Random | None = None) -> None:
        while not done():
            await self.type_word(draw)
            await asyncio.sleep(0)

    async def type_word(self, draw: random.Random | None = None) -> None:
        """Whether the connection holds or not, never far ahead of what is saved.

        draw: at the beginning or at the end, and now and then a word is taken back."""
        if draw is not None and self.words and draw.random() < 0.2:
            word = self.words.pop(draw.randrange(len(self.words)))
            start = f" {self.text}".index(f" {word} ")
            del self.client.text[start : start + len(word) + 1]
        else:
            self.words.append(f"{self.name}{next(self._numbers)}")
            is_first = draw is not None and draw.random() < 0.5
            self.client.text.insert(0 if is_first else len(self.client.text), f"{self.words[-1]} ")
        await self.client.until(lambda: self.is_here or self.is_out, BACK_SECONDS)
        assert not self.is_out, self.client.closed
        await self.client.flush()
        await self.client.until(lambda: self.client.sent_count - self.client.saved_count < 5 or not self.is_here)

    async def leave(self) -> None:
        if self._staying is not None:
            self._staying.cancel()
            await asyncio.wait((self._staying,))
            await self.client.disconnect()


@asynccontextmanager
async def people(site: Site, situation: Situation, *names: str) -> AsyncIterator[list[Person]]:
    """So many people, Anne and Bruno in turn, the first two on two workers."""
    accounts = [situation.anne, situation.bruno]
    tokens = [await in_database(situation.token, person) for person in accounts]
    here = [Person(site, situation, tokens[number % 2], name) for number, name in enumerate(names)]
    try:
        for person in here:
            await person.come()
        async with asyncio.timeout(BACK_SECONDS):
            while here[0].worker() == here[1].worker():
                await here[1].come_back()
        for person in here:
            person.absences.clear()
        yield here
    finally:
        for person in here:
            await person.leave()


async def everyone_has_everything(situation: Situation, here: list[Person], others: Sequence[str] = ()) -> str:
    """Every word typed is in every copy and in the database, once. others: words of somebody else. The text."""
    wanted = sorted([*others, *(word for person in here for word in person.words)])
    for person in here:
        await person.client.until(partial(has_words, person, wanted))
    texts = {person.text for person in here} | {await in_database(situation.text)}
    assert len(texts) == 1
    return texts.pop()


def has_words(person: Person, words: list[str]) -> bool:
    return sorted(person.text.split()) == words


def has_heard(person: Person, sign: Sign) -> bool:
    return person.client.signs.get(sign.client_id) == sign


async def nothing_seen_is_lost(situation: Situation, here: list[Person]) -> None:
    kept: Doc[Text] = Doc()
    kept.apply_update(await in_database(services.current_state, situation.document.pk))
    state = kept.get_state()
    for person in here:
        for update in person.client.received:
            kept.apply_update(update)
    assert kept.get_state() == state


async def both(*work: Awaitable[Any]) -> None:
    await asyncio.gather(*work)


async def test_text_and_presence_pass_between_two_workers(site: Site, situation: Situation) -> None:
    async with people(site, situation, "a", "b") as (anne, bruno):
        await both(anne.type_until(lambda: len(anne.words) >= 30), bruno.type_until(lambda: len(bruno.words) >= 30))
        await everyone_has_everything(situation, [anne, bruno])
        for person, other in ((anne, bruno), (bruno, anne)):
            sign = Sign(person.client.doc.client_id, 1, b'{"user":{"name":"X"}}')
            await person.client.send(protocol.presence_frame([sign]))
            await other.client.until(partial(has_heard, other, sign))

        assert anne.worker() != bruno.worker()


async def test_people_of_a_killed_worker_are_back_within_three_seconds(site: Site, situation: Situation) -> None:
    async with people(site, situation, "a", "b") as (anne, bruno):
        killed = anne.worker()
        assert killed is not None

        async def kill() -> None:
            await bruno.client.until(lambda: len(bruno.client.received) > 10)
            os.kill(killed, signal.SIGKILL)

        is_back = lambda: anne.absences and len(anne.words) > 100  # noqa: E731
        await both(kill(), anne.type_until(is_back), bruno.type_until(is_back))
        await everyone_has_everything(situation, [anne, bruno])
        await nothing_seen_is_lost(situation, [anne, bruno])

        assert max(anne.absences) < 3.0
        assert bruno.absences == []
        assert anne.worker() != killed


async def test_a_rolling_restart_loses_no_key_press(site: Site, situation: Situation) -> None:
    before = site.workers()
    rolled = len(re.findall("all workers were replaced", site.log.read_text()))

    def is_done() -> bool:
        return len(re.findall("all workers were replaced", site.log.read_text())) > rolled

    async with people(site, situation, "a", "b") as (anne, bruno):
        site.send(signal.SIGHUP)
        await both(anne.type_until(is_done), bruno.type_until(is_done))
        text = await everyone_has_everything(situation, [anne, bruno])

        assert not before & site.workers()
        assert anne.absences
        assert bruno.absences
        assert max(anne.absences + bruno.absences) < 3.0
        assert len(text.split()) == len(set(text.split()))


async def test_a_stock_provider_goes_on_through_a_rolling_restart(site: Site, situation: Situation) -> None:
    before = site.workers()
    stock = await Stock.start(site.address, situation.document.pk, await in_database(situation.token, situation.anne))
    try:
        async with people(site, situation, "a", "b") as here:
            site.send(signal.SIGHUP)
            words: list[str] = []
            while before & site.workers() or len(words) < 10:
                words.append(f"node{len(words)}")
                await stock.write(f"{words[-1]} ")
                for person in here:
                    await person.client.until(lambda person=person: words[-1] in person.text.split())  # type: ignore[misc]
                    await person.type_word()
            text = await everyone_has_everything(situation, here, words)

            await stock.until({"text": text})
    finally:
        await stock.stop()


async def test_text_goes_on_through_the_log_while_the_message_store_is_away(
    site: Site, situation: Situation, store: Store
) -> None:
    async with people(site, situation, "a", "b") as (anne, bruno):
        sign = Sign(anne.client.doc.client_id, 1, b"{}")
        await anne.type_until(lambda: len(anne.words) >= 10)
        await asyncio.to_thread(store.stop)
        try:
            await both(anne.type_until(lambda: len(anne.words) >= 40), bruno.type_until(lambda: len(bruno.words) >= 40))
            await everyone_has_everything(situation, [anne, bruno])
            await anne.client.send(protocol.presence_frame([sign]))
            await anne.client.round_trip()
        finally:
            await asyncio.to_thread(store.start)
        await both(anne.type_until(lambda: len(anne.words) >= 60), bruno.type_until(lambda: len(bruno.words) >= 60))
        await everyone_has_everything(situation, [anne, bruno])
        await bruno.client.until(partial(has_heard, bruno, sign))

        assert anne.absences == bruno.absences == []


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_right_that_ends_closes_on_every_worker(
    site: Site, situation: Situation, settings: Any, *, is_announced: bool
) -> None:
    async with people(site, situation, "a", "b") as here:
        stopwatch = Stopwatch(site.workers())
        if is_announced:
            await in_database(services.set_accesses, situation.document, {situation.reader.pk: Level.READ})
        else:
            await in_database(Access.objects.all().delete)

        assert [await person.client.until_closed() for person in here] == [4403, 4403]
        assert stopwatch.seconds() < 2.0


async def test_what_a_command_writes_is_shown_on_every_worker(site: Site, situation: Situation) -> None:
    async with people(site, situation, "a", "b") as here:
        update = text_update("du serveur")
        await in_database(services.append_update, situation.document.pk, update, acting_user=None)
        for person in here:
            await person.client.until(partial(has_words, person, ["du", "serveur"]))


async def test_copies_agree_whatever_worker_dies_at_whatever_moment(site: Site, situation: Situation) -> None:
    seed = int(os.environ.get("CONCERTE_TEST_SEED", random.randrange(2**32)))  # noqa: S311
    draw = random.Random(seed)  # noqa: S311
    is_over = False

    async def kill(here: list[Person]) -> None:
        nonlocal is_over
        for _ in range(KILLS):
            wanted = sum(len(person.client.received) for person in here) + draw.randrange(5, 80)
            await here[0].client.until(partial(has_received, here, wanted))
            os.kill(draw.choice(sorted(site.workers())), signal.SIGKILL)
            if draw.random() < 0.5:
                await asyncio.to_thread(site.until, lambda: len(site.workers()) == WORKERS)
        is_over = True

    async with people(site, situation, "a", "b", "c", "d") as here:
        typing = (person.type_until(lambda: is_over, random.Random(draw.random())) for person in here)  # noqa: S311
        await both(kill(here), *typing)

        assert await everyone_has_everything(situation, here), f"CONCERTE_TEST_SEED={seed}"
        await nothing_seen_is_lost(situation, here)


def test_machines_that_start_together_prepare_one_after_the_other(transactional_db: None) -> None:
    entered = threading.Event()

    def prepare() -> None:
        with one_at_a_time():
            entered.set()
        connection.close()

    other = threading.Thread(target=prepare)
    with one_at_a_time(), connection.cursor() as cursor:
        other.start()
        waiting = 0
        while not waiting and not entered.is_set():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            (waiting,) = cursor.fetchone()

        assert not entered.is_set()
    other.join(PATIENCE)
    assert entered.is_set()


def test_the_regular_check_looks_lines_up_however_long_the_log_is(transactional_db: None) -> None:
    documents = [make_situation().document for _ in range(20)]
    with connection.cursor() as cursor:
        for document in documents:
            cursor.execute(
                "INSERT INTO documents_loggedupdate (document_id, update_bytes, committed_at)"
                " SELECT %s, '\\x0000', now() FROM generate_series(1, 2000)",
                [document.pk],
            )
        cursor.execute("ANALYZE documents_loggedupdate")
    last = LoggedUpdate.objects.latest("pk").pk
    shown = {document.pk: Shown(last - 10, last - 10, 0) for document in documents}
    with transaction.atomic(), connection.cursor() as cursor:
        facts = read_facts([], shown)
        cursor.execute("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'documents_loggedupdate'")
        (read,) = cursor.fetchone()

    assert {document_id: len(rows) for document_id, (_, rows) in facts.missed.items()} == {documents[-1].pk: 10}
    assert read == 0


def has_received(here: list[Person], count: int) -> bool:
    return sum(len(person.client.received) for person in here) >= count
