"""A stock Yjs WebsocketProvider, in Node, with the packages of the editor: nothing of it is ours."""

import asyncio
import json
from typing import Self
from uuid import UUID

from tests.documents.node import FRONTEND, node_command
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
    async def start(cls, address: str, document_id: UUID, token: str) -> Self:
        process = await asyncio.create_subprocess_exec(
            *node_command(PROVIDER, address, str(document_id), token),
            cwd=FRONTEND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

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
