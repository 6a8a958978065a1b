"""One open socket, seen from its room: what it may, what it sends too fast, what waits for it."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from concerte.documents import limits
from concerte.documents.credentials import Entry
from concerte.documents.errors import SocketRefused
from concerte.documents.models import Level


@dataclass(slots=True)
class Allowance:
    """How much one person may still send, over all their connections: refilled with time, up to a burst."""

    frames: float = limits.FRAMES_BURST
    size: float = limits.BYTES_BURST
    refilled_at: float = 0.0
    connections: int = 0

    def is_full(self, now: float) -> bool:
        """Whether forgetting it gives nothing away."""
        elapsed = now - self.refilled_at
        return (
            self.frames + elapsed * limits.FRAMES_PER_SECOND >= limits.FRAMES_BURST
            and self.size + elapsed * limits.BYTES_PER_SECOND >= limits.BYTES_BURST
        )

    def spend(self, size: int, now: float) -> bool:
        """Take one frame of so many bytes. Whether it was within the allowance."""
        elapsed = now - self.refilled_at
        self.refilled_at = now
        self.frames = min(limits.FRAMES_BURST, self.frames + elapsed * limits.FRAMES_PER_SECOND) - 1
        self.size = min(limits.BYTES_BURST, self.size + elapsed * limits.BYTES_PER_SECOND) - size
        return self.frames >= 0 and self.size >= 0


@dataclass(slots=True, eq=False)
class Connection:
    """One socket. Frames are put in its queue by the room and taken out by the endpoint."""

    entry: Entry
    allowance: Allowance
    wants_saved_frames: bool = False
    level: int = Level.READ
    saved_count: int = 0  # document frames of this connection that are committed
    unsaved_bytes: int = 0
    last_sent_at: float = 0.0
    refusal: SocketRefused | None = None  # why it closes
    _frames: deque[bytes] = field(default_factory=deque)
    _queued_bytes: int = 0
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _relief: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def person_id(self) -> int:
        return self.entry.person_id

    @property
    def may_write(self) -> bool:
        return self.level == Level.WRITE

    @property
    def is_open(self) -> bool:
        return self.refusal is None

    def send(self, frame: bytes) -> None:
        """Queue a frame. A receiver that does not keep up is closed rather than fed without end."""
        if self.refusal is not None:
            return
        self._frames.append(frame)
        self._queued_bytes += len(frame)
        # What one newcomer is owed may be large by itself: only what piles up behind it counts.
        if self._queued_bytes - len(self._frames[0]) > limits.QUEUE_BYTES:
            self.close(SocketRefused("too-slow"))
        self._wake.set()

    def close(self, refusal: SocketRefused) -> None:
        """Close with a reason; the first one stays. What still waits to be sent is dropped."""
        if self.refusal is None:
            self.refusal = refusal
            self._frames.clear()
            self._wake.set()
            self._relief.set()

    async def next_frames(self) -> list[bytes]:
        """What to send now; waits until there is something, or until the connection closes (then nothing)."""
        while not self._frames and self.refusal is None:
            self._wake.clear()
            await self._wake.wait()
        frames = list(self._frames)
        self._frames.clear()
        return frames

    def sent(self, frame: bytes, now: float) -> None:
        self._queued_bytes -= len(frame)
        self.last_sent_at = now

    def wrote(self, size: int) -> None:
        self.unsaved_bytes += size

    def saved(self, size: int) -> None:
        self.unsaved_bytes -= size
        self._relief.set()

    async def wait_for_relief(self) -> None:
        """Until little enough of what was sent waits to be saved: reading on would only fill the memory."""
        while self.unsaved_bytes > limits.UNSAVED_BYTES_PER_CONNECTION and self.refusal is None:
            self._relief.clear()
            await self._relief.wait()
