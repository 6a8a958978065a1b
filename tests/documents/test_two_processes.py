"""Two processes over one database and one message store: people in the same document do not notice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from concerte.documents import protocol, services
from concerte.documents.models import Level
from concerte.documents.protocol import GONE, Sign
from tests.documents.clients import Client, Pass
from tests.documents.conftest import in_database
from tests.documents.factories import Situation, text_update
from tests.servers import ServerProcess
from tests.stopwatch import Stopwatch


class Pair:
    """Anne on one process, Bruno on the other."""

    def __init__(self, situation: Situation, servers: list[ServerProcess], anne: Client, bruno: Client) -> None:
        self.situation, self.anne, self.bruno = situation, anne, bruno
        self.pids = [server.pid for server in servers]


@pytest.fixture
async def pair(situation: Situation, valkey_url: str, tmp_path: Path, settings: Any) -> AsyncIterator[Pair]:
    servers = [ServerProcess(tmp_path, REDIS_URL=valkey_url) for _ in range(2)]
    settings.REDIS_URL = valkey_url
    try:
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
        clients = []
        for server, person in zip(servers, (situation.anne, situation.bruno), strict=True):
            entry = Pass(token=await in_database(situation.token, person))
            clients.append(Client(server.address, situation.document.pk, entry))
        async with clients[0], clients[1]:
            for client in clients:
                await client.until_synced()
            yield Pair(situation, servers, *clients)
    finally:
        for server in servers:
            server.end()


async def test_text_and_presence_cross_and_both_write_at_once(pair: Pair) -> None:
    for number in range(20):
        await pair.anne.write(f"a{number} ")
        await pair.bruno.write(f"b{number} ")
    await pair.anne.until_saved()
    await pair.bruno.until_saved()
    for client in (pair.anne, pair.bruno):
        await client.until_length(2 * (10 * len("a0 ") + 10 * len("a10 ")))
    sign = Sign(pair.anne.doc.client_id, 1, b'{"user":{"name":"Anne"}}')
    await pair.anne.send(protocol.presence_frame([sign]))
    await pair.bruno.until(lambda: pair.bruno.signs.get(sign.client_id) == sign)

    assert str(pair.anne.text) == str(pair.bruno.text) == await in_database(pair.situation.text)
    await pair.anne.disconnect()
    await pair.bruno.until(lambda: pair.bruno.signs[sign.client_id].state == GONE)
    await pair.anne.connect()


async def test_the_other_process_refuses_what_is_signed_of_another(pair: Pair) -> None:
    await pair.anne.write("d’Anne")
    await pair.bruno.until(lambda: pair.bruno.received)
    await pair.bruno.send(protocol.update_frame(text_update("x" * 50, client_id=pair.anne.doc.client_id)))

    assert await pair.bruno.until_closed() == 4409


async def test_a_right_that_ends_closes_on_whatever_process(pair: Pair) -> None:
    stopwatch = Stopwatch(pair.pids)
    await in_database(services.set_accesses, pair.situation.document, {pair.situation.anne.pk: Level.WRITE})

    assert await pair.bruno.until_closed() == 4403
    assert stopwatch.seconds() < 2.0


async def test_what_a_service_writes_is_shown_on_both(pair: Pair) -> None:
    document_id = pair.situation.document.pk
    await in_database(services.append_update, document_id, text_update("du serveur"), acting_user=None)

    await pair.anne.until(lambda: str(pair.anne.text) == "du serveur")
    await pair.bruno.until(lambda: str(pair.bruno.text) == "du serveur")


async def test_without_the_message_store_the_log_still_brings_the_text(situation: Situation, tmp_path: Path) -> None:
    servers = [ServerProcess(tmp_path, REDIS_URL="redis://127.0.0.1:1") for _ in range(2)]
    try:
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
        tokens = [await in_database(situation.token, person) for person in (situation.anne, situation.bruno)]
        first, second = (
            Client(server.address, situation.document.pk, Pass(token=token))
            for server, token in zip(servers, tokens, strict=True)
        )
        async with first, second:
            await second.until_synced()
            await first.write("par le journal")
            await second.until(lambda: str(second.text) == "par le journal")
    finally:
        for server in servers:
            server.end()
