"""A small server for the load generator: it gathers, changes and sends to everybody, as it is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import websockets

ASK, STEP_2, UPDATE = b"\x00\x00", b"\x00\x01", b"\x00\x02"


def framed(step: bytes, content: bytes) -> bytes:
    length, size = len(content), bytearray()
    while length > 127:
        size.append(128 | length & 127)
        length >>= 7
    return step + bytes((*size, length)) + content


def content_of(frame: bytes) -> bytes:
    at = 2
    while frame[at] & 128:
        at += 1
    return frame[at + 1 :]


class Server:
    """Every ten milliseconds, what came is handed to `change`, and what that gives is sent to everybody."""

    def __init__(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        self.change = change
        self.people: set[Any] = set()
        self.waiting: list[bytes] = []

    async def serve(self, socket: Any) -> None:
        self.people.add(socket)
        await socket.send(framed(ASK, b"\x00"))
        with contextlib.suppress(websockets.ConnectionClosed):
            async for frame in socket:
                if frame[:2] == ASK:
                    await socket.send(framed(STEP_2, b"\x00\x00"))
                elif frame[:2] == UPDATE:
                    self.waiting.append(content_of(frame))
        self.people.discard(socket)

    async def flush_all_the_time(self) -> None:
        while True:
            await asyncio.sleep(0.01)  # it is what this server does: gather for a while
            waiting, self.waiting = self.waiting, []
            for update in self.change(waiting):
                for person in list(self.people):
                    with contextlib.suppress(websockets.ConnectionClosed):
                        await person.send(framed(UPDATE, update))


@contextlib.asynccontextmanager
async def serving(change: Callable[[list[bytes]], list[bytes]]) -> AsyncIterator[int]:
    server = Server(change)
    async with websockets.serve(server.serve, "127.0.0.1", 0, compression=None) as listening:
        flushing = asyncio.create_task(server.flush_all_the_time())
        yield listening.sockets[0].getsockname()[1]
        flushing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await flushing
