"""The ASGI application: pages by Django, shared documents by our endpoint, on one port."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
pages = get_asgi_application()

# Only now: it needs the applications to be loaded.
from concerte.documents.endpoint import DocumentsEndpoint  # noqa: E402

documents = DocumentsEndpoint()

Event = MutableMapping[str, Any]


async def application(
    scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
) -> None:
    """Hand each kind of conversation to who holds it: Django knows neither sockets nor the life of the server."""
    if scope["type"] == "websocket":
        await documents(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await pages(scope, receive, send)  # type: ignore[arg-type]


async def _live(receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]) -> None:
    """Start the engine with the server; when the server stops, commit what is queued before the process ends."""
    await receive()  # "lifespan.startup"
    await documents.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()  # "lifespan.shutdown"
    await documents.stop()
    await send({"type": "lifespan.shutdown.complete"})
