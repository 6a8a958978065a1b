"""The ASGI application of shared documents: /ws/documents/<uuid>. Carries frames, in order, and closes with a code."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

from django.db import Error as DatabaseError

from concerte.documents import protocol
from concerte.documents.connection import Connection
from concerte.documents.credentials import Request, enter
from concerte.documents.engine import Engine
from concerte.documents.errors import EntryRefused, FrameRefused, SocketRefused
from concerte.documents.room import Room

logger = logging.getLogger(__name__)

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

_ADDRESS = re.compile(r"/ws/documents/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_CLOSE_SECONDS = 5.0  # for a receiver that takes nothing any more to take its close


class DocumentsEndpoint:
    """Started by the server's lifespan, or by the first socket where there is none."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> Engine:
        async with self._starting:
            if self._engine is None:
                engine = Engine()
                await engine.start()
                self._engine = engine
            return self._engine

    async def stop(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.stop()

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        request = _read_request(scope)
        # The server writes the address of each socket in its log: the token must not stand there.
        scope["query_string"] = b""
        await receive()  # "websocket.connect"
        engine = self._engine or await self.start()
        try:
            if request is None:
                raise EntryRefused("unknown-document")
            entry = await engine.run(enter, request)
            room, connection = await engine.join(
                request.document_id, entry, wants_saved_frames=request.wants_saved_frames
            )
        except (SocketRefused, DatabaseError) as error:
            refusal = error if isinstance(error, SocketRefused) else SocketRefused("not-saved")
            logger.info("document=%s entry refused: %s", request and request.document_id, refusal.code)
            await _turn_away(send, refusal)
            return
        try:
            await send({"type": "websocket.accept"})
            await _carry(room, connection, receive, send, engine.now)
        except OSError:
            pass  # gone before it could be told anything
        finally:
            engine.leave(room, connection)


def _read_request(scope: Event) -> Request | None:
    address = _ADDRESS.fullmatch(scope["path"])
    if address is None:
        return None
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        # Several Cookie headers are one; of the others, the last stands.
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}; {text}" if key == "cookie" and key in headers else text
    return Request(UUID(address[1]), headers, scope["query_string"].decode("latin-1"))


async def _turn_away(send: Send, refusal: SocketRefused) -> None:
    """Accept, then close: browsers cannot read the status of a refused handshake."""
    with contextlib.suppress(OSError):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "bytes": protocol.permission_denied_frame(refusal.message)})
        await _close(send, refusal)


async def _close(send: Send, refusal: SocketRefused) -> None:
    await send({"type": "websocket.close", "code": refusal.close_code, "reason": refusal.message})


async def _carry(room: Room, connection: Connection, receive: Receive, send: Send, now: Callable[[], float]) -> None:
    """Carry frames both ways until one side ends."""
    sending = asyncio.create_task(_send_all(connection, send, now))
    receiving = asyncio.create_task(_receive_all(room, connection, receive, now))
    try:
        await asyncio.wait((sending, receiving), return_when=asyncio.FIRST_COMPLETED)
        if connection.refusal is not None:
            await asyncio.wait((sending,), timeout=_CLOSE_SECONDS)
    finally:
        for task in (sending, receiving):
            task.cancel()
        for result in await asyncio.gather(sending, receiving, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, OSError):
                logger.error("document=%s connection failed", room.document_id, exc_info=result)


async def _send_all(connection: Connection, send: Send, now: Callable[[], float]) -> None:
    while True:
        for frame in await connection.next_frames():
            await send({"type": "websocket.send", "bytes": frame})
            connection.sent(frame, now())
        if connection.refusal is not None:
            await _close(send, connection.refusal)
            return


async def _receive_all(room: Room, connection: Connection, receive: Receive, now: Callable[[], float]) -> None:
    try:
        await room.greet(connection)
        while connection.is_open:
            event = await receive()
            if event["type"] != "websocket.receive":
                return
            frame = event.get("bytes")
            if frame is None:
                raise FrameRefused("malformed")  # a text: nothing of the protocol is
            if not connection.allowance.spend(len(frame), now()):
                raise FrameRefused("too-fast")
            work = room.take(connection, frame)
            if work is not None:
                await work
    except FrameRefused as refusal:
        logger.info("document=%s frame refused: %s", room.document_id, refusal.code)
        connection.close(refusal)
    except DatabaseError:
        logger.exception("document=%s could not be read", room.document_id)
        connection.close(SocketRefused("not-saved"))
