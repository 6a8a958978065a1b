"""A client that sends the bytes it is told to, whatever the rules say (RFC 6455)."""

import asyncio
import base64
import contextlib
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tests.servers import PATIENCE

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


@dataclass(frozen=True)
class Ended:
    """How a connection ended. code: of the close frame; None: the line was cut without one."""

    code: int | None
    reason: str = ""


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    claimed: int | None = None,
) -> bytes:
    """One frame. claimed: a length other than the true one."""
    size = len(payload) if claimed is None else claimed
    head = bytes((fin << 7 | rsv << 4 | opcode,))
    if size < 126:
        head += bytes((masked << 7 | size,))
    elif size < 1 << 16:
        head += bytes((masked << 7 | 126,)) + struct.pack(">H", size)
    else:
        head += bytes((masked << 7 | 127,)) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    repeated = mask * (len(payload) // 4 + 1)
    veiled = int.from_bytes(payload, "big") ^ int.from_bytes(repeated[: len(payload)], "big")
    return head + mask + veiled.to_bytes(len(payload), "big")


class RawSocket:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}

    @classmethod
    async def dial(cls, address: str) -> Self:
        host, _, port = address.partition(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    @classmethod
    async def upgraded(cls, address: str, path: str, headers: Mapping[str, str]) -> Self:
        """Connect and become a WebSocket."""
        raw = await cls.dial(address)
        await raw.send(request(path, {"Host": address, **headers}))
        await raw.read_answer()
        return raw

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    async def send(self, data: bytes) -> None:
        """Send; that the other side has hung up meanwhile is found when reading."""
        with contextlib.suppress(OSError):
            self.writer.write(data)
            await self.writer.drain()

    async def read_answer(self) -> None:
        """The head of the answer to a request: its status, its headers."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        pairs = (line.partition(":") for line in lines[1:] if line)
        self.headers = {name.strip().lower(): value.strip() for name, _, value in pairs}

    async def read_frame(self) -> tuple[int, bytes]:
        """The next frame. Raises IncompleteReadError at the end."""
        head = await self.reader.readexactly(2)
        size = head[1] & 127
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return head[0] & 15, await self.reader.readexactly(size)

    async def until_opcode(self, opcode: int) -> bytes:
        async with asyncio.timeout(PATIENCE):
            while True:
                found, payload = await self.read_frame()
                if found == opcode:
                    return payload

    async def until_ended(self) -> Ended:
        """Read until the other side closes; answer its close, as one must, and wait for the end of the line."""
        ended = Ended(None)
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(asyncio.IncompleteReadError, OSError):
                while True:
                    opcode, payload = await self.read_frame()
                    if opcode == CLOSE and ended.code is None:
                        code = struct.unpack(">H", payload[:2])[0] if payload else 1005
                        ended = Ended(code, payload[2:].decode())
                        await self.send(frame(CLOSE, payload[:2]))
        return ended

    async def until_cut(self) -> bytes:
        """Read what comes until the line ends."""
        read = b""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(OSError):
                read = await self.reader.read()
        return read


def request(path: str, headers: Mapping[str, str], *, method: str = "GET", version: str = "1.1") -> bytes:
    """A request to become a WebSocket. A header given empty is left out."""
    usual = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }
    lines = [f"{method} {path} HTTP/{version}"]
    lines += [f"{name}: {value}" for name, value in (usual | dict(headers)).items() if value]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
