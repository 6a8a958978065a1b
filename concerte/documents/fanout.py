"""Telling what happened: to the rooms of this process, and to other processes over the same database.

The log is the truth; news only make it quick. A process that missed some reads the log again (Engine.recheck), so a
message store that stops slows the others down to that pace and loses nothing.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

import redis
import redis.asyncio
from django.conf import settings
from django.utils.crypto import salted_hmac

from concerte.documents import wire
from concerte.documents.state import Row

logger = logging.getLogger(__name__)

PROCESS = secrets.token_hex(8)  # what this process signs its news with

Kind = Literal["rows", "presence", "presence-wanted", "rights", "session", "person"]


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened. rows: committed lines. signs: an awareness update. subject: the digest of a session."""

    kind: Kind
    document_id: UUID | None = None
    rows: tuple[Row, ...] = ()
    signs: bytes = b""
    subject: str = ""
    process: str = PROCESS

    def encode(self) -> bytes:
        head = json.dumps([self.kind, str(self.document_id or ""), self.subject, self.process]).encode()
        rows = b"".join(wire.number(row.id) + wire.byte_string(row.update) for row in self.rows)
        return wire.byte_string(head) + wire.number(len(self.rows)) + rows + wire.byte_string(self.signs)

    @classmethod
    def decode(cls, message: bytes) -> "News":
        reader = wire.Reader(message)
        kind, document_id, subject, process = json.loads(reader.byte_string())
        rows = tuple(Row(reader.number(), reader.byte_string()) for _ in range(reader.number()))
        return cls(kind, UUID(document_id) if document_id else None, rows, reader.byte_string(), subject, process)


Hear = Callable[[News], None]


class Fanout(Protocol):
    """What carries news to other processes. All methods are called on the event loop."""

    async def start(self, hear: Hear, missed: Callable[[], None]) -> None:
        """Begin. hear: called for each piece of news. missed: called when some may have been lost."""

    async def stop(self) -> None: ...

    async def watch(self, document_id: UUID) -> None:
        """Hear of this document from now on."""

    async def unwatch(self, document_id: UUID) -> None: ...

    def publish(self, news: News) -> None:
        """Tell the other processes; never waits."""


class LocalFanout:
    """One process: there is nobody else to tell."""

    async def start(self, hear: Hear, missed: Callable[[], None]) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def watch(self, document_id: UUID) -> None:
        pass

    async def unwatch(self, document_id: UUID) -> None:
        pass

    def publish(self, news: News) -> None:
        pass


def _channel(document_id: UUID | None) -> str:
    """A channel per document, one for what concerns all. Two sites may share a store: the name holds our secret."""
    return f"concerte:{salted_hmac('concerte.documents.fanout', 'channel').hexdigest()[:16]}:{document_id or 'all'}"


def _channel_of(news: News) -> str:
    return _channel(news.document_id if news.kind in ("rows", "presence", "presence-wanted") else None)


class RedisFanout:
    """Several processes, through the publish/subscribe of Redis or Valkey."""

    _RETRY_SECONDS = 0.5
    _WAITING_NEWS = 10_000  # while the store is away; more are dropped, the log has them

    def __init__(self, url: str) -> None:
        self._client = redis.asyncio.Redis.from_url(url, socket_connect_timeout=2, health_check_interval=10)
        self._waiting: asyncio.Queue[News] = asyncio.Queue(self._WAITING_NEWS)
        self._watched: set[UUID] = set()
        self._pubsub: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, hear: Hear, missed: Callable[[], None]) -> None:
        self._hear, self._missed = hear, missed
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        with contextlib.suppress(TimeoutError, redis.RedisError, OSError):
            async with asyncio.timeout(2):
                await self._waiting.join()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def watch(self, document_id: UUID) -> None:
        self._watched.add(document_id)
        if self._pubsub is not None:
            with contextlib.suppress(redis.RedisError, OSError):  # the listener subscribes to all when it is back
                await self._pubsub.subscribe(_channel(document_id))

    async def unwatch(self, document_id: UUID) -> None:
        self._watched.discard(document_id)
        if self._pubsub is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                await self._pubsub.unsubscribe(_channel(document_id))

    def publish(self, news: News) -> None:
        try:
            self._waiting.put_nowait(news)
        except asyncio.QueueFull:
            logger.warning("news dropped: the message store does not answer")

    async def _send(self) -> None:
        while True:
            news = await self._waiting.get()
            try:
                await self._client.publish(_channel_of(news), news.encode())
            except (redis.RedisError, OSError) as error:
                logger.warning("news not sent: %s", type(error).__name__)
            finally:
                self._waiting.task_done()

    async def _listen(self) -> None:
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(_channel(None), *map(_channel, self._watched))
                    self._pubsub = pubsub
                    self._missed()
                    while True:
                        message = await pubsub.get_message(timeout=None)
                        if message is not None:
                            self._take(message["data"])
            except (redis.RedisError, OSError) as error:
                logger.warning("message store lost: %s", type(error).__name__)
            finally:
                self._pubsub = None
            await asyncio.sleep(self._RETRY_SECONDS)

    def _take(self, message: bytes) -> None:
        try:
            news = News.decode(message)
        except Exception:  # whatever another program may have written there, the listener goes on
            logger.exception("news that cannot be read")
            return
        if news.process != PROCESS:
            self._hear(news)


def fanout_of_settings() -> Fanout:
    return RedisFanout(settings.REDIS_URL) if settings.REDIS_URL else LocalFanout()


_listeners: list[Hear] = []  # the engines of this process; each may be called from any thread


def listen(hear: Hear) -> None:
    _listeners.append(hear)


def stop_listening(hear: Hear) -> None:
    _listeners.remove(hear)


def announce(news: News) -> None:
    """Tell everyone, from any thread, what a service has just committed. Never raises: the log is read again anyway."""
    for hear in tuple(_listeners):
        hear(news)
    if not settings.REDIS_URL:
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.publish(_channel_of(news), news.encode())
    except (redis.RedisError, OSError) as error:
        logger.warning("news not sent: %s", type(error).__name__)


def session_digest(session_key: str) -> str:
    """What stands for a session in the news: its key opens the account, and stays here."""
    return hashlib.sha256(session_key.encode()).hexdigest()
