"""Several processes: news through the publish/subscribe of Redis or Valkey, on one connection a process.

What is told at about the same time leaves in one write, and what the store has gathered is read in one wake: that is
what news cost, not their bytes.

Nothing here waits for the store and nothing piles up without end: what cannot leave is dropped, and the other processes
are told to look into the log once they can be.
"""

import asyncio
import contextlib
import logging
import os
import random
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import hiredis
import redis
from django.utils.crypto import salted_hmac
from redis.backoff import NoBackoff
from redis.retry import Retry

from concerte.documents.news import FORMAT, PROCESS, News
from concerte.documents.store_link import PING, Link, command, connect, publish_head

logger = logging.getLogger(__name__)

# Between two writes. Each costs both sides and the store a turn of their loops, however little it carries; whoever
# writes alone does not wait.
_GAP_SECONDS = 0.002
_CONNECT_SECONDS = 2.0
_RETRY_SECONDS_MIN, _RETRY_SECONDS_MAX = 0.1, 2.0  # doubled after each failure
_PULSE_SECONDS = 1.0  # of silence, after which the store is asked whether it is there
_ANSWER_SECONDS = 2.0  # it has to answer
_COMMAND_TIMEOUT_SECONDS = 0.5  # for a process without an engine, which has to wait
_COMMAND_QUIET_SECONDS = 5.0  # after a failure it does not try again

_WRITER = slice(1, 9)  # where each message says which process wrote it
_MISSED = b"\xff"  # "I may have kept something from you: read the log", in the place of the kind


def _channel(document_id: UUID | None) -> bytes:
    """A channel per document, one for what concerns all. Two sites may share a store: the name holds our secret."""
    site = salted_hmac("concerte.documents.fanout", f"channel {FORMAT}").hexdigest()[:16]
    return f"concerte:{site}:{document_id or 'all'}".encode()


def _channel_of(news: News) -> bytes:
    return _channel(news.document_id if news.kind in ("rows", "presence", "presence-wanted") else None)


class _Watched:
    """A document whose news are asked for."""

    __slots__ = ("channel", "confirmed", "publish_head")

    def __init__(self, document_id: UUID) -> None:
        self.channel = _channel(document_id)
        self.publish_head = publish_head(self.channel)
        self.confirmed: asyncio.Future[None] | None = None


