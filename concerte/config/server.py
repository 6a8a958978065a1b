"""How the site is served: pages and sockets on one port, in one process."""

from typing import Any

import uvicorn
from django.conf import settings

from concerte.config.timely_http import TimelyHttpProtocol
from concerte.documents.endpoint import DocumentsProtocol

SHUTDOWN_SECONDS = 5


def server_config(**changes: Any) -> uvicorn.Config:
    """What `concerte serve`, the tests and the measures run."""
    options: dict[str, Any] = {
        "http": TimelyHttpProtocol,  # httptools: what hands the sockets over, see documents/endpoint.py
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
