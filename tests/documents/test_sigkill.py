"""A server that is killed at any moment loses nothing that somebody else had seen.

A killed process loses what was in its memory, not what it had handed to the system: that a commit is on the disk itself
when the power goes is the word of the database (SQLite with synchronous=FULL, PostgreSQL with fsync), checked as a
setting only.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.documents.clients import Client, Pass
from tests.documents.conftest import in_database
from tests.documents.factories import Situation
from tests.documents.killing import Site, a_while, chance, postgresql_database, site, sqlite_url
from tests.documents.typists import Typist, check_all_arrived, check_kept, typing
from tests.servers import ServerProcess

KILLS = int(os.environ.get("CONCERTE_TEST_KILLS", "100"))
DOCUMENTS = 3
LIFE_SECONDS = (0.02, 0.3)  # from the moment people may come back; the shortest end in the middle of the greetings


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
    else:
        with postgresql_database(request.getfixturevalue("postgresql_url")) as url:
            yield url


async def serve_newcomers(place: Site, rooms: list[list[Typist]]) -> int:
    """Look at what the newborn server holds before anybody could bring it back. How many words were seen."""
    seen = 0
    await place.server.until_open()
    for index, typists in enumerate(rooms):
        seen += check_kept(await place.newcomer(index), typists)
    return seen


async def test_nothing_that_was_seen_is_lost_in_a_hundred_kills(any_database: str, tmp_path: Path) -> None:
    draw = chance()
    may_come = asyncio.Event()
    async with site(tmp_path, any_database, documents=DOCUMENTS) as place, AsyncExitStack() as stack:
        rooms = [
            [place.typist(name, index, draw=chance(draw)) for name in ("anne", "bruno", "reader")]
            for index in range(DOCUMENTS)
        ]
        everyone = [typist for typists in rooms for typist in typists]
        for typist in everyone:
            typist.keep_connected(may_come)
            stack.push_async_callback(typist.leave)
        seen_by_life = []
        async with typing(typist for typist in everyone if typist.name != "reader"):
            for life in range(KILLS):
                seen_by_life.append(await serve_newcomers(place, rooms))
                may_come.set()
                if life % 2:  # long enough for something to be seen, however busy the machine is
                    for *_, reader in rooms:
                        await reader.until(lambda reader=reader: len(reader.received) >= 3)  # type: ignore[misc]
                await a_while(draw.uniform(*LIFE_SECONDS))
                may_come.clear()
                await asyncio.to_thread(place.server.kill)
                for typist in everyone:
                    await typist.until(lambda typist=typist: not typist.is_here)  # type: ignore[misc]
                place.server.start()
        await serve_newcomers(place, rooms)
        may_come.set()
        for typists in rooms:
            await check_all_arrived(typists)
        assert seen_by_life[-1] > KILLS * DOCUMENTS


async def test_what_is_queued_is_saved_when_the_server_stops(
    server_process: ServerProcess, situation: Situation
) -> None:
    entry = Pass(token=await in_database(situation.token, situation.anne))
    async with Client(server_process.address, situation.document.pk, entry) as anne:
        await anne.until_synced()
        await anne.until_saved()
        for _ in range(50):
            await anne.write("x")
        await anne.until(lambda: anne.saved_count > 10)
        await asyncio.to_thread(server_process.stop)

        assert await anne.until_closed() in (1001, 1012)
        assert len(await in_database(situation.text)) >= anne.saved_count - 1


async def test_pages_and_sockets_share_one_port(server_process: ServerProcess) -> None:
    assert await asyncio.to_thread(server_process.fetch, "/admin/login/") in (200, 302, 301)
