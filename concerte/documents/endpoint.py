"""The sockets of shared documents, /ws/documents/<uuid>: carries frames in order, and closes with a code.

uvicorn serves the pages and hands over each request to become a WebSocket; from there on picows reads and writes the
frames. Both live on one port and one event loop.
"""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import uvicorn
from django.db import Error as DatabaseError
from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from concerte.documents import limits, metrics, protocol
from concerte.documents.connection import Connection
from concerte.documents.credentials import Request, enter
from concerte.documents.engine import Engine
from concerte.documents.errors import EntryRefused, FrameRefused, SocketRefused
from concerte.documents.room import Room

logger = logging.getLogger(__name__)

# An adapter: for each connection, picows makes a child of what it takes for a plain logger.
_protocol_logger = logging.LoggerAdapter(logging.getLogger("picows"))
_ADDRESS = re.compile(rb"/ws/documents/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_BROKEN_RULES = {WSCloseCode.PROTOCOL_ERROR, WSCloseCode.INVALID_TEXT, WSCloseCode.MESSAGE_TOO_BIG}
_BINARY = WSMsgType.BINARY  # looking up a member of an enumeration costs as much as all else in this line
_READ_BUFFER_BYTES = 4096  # of one connection, at first; it grows with the frames


class DocumentsProtocol(WSProtocol):  # type: ignore[misc]
    """What uvicorn makes for each request to become a WebSocket (`ws=DocumentsProtocol`).

    It leans on an inner class of picows: the version is pinned, and a test says when it breaks."""

    def __init__(self, config: uvicorn.Config, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        listener = DocumentSocket(app_state["documents"])
        super().__init__(
            host_port=None,  # of a client, as the path
            ws_path=None,
            is_client_side=False,
            ws_listener_factory=listener.greet,
            logger=_protocol_logger,
            disconnect_on_exception=True,
            websocket_handshake_timeout=limits.HANDSHAKE_SECONDS,
            enable_auto_ping=False,  # the engine's regular check does it for all connections
            auto_ping_idle_timeout=limits.PING_SECONDS,
            auto_ping_reply_timeout=limits.PING_SECONDS,
            auto_ping_strategy=WSAutoPingStrategy.PING_WHEN_IDLE,
            enable_auto_pong=False,  # ours looks first whether the answers are taken
            max_frame_size=4 * limits.FRAME_BYTES,  # over the limit but under this, it is refused with a reason of ours
            extra_headers=None,
            read_buffer_init_size=_READ_BUFFER_BYTES,
        )
        self._sockets: set[Any] = server_state.connections
        self._listener = listener

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=limits.QUEUE_BYTES, low=limits.CLEAR_BYTES)
        self._sockets.add(self)

    def data_received(self, data: bytes) -> None:
        """The request, which uvicorn has read already; what follows comes through the buffer."""
        while data:
            room = self.get_buffer(-1)
            taken = min(len(room), len(data))
            room[:taken] = data[:taken]
            self.buffer_updated(taken)
            data = data[taken:]

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._sockets.discard(self)

    def shutdown(self) -> None:
        """The server stops."""
        self._listener.end(SocketRefused("going-away"))


class DocumentSocket(WSListener):
    """One socket: brings somebody in, gives their frames to the room one after the other, writes what they are sent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._request: Request | None = None
        self._room: Room | None = None
        self._connection: Connection | None = None
        self._transport: WSTransport
        self.send: Callable[[bytes], None]
        self._inbox: deque[bytes] = deque()  # while a frame before them is being answered
        self._inbox_bytes = 0
        self._is_busy = True
        self._is_reading = True
        self._parts: list[bytes] = []  # of a message in several frames
        self._work: asyncio.Task[None] | None = None
        self._ending: asyncio.TimerHandle | None = None

    # --- picows calls -------------------------------------------------------------------------------------------------
    def greet(self, request: WSUpgradeRequest) -> "DocumentSocket | WSUpgradeResponseWithListener":
        if request.headers.get("Sec-WebSocket-Version") != "13":  # RFC 6455, section 4.2.2
            response = WSUpgradeResponse.create_error_response(400, None, {"Sec-WebSocket-Version": "13"})
            return WSUpgradeResponseWithListener(response, None)
        self._request = _read_request(request)
        return self

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self.send = partial(transport.send, WSMsgType.BINARY)
        self._start(self._enter())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._protocol_error("a reserved bit is set, and no extension was agreed on")  # compression is none of ours
        elif kind is _BINARY and frame.fin and not self._parts:
            self._hear(frame.get_payload_as_bytes())
        elif kind in (WSMsgType.BINARY, WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._hear_part(frame)
        elif kind == WSMsgType.PING:
            self._hear_ping(frame.get_payload_as_bytes())
        elif kind == WSMsgType.CLOSE:
            if not transport.is_close_frame_sent:
                transport.send_close(frame.get_close_code() or 1000)
            transport.disconnect()
        elif self._is_allowed(frame.payload_size):  # a pong
            pass

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        _count_broken_rule(transport)
        if self._ending is not None:
            self._ending.cancel()
        if self._work is not None:
            self._work.cancel()
        if self._connection is not None and self._room is not None:
            connection, self._connection = self._connection, None
            connection.lost()
            self._engine.leave(self._room, connection)

    def pause_writing(self) -> None:
        if self._connection is not None and self._room is not None:
            metrics.fell_behind()
            self._connection.fell_behind(self._loop.time())

    def resume_writing(self) -> None:
        if self._connection is not None and self._room is not None:
            self._engine.spawn(self._room.catch_up(self._connection))

    # --- connection.Line ----------------------------------------------------------------------------------------------
    def waiting_bytes(self) -> int:
        return int(self._transport.underlying_transport.get_write_buffer_size())

    def ping(self) -> None:
        self._transport.send_ping()

    def close(self, refusal: SocketRefused) -> None:
        metrics.connection_closed(refusal.close_code)
        code: Any = refusal.close_code  # picows names those of the RFC only, and takes all
        self._transport.send_close(code, refusal.message)
        # The other side answers a close by ending; who does not is ended.
        self._ending = self._loop.call_later(limits.CLOSE_SECONDS, self._transport.underlying_transport.abort)

    def abort(self) -> None:
        self._transport.underlying_transport.abort()

    # --- Coming in, and frames one after the other --------------------------------------------------------------------
    def end(self, refusal: SocketRefused) -> None:
        if self._connection is not None:
            self._connection.close(refusal)
        else:
            self.close(refusal)

    async def _enter(self) -> None:
        request, engine = self._request, self._engine
        try:
            if request is None:
                raise EntryRefused("unknown-document")
            entry = await engine.run(enter, request)
            room, connection = await engine.join(
                request.document_id, entry, self, wants_saved_frames=request.wants_saved_frames
            )
        except (SocketRefused, DatabaseError) as error:
            refusal = error if isinstance(error, SocketRefused) else SocketRefused("not-saved")
            logger.info("document=%s entry refused: %s", request and request.document_id, refusal.code)
            metrics.entry_refused(refusal.code)
            self.send(protocol.permission_denied_frame(refusal.message))
            self.close(refusal)
            return
        if self._transport.is_disconnected:
            engine.leave(room, connection)
            return
        self._room, self._connection = room, connection
        await room.greet(connection)

    def _hear_part(self, frame: WSFrame) -> None:
        """A message in several frames, or a text: nothing of the protocol is a text."""
        if (frame.msg_type == WSMsgType.CONTINUATION) != bool(self._parts):
            self._protocol_error("a message inside another, or the rest of none")
            return
        if frame.msg_type == WSMsgType.TEXT:
            self._refuse(FrameRefused("malformed"))
            return
        self._parts.append(frame.get_payload_as_bytes())
        if sum(map(len, self._parts)) > limits.FRAME_BYTES or len(self._parts) > limits.FRAME_PARTS:
            self._parts.clear()
            self._refuse(FrameRefused("too-big"))
        elif frame.fin:
            message, self._parts = b"".join(self._parts), []
            self._hear(message)

    def _hear(self, message: bytes) -> None:
        if not self._is_busy:
            work = self._take(message)
            if work is not None:
                self._start(work)
            return
        self._inbox.append(message)
        self._inbox_bytes += len(message)
        if self._inbox_bytes > limits.INBOX_BYTES and self._is_reading:
            self._is_reading = False
            self._transport.underlying_transport.pause_reading()

    def _hear_ping(self, payload: bytes) -> None:
        if self._is_allowed(len(payload)) and self.waiting_bytes() <= limits.CLEAR_BYTES:
            self._transport.send_pong(payload)

    def _is_allowed(self, size: int) -> bool:
        """Whether somebody may send a control frame of this size; it is a sign of life."""
        connection = self._connection
        if connection is None or connection.refusal is not None:
            return False
        connection.heard_at = now = self._loop.time()
        if not connection.allowance.spend(size, now):
            self._refuse(FrameRefused("too-fast"))
            return False
        return True

    def _take(self, message: bytes) -> Awaitable[None] | None:
        """Give a message to the room; what it has to wait for, if anything."""
        connection, room = self._connection, self._room
        if connection is None or room is None or connection.refusal is not None:
            return None
        connection.heard_at = now = self._loop.time()
        try:
            if not connection.allowance.spend(len(message), now):
                raise FrameRefused("too-fast")
            return room.take(connection, message)
        except FrameRefused as refusal:
            self._refuse(refusal)
            return None

    def _refuse(self, refusal: FrameRefused) -> None:
        if self._transport.is_close_frame_sent:  # picows closes already, and reads on meanwhile
            return
        logger.info("document=%s frame refused: %s", self._room and self._room.document_id, refusal.code)
        metrics.frame_refused(refusal.code)
        self.end(refusal)

    def _start(self, work: Awaitable[None]) -> None:
        """Nothing more is taken from this socket until this is done."""
        self._is_busy = True
        self._work = self._loop.create_task(self._finish(work))

    async def _finish(self, work: Awaitable[None] | None) -> None:
        """Do what waits, then what came meanwhile."""
        try:
            while work is not None:
                await work
                work = None
                while self._inbox and work is None:
                    message = self._inbox.popleft()
                    self._inbox_bytes -= len(message)
                    work = self._take(message)
        except FrameRefused as refusal:
            self._refuse(refusal)
        except DatabaseError:
            logger.exception("document=%s could not be read", self._room and self._room.document_id)
            self.end(SocketRefused("not-saved"))
        except Exception:
            logger.exception("document=%s connection failed", self._room and self._room.document_id)
            self.end(SocketRefused("not-saved"))
        finally:
            self._is_busy = False
            self._work = None
            if not self._is_reading and not self._transport.is_disconnected:
                self._is_reading = True
                self._transport.underlying_transport.resume_reading()

    def _protocol_error(self, reason: str) -> None:
        """Not a WebSocket as RFC 6455 has it: as picows closes for what it finds itself. Only developers read it."""
        self._transport.send_close(WSCloseCode.PROTOCOL_ERROR, reason)
        self._transport.disconnect()


def _count_broken_rule(transport: WSTransport) -> None:
    """Whoever found it, picows or we."""
    handshake = transport.close_handshake
    code: Any = handshake.sent.code if handshake is not None and handshake.sent is not None else None
    if code in _BROKEN_RULES:
        metrics.frame_refused(metrics.BROKEN_RULE)
        metrics.connection_closed(int(code))


def _read_request(request: WSUpgradeRequest) -> Request | None:
    """The document asked for, and what the socket brings; None when the address is none of ours."""
    path, _, query = request.path.partition(b"?")
    address = _ADDRESS.fullmatch(path)
    if address is None:
        return None
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        # Several Cookie headers are one; of the others, the last stands.
        key = name.lower()
        headers[key] = f"{headers[key]}; {value}" if key == "cookie" and key in headers else value
    return Request(UUID(address[1].decode()), headers, query.decode("latin-1"))
