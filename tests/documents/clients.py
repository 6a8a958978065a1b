"""A Yjs client over a real socket, written with another library than the server: websockets and pycrdt."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import websockets
from pycrdt import Doc, Text

from concerte.documents import protocol, updates, wire
from concerte.documents.protocol import Sign
from tests.servers import PATIENCE


@dataclass
class Pass:
    """How a client comes in: a token, or a session cookie from a page of some origin."""

    token: str = ""
    session_key: str = ""
    origin: str = ""

    def headers(self) -> dict[str, str]:
        headers = {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.session_key:
            headers["Cookie"] = f"langue=fr; sessionid={self.session_key}"
        if self.origin:
            headers["Origin"] = self.origin
        return headers


class Client:
    """Keeps a document in step with the server, as y-websocket does, and remembers all it received."""

    def __init__(
        self,
        address: str,
        document_id: UUID | str,
        entry: Pass,
        *,
        query: str = "?saved=1",
        doc: Doc[Any] | None = None,
    ) -> None:
        self._url = f"ws://{address}/ws/documents/{document_id}{query}"
        self._entry = entry
        self.doc = doc if doc is not None else Doc()
        self.text: Text = self.doc.get("text", type=Text)
        self.frames: list[bytes] = []
        self.received: list[bytes] = []  # updates, as they came
        self.signs: dict[int, Sign] = {}
        self.sent_count = 0  # document frames of this connection
        self.saved_count = 0  # of which the server said that they are saved
        self.is_synced = False
        self.was_greeted = False
        self.closed: tuple[int, str] | None = None
        self._is_applying = False
        self._changed = asyncio.Event()
        self._socket: Any = None
        self._reading: asyncio.Task[None] | None = None
        self._outgoing: list[bytes] = []
        self._subscription = self.doc.observe(self._changed_here)

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()

    async def connect(self) -> None:
        self.closed, self.is_synced, self.sent_count, self.saved_count = None, False, 0, 0
        self._outgoing.clear()
        self._socket = await websockets.connect(
            self._url, additional_headers=self._entry.headers(), compression=None, max_size=None
        )
        self._reading = asyncio.create_task(self._read())
        await self.send(protocol.step_1_frame(self.doc.get_state()))

    async def disconnect(self) -> None:
        await self._socket.close()
        if self._reading is not None:
            await self._reading

    async def send(self, frame: bytes | str) -> None:
        self.sent_count += frame[:2] in (b"\x00\x01", b"\x00\x02")
        with contextlib.suppress(websockets.ConnectionClosed):  # the reading side says why
            await self._socket.send(frame)

    async def write(self, text: str, index: int | None = None) -> None:
        """Type, and send it."""
        self.text.insert(len(self.text) if index is None else index, text)
        await self.flush()

    async def flush(self) -> None:
        """Send what was changed in the document."""
        outgoing, self._outgoing = self._outgoing, []
        for update in outgoing:
            await self.send(protocol.update_frame(update))

    async def until(self, condition: Callable[[], Any], patience: float | None = PATIENCE) -> None:
        """Wait until something that a frame may change is so. patience: in seconds; None: without end."""
        async with asyncio.timeout(patience):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def until_length(self, length: int) -> None:
        """Wait until the text has so many bytes."""
        await self.until(lambda: len(self.text) == length)

    async def until_closed(self) -> int:
        """Wait until the server closes; its code."""
        await self.until(lambda: self.closed is not None)
        assert self.closed is not None
        return self.closed[0]

    async def until_synced(self) -> None:
        await self.until(lambda: self.is_synced or self.closed)
        assert self.closed is None, self.closed

    async def until_saved(self) -> None:
        """Wait until all that was sent on this connection is saved."""
        await self.until(lambda: self.saved_count == self.sent_count or self.closed)
        assert self.closed is None, self.closed

    async def round_trip(self) -> None:
        """Wait until the server has answered something sent now: all it sent before has come."""
        self.is_synced = False
        await self.send(protocol.step_1_frame(self.doc.get_state()))
        await self.until_synced()

    def _changed_here(self, event: Any) -> None:
        if not self._is_applying:
            self._outgoing.append(event.update)

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                self.frames.append(frame)
                await self._take(frame)
                self._changed.set()
        except websockets.ConnectionClosed:
            pass
        self.closed = (self._socket.close_code, self._socket.close_reason)
        self._changed.set()

    async def _take(self, frame: bytes) -> None:
        if frame[0] == protocol.SAVED:
            self.saved_count = wire.Reader(frame[1:]).number()
            return
        if frame[0] == protocol.AUTH:
            return
        message = protocol.read(frame)
        if isinstance(message, protocol.AskState):
            self.was_greeted = True
            update = self.doc.get_update(message.state_vector)
            await self.send(protocol.step_2_frame(update))
        elif isinstance(message, protocol.TakeUpdate):
            self.is_synced |= frame[1] == protocol.STEP_2
            if message.update != updates.EMPTY:
                self.received.append(message.update)
                self._is_applying = True
                try:
                    self.doc.apply_update(message.update)
                finally:
                    self._is_applying = False
        elif isinstance(message, protocol.Presence):
            for sign in message.signs:
                self.signs[sign.client_id] = sign
