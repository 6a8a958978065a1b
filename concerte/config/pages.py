"""The pages, a few at a time, and what is sent before what is read."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.db import connection

# Django gives each request a thread. Hundreds of them share one interpreter so badly that a transaction of 10 ms held
# SQLite's only lock for seconds: votes sent meanwhile were refused, "database is locked".
READ_AT_ONCE = 4
READ_BESIDE_SENT = 1  # while something is sent, or waits to be: those who reload a page keep no vote waiting
SENT_AT_ONCE = 4
# SQLite lets one write and does not keep the others in order: among four at work, one was passed over for five seconds.
SENT_AT_ONCE_ON_SQLITE = 2
SAFE = ("GET", "HEAD", "OPTIONS")
FOR_OPERATORS = "/__"  # answered even when all the others wait: who looks after the site is looking at just that
SIGN_IN = "/connexion"  # sends a code by e-mail: a mail server that hangs must not keep those who vote waiting


def takes_a_turn(path: str) -> bool:
    """Whether what is asked for at this path is computed in its turn."""
    return not path.startswith(FOR_OPERATORS) and not path.endswith(SIGN_IN)


class Turns:
    """Who is computed now, and who waits, in order. Of one event loop."""

    def __init__(self, *, sent_at_once: int) -> None:
        self._sent_at_once = sent_at_once
        self._running = {True: 0, False: 0}  # by whether something is sent
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {True: deque(), False: deque()}

    @asynccontextmanager
    async def taken(self, *, is_sent: bool) -> AsyncIterator[None]:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[is_sent].append(turn)
        self._go_on()
        try:
            await turn
            yield
        finally:
            if not turn.cancelled():
                self._running[is_sent] -= 1
            self._go_on()

    def _go_on(self) -> None:
        for is_sent, waiting in self._waiting.items():
            while waiting and self._running[is_sent] < self._at_once(is_sent):
                turn = waiting.popleft()
                if not turn.cancelled():  # who waited for it has gone
                    self._running[is_sent] += 1
                    turn.set_result(None)

    def _at_once(self, is_sent: bool) -> int:
        if is_sent:
            return self._sent_at_once
        return READ_BESIDE_SENT if self._running[True] or self._waiting[True] else READ_AT_ONCE


class Pages(ASGIHandler):
    """Django, which computes so many pages at once; the others wait for their turn.

    What is slow because of the network is not counted: a request waits once it was read, and its turn ends before its
    answer is sent; signing in, which writes to a mail server, waits for nobody."""

    def __init__(self) -> None:
        super().__init__()
        self._turns = Turns(sent_at_once=SENT_AT_ONCE_ON_SQLITE if connection.vendor == "sqlite" else SENT_AT_ONCE)

    async def get_response_async(self, request: Any) -> Any:
        if not takes_a_turn(request.path):
            return await super().get_response_async(request)
        async with self._turns.taken(is_sent=request.method not in SAFE):
            return await super().get_response_async(request)
