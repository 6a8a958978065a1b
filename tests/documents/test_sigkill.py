"""A server that is killed at any moment loses nothing that somebody else had seen."""

import asyncio
import os
import random

from pycrdt import Doc, Text

from concerte.documents import services
from tests.documents.clients import Client, Pass
from tests.documents.conftest import in_database
from tests.documents.factories import Situation
from tests.servers import ServerProcess

KILLS = int(os.environ.get("CONCERTE_TEST_KILLS", "10"))


async def write_until_killed(anne: Client, bruno: Client, server: ServerProcess, draw: random.Random) -> int:
    """Two people write; after a few updates were received, at a random moment, the power goes. How many were."""
    before = len(anne.received) + len(bruno.received)

    async def type_on(client: Client, name: str) -> None:
        number = 0
        while client.closed is None:
            number += 1
            await client.write(f"{name}{number} ")
            await client.until(lambda: client.sent_count - client.saved_count < 20 or client.closed)
            await asyncio.sleep(0)

    typing = [asyncio.create_task(type_on(anne, "a")), asyncio.create_task(type_on(bruno, "b"))]
    wanted = before + draw.randint(10, 60)
    await bruno.until(lambda: len(anne.received) + len(bruno.received) >= wanted)
    await asyncio.to_thread(server.kill)
    await asyncio.gather(*typing)
    return len(anne.received) + len(bruno.received) - before


async def test_nothing_that_was_seen_is_lost(server_process: ServerProcess, situation: Situation) -> None:
    draw = random.Random()  # noqa: S311 - any moment must do
    seen = 0
    passes = [Pass(token=await in_database(situation.token, person)) for person in (situation.anne, situation.bruno)]
    for _ in range(KILLS):
        anne, bruno = (Client(server_process.address, situation.document.pk, each) for each in passes)
        await anne.connect()
        await bruno.connect()
        await anne.until_synced()
        await bruno.until_synced()
        await anne.until_saved()
        await bruno.until_saved()
        received_before = (len(anne.received), len(bruno.received))
        seen += await write_until_killed(anne, bruno, server_process, draw)
        await anne.disconnect()
        await bruno.disconnect()

        kept: Doc[Text] = Doc()
        kept.apply_update(await in_database(services.current_state, situation.document.pk))
        text = str(kept.get("text", type=Text))
        for client, start in zip((anne, bruno), received_before, strict=True):
            for update in client.received[start:]:
                with_it: Doc[Text] = Doc()
                with_it.apply_update(kept.get_update())
                with_it.apply_update(update)
                assert with_it.get_state() == kept.get_state()
                assert str(with_it.get("text", type=Text)) == text
        await asyncio.to_thread(server_process.start)
    assert seen >= KILLS * 10


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
