"""Rounds of hostile frames against a real engine over a real database: one document a round, and what came of it.

`offer` is the only place that knows how a frame reaches a room.
"""

import asyncio
import gc
import logging
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from concerte.documents import protocol, updates
from concerte.documents.connection import Connection
from concerte.documents.credentials import Entry
from concerte.documents.engine import Engine
from concerte.documents.errors import FrameRefused, SocketRefused
from concerte.documents.models import Level, LoggedUpdate
from concerte.documents.room import Room
from concerte.documents.state import Copy, Whole, read_stored
from tests.documents.altering import altered
from tests.documents.conftest import in_database
from tests.documents.factories import Situation, make_situation
from tests.documents.reading_again import Left
from tests.documents.seeds import kept_frames
from tests.servers import PATIENCE

FRAMES_PER_ROUND = 2_500
_TURN = 40  # frames given in one turn of the loop, as from many sockets at once
_LONG = 400  # bytes; of longer frames only a few are taken

# What a hostile frame may be refused for. All else is a fault of ours.
REFUSALS = {"malformed", "too-big", "read-only", "foreign-client", "document-full"}


class Line:
    """Keeps the updates it is sent, and counts why it was closed."""

    def __init__(self, outcomes: Counter[str]) -> None:
        self.updates: list[bytes] = []
        self._outcomes = outcomes
        self.send: Callable[[bytes], None] = self._keep

    def _keep(self, frame: bytes) -> None:
        if frame[:1] == b"\x00" and frame[1] != protocol.STEP_1:
            message = protocol.read(frame)
            assert isinstance(message, protocol.TakeUpdate)
            self.updates.append(message.update)

    def waiting_bytes(self) -> int:
        return 0

    def ping(self) -> None: ...

    def close(self, refusal: SocketRefused) -> None:
        assert refusal.code in REFUSALS, refusal.code
        assert 4400 <= refusal.close_code < 4500, refusal.code
        assert 0 < len(refusal.message.encode()) <= 123, refusal.message
        self._outcomes[refusal.code] += 1

    def abort(self) -> None: ...


@dataclass
class Seat:
    """One person's place in a document: when their connection is closed, they come back at once."""

    engine: Engine
    document_id: UUID
    entry: Entry
    outcomes: Counter[str]
    room: Room | None = None
    connection: Connection | None = None

    async def sit(self) -> Line:
        line = Line(self.outcomes)
        self.room, self.connection = await self.engine.join(
            self.document_id, self.entry, line, wants_saved_frames=False
        )
        return line

    def rise(self) -> None:
        if self.room is not None and self.connection is not None:
            self.connection.lost()
            self.engine.leave(self.room, self.connection)
            self.connection = None


async def offer(seat: Seat, frame: bytes) -> bool:
    """Give a frame to the room as the endpoint does; whoever was closed comes back. Whether it was not refused."""
    if seat.connection is None or seat.connection.refusal is not None:
        seat.rise()
        await seat.sit()
    assert seat.room is not None
    assert seat.connection is not None
    try:
        work = seat.room.take(seat.connection, frame)
        if work is not None:
            await work
    except FrameRefused as refusal:
        seat.connection.close(refusal)
        seat.rise()
        return False
    return True