class RedisFanout:
    """Lives on one event loop, but for `publish_from_thread`. process: what our news are signed with."""

    def __init__(self, url: str, process: str = PROCESS) -> None:
        self.url = url
        self._process = bytes.fromhex(process)
        self.is_away = True
        self._watched: dict[UUID, _Watched] = {}
        self._by_channel: dict[bytes, _Watched] = {}
        self._everyone = _channel(None)
        self._everyone_head = publish_head(self._everyone)
        self._outgoing: list[bytes] = []
        self._leaving: asyncio.Handle | None = None
        self._not_before = 0.0
        self._has_dropped = False
        self._link: Link | None = None
        self._greeted: asyncio.Future[None] | None = None
        self._pong: asyncio.Future[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()

    async def start(self, hear: Callable[[News], None], missed: Callable[[], None]) -> None:
        self._hear, self._missed = hear, missed
        self._loop, self._pid = asyncio.get_running_loop(), os.getpid()
        self._keeping = asyncio.create_task(self._keep())
        _running.append(self)
        with contextlib.suppress(TimeoutError):  # a site opens without its message store
            await asyncio.wait_for(self._tried.wait(), _ANSWER_SECONDS)

    async def stop(self) -> None:
        _running.remove(self)
        self._flush()
        if self._keeping is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told(), _ANSWER_SECONDS)
            self.is_away = True
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _told(self) -> None:
        """Until the store has answered what was told last, or is gone."""
        if self._link is not None and not self.is_away:
            self._pong = self._loop.create_future()
            self._link.write(PING)
            await asyncio.wait((self._pong, self._link.closed), return_when=asyncio.FIRST_COMPLETED)

    # --- Telling ------------------------------------------------------------------------------------------------------
    def publish(self, news: News) -> None:
        self.publish_all((news,))

    def publish_all(self, news: Sequence[News]) -> None:
        if self.is_away:
            self._has_dropped = True
            return
        for each in news:
            message = each.encode()
            self._outgoing += (self._head_of(each), b"$%d\r\n" % len(message), message, b"\r\n")
        if self._leaving is None:
            delay = self._not_before - self._loop.time()
            # Not in this very call: what the same turn of the loop tells goes along.
            self._leaving = (
                self._loop.call_later(delay, self._flush) if delay > 0 else self._loop.call_soon(self._flush)
            )

    def publish_from_thread(self, news: News) -> bool:
        """Whether it will be told. Not in a child of the process that started: the loop is its parent's."""
        if self._pid != os.getpid():
            return False
        try:
            self._loop.call_soon_threadsafe(self.publish, news)
        except RuntimeError:  # the loop has ended
            return False
        return True

    def _head_of(self, news: News) -> bytes:
        if news.kind not in ("rows", "presence", "presence-wanted") or news.document_id is None:
            return self._everyone_head
        watched = self._watched.get(news.document_id)
        return watched.publish_head if watched is not None else publish_head(_channel(news.document_id))

    def _flush(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        if not self._outgoing:
            return
        if self._link is None or self._link.is_full:
            self._has_dropped = True
        else:
            self._link.write(b"".join(self._outgoing))
            self._not_before = self._loop.time() + _GAP_SECONDS
        self._outgoing.clear()

    def _tell_what_was_dropped(self) -> None:
        """The others do not know what they were not told: have them read the log."""
        if self._has_dropped and self._link is not None and not self._link.is_full:
            self._has_dropped = False
            message = _MISSED + self._process
            self._link.write(self._everyone_head + b"$%d\r\n%b\r\n" % (len(message), message))

    # --- Asking -------------------------------------------------------------------------------------------------------
    async def watch(self, document_id: UUID) -> None:
        if document_id in self._watched:
            return
        watched = self._watched[document_id] = _Watched(document_id)
        self._by_channel[watched.channel] = watched
        if self._link is None:
            return  # all are asked for when the store is back
        self._link.write(command(b"SUBSCRIBE", watched.channel))
        if self.is_away:
            return
        watched.confirmed = self._loop.create_future()
        either = (watched.confirmed, self._link.closed)
        await asyncio.wait(either, timeout=_ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED)

    async def unwatch(self, document_id: UUID) -> None:
        watched = self._watched.pop(document_id, None)
        if watched is None:
            return
        del self._by_channel[watched.channel]
        if self._link is not None:
            self._link.write(command(b"UNSUBSCRIBE", watched.channel))

    # --- Hearing ------------------------------------------------------------------------------------------------------
    def _take(self, reply: Any) -> None:
        if isinstance(reply, hiredis.PushNotification):
            if reply[0] == b"message":
                self._take_message(reply[2])
            elif reply[0] == b"subscribe":
                self._confirm(reply[1])
        elif isinstance(reply, hiredis.ReplyError):
            logger.error("the message store refuses: %s", str(reply).split(" ", 1)[0])
            if self.is_away and self._link is not None:
                self._link.close()
        elif reply == b"PONG" and self._pong is not None and not self._pong.done():
            self._pong.set_result(None)

    def _take_message(self, message: bytes) -> None:
        if message[_WRITER] == self._process:
            return
        try:
            if message[:1] == _MISSED:
                self._missed()
            else:
                self._hear(News.decode(message))
        except Exception:  # whatever another program may have written there, the next message is heard
            logger.exception("news that cannot be read")

    def _confirm(self, channel: bytes) -> None:
        if channel == self._everyone:
            if self._greeted is not None and not self._greeted.done():
                self._greeted.set_result(None)
        elif (watched := self._by_channel.get(channel)) is not None and watched.confirmed is not None:
            if not watched.confirmed.done():
                watched.confirmed.set_result(None)
            watched.confirmed = None

    # --- Keeping the connection ---------------------------------------------------------------------------------------
    async def _keep(self) -> None:
        """Connect, and again each time the connection ends, for as long as the engine runs."""
        delay = _RETRY_SECONDS_MIN
        try:
            while True:
                link = None
                try:
                    async with asyncio.timeout(_CONNECT_SECONDS):
                        link = await self._connect()
                    self._is_back()
                    delay = _RETRY_SECONDS_MIN
                    await self._listen_for_silence(link)
                except (OSError, ValueError) as error:  # TimeoutError and those of TLS are kinds of OSError
                    if not self._tried.is_set():  # afterwards the loss was said
                        logger.warning("message store not reached: %s", type(error).__name__)
                finally:
                    self._is_lost()
                    self._tried.set()
                # Not all processes at the same moment.
                await asyncio.sleep(delay * random.uniform(0.5, 1))  # noqa: S311
                delay = min(2 * delay, _RETRY_SECONDS_MAX)
        finally:
            self._is_lost()

    async def _connect(self) -> Link:
        """A connection on which all that is watched is asked for, and confirmed."""
        link, greeting = await connect(self.url, lambda: Link(self._take, self._tell_what_was_dropped))
        self._link = link
        self._greeted = self._loop.create_future()
        # The channel of everyone comes last: once it is confirmed, all are.
        link.write(greeting + command(b"SUBSCRIBE", *self._by_channel, self._everyone))
        await asyncio.wait((self._greeted, link.closed), return_when=asyncio.FIRST_COMPLETED)
        if not self._greeted.done():
            raise ConnectionError("closed before it answered")
        return link

    def _is_back(self) -> None:
        logger.info("message store reached")
        self.is_away = False
        self._tried.set()
        self._tell_what_was_dropped()
        self._missed()

    def _is_lost(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()
        self._outgoing.clear()
        if not self.is_away:
            logger.warning("message store lost: the log is read more often until it is back")
            self.is_away = True
            self._has_dropped = True
            self._missed()

    async def _listen_for_silence(self, link: Link) -> None:
        """Until the connection ends. A store that answers nothing any more is as good as gone."""
        while not link.closed.done():
            link.has_heard = False
            await asyncio.wait((link.closed,), timeout=_PULSE_SECONDS)
            if not link.has_heard and not link.closed.done():
                link.write(PING)
                await asyncio.wait((link.closed,), timeout=_ANSWER_SECONDS)
                if not link.has_heard:
                    return


# --- From any thread --------------------------------------------------------------------------------------------------
_running: list[RedisFanout] = []  # of this process, and of the one it was forked from


def tell(url: str, news: News) -> None:
    """Tell the other processes, from any thread. Never raises.

    Where an engine runs, its connection carries it and the caller does not wait. Where none does (a command), the
    caller waits for a connection kept for that, at most a second, and not again for a while after a failure."""
    if any(carrier.url == url and carrier.publish_from_thread(news) for carrier in tuple(_running)):
        return
    if time.monotonic() < _quiet_until.get(url, 0.0):
        return
    try:
        _client(url).publish(_channel_of(news), news.encode())
    except (redis.RedisError, OSError) as error:
        _quiet_until[url] = time.monotonic() + _COMMAND_QUIET_SECONDS
        logger.warning("news not sent: %s", type(error).__name__)


_quiet_until: dict[str, float] = {}


@lru_cache(1)
def _client(url: str) -> redis.Redis:
    """The connection of a process without an engine. redis-py keeps its pool apart across threads and forks.

    It tries a second time only, and at once: its connection may have been closed since it was last used."""
    patience = _COMMAND_TIMEOUT_SECONDS
    return redis.Redis.from_url(
        url, socket_connect_timeout=patience, socket_timeout=patience, retry=Retry(NoBackoff(), 1)
    )
