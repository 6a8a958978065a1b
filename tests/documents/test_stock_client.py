"""A stock Yjs WebsocketProvider, in Node, with the packages of the editor: nothing of it is ours."""

import asyncio
import json
import time

from concerte.documents import protocol
from concerte.documents.protocol import Sign
from tests.documents.conftest import Live, in_database
from tests.documents.factories import Situation
from tests.documents.node import FRONTEND, node_command
from tests.servers import PATIENCE, ServerProcess

PROVIDER = """
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'
const [address, room, token] = process.argv.slice(1)
const doc = new Y.Doc()
const options = { params: { token }, disableBc: true }
const provider = new WebsocketProvider(`ws://${address}/ws/documents`, room, doc, options)
const text = doc.getText('text')
const say = message => console.log(JSON.stringify(message))
provider.awareness.setLocalStateField('user', { name: 'Node' })
provider.awareness.on('change', () => say({
  people: [...provider.awareness.getStates().values()].map(state => state.user?.name).filter(Boolean).sort(),
}))
provider.on('sync', synced => say({ synced }))
provider.on('closed', ({ code }) => { say({ code }); process.exit(0) })
text.observe(() => say({ text: text.toString() }))
process.stdin.on('data', data => {
  for (const line of data.toString().split('\\n').filter(Boolean)) text.insert(text.length, JSON.parse(line))
})
process.stdin.on('end', () => { provider.destroy(); process.exit(0) })
"""


class Stock:
    """The Node process, spoken to by lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._heard: list[object] = []

    @classmethod
    async def start(cls, live: Live, token: str) -> "Stock":
        process = await asyncio.create_subprocess_exec(
            *node_command(PROVIDER, live.address, str(live.situation.document.pk), token),
            cwd=FRONTEND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def until(self, expected: object) -> None:
        """Read what it says until it has said this."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while expected not in self._heard:
                line = await self._process.stdout.readline()
                assert line, self._heard
                self._heard.append(json.loads(line))

    def forget(self) -> None:
        """What it said so far."""
        self._heard.clear()

    async def write(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(text).encode() + b"\n")
        await self._process.stdin.drain()

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.communicate()


async def test_a_stock_provider_converges_with_another_library_and_sees_who_is_here(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.bruno)
    async with await live.client_of(live.situation.anne) as anne:
        await anne.write("Déjà là. ")
        sign = Sign(anne.doc.client_id, 1, b'{"user":{"name":"Anne"}}')
        await anne.send(protocol.presence_frame([sign]))
        stock = await Stock.start(live, token)
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
    stock = await Stock.start(live, token)
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
    live = Live(server_process.address, None, situation)
    tokens = [await in_database(situation.token, person) for person in (situation.anne, situation.bruno)]
    stocks = [await Stock.start(live, token) for token in tokens]
    try:
        for stock in stocks:
            await stock.until({"people": ["Node", "Node"]})
        await asyncio.to_thread(server_process.kill)
        for stock in stocks:
            stock.forget()
            await stock.until({"people": ["Node"]})
        await asyncio.to_thread(server_process.start)
        started = time.monotonic()
        for stock in stocks:
            await stock.until({"people": ["Node", "Node"]})

        assert time.monotonic() - started < 5
    finally:
        for stock in stocks:
            await stock.stop()


async def test_a_stock_provider_that_was_cut_off_sees_those_who_stayed_at_once(live: Live) -> None:
    tokens = [await in_database(live.situation.token, each) for each in (live.situation.anne, live.situation.bruno)]
    stocks = [await Stock.start(live, token) for token in tokens]
    try:
        for stock in stocks:
            await stock.until({"people": ["Node", "Node"]})
        room = live.engine.rooms[live.situation.document.pk]
        (connection,) = [each for each in room.connections if each.person_id == live.situation.anne.pk]
        stocks[0].forget()
        started = time.monotonic()
        connection.abort()
        await stocks[0].until({"people": ["Node"]})
        await stocks[0].until({"people": ["Node", "Node"]})

        assert time.monotonic() - started < 5
    finally:
        for stock in stocks:
            await stock.stop()
