"""A database that goes away, hangs or is held up: who types is told, the rest goes on, and everything arrives once."""

import asyncio
import itertools
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from concerte.documents import protocol
from concerte.documents.protocol import Sign
from tests.documents.killing import Site, postgresql_database, site, sqlite_url
from tests.documents.postgres import Postgres, own_postgresql
from tests.documents.typists import NOT_SAVED, Typist, author, check_all_arrived, check_kept, connected, words

OUTAGE_SECONDS = 30.0
WITHOUT_DATABASE = "/admin/login/"  # a page that asks the database for nothing
READING = "/"  # a page that reads it

clocks = itertools.count(1)  # of presence


@dataclass
class Meeting:
    """Anne, Bruno and a reader in one document, Anne and Bruno in another one of the same server."""

    place: Site
    people: list[Typist]
    others: list[Typist]

    async def presence_passes(self) -> None:
        """In the other document, Bruno sees Anne's caret move."""
        anne, bruno = self.others
        sign = Sign(anne.doc.client_id, next(clocks), b'{"user":{"name":"Anne"}}')
        await anne.send(protocol.presence_frame([sign]))
        await bruno.until(lambda: bruno.signs.get(sign.client_id) == sign)

    async def all_arrives_once(self) -> None:
        """Everybody holds everything, what each typed in the order it was typed in, and so does the database."""
        await check_all_arrived(self.people)
        anne, bruno, _ = self.people
        for typist in (anne, bruno):
            await typist.until_in_step()
            typed = [word for _, word in typist.done]
            assert [word for word in words(typist) if author(word) == typist.name] == typed
        check_kept(await self.place.newcomer(), self.people)
        assert await self.place.parent.stored_words(self.place.documents[0]) == words(anne)


@asynccontextmanager
async def meeting(folder: Path, database_url: str) -> AsyncIterator[Meeting]:
    async with site(folder, database_url, documents=2) as place:
        people = [place.typist(name) for name in ("anne", "bruno", "reader")]
        others = [place.typist(name, 1) for name in ("anne", "bruno")]
        async with connected(*people, *others):
            for typist in people[:2]:
                await typist.type_word()
                await typist.until_in_step()
            together = Meeting(place, people, others)
            await together.presence_passes()
            yield together


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with own_postgresql() as running:
        yield running


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The address of a new database in it."""
    with postgresql_database(postgres.url) as url:
        yield url


async def newcomer_is_told(place: Site) -> bool:
    """Whether somebody who opens a document now is told to come back later."""
    async with place.client("reader") as newcomer:
        return await newcomer.until_closed() == NOT_SAVED


async def test_a_database_gone_for_thirty_seconds(postgres: Postgres, database: str, tmp_path: Path) -> None:
    async with meeting(tmp_path, database) as together:
        anne, bruno, reader = together.people
        await asyncio.to_thread(postgres.stop)
        gone_at = time.monotonic()
        try:
            await asyncio.gather(anne.type_until_refused(), bruno.type_until_refused())
            while time.monotonic() - gone_at < OUTAGE_SECONDS:
                for typist in (anne, bruno):
                    await typist.type_word()
                    await typist.until_refused_again()
                await together.presence_passes()
                assert await together.place.server.fetch(READING) >= 500
                assert await together.place.server.fetch(WITHOUT_DATABASE) == 200
                assert await newcomer_is_told(together.place)
            assert words(reader) == ["anne0", "bruno0"]
        finally:
            await asyncio.to_thread(postgres.start)

        await together.all_arrives_once()
        assert set(anne.closings + bruno.closings) == {NOT_SAVED}
        assert reader.closings == together.others[0].closings == []
        assert await together.place.server.fetch(READING) == 200


async def test_connections_to_the_database_that_are_cut(database: str, tmp_path: Path) -> None:
    async with meeting(tmp_path, database) as together:
        with psycopg.connect(database, autocommit=True) as connection:
            for _ in range(10):
                for typist in together.people[:2]:
                    await typist.type_word()
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                await together.presence_passes()

        await together.all_arrives_once()


@contextmanager
def frozen(postgres: Postgres, database: str) -> Iterator[None]:
    postgres.freeze()
    try:
        yield
    finally:
        postgres.thaw()


@contextmanager
def locked_table(postgres: Postgres, database: str) -> Iterator[None]:
    """Another program holds the table of the log: it can be read, not written."""
    with psycopg.connect(database) as connection:
        connection.execute("LOCK TABLE documents_loggedupdate IN EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("fault", [frozen, locked_table])
async def test_a_slow_postgresql_makes_only_those_who_write_wait(
    fault: Callable[[Postgres, str], AbstractContextManager[None]], postgres: Postgres, database: str, tmp_path: Path
) -> None:
    async with meeting(tmp_path, database) as together:
        with fault(postgres, database):
            await goes_on_beside(together, seconds=3)

        await together.all_arrives_once()
        assert [typist.closings for typist in together.people] == [[], [], []]


@pytest.mark.parametrize("fault", [frozen, locked_table])
async def test_a_postgresql_that_hangs_is_told_to_who_writes(
    fault: Callable[[Postgres, str], AbstractContextManager[None]], postgres: Postgres, database: str, tmp_path: Path
) -> None:
    async with meeting(tmp_path, database) as together:
        anne, bruno, reader = together.people
        with fault(postgres, database):
            await asyncio.gather(anne.type_until_refused(), bruno.type_until_refused())
            await together.presence_passes()
            assert words(reader) == ["anne0", "bruno0"]

        await together.all_arrives_once()
        assert set(anne.closings + bruno.closings) == {NOT_SAVED}


async def test_a_postgresql_that_hangs_is_told_to_who_reads(postgres: Postgres, database: str, tmp_path: Path) -> None:
    async with meeting(tmp_path, database) as together:
        with frozen(postgres, database):
            page = asyncio.create_task(together.place.server.fetch(READING))
            assert await newcomer_is_told(together.place)
            assert await page >= 500

        await together.all_arrives_once()
        assert await together.place.server.fetch(READING) == 200


async def goes_on_beside(together: Meeting, seconds: float) -> None:
    """For so long, two people type, nobody sees it, and what needs no writing is served."""
    reader = together.people[2]
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        for typist in together.people[:2]:
            await typist.type_word()
        await together.presence_passes()
        assert await together.place.server.fetch(WITHOUT_DATABASE) == 200
    assert words(reader) == ["anne0", "bruno0"]


@contextmanager
def locked_file(path: Path) -> Iterator[None]:
    """Another program is writing in a SQLite file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_a_sqlite_file_held_for_three_seconds_makes_who_writes_wait(tmp_path: Path) -> None:
    async with meeting(tmp_path, sqlite_url(tmp_path)) as together:
        with locked_file(tmp_path / "documents.sqlite3"):
            await goes_on_beside(together, seconds=3)
            assert await together.place.server.fetch(READING) == 200

        await together.all_arrives_once()
        assert [typist.closings for typist in together.people] == [[], [], []]


async def test_a_sqlite_file_held_for_longer_is_told_to_who_writes(tmp_path: Path) -> None:
    async with meeting(tmp_path, sqlite_url(tmp_path)) as together:
        anne, bruno, reader = together.people
        with locked_file(tmp_path / "documents.sqlite3"):
            await asyncio.gather(anne.type_until_refused(), bruno.type_until_refused())
            await together.presence_passes()
            await anne.type_word()
            await anne.until_refused_again()
            assert words(reader) == ["anne0", "bruno0"]
            assert reader.closings == []

        await together.all_arrives_once()
        assert set(anne.closings + bruno.closings) == {NOT_SAVED}
