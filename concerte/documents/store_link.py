"""One connection to Redis (6 or later) or Valkey, in RESP3: answers and messages come on the same socket.

What was asked in one go leaves in one write; what the store has gathered is read in one wake. It says what came in and
when it can take no more; it decides nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio.connection import SSLConnection
from redis.asyncio.connection import parse_url as parse_address

logger = logging.getLogger(__name__)

_QUEUE_BYTES = 8 * 1024 * 1024  # waiting for a store that does not read; what comes on top is dropped

PING = b"*1\r\n$4\r\nPING\r\n"


def command(*parts: bytes) -> bytes:
    """A command as it is written on the connection."""
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


def publish_head(channel: bytes) -> bytes:
    """A PUBLISH command up to its message: what stays the same for a channel."""
    return b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%b\r\n" % (len(channel), channel)


class Link(asyncio.Protocol):
    """take: called with each answer and message. drained: called when it can take more again."""

    def __init__(self, take: Callable[[Any], None], drained: Callable[[], None]) -> None:
        self._take = take
        self._drained = drained
        self._reader = hiredis.Reader()
        self._transport: asyncio.Transport | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_full = False
        self.has_heard = True  # since somebody last looked

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # that of uvloop is none by name
        self._transport.set_write_buffer_limits(high=_QUEUE_BYTES)

    def data_received(self, data: bytes) -> None:
        self.has_heard = True
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not False:
                self._take(reply)
        except hiredis.ProtocolError:
            logger.exception("the message store speaks another language")
            self.close()

    def pause_writing(self) -> None:
        logger.warning("the message store does not keep up: news are dropped, the other processes read the log")
        self.is_full = True

    def resume_writing(self) -> None:
        self.is_full = False
        self._drained()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """At once: what waits to be written is dropped."""
        if self._transport is not None:
            self._transport.abort()


async def connect(url: str, link: Callable[[], Link]) -> tuple[Link, bytes]:
    """Open the connection a redis://, rediss:// or unix:// address names; and what to greet the store with.

    Raises OSError; ValueError: the address cannot be read."""
    values: dict[str, Any] = dict(parse_address(url))
    loop = asyncio.get_running_loop()
    if "path" in values:
        _, made = await loop.create_unix_connection(link, values["path"])
    else:
        is_encrypted = values.get("connection_class") is SSLConnection
        options = {name: value for name, value in values.items() if name.startswith("ssl_")}
        tls = SSLConnection(**options).ssl_context.get() if is_encrypted else None
        _, made = await loop.create_connection(link, values.get("host", "localhost"), values.get("port", 6379), ssl=tls)
    greeting = [b"HELLO", b"3"]
    if "password" in values:
        greeting += [b"AUTH", values.get("username", "default").encode(), values["password"].encode()]
    return made, command(*greeting)
