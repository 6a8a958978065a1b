"""Requests must come in time: who opens a connection and never finishes asking would hold it for ever."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from concerte.documents import limits


class TimelyHttpProtocol(HttpToolsProtocol):
    """uvicorn's, which waits without end for the first request, and for the rest of a request that has begun."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect()

    def on_headers_complete(self) -> None:
        self._met()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._met()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._met()
        self._deadline = self.loop.call_later(limits.HANDSHAKE_SECONDS, self.transport.abort)

    def _met(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
