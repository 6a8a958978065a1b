"""Telling what happened: to the rooms of this process, and to other processes over the same database.

The log is the truth; news only make it quick. A process that missed some reads the log again (Engine.recheck), so a
message store that stops slows the others down to that pace and loses nothing.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from django.conf import settings

from concerte.documents import redis_fanout
from concerte.documents.news import PROCESS, News

__all__ = ["PROCESS", "Fanout", "Hear", "LocalFanout", "News", "announce", "fanout_of_settings", "listen"]

Hear = Callable[[News], None]


class Fanout(Protocol):
    """What carries news to other processes. All methods are called on the event loop."""

    @property
    def is_away(self) -> bool:
        """Whether news do not pass at the moment: what others commit is to be looked for in the log."""

    async def start(self, hear: Hear, missed: Callable[[], None]) -> None:
        """Begin. hear: called for each piece of news of another process. missed: called when some may have been lost,
        and when `is_away` has changed."""

    async def stop(self) -> None: ...

    async def watch(self, document_id: UUID) -> None:
        """Hear of this document: what is committed after this returns is heard, unless the store is away."""

    async def unwatch(self, document_id: UUID) -> None: ...

    def publish(self, news: News) -> None:
        """Tell the other processes; never waits. What is told at about the same time leaves together."""

    def publish_all(self, news: Sequence[News]) -> None:
        """The same, for all that one flush made."""


class LocalFanout:
    """One process: there is nobody else to tell."""

    is_away = False

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

    def publish_all(self, news: Sequence[News]) -> None:
        pass


def fanout_of_settings() -> Fanout:
    return redis_fanout.RedisFanout(settings.REDIS_URL) if settings.REDIS_URL else LocalFanout()


_listeners: list[Hear] = []  # the engines of this process; each may be called from any thread


def listen(hear: Hear) -> None:
    _listeners.append(hear)


def stop_listening(hear: Hear) -> None:
    _listeners.remove(hear)


def announce(news: News) -> None:
    """Tell everyone, from any thread, what a service has just committed. Never raises: the log is read again anyway."""
    for hear in tuple(_listeners):
        hear(news)
    if settings.REDIS_URL:
        redis_fanout.tell(settings.REDIS_URL, news)


def session_digest(session_key: str) -> str:
    """What stands for a session in the news: its key opens the account, and stays here."""
    return hashlib.sha256(session_key.encode()).hexdigest()
