"""The ASGI application: the pages by Django, and the life of the engine of shared documents.

The sockets of documents do not pass here: the server hands them to `DocumentsProtocol` (see config/server.py).
"""

import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
django.setup(set_prefix=False)

# Only now: they need the applications to be loaded.
from concerte.config.pages import Pages  # noqa: E402
from concerte.documents.engine import Engine  # noqa: E402

pages = Pages()

Event = MutableMapping[str, Any]


async def application(
    scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
) -> None:
    """Hand each kind of conversation to who holds it: Django does not know the life of the server."""
    if scope["type"] == "lifespan":
        await _live(scope["state"], receive, send)
    else:
        await pages(scope, receive, send)  # type: ignore[arg-type]


async def _live(
    state: dict[str, Any], receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
) -> None:
    """Start the engine with the server; when the server stops, commit what is queued before the process ends."""
    await receive()  # "lifespan.startup"
    engine = state["documents"] = Engine()
    await engine.start()
    _spare_the_collector()
    await send({"type": "lifespan.startup.complete"})
    await receive()  # "lifespan.shutdown"
    await engine.stop()
    await send({"type": "lifespan.shutdown.complete"})


def _spare_the_collector() -> None:
    """What is loaded now stays for good: looking through it again and again cost a fifth of the processor under load,
    and stopped everyone for tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
