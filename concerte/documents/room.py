"""One open document: takes frames in, hands them to the log, and then — only then — shows them.

A room lives on the event loop and nothing else touches it. It keeps no document in memory: the log has it. One is
built when somebody arrives or comes back, and let go a few seconds after the last who needed it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from concerte.documents import limits, metrics, protocol, updates
from concerte.documents.connection import Connection
from concerte.documents.errors import EntryRefused, FrameRefused, SocketRefused
from concerte.documents.fanout import News
from concerte.documents.flushing import Settled, Submission
from concerte.documents.folding import fold, folded_size, is_due
from concerte.documents.library import LibraryFailed, join
from concerte.documents.log import Committed
from concerte.documents.models import Level
from concerte.documents.presence_relay import PresenceRelay
from concerte.documents.rechecking import Shown
from concerte.documents.state import NOTHING, Row, Stored, Whole, read_rows_after, read_stored
from concerte.documents.updates import Update

logger = logging.getLogger(__name__)

T = TypeVar("T")
_AWARENESS = bytes((protocol.AWARENESS,))


class House(Protocol):
    """What a room needs around it; the engine."""

    def submit(self, submission: Submission) -> None:
        """Have an update committed; `settle` is called in the end, or `forget`."""

    def drop(self, connection: Connection) -> None:
        """Forget what this connection submitted and nobody began to commit."""

    @property
    def is_overdue(self) -> bool:
        """Whether the database does not answer: nothing more is gathered for it."""

    def run(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        """Run in a thread that may read the database. Raises OperationalError when that takes too long."""

    def run_long(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        """Run in such a thread what nobody waits for."""

    def publish(self, news: News) -> None: ...

    def publish_rows(self, document_id: UUID, shown: "Sequence[tuple[Connection | None, Row]]") -> None:
        """Tell the other processes of lines that were committed and shown here."""

    def spawn(self, work: Awaitable[None]) -> None:
        """Run beside; a failure is logged."""

    def now(self) -> float: ...


class Audience(NamedTuple):
    """Who is in a room: how those who receive are written to, and those whose network is full."""

    writes: Sequence[Callable[[bytes], None]]
    behind: Sequence[Connection]


class Room:
    """The connections of one document, and what passes between them."""

    def __init__(self, document_id: UUID, house: House, stored: Stored, whole: Whole) -> None:
        self.document_id = document_id
        self.connections: set[Connection] = set()
        self._audience: Audience | None = None  # of `connections`, as they are now; None: to be made again
        self.horizon = whole.last_id  # every line of the log up to this one was shown here, or was in what was read
        self.shown: set[int] = set()  # lines beyond the horizon that were shown
        self.empty_since = house.now()
        self.presence = PresenceRelay(house, document_id, self.connections)
        self._house = house
        self._size = whole.size  # bytes: the state and the lines since
        self._last_shown = whole.last_id
        self._unsaved_count = 0  # submissions on their way to the log
        self._unsaved_bytes = 0
        self._whole: Whole | None = whole
        self._whole_lock = asyncio.Lock()
        self._whole_used_at = house.now()
        self._last_answer: tuple[bytes, int, list[bytes]] | None = None  # state vector, last line, frames
        self._unfolded = (
            len(stored.tail),
            sum(len(row.update) for row in stored.tail),
        )  # lines and bytes, since the last snapshot
        self._is_folding = False
        self._written_at = house.now()

    # --- Opening, people --------------------------------------------------------------------------------------------
    @classmethod
    async def open(cls, document_id: UUID, house: House) -> "Room":
        """Read a document and open its room."""
        stored = await house.run(read_stored, document_id)
        room = cls(document_id, house, stored, await house.run(Whole.of, stored))
        room.fold_if_due(house.now())
        house.publish(News("presence-wanted", document_id))
        return room

    @property
    def is_idle(self) -> bool:
        """Nobody is here and nothing waits to be saved."""
        return not (self.connections or self._unsaved_count or self._is_folding)

    def join(self, connection: Connection) -> None:
        """Raises EntryRefused("too-many-people")."""
        if len(self.connections) >= limits.PEOPLE_PER_ROOM:
            people = {other.person_id for other in self.connections}
            if connection.person_id not in people and len(people) >= limits.PEOPLE_PER_ROOM:
                raise EntryRefused("too-many-people")
        self.connections.add(connection)
        connection.audience_changed = self._forget_audience
        self._forget_audience()

    async def greet(self, connection: Connection) -> None:
        """Tell a newcomer who is here; ask one who may write what we lack. Readers are not greeted as writers."""
        if connection.may_write:
            async with self._whole_lock:
                whole = await self._current_whole()
                connection.send(protocol.step_1_frame(whole.state_vector()))
        self.presence.arrive(connection)

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self._forget_audience()
        self.presence.leave(connection)
        if not self.connections:
            self.empty_since = self._house.now()

    # --- Frames -----------------------------------------------------------------------------------------------------
    def take(self, connection: Connection, frame: bytes) -> Awaitable[None] | None:
        """Take one frame. What it returns, if anything, is awaited before the next frame of the same connection.

        Raises FrameRefused; nothing of the frame was then taken."""
        typed = protocol.read_typing(frame)
        if typed is not None:
            return self._take_update(connection, typed, is_answer=frame[1] == protocol.STEP_2)
        if frame[:1] == _AWARENESS:
            return self.presence.take(connection, frame)
        match protocol.read(frame):
            case protocol.TakeUpdate(update, is_answer) if len(update) > limits.LARGE_STATE_BYTES:
                return self._take_large_update(connection, update, is_answer=is_answer)
            case protocol.TakeUpdate(update, is_answer):
                return self._take_update(connection, updates.read(update), is_answer=is_answer)
            case protocol.AskState(state_vector):
                return self._answer(connection, state_vector)
            case protocol.AskPresence():
                self.presence.arrive(connection)
            case protocol.Presence():
                raise FrameRefused("malformed")  # its kind is written in more bytes than lib0 would
        return None

    async def _take_large_update(self, connection: Connection, content: bytes, *, is_answer: bool) -> None:
        update = await self._house.run(updates.read, content)
        relief = self._take_update(connection, update, is_answer=is_answer)
        if relief is not None:
            await relief

    def _take_update(self, connection: Connection, update: Update, *, is_answer: bool) -> Awaitable[None] | None:
        if connection.level != Level.WRITE:
            if update.is_empty:
                return None  # a stock client that answers a greeting has nothing to say either
            raise FrameRefused("read-only")
        size = len(update.content)
        if self._size + self._unsaved_bytes + size > limits.DOCUMENT_BYTES:
            raise FrameRefused("document-full")
        if self._house.is_overdue:
            raise FrameRefused("not-saved")
        connection.unsaved_bytes += size
        self._unsaved_bytes += size
        self._unsaved_count += 1
        self._house.submit(Submission(self, connection, update, is_answer=is_answer))
        return connection.wait_for_relief() if connection.unsaved_bytes > limits.UNSAVED_BYTES_PER_CONNECTION else None

    # --- What somebody lacks ------------------------------------------------------------------------------------------
    async def _answer(self, connection: Connection, state_vector: bytes) -> None:
        """Send what somebody lacks: the difference, and the lines that no state holds."""
        async with self._whole_lock:
            whole = await self._current_whole()
            known = self._last_answer
            if known is None or known[:2] != (state_vector, whole.last_id):
                # After a restart hundreds come back with the same state: it is computed once.
                known = self._last_answer = (state_vector, whole.last_id, await self._frames_of(whole, state_vector))
        await connection.wait_until_receiving()  # who asks and does not read would fill our memory
        connection.hand(known[2])

    async def _frames_of(self, whole: Whole, state_vector: bytes) -> list[bytes]:
        try:
            if whole.size > limits.LARGE_STATE_BYTES:
                contents = await self._house.run(whole.answer, state_vector)
            else:
                contents = whole.answer(state_vector)
        except LibraryFailed as error:
            raise FrameRefused("malformed") from error
        return [protocol.step_2_frame(contents[0]), *map(protocol.update_frame, contents[1:])]

    async def _current_whole(self) -> Whole:
        """The document with all that was shown. The lock is held."""
        if self._whole is None:
            self._whole = await self._house.run(_read_whole, self.document_id)
            self._size = self._whole.size
        elif self._whole.last_id < self._last_shown:
            await self._house.run(_catch_up, self.document_id, self._whole)
        self._whole_used_at = self._house.now()
        return self._whole

    async def catch_up(self, connection: Connection) -> None:
        """Tell a receiver that was behind what it may have missed, now that its network is free again."""
        first_missed = connection.caught_up()
        metrics.caught_up()
        if connection.wants_saved_frames:  # what was saved meanwhile: it was not told
            connection.send(protocol.saved_frame(connection.saved_count))
        if first_missed is None:
            return
        rows = await self._house.run(read_rows_after, self.document_id, first_missed - 1)
        if sum(len(row.update) for row in rows) > max(limits.CATCH_UP_BYTES, self._size):
            await self._answer(connection, NOTHING)
        else:
            for start in range(0, len(rows), limits.MERGED_UPDATES):
                chunk = rows[start : start + limits.MERGED_UPDATES]
                if not connection.is_receiving:  # behind again: it goes on from here
                    connection.miss(chunk[0].id)
                    return
                connection.hand(_frames([row.update for row in chunk]))

    def rest(self, before: float) -> int:
        """Let go of the document if nobody needed it since; the bytes that are free now, about."""
        if self._whole is None or self._whole_used_at >= before or self._whole_lock.locked():
            return 0
        size = self._whole.size + sum(map(len, self._last_answer[2] if self._last_answer else ()))
        self._whole = self._last_answer = None
        return size

    # --- Showing ----------------------------------------------------------------------------------------------------
    def settle(self, settled: Sequence[Settled], now: float) -> int:
        """What was committed is shown now; what was not closes its connection, and is shown to nobody.

        The number of frames written."""
        shown: list[tuple[Connection | None, Row]] = []
        savers: dict[Connection, None] = {}
        for submission, outcome in settled:
            connection = submission.connection
            self.forget(submission)
            if isinstance(outcome, Committed):
                row = outcome[0]
                self.shown.add(row[0])
                if row[1] != updates.EMPTY:
                    shown.append((connection, row))
            elif outcome is not None:
                connection.close(outcome if isinstance(outcome, SocketRefused) else SocketRefused("not-saved"))
                self._house.drop(connection)
                continue
            connection.saved_count += 1
            if connection.wants_saved_frames:
                savers[connection] = None
        frames = 0
        if shown:
            frames = self._show(shown, now)
            self._house.publish_rows(self.document_id, shown)
        for connection in savers:
            connection.send(protocol.saved_frame(connection.saved_count))
        return frames + len(savers)

    def forget(self, submission: Submission) -> None:
        """A submission is no longer on its way."""
        size = len(submission.update.content)
        self._unsaved_count -= 1
        self._unsaved_bytes -= size
        submission.connection.saved(size)  # who waited for it goes on

    def hear_rows(self, rows: Iterable[Row]) -> None:
        """Lines committed elsewhere: another process, a service, a command."""
        unseen = [(None, row) for row in rows if row.id > self.horizon and row.id not in self.shown]
        self.shown.update(row.id for _, row in unseen)
        if unseen:
            self._show(unseen, self._house.now())

    def what_was_shown(self) -> Shown:
        return Shown(self.horizon, max(self.horizon, self._last_shown), len(self.shown))

    def reach(self, last_id: int) -> None:
        """The log was read up to this line, and all of it was shown."""
        self.horizon = max(self.horizon, last_id)
        self.shown = {row_id for row_id in self.shown if row_id > self.horizon}

    def _show(self, lines: "Sequence[tuple[Connection | None, Row]]", now: float) -> int:
        """Send committed lines to everyone; to who wrote them only when others wrote beside, in the same frame."""
        source, (first_id, content) = lines[0]
        if len(lines) == 1:
            size, last_id, frames = len(content), first_id, [protocol.update_frame(content)]
        else:
            rows = [row for _, row in lines]
            size, last_id, frames = sum([len(row[1]) for row in rows]), max(rows)[0], _frames([row[1] for row in rows])
            first_id = min(rows)[0]
            if any(connection is not source for connection, _ in lines):
                source = None
        self._last_shown = max(self._last_shown, last_id)
        self._size += size
        unfolded_count, unfolded_size = self._unfolded
        self._unfolded = (unfolded_count + len(lines), unfolded_size + size)
        receivers = self._write_to_all(frames, source)
        for behind in self._present().behind:
            behind.miss(first_id)
        self._written_at = now
        if unfolded_count >= limits.FOLD_ROWS or unfolded_size > limits.FOLD_BYTES:
            self.fold_if_due(now)
        return receivers * len(frames)

    def _write_to_all(self, frames: Sequence[bytes], source: Connection | None) -> int:
        """Everyone who receives, but the source; how many. One loop over one list: in a room of hundreds, what is
        looked up for each receiver is not in the caches of the processor, and costs more than the call."""
        writes = self._present().writes
        source_write = source.write if source is not None and source.is_receiving else None
        for frame in frames:
            for write in writes:
                if write is not source_write:
                    write(frame)
        return len(writes) - (source_write is not None)

    def _present(self) -> "Audience":
        if self._audience is None:
            self._audience = Audience(
                [each.write for each in self.connections if each.is_receiving],
                [each for each in self.connections if each.behind_since is not None],
            )
        return self._audience

    def _forget_audience(self) -> None:
        self._audience = None

    # --- Keeping the log short --------------------------------------------------------------------------------------
    def fold_if_due(self, now: float) -> None:
        """While people write, rarely; once they rest, nearly always: who comes next opens a state and no log."""
        is_quiet = now - self._written_at > limits.FOLD_QUIET_SECONDS
        count, size = self._unfolded
        if not self._is_folding and is_due(count, size, self._size - size, is_quiet=is_quiet):
            self._is_folding = True
            self._unfolded = (0, 0)
            self._house.spawn(self._fold())

    async def _fold(self) -> None:
        started = self._house.now()
        try:
            await self._house.run_long(fold, self.document_id)
            metrics.folded(self._house.now() - started)
            self._size = await self._house.run(folded_size, self.document_id) + self._unfolded[1]
            if not self._whole_lock.locked():
                self._whole = self._last_answer = None  # the next to ask reads the shorter one
        finally:
            self._is_folding = False


def _read_whole(document_id: UUID) -> Whole:
    return Whole.of(read_stored(document_id))


def _catch_up(document_id: UUID, whole: Whole) -> None:
    """Add the lines committed since."""
    whole.apply(read_rows_after(document_id, whole.last_id))


def _frames(contents: Sequence[bytes]) -> list[bytes]:
    """As few frames as joining at most so many updates makes; stock clients read one message per frame."""
    if len(contents) == 1:
        return [protocol.update_frame(contents[0])]
    step = limits.MERGED_UPDATES
    try:
        joined = [join(contents[start : start + step]) for start in range(0, len(contents), step)]
    except LibraryFailed:
        joined = list(contents)
    return [protocol.update_frame(each) for each in joined]
