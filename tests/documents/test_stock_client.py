"""What a stock Yjs WebsocketProvider makes of our server, and of being cut off from it."""

import asyncio

from concerte.documents import protocol
from concerte.documents.protocol import Sign
from tests.documents.conftest import Live, in_database
from tests.documents.factories import Situation
from tests.documents.stock import Stock
from tests.servers import ServerProcess
from tests.stopwatch import Stopwatch


async def test_a_stock_provider_converges_with_another_library_and_sees_who_is_here(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.bruno)
    async with await live.client_of(live.situation.anne) as anne:
        await anne.write("Déjà là. ")
        sign = Sign(anne.doc.client_id, 1, b'{"user":{"name":"Anne"}}')
        await anne.send(protocol.presence_frame([sign]))
        stock = await Stock.start(live.address, live.situation.document.pk, token)
        try:
            await stock.until({"text": "Déjà là. "})
            await stock.until({"people": ["Anne", "Node"]})
            await anne.until(lambda: any(b'"Node"' in each.state for each in anne.signs.values()))
            await stock.write("De Node 😀. ")
            await anne.until(lambda: str(anne.text) == "Déjà là. De Node 😀. ")
            await anne.write("D’Anne.")
            await stock.until({"text": "Déjà là. De Node 😀. D’Anne."})

            assert await in_database(live.situation.text) == "Déjà là. De Node 😀. D’Anne."
        finally:
            await stock.stop()


async def test_a_stock_provider_understands_a_refusal(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.reader)
    stock = await Stock.start(live.address, live.situation.document.pk, token)
    try:
        await stock.until({"synced": True})
        await stock.write("interdit")
        await stock.until({"code": 4403})
    finally:
        await stock.stop()
    assert await in_database(live.situation.text) == ""


async def test_after_a_restart_stock_providers_see_each_other_again_at_once(
    server_process: ServerProcess, situation: Situation
) -> None:
    """Left alone they would for up to fifteen seconds: they do not listen to a clock they know."""
    tokens = [await in_database(situation.token, person) for person in (situation.anne, situation.bruno)]
    stocks = [await Stock.start(server_process.address, situation.document.pk, token) for token in tokens]
    try:
        for stock in stocks:
            await stock.until({"people": ["Node", "Node"]})
        await asyncio.to_thread(server_process.kill)
        for stock in stocks:
            stock.forget()
            await stock.until({"people": ["Node"]})
        await asyncio.to_thread(server_process.start)
        stopwatch = Stopwatch((server_process.pid, *(stock.pid for stock in stocks)))
        for stock in stocks:
            await stock.until({"people": ["Node", "Node"]})

        assert stopwatch.seconds() < 5
    finally:
        for stock in stocks:
            await stock.stop()


async def test_a_stock_provider_that_was_cut_off_sees_those_who_stayed_at_once(live: Live) -> None:
    tokens = [await in_database(live.situation.token, each) for each in (live.situation.anne, live.situation.bruno)]
    stocks = [await Stock.start(live.address, live.situation.document.pk, token) for token in tokens]
    try:
        for stock in stocks:
            await stock.until({"people": ["Node", "Node"]})
        room = live.engine.rooms[live.situation.document.pk]
        (connection,) = [each for each in room.connections if each.person_id == live.situation.anne.pk]
        stocks[0].forget()
        stopwatch = Stopwatch(stock.pid for stock in stocks)
        connection.abort()
        await stocks[0].until({"people": ["Node"]})
        await stocks[0].until({"people": ["Node", "Node"]})

        assert stopwatch.seconds() < 5
    finally:
        for stock in stocks:
            await stock.stop()