class Complaints(logging.Handler):
    """What the engine logged as an error: a hostile frame must not get so far."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.lines.append(f"{record.getMessage()} ({error!r})")

    def heard(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.lines.append(f"{context.get('message')} ({context.get('exception')!r})")


@dataclass
class Round:
    """What one round did: outcomes counted, the lines it left in the log, what a reader who stayed was sent."""

    outcomes: Counter[str]
    left: Left


def without_pairs(frame: bytes) -> bytes:
    """A frame whose letters all count for one unit of UTF-16: half of a pair, once deleted, is known to go wrong."""
    return re.sub(rb"\xf0[\x90-\xbf][\x80-\xbf]{2}", "éé".encode(), frame)


class Attack:
    """Rounds of one seed."""

    def __init__(self, engine: Engine, seed: str, change: Callable[[bytes], bytes] = bytes) -> None:
        """change: done to each frame of the seeds first."""
        self.engine = engine
        self.draw = random.Random(seed)  # noqa: S311 - can be replayed
        self.frame = b""  # the last one given, for the message of a failure
        self.kept = [(kind, change(frame)) for kind, frame in kept_frames()]
        frames = [frame for _, frame in self.kept]
        self.long = [frame for frame in frames if len(frame) > _LONG]
        self.short = [[each for each in frames if owner_of(each) == owner and len(each) <= _LONG] for owner in (0, 1)]

    def honest_frames(self) -> list[tuple[int, bytes]]:
        """Where a document begins: some of what was really typed in one, in order, and who sent it."""
        last = {kind: self.draw.randrange(250) for kind in ("editor", "library", "pycrdt")}
        count: Counter[str] = Counter()
        frames = []
        for kind, frame in self.kept:
            count[kind] += 1
            if count[kind] <= last.get(kind, 0):
                frames.append((owner_of(frame), frame))
        return frames

    def next_frame(self, owner: int) -> bytes:
        """A hostile one, of one who owns some of the clients."""
        draw = self.draw
        frames = self.short[owner if draw.random() < 0.9 else 1 - owner]
        match draw.randrange(40):
            case 0:
                return draw.randbytes(draw.randrange(60))
            case 1:
                return bytes((0, draw.randrange(3))) + draw.randbytes(draw.randrange(40))
            case 2:
                return draw.choice(frames)
            case 3:
                return altered(draw.choice(self.long), draw, frames)
            case kind if kind < 16:
                return altered(draw.choice(frames), draw, frames)
        return altered_inside(draw.choice(frames), draw, frames)

    async def round(self) -> Round:
        """One document, attacked by two who may write in it and one who may only read."""
        situation = await in_database(make_situation)
        document_id = situation.document.pk
        outcomes: Counter[str] = Counter()
        writers, reader, listener = seats(self.engine, situation, outcomes)
        allowed: set[bytes] = set()
        heard = (await listener.sit()).updates
        for owner, frame in self.honest_frames():
            assert await offer(writers[owner], frame)
            allowed |= update_of(frame)
        await settled(self.engine)
        assert not outcomes, "an honest frame was refused"
        for start in range(0, FRAMES_PER_ROUND, _TURN):
            for _ in range(start, min(start + _TURN, FRAMES_PER_ROUND)):
                owner = self.draw.randrange(2)
                self.frame = self.next_frame(owner)
                seat = reader if self.draw.random() < 0.1 else writers[owner]
                if await offer(seat, self.frame):
                    outcomes["taken"] += 1
                    if seat is not reader:
                        allowed |= update_of(self.frame)
            await settled(self.engine)
        lines = await in_database(lines_of, document_id)
        foreign = [line for line in lines if line not in allowed and not is_part_of_one(line, allowed)]
        assert not foreign, f"the log holds what nobody was allowed to write: {foreign[0].hex()}"
        for seat in (*writers, reader, listener):
            seat.rise()
        self.engine.rooms.pop(document_id, None)
        return Round(outcomes, await left_in(document_id, lines, heard))


def owner_of(frame: bytes) -> int:
    """Which of the two writers a frame of the seeds comes from."""
    clients = [client for content in update_of(frame) for client in updates.read(content).inserted]
    return int(bool(clients) and clients[0] not in (77, 1_234_567_891))


def altered_inside(frame: bytes, draw: random.Random, frames: Sequence[bytes]) -> bytes:
    """A frame whose update was altered, but whose length says the truth: it gets further."""
    try:
        message = protocol.read(frame)
    except FrameRefused:
        return altered(frame, draw, frames)
    if not isinstance(message, protocol.TakeUpdate):
        return altered(frame, draw, frames)
    return protocol.update_frame(altered(message.update, draw, frames))


def update_of(frame: bytes) -> set[bytes]:
    try:
        message = protocol.read(frame)
    except FrameRefused:
        return set()
    return {message.update} if isinstance(message, protocol.TakeUpdate) else set()


def is_part_of_one(line: bytes, allowed: set[bytes]) -> bool:
    """Whether it is what was left of an update after what others had written before was taken out."""
    kept = updates.read(line).inserted.keys()
    wholes = (updates.read(content) for content in allowed)
    return any(
        each.without(each.inserted.keys() - kept).content == line for each in wholes if each.inserted.keys() > kept
    )


def seats(engine: Engine, situation: Situation, outcomes: Counter[str]) -> tuple[list[Seat], Seat, Seat]:
    """Two who write, one who reads, and one who reads and only listens."""
    document_id = situation.document.pk
    writers = [
        Seat(engine, document_id, Entry(person.pk, Level.WRITE), outcomes)
        for person in (situation.anne, situation.bruno)
    ]
    reader, listener = (Seat(engine, document_id, Entry(situation.reader.pk, Level.READ), outcomes) for _ in range(2))
    return writers, reader, listener


async def settled(engine: Engine) -> None:
    """Wait until what was taken is committed and shown."""
    async with asyncio.timeout(PATIENCE):
        while engine._flusher.is_busy:
            await asyncio.sleep(0.001)


def lines_of(document_id: UUID) -> list[bytes]:
    rows = LoggedUpdate.objects.filter(document_id=document_id).order_by("pk")
    return [bytes(each) for each in rows.values_list("update_bytes", flat=True)]


async def replay(engine: Engine, lines: Sequence[bytes]) -> Left:
    """The same lines in a document of their own, sent by one person; what a listener and a newcomer make of them."""
    situation = await in_database(make_situation)
    outcomes: Counter[str] = Counter()
    (writer, _), _, listener = seats(engine, situation, outcomes)
    heard = (await listener.sit()).updates
    for start in range(0, len(lines), _TURN):
        for line in lines[start : start + _TURN]:
            assert await offer(writer, protocol.update_frame(line))
        await settled(engine)
    writer.rise()
    listener.rise()
    engine.rooms.pop(situation.document.pk, None)
    return await left_in(situation.document.pk, lines, heard)


async def left_in(document_id: UUID, lines: Sequence[bytes], heard: Sequence[bytes]) -> Left:
    served = await in_database(served_to_a_newcomer, document_id)
    return Left(lines, heard, served, await in_database(folded, document_id))


def one_after_the_other(lines: Sequence[bytes]) -> list[bytes]:
    """Those lines that go on where their clients had stopped, and delete only what is there.

    Of two texts under the same clock, clients keep the one they meet first; text after a gap is laid out by one library
    and left waiting by the other. That concerns who forges their own ids only, and no text of others."""
    clocks: dict[int, int] = {}
    kept = []
    for line in lines:
        update = updates.read(line)
        if all(
            len(ranges) == 1 and ranges[0][0] == clocks.get(client, 0) for client, ranges in update.inserted.items()
        ):
            after = clocks | {client: ranges[0][1] for client, ranges in update.inserted.items()}
            if all(ranges[-1][1] <= after.get(client, 0) for client, ranges in update.deleted.items()):
                kept.append(line)
                clocks = after
    return kept


def served_to_a_newcomer(document_id: UUID) -> list[bytes]:
    """What a room sends to who has nothing."""
    whole = Whole.of(read_stored(document_id))
    return [whole.difference(), *(row.update for row in whole.waiting_rows())]


def folded(document_id: UUID) -> list[bytes]:
    """What a snapshot made now would hold, and the lines it would leave beside."""
    copy = Copy.of(read_stored(document_id))
    return [copy.difference(), *(row.update for row in copy.waiting_rows())]


def memory() -> tuple[int, int]:
    """What this process holds: blocks of Python, and bytes in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return sys.getallocatedblocks(), pages * 4096
