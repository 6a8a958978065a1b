"""A stock Yjs WebsocketProvider, in Node, that knows nothing of us, when the disk fills up and when the server dies."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.documents.killing import Site, site, sqlite_url
from tests.documents.node import FRONTEND, node_command
from tests.documents.typists import NOT_SAVED, connected, words
from tests.servers import PATIENCE

PROVIDER = """
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'
const [address, room, token] = process.argv.slice(1)
const doc = new Y.Doc()
const options = { params: { token }, disableBc: true }
const provider = new WebsocketProvider(`ws://${address}/ws/documents`, room, doc, options)
const text = doc.getText('text')
const say = message => console.log(JSON.stringify(message))
provider.on('sync', synced => say({ synced }))
provider.on('connection-close', event => say({ code: event?.code ?? 0 }))
provider.on('closed', ({ code }) => { say({ final: code }); process.exit(0) })
text.observe(() => say({ text: text.toString() }))
process.stdin.on('data', data => {
  for (const line of data.toString().split('\\n').filter(Boolean)) text.insert(text.length, JSON.parse(line))
})
process.stdin.on('end', () => { provider.destroy(); process.exit(0) })
"""


class Stock:
    """The Node process, spoken to by lines of JSON. Forgets what it heard once it was waited for."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def until(self, *expected: Any) -> None:
        """Read what it says until it says one of these."""
        assert self._process.stdout is not None
        heard: list[Any] = []
        async with asyncio.timeout(PATIENCE):
            while not heard or heard[-1] not in expected:
                line = await self._process.stdout.readline()
                assert line, heard
                heard.append(json.loads(line))

    async def write(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(text).encode() + b"\n")
        await self._process.stdin.drain()

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.communicate()


@asynccontextmanager
async def stock(place: Site, name: str) -> AsyncIterator[Stock]:
    document = place.documents[0]
    process = await asyncio.create_subprocess_exec(
        *node_command(PROVIDER, place.server.address, document["document"], document[name]),
        cwd=FRONTEND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    speaking = Stock(process)
    try:
        await speaking.until({"synced": True})
        yield speaking
    finally:
        await speaking.stop()


async def test_a_stock_client_comes_back_by_itself_when_the_disk_has_room_again(tmp_path: Path) -> None:
    async with site(tmp_path, sqlite_url(tmp_path), bends=("pages",)) as place:
        reader = place.typist("reader")
        async with connected(reader), stock(place, "anne") as anne:
            await anne.write("avant ")
            await reader.until(lambda: words(reader) == ["avant"])
            place.parent.board.page_limit = 1
            await anne.write("x" * 10_000 + " ")  # more than the last page of the table still holds
            await anne.until({"code": NOT_SAVED})
            await anne.write("après ")
            await anne.until({"code": NOT_SAVED})
            assert words(reader) == ["avant"]
            assert await place.parent.stored_words(place.documents[0]) == ["avant"]

            place.parent.board.page_limit = 0
            await reader.until(lambda: len(words(reader)) == 3)
            assert words(reader) == ["avant", "x" * 10_000, "après"]
            assert await place.parent.stored_words(place.documents[0]) == words(reader)


async def test_a_stock_client_brings_what_it_typed_while_the_server_was_dead(tmp_path: Path) -> None:
    async with site(tmp_path, sqlite_url(tmp_path)) as place:
        reader = place.typist("reader")
        async with connected(reader), stock(place, "anne") as anne:
            await anne.write("avant ")
            await reader.until(lambda: words(reader) == ["avant"])
            await asyncio.to_thread(place.server.kill)
            await anne.until({"code": 1006}, {"code": 0})
            await anne.write("pendant ")
            await anne.until({"text": "avant pendant "})
            place.server.start()

            await reader.until(lambda: words(reader) == ["avant", "pendant"])
            assert await place.parent.stored_words(place.documents[0]) == ["avant", "pendant"]
