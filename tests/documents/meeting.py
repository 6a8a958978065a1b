"""A meeting of hundreds over real sockets, with clients light enough for one process: picows and no document.

Each behaves as y-websocket does: it says who it is, sends back what it hears of the others, and comes back with what it
has. Those who only listen read frames instead of applying them; frames that all receive alike are read once.
"""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from django.utils import timezone
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from pycrdt import Doc, Text

from concerte.accounts.models import User
from concerte.documents import protocol, services, updates, wire
from concerte.documents.credentials import token_digest
from concerte.documents.models import Access, DocumentToken, Level
from concerte.documents.protocol import GONE, Sign

FIRST_CLIENT_ID = 3_000_000_000  # of 32 bits, as Yjs draws them


async def pause(seconds: float) -> None:
    """Between two key presses, or two looks at what a condition says."""
    await asyncio.sleep(seconds)


async def until(condition: Callable[[], Any], what: str, seconds: float = 60) -> float:
    """Wait until something is so; how long it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, what
        await pause(0.02)
    return time.monotonic() - started


@dataclass
class Hall:
    """A document and the tokens of the people who may write in it."""

    document_id: UUID
    tokens: list[str]

    @classmethod
    def prepare(cls, count: int) -> Self:
        """In the database: so many people, their rights and their tokens."""
        document = services.create_document("Assemblée", seed=None, acting_user=None)
        people = User.objects.bulk_create(
            User(email=f"assemblee-{document.pk}-{number}@exemple.fr", name=f"Personne {number}")
            for number in range(count)
        )
        Access.objects.bulk_create(Access(document=document, person=each, level=Level.WRITE) for each in people)
        tokens = [f"{document.pk}-{number}" for number in range(count)]
        ends = timezone.now() + timedelta(hours=1)
        DocumentToken.objects.bulk_create(
            DocumentToken(document=document, person=person, digest=token_digest(token), expires_at=ends)
            for person, token in zip(people, tokens, strict=True)
        )
        return cls(document.pk, tokens)

    def attendees(self, address: str) -> "list[Attendee]":
        return [
            Attendee(f"ws://{address}/ws/documents/{self.document_id}", token, FIRST_CLIENT_ID + number)
            for number, token in enumerate(self.tokens)
        ]


@lru_cache(1_024)
def _inserted(update: bytes) -> list[tuple[int, int, int]]:
    """Client, first clock, clock after the last."""
    found = updates.read(update).inserted
    return [(client, start, end) for client, ranges in found.items() for start, end in ranges]


@lru_cache(1_024)
def _signs(frame: bytes) -> list[tuple[int, int, bool, bytes]]:
    """Client, clock, whether it left, and the sign as it is written."""
    content = protocol.read_awareness(frame)
    return [
        (sign.client_id, sign.clock, sign.state == GONE, protocol.write_sign(sign))
        for sign in protocol.read_signs(content)
    ]


class Attendee(WSListener):  # type: ignore[misc]
    """One person in the meeting."""

    def __init__(self, url: str, token: str, client_id: int) -> None:
        self._url, self._token = url, token
        self.client_id = client_id
        self.clocks: dict[int, int] = {}  # of whom, how much text is here
        self.has_hole = False  # text came without what it follows
        self.here: set[int] = set()  # clients that a stock client would show
        self.heard: dict[int, int] = {}  # their last clocks: kept, as stock clients do, when the socket closes
        self.presence_frames = 0
        self.bytes_received = 0
        self.is_synced = False
        self.close_code: int | None = None
        self.errors: list[Exception] = []
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.text: Text = self.doc.get("text", type=Text)
        self.clock = 1  # of what it says of itself
        self._caret = 0
        self._transport: WSTransport | None = None

    async def connect(self) -> None:
        """Come in, as y-websocket does: say what is here, and who we are."""
        self.is_synced, self.close_code = False, None
        self.here.clear()
        headers = {"Authorization": f"Bearer {self._token}"}
        await ws_connect(
            lambda: self, self._url, extra_headers=headers, websocket_handshake_timeout=60, max_frame_size=1 << 26
        )
        vector = b"".join(wire.number(client) + wire.number(clock) for client, clock in self.clocks.items())
        self._send(protocol.step_1_frame(wire.number(len(self.clocks)) + vector))
        self._announce()

    async def leave(self) -> None:
        transport = self._transport
        if transport is not None:
            transport.disconnect(graceful=False)
            await transport.wait_disconnected()

    def write(self, text: str) -> None:
        """Type at the end of one's own text, and move one's caret, as an editor does."""
        self._change(lambda: self.text.insert(len(self.text), text))
        self._caret += len(text)
        self.clock += 1
        self._announce()

    def paste_and_undo(self, size: int) -> None:
        """Much text, of which nothing stays."""
        self._change(lambda: self.text.insert(0, "x" * size))
        self._change(self.text.clear)

    def _change(self, change: Callable[[], None]) -> None:
        before = self.doc.get_state()
        with self.doc.transaction():
            change()
        update = self.doc.get_update(before)
        self._grow(update)
        self._send(protocol.update_frame(update))

    # --- picows calls -------------------------------------------------------------------------------------------------
    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.close_code = self.close_code or 1006
        self._transport = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.close_code = int(frame.get_close_code())
            transport.disconnect()
            return
        if frame.msg_type != WSMsgType.BINARY:
            return
        try:
            self._take(frame.get_payload_as_bytes())
        except Exception as error:  # picows would only log it
            self.errors.append(error)

    # --- What comes ---------------------------------------------------------------------------------------------------
    def _take(self, frame: bytes) -> None:
        self.bytes_received += len(frame)
        if frame[0] == protocol.AWARENESS:
            self._take_presence(frame)
        elif frame[0] == protocol.SYNC and frame[1] == protocol.STEP_1:
            self._send(protocol.step_2_frame(self.doc.get_update()))
        elif frame[0] == protocol.SYNC:
            reader = wire.Reader(frame)
            reader.skip(2)
            self._grow(reader.byte_string())
            self.is_synced |= frame[1] == protocol.STEP_2

    def _grow(self, update: bytes) -> None:
        for client, start, end in _inserted(update):
            known = self.clocks.get(client, 0)
            self.has_hole |= start > known
            self.clocks[client] = max(known, end)

    def _take_presence(self, frame: bytes) -> None:
        """Keep what is news, and send it back: y-websocket does not look where news came from."""
        signs = _signs(frame)
        self.presence_frames += bool(signs)
        echo = []
        for client_id, clock, is_gone, written in signs:
            known = self.heard.get(client_id, 0)
            if client_id == self.client_id:
                if is_gone and clock >= self.clock:  # not so: count on, and say so
                    self.clock = clock + 1
                    self._announce()
            elif clock > known or (is_gone and clock == known and client_id in self.here):
                self.heard[client_id] = clock
                (self.here.discard if is_gone else self.here.add)(client_id)
                echo.append(written)
        if len(echo) == len(signs) > 0:
            self._send(frame)
        elif echo:
            self._send(protocol.awareness_frame(protocol.join_signs(echo)))

    # --- What leaves --------------------------------------------------------------------------------------------------
    def _announce(self) -> None:
        place = {"type": None, "tname": "text", "item": {"client": self.client_id, "clock": self._caret}, "assoc": 0}
        name = f"Personne {self.client_id - FIRST_CLIENT_ID}"
        state = {"user": {"name": name, "color": "#30bced"}, "cursor": {"anchor": place, "head": place}}
        written = json.dumps(state, separators=(",", ":")).encode()
        self._send(protocol.presence_frame([Sign(self.client_id, self.clock, written)]))

    def _send(self, frame: bytes) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.BINARY, frame)


class Straggler:
    """Reads slowly or not at all: a bare socket with the smallest buffer, for the network to be full soon."""

    def __init__(self, address: str, document_id: UUID, token: str) -> None:
        self._host, _, port = address.partition(":")
        self._port = int(port)
        self._request = (
            f"GET /ws/documents/{document_id} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        self._socket = socket.socket()
        self._received = bytearray()
        self.clocks: dict[int, int] = {}
        self.has_hole = False
        self.bytes_received = 0
        self.close_code: int | None = None

    async def connect(self) -> None:
        """Come in and ask for the text."""
        loop = asyncio.get_running_loop()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        await loop.sock_connect(self._socket, (self._host, self._port))
        await loop.sock_sendall(self._socket, self._request.encode())
        while b"\r\n\r\n" not in self._received:
            self._received += await loop.sock_recv(self._socket, 64)
        del self._received[: self._received.index(b"\r\n\r\n") + 4]
        ask = protocol.step_1_frame(b"\x00")
        await loop.sock_sendall(self._socket, bytes((0x82, 0x80 | len(ask), 0, 0, 0, 0)) + ask)

    async def read(self, *, bytes_per_second: int | None = None) -> None:
        """Read until the server closes, or until cancelled."""
        loop = asyncio.get_running_loop()
        size = bytes_per_second // 4 if bytes_per_second else 1 << 16
        while self.close_code is None:
            data = await loop.sock_recv(self._socket, size)
            if not data:
                self.close_code = 1006
                return
            self.bytes_received += len(data)
            self._received += data
            self._take_frames()
            if bytes_per_second:
                await pause(0.25)

    def close(self) -> None:
        self._socket.close()

    def _take_frames(self) -> None:
        """RFC 6455, section 5.2: a server does not mask, and ours does not split."""
        while len(self._received) >= 2:
            size, start = self._received[1], 2
            if size == 126:
                size, start = int.from_bytes(self._received[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(self._received[2:10], "big"), 10
            if len(self._received) < start + size:
                return
            payload = bytes(self._received[start : start + size])
            if self._received[0] == 0x88:
                self.close_code = int.from_bytes(payload[:2], "big")
            elif payload[0] == protocol.SYNC and payload[1] != protocol.STEP_1:
                reader = wire.Reader(payload)
                reader.skip(2)
                for client, first, end in _inserted(reader.byte_string()):
                    self.has_hole |= first > self.clocks.get(client, 0)
                    self.clocks[client] = max(self.clocks.get(client, 0), end)
            del self._received[: start + size]


async def connect_all(attendees: Iterable[Attendee]) -> None:
    """All at once."""
    await asyncio.gather(*(attendee.connect() for attendee in attendees))


@asynccontextmanager
async def gathered(attendees: Sequence[Attendee]) -> AsyncIterator[None]:
    """While they are in the document, and know of each other; at the end, all went well for each."""
    try:
        await connect_all(attendees)
        await until(lambda: all_are_here(attendees), "everybody sees everybody")
        yield
        assert [error for each in attendees for error in each.errors] == []
        assert {each.close_code for each in attendees} == {None}
        assert not any(each.has_hole for each in attendees)
    finally:
        await asyncio.gather(*(attendee.leave() for attendee in attendees))


def all_are_here(attendees: Sequence[Attendee]) -> bool:
    """Whether each has the text and sees all the others."""
    return all(each.is_synced and len(each.here) == len(attendees) - 1 for each in attendees)


def all_have(attendees: Iterable[Attendee], written: dict[int, int]) -> bool:
    return all(each.clocks == written for each in attendees)


async def type_at(attendees: Iterable[Attendee], keys: int, keys_per_second: float) -> None:
    """Each types so many keys, at that pace, not all at the same instant."""

    async def type_on(attendee: Attendee, delay: float) -> None:
        await pause(delay)
        for _ in range(keys):
            attendee.write("x")
            await pause(1 / keys_per_second)

    writers = list(attendees)
    shares = (index / len(writers) / keys_per_second for index in range(len(writers)))
    await asyncio.gather(*(type_on(writer, share) for writer, share in zip(writers, shares, strict=True)))


def resident_bytes(pid: int) -> int:
    """What a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def cpu_seconds(pid: int) -> float:
    """What a process has spent of the processor, in its own code and in the system for it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
