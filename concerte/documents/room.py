"""One open document: takes frames in, hands them to the log, and then — only then — shows them.

A room lives on the event loop and nothing else touches it. It keeps no document in memory: the log has it. One is
built when somebody arrives or comes back, and let go a few seconds after the last who needed it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from concerte.documents import limits, metrics, protocol, updates
from concerte.documents.connection import Connection
from concerte.documents.errors import EntryRefused, FrameRefused, SocketRefused
from concerte.documents.fanout import News
from concerte.documents.flushing import Submission
from concerte.documents.library import LibraryFailed, join
from concerte.documents.log import Committed, Outcome, fold
from concerte.documents.models import ClientOwner, Level
from concerte.documents.presence import PresenceBook
from concerte.documents.protocol import Sign
from concerte.documents.rechecking import Shown
from concerte.documents.state import Copy, Row, RowFailed, Stored, read_rows_after, read_stored
from concerte.documents.updates import Update

logger = logging.getLogger(__name__)

T = TypeVar("T")


class House(Protocol):
    """What a room needs around it; the engine."""

    def submit(self, submission: Submission) -> None:
        """Have an update committed; `settle` is called in the end, or `forget`."""

    def drop(self, connection: Connection) -> None:
        """Forget what this connection submitted and nobody began to commit."""

    def run(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        """Run in a thread that may read the database."""

    def publish(self, news: News) -> None: ...

    def publish_rows(self, document_id: UUID, shown: "Sequence[tuple[Connection | None, Row]]") -> None:
        """Tell the other processes of lines that were committed and shown here."""

    def spawn(self, work: Awaitable[None]) -> None:
        """Run beside; a failure is logged."""

    def now(self) -> float: ...


class Room:
    """The connections of one document, and what passes between them."""

    def __init__(self, document_id: UUID, house: House, stored: Stored, copy: Copy) -> None:
        self.document_id = document_id
        self.connections: set[Connection] = set()
        self.horizon = copy.last_id  # every line of the log up to this one was shown here, or was in the copy
        self.shown: set[int] = set()  # lines beyond the horizon that were shown
        self.empty_since = house.now()
        self.presence = PresenceBook()
        self._house = house
        self._size = copy.size  # bytes: the state and the lines since
        self._last_shown = copy.last_id
        self._unsaved_count = 0  # submissions on their way to the log
        self._unsaved_bytes = 0
        self._copy: Copy | None = copy
        self._copy_lock = asyncio.Lock()
        self._copy_used_at = house.now()
        self._last_answer: tuple[bytes, int, list[bytes]] | None = None  # state vector, last line, frames
        self._unfolded = [len(stored.tail), sum(len(row.update) for row in stored.tail)]  # since the last snapshot
        self._is_folding = False
        self._dirty: set[int] = set()  # clients whose sign leaves at the next presence tick
        self._dirty_sources: set[Connection | None] = set()
        self._presence_timer: asyncio.TimerHandle | None = None

    # --- Opening, people --------------------------------------------------------------------------------------------
    @classmethod
    async def open(cls, document_id: UUID, house: House) -> "Room":
        """Read a document and open its room."""
        stored = await house.run(read_stored, document_id)
        room = cls(document_id, house, stored, await house.run(Copy.of, stored))
        room._fold_if_long()
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

    async def greet(self, connection: Connection) -> None:
        """Tell a newcomer who is here; ask one who may write what we lack. Readers are not greeted as writers."""
        if connection.may_write:
            async with self._copy_lock:
                copy = await self._current_copy()
                connection.send(protocol.step_1_frame(copy.state_vector()))
        if signs := self.presence.signs():
            connection.send(protocol.presence_frame(signs))

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self._tell_presence(self.presence.leave(connection), connection)
        if not self.connections:
            self.empty_since = self._house.now()

    # --- Frames -----------------------------------------------------------------------------------------------------
    def take(self, connection: Connection, frame: bytes) -> Awaitable[None] | None:
        """Take one frame. What it returns, if anything, is awaited before the next frame of the same connection.

        Raises FrameRefused; nothing of the frame was then taken."""
        typed = protocol.read_typing(frame)
        if typed is not None:
            return self._take_update(connection, typed)
        match protocol.read(frame):
            case protocol.TakeUpdate(update) if len(update) > limits.LARGE_STATE_BYTES:
                return self._take_large_update(connection, update)
            case protocol.TakeUpdate(update):
                return self._take_update(connection, updates.read(update))
            case protocol.Presence(signs):
                return self._take_presence(connection, signs)
            case protocol.AskState(state_vector):
                return self._answer(connection, state_vector)
            case protocol.AskPresence():
                connection.send(protocol.presence_frame(self.presence.signs()))
        return None

    async def _take_large_update(self, connection: Connection, content: bytes) -> None:
        relief = self._take_update(connection, await self._house.run(updates.read, content))
        if relief is not None:
            await relief

    def _take_update(self, connection: Connection, update: Update) -> Awaitable[None] | None:
        if connection.level != Level.WRITE:
            if update.is_empty:
                return None  # a stock client that answers a greeting has nothing to say either
            raise FrameRefused("read-only")
        size = len(update.content)
        if self._size + self._unsaved_bytes + size > limits.DOCUMENT_BYTES:
            raise FrameRefused("document-full")
        connection.unsaved_bytes += size
        self._unsaved_bytes += size
        self._unsaved_count += 1
        self._house.submit(Submission(self, connection, update, connection.heard_at))
        return connection.wait_for_relief() if connection.unsaved_bytes > limits.UNSAVED_BYTES_PER_CONNECTION else None

    # --- What somebody lacks ------------------------------------------------------------------------------------------
    async def _answer(self, connection: Connection, state_vector: bytes) -> None:
        """Send what somebody lacks: the difference, and the lines that no state holds."""
        async with self._copy_lock:
            copy = await self._current_copy()
            known = self._last_answer
            if known is None or known[:2] != (state_vector, copy.last_id):
                # After a restart hundreds come back with the same state: it is computed once.
                known = self._last_answer = (state_vector, copy.last_id, await self._frames_of(copy, state_vector))
        await connection.wait_until_receiving()  # who asks and does not read would fill our memory
        connection.hand(known[2])

    async def _frames_of(self, copy: Copy, state_vector: bytes) -> list[bytes]:
        try:
            if copy.size > limits.LARGE_STATE_BYTES:
                difference = await self._house.run(copy.difference, state_vector)
            else:
                difference = copy.difference(state_vector)
        except LibraryFailed as error:
            raise FrameRefused("malformed") from error
        waiting = (protocol.update_frame(row.update) for row in copy.waiting_rows())
        return [protocol.step_2_frame(difference), *waiting]

    async def _current_copy(self) -> Copy:
        """The document with all that was shown. The lock is held."""
        if self._copy is None:
            self._copy = await self._house.run(_read_copy, self.document_id)
            self._size = self._copy.size
        elif self._copy.last_id < self._last_shown:
            self._copy = await self._house.run(_catch_up, self.document_id, self._copy)
        self._copy_used_at = self._house.now()
        return self._copy

    async def catch_up(self, connection: Connection) -> None:
        """Tell a receiver that was behind what it may have missed, now that its network is free again."""
        missed_after = connection.caught_up()
        if missed_after is None:
            return
        metrics.caught_up()
        rows = await self._house.run(read_rows_after, self.document_id, missed_after)
        if sum(len(row.update) for row in rows) > limits.CATCH_UP_BYTES:
            await self._answer(connection, NOTHING)
        else:
            for start in range(0, len(rows), limits.MERGED_UPDATES):
                chunk = rows[start : start + limits.MERGED_UPDATES]
                if not connection.is_receiving:  # behind again: it goes on from here
                    connection.missed_after = missed_after
                    return
                connection.hand(_frames([row.update for row in chunk]))
                missed_after = chunk[-1].id
        connection.send_if_clear(protocol.presence_frame(self.presence.signs()))

    def rest(self, before: float) -> None:
        """Let go of the document if nobody needed it since."""
        if self._copy is not None and self._copy_used_at < before and not self._copy_lock.locked():
            self._copy = self._last_answer = None

    # --- Showing ----------------------------------------------------------------------------------------------------
    def settle(self, settled: "Sequence[tuple[Submission, Outcome | Exception | None]]") -> int:
        """What was committed is shown now; what was not closes its connection, and is shown to nobody.

        The number of frames written."""
        shown: list[tuple[Connection | None, Row]] = []
        savers: dict[Connection, None] = {}
        for submission, outcome in settled:
            connection = submission.connection
            self.forget(submission)
            if isinstance(outcome, Committed):
                self.shown.add(outcome.row.id)
                if outcome.row.update != updates.EMPTY:
                    shown.append((connection, outcome.row))
            elif outcome is not None:
                connection.close(outcome if isinstance(outcome, SocketRefused) else SocketRefused("not-saved"))
                self._house.drop(connection)
                continue
            connection.saved_count += 1
            if connection.wants_saved_frames:
                savers[connection] = None
        frames = self._show(shown) if shown else 0
        if shown:
            self._house.publish_rows(self.document_id, shown)
        for connection in savers:
            connection.send(protocol.saved_frame(connection.saved_count))
        return frames + len(savers)

    def forget(self, submission: Submission) -> None:
        """A submission is no longer on its way."""
        size = len(submission.update.content)
        self._unsaved_count -= 1
        self._unsaved_bytes -= size
        submission.connection.saved(size)

    def hear_rows(self, rows: Iterable[Row]) -> None:
        """Lines committed elsewhere: another process, a service, a command."""
        unseen = [(None, row) for row in rows if row.id > self.horizon and row.id not in self.shown]
        self.shown.update(row.id for _, row in unseen)
        if unseen:
            self._show(unseen)

    def what_was_shown(self) -> Shown:
        return Shown(self.horizon, max(self.horizon, self._last_shown), len(self.shown))

    def reach(self, last_id: int) -> None:
        """The log was read up to this line, and all of it was shown."""
        self.horizon = max(self.horizon, last_id)
        self.shown = {row_id for row_id in self.shown if row_id > self.horizon}

    def _show(self, lines: "Sequence[tuple[Connection | None, Row]]") -> int:
        """Send committed lines to everyone; to who wrote them only when others wrote beside, in the same frame."""
        size = 0
        source = lines[0][0]
        for connection, row in lines:
            size += len(row.update)
            self._last_shown = max(self._last_shown, row.id)
            if connection is not source:
                source = None
        self._size += size
        self._unfolded[0] += len(lines)
        self._unfolded[1] += size
        frames = _frames([row.update for _, row in lines])
        now = self._house.now()
        receivers = 0
        for connection in self.connections:
            if connection.is_receiving and connection is not source:
                receivers += 1
                connection.last_sent_at = now
                for frame in frames:
                    connection.write(frame)
        self._fold_if_long()
        return receivers * len(frames)

    # --- Presence ---------------------------------------------------------------------------------------------------
    def _take_presence(self, connection: Connection, signs: Sequence[Sign]) -> Awaitable[None] | None:
        own = [sign for sign in signs if self.presence.is_held(sign.client_id, connection)]
        claimed = [sign for sign in signs if self.presence.may_claim(sign, connection, connection.person_id)]
        self._note(connection, own)
        claimed = [sign for sign in claimed if sign not in own][: limits.CLIENT_IDS_PER_CONNECTION]
        return self._claim(connection, claimed) if claimed else None

    async def _claim(self, connection: Connection, signs: Sequence[Sign]) -> None:
        """Let a connection speak for clients that nobody else wrote under."""
        foreign = await self._house.run(
            _foreign_clients, self.document_id, [sign.client_id for sign in signs], connection.person_id
        )
        if connection not in self.connections:
            return
        for sign in signs:
            if sign.client_id in foreign or not self.presence.may_claim(sign, connection, connection.person_id):
                continue
            last_clock = self.presence.last_clock_of_gone(sign.client_id)
            self._note(connection, [sign])
            if last_clock is not None and sign.clock <= last_clock:
                # The others remember it as gone at that clock and would not listen. Told so, it counts one further
                # and says again that it is here.
                connection.send(protocol.presence_frame([Sign(sign.client_id, last_clock, protocol.GONE)]))

    def _note(self, connection: Connection, signs: Iterable[Sign]) -> None:
        now = self._house.now()
        news = [sign.client_id for sign in signs if self.presence.take(sign, connection, connection.person_id, now)]
        self._tell_presence(news, connection)

    def hear_presence(self, process: str, signs: Iterable[Sign]) -> None:
        """What the clients of another process say."""
        now = self._house.now()
        news = [sign.client_id for sign in signs if self.presence.take(sign, process, None, now)]
        self._tell_presence(news, None)

    def expire_presence(self, before: float) -> None:
        self._tell_presence(self.presence.expire(before), None)

    def publish_presence(self) -> None:
        """Tell the other processes who is here, because one of them has just opened the document."""
        if signs := self.presence.signs_held_by(self.connections):
            self._house.publish(News("presence", self.document_id, signs=protocol.write_signs(signs)))

    def _tell_presence(self, client_ids: Iterable[int], source: Connection | None) -> None:
        """Note that these clients have news; what gathers during one tick leaves as one frame."""
        client_ids = set(client_ids)
        if not client_ids:
            return
        if source is not None:
            own = self.presence.signs_of(client_ids)
            self._house.publish(News("presence", self.document_id, signs=protocol.write_signs(own)))
        self._dirty |= client_ids
        self._dirty_sources.add(source)
        if self._presence_timer is None:
            loop = asyncio.get_running_loop()
            self._presence_timer = loop.call_later(limits.PRESENCE_TICK_SECONDS, self._send_presence)

    def _send_presence(self) -> None:
        self._presence_timer = None
        frame = protocol.presence_frame(self.presence.signs_of(self._dirty))
        only_source = next(iter(self._dirty_sources)) if len(self._dirty_sources) == 1 else None
        for connection in self.connections:
            if connection is not only_source:
                connection.send(frame)
        self._dirty.clear()
        self._dirty_sources.clear()

    # --- Keeping the log short --------------------------------------------------------------------------------------
    def _fold_if_long(self) -> None:
        rows, size = self._unfolded
        if (rows > limits.FOLD_ROWS or size > limits.FOLD_BYTES) and not self._is_folding:
            self._is_folding = True
            self._unfolded = [0, 0]
            self._house.spawn(self._fold())

    async def _fold(self) -> None:
        started = self._house.now()
        try:
            await self._house.run(fold, self.document_id)
            metrics.folded(self._house.now() - started)
        finally:
            self._is_folding = False


NOTHING = b"\x00"  # the state vector of who has nothing


def _read_copy(document_id: UUID) -> Copy:
    return Copy.of(read_stored(document_id))


def _catch_up(document_id: UUID, copy: Copy) -> Copy:
    """The same document with the lines committed since."""
    try:
        copy.apply(read_rows_after(document_id, copy.last_id))
    except RowFailed:
        return _read_copy(document_id)
    return copy


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


def _foreign_clients(document_id: UUID, client_ids: Sequence[int], person_id: int) -> set[int]:
    owners = ClientOwner.objects.among([document_id], client_ids).exclude(person_id=person_id)
    return set(owners.values_list("client_id", flat=True))
