"""One open socket, seen from its room: what it may, what it sends too fast, whether it keeps up."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from concerte.documents import limits
from concerte.documents.credentials import Entry
from concerte.documents.errors import SocketRefused
from concerte.documents.models import Level


class Line(Protocol):
    """What carries the frames of one connection: the socket."""

    send: Callable[[bytes], None]  # hands a frame to the network; never waits. When it is full, `fell_behind` is called

    def waiting_bytes(self) -> int:
        """What the network has not taken yet."""

    def ping(self) -> None: ...

    def close(self, refusal: SocketRefused) -> None:
        """Say why, then end."""

    def abort(self) -> None:
        """End at once: nobody answers."""


@dataclass(slots=True)
class Allowance:
    """How much one person may still send, over all their connections: refilled with time, up to a burst."""

    frames: float = field(default_factory=lambda: limits.FRAMES_BURST)
    size: float = field(default_factory=lambda: limits.BYTES_BURST)
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
        frames = self.frames + elapsed * limits.FRAMES_PER_SECOND - 1
        sizes = self.size + elapsed * limits.BYTES_PER_SECOND - size
        self.frames = frames if frames < limits.FRAMES_BURST else limits.FRAMES_BURST - 1
        self.size = sizes if sizes < limits.BYTES_BURST else limits.BYTES_BURST - size
        return frames >= 0 and sizes >= 0


def _nobody() -> None:
    """Who is in no room yet has nobody to tell."""


class Connection:
    """One socket of one person. A receiver that does not keep up is not queued for: it misses what is said meanwhile,
    and is told the difference when its network is free again."""

    __slots__ = (
        "_change",
        "_first_missed",
        "_line",
        "allowance",
        "audience_changed",
        "behind_since",
        "entry",
        "heard_at",
        "is_receiving",
        "last_sent_at",
        "level",
        "refusal",
        "saved_count",
        "unsaved_bytes",
        "wants_saved_frames",
        "write",
    )

    def __init__(self, entry: Entry, allowance: Allowance, line: Line, *, wants_saved_frames: bool, now: float) -> None:
        self.entry = entry
        self.allowance = allowance
        self.wants_saved_frames = wants_saved_frames
        self.level: int = entry.level
        self.saved_count = 0  # document frames of this connection that are committed
        self.unsaved_bytes = 0
        self.last_sent_at = now  # by itself: what the whole room was shown is not noted for each
        self.audience_changed: Callable[[], None] = _nobody  # told whenever `is_receiving` is not what it was
        self.heard_at = now
        self.refusal: SocketRefused | None = None  # why it closes
        self.is_receiving = True  # open, and its network takes what we send
        self.behind_since: float | None = None
        self._first_missed: int | None = None
        self._line = line
        self.write = line.send  # for who has looked at `is_receiving`: called for each receiver of each frame
        self._change: asyncio.Event | None = None  # at most one task waits: its frames come one by one

    @property
    def person_id(self) -> int:
        return self.entry.person_id

    @property
    def may_write(self) -> bool:
        return self.level == Level.WRITE

    @property
    def is_open(self) -> bool:
        return self.refusal is None

    # --- Sending ------------------------------------------------------------------------------------------------------
    def send(self, frame: bytes) -> None:
        """Send a frame, unless the receiver is behind: it will be told the difference."""
        if self.is_receiving:
            self.write(frame)

    def hand(self, frames: Iterable[bytes]) -> None:
        """Send what is owed as a whole, even if the receiver falls behind in the middle of it."""
        if self.refusal is None:
            for frame in frames:
                self.write(frame)

    @property
    def is_clear(self) -> bool:
        """Whether the receiver has taken nearly all it was sent: it may be sent what can also be said later."""
        return self.is_receiving and self._line.waiting_bytes() <= limits.CLEAR_BYTES

    def send_if_clear(self, frame: bytes) -> bool:
        """Send what can also be said later, unless much waits already. Whether it was sent."""
        if not self.is_clear:
            return False
        self.write(frame)
        return True

    def waiting_bytes(self) -> int:
        """What its network has not taken yet."""
        return self._line.waiting_bytes()

    def ping(self) -> None:
        """Ask for a sign of life. The network may be full: it is asked all the same."""
        self._line.ping()

    def fell_behind(self, now: float) -> None:
        """The network is full; what it was handed so far will arrive."""
        if self.is_receiving:
            self.is_receiving = False
            self.behind_since = now
            self.audience_changed()

    def miss(self, line_id: int) -> None:
        """It is not sent this line of the log, and perhaps not those after."""
        self._first_missed = line_id if self._first_missed is None else min(line_id, self._first_missed)

    def caught_up(self) -> int | None:
        """The network is free again; the first line it was not sent, if any."""
        if self.refusal is not None or self.behind_since is None:
            return None
        self.is_receiving = True
        self.behind_since = None
        self.audience_changed()
        self._changed()
        first_missed, self._first_missed = self._first_missed, None
        return first_missed

    def close(self, refusal: SocketRefused) -> None:
        """Close with a reason; the first one stays."""
        if self.refusal is None:
            self.refusal = refusal
            self.is_receiving = False
            self.audience_changed()
            self._changed()
            self._line.close(refusal)

    def abort(self) -> None:
        self._line.abort()

    def lost(self) -> None:
        """The socket is gone: nothing is sent to it any more, nobody is told why."""
        if self.refusal is None:
            self.refusal = SocketRefused("gone")
        self.is_receiving = False
        self.audience_changed()
        self._changed()

    async def wait_until_receiving(self) -> None:
        """Until the network takes what we send, or the connection closes."""
        while not self.is_receiving and self.refusal is None:
            await self._wait_for_change()

    # --- What it wrote and is not saved -------------------------------------------------------------------------------
    def saved(self, size: int) -> None:
        """So many bytes of what it wrote no longer wait."""
        self.unsaved_bytes -= size
        if self._change is not None:
            self._change.set()

    async def wait_for_relief(self) -> None:
        """Until little enough of what was sent waits to be saved: reading on would only fill the memory."""
        while self.unsaved_bytes > limits.UNSAVED_BYTES_PER_CONNECTION and self.refusal is None:
            await self._wait_for_change()

    async def _wait_for_change(self) -> None:
        self._change = asyncio.Event()
        await self._change.wait()
        self._change = None

    def _changed(self) -> None:
        if self._change is not None:
            self._change.set()
