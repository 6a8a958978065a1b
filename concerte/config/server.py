"""How the site is served: pages and sockets on one port, in one process."""

import asyncio
from typing import Any

import uvicorn
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from concerte.documents import limits
from concerte.documents.endpoint import DocumentsProtocol

SHUTDOWN_SECONDS = 5


class PagesProtocol(HttpToolsProtocol):
    """What reads the requests, and hands those for a socket over. Who begins one and does not finish it is cut:
    otherwise each costs us a connection for as long as they like."""

    _asking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for_headers()

    def on_message_begin(self) -> None:
        self._wait_for_headers()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_headers(self) -> None:
        if self._asking is None:
            self._asking = self.loop.call_later(limits.HANDSHAKE_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None


def server_config(**changes: Any) -> uvicorn.Config:
    """What `concerte serve`, the tests and the measures run."""
    options: dict[str, Any] = {
        "http": PagesProtocol,
        "ws": DocumentsProtocol,
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": True,
        "forwarded_allow_ips": settings.TRUSTED_PROXIES,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    }
    return uvicorn.Config("concerte.config.asgi:application", **options | changes)
