"""One open document: takes frames in, has them committed, and then — only then — shows them.

A room lives on the event loop and nothing else touches it. While one batch of updates is being committed, what comes
in is gathered for the next one; each batch leaves as one frame, built once for all who only listen.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol, TypeVar
from uuid import UUID

from concerte.documents import limits, protocol, updates
from concerte.documents.connection import Connection
from concerte.documents.errors import EntryRefused, FrameRefused, SocketRefused
from concerte.documents.fanout import News
from concerte.documents.library import LibraryFailed, join
from concerte.documents.log import Committed, Outcome, Write, fold
from concerte.documents.models import ClientOwner
from concerte.documents.presence import PresenceBook
from concerte.documents.protocol import Sign
from concerte.documents.state import Copy, Row, RowFailed, Stored, read_stored
from concerte.documents.updates import Update

logger = logging.getLogger(__name__)

T = TypeVar("T")


class House(Protocol):
    """What a room needs around it; the engine."""

    def commit(self, writes: Sequence[Write], deliver: Callable[["list[Outcome] | Exception"], None]) -> None:
        """Have these writes committed; `deliver` is called on the event loop."""

    def run(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        """Run in a thread that may read the database."""

    def publish(self, news: News) -> None: ...

    def spawn(self, work: Awaitable[None]) -> None:
        """Run beside; a failure is logged."""

    def now(self) -> float: ...


@dataclass(frozen=True, slots=True)
class _Submission:
    connection: Connection
    update: Update


class Room:
    """The connections of one document, and what passes between them."""

    def __init__(self, document_id: UUID, house: House, stored: Stored, copy: Copy) -> None:
        self.document_id = document_id
        self.connections: set[Connection] = set()
        self.horizon = stored.last_id  # every line of the log up to this one was shown here, or is in the copy
        self.shown: set[int] = set()  # lines beyond the horizon that were shown
        self.empty_since = house.now()
        self.presence = PresenceBook()
        self._house = house
        self._copy = copy
        self._copy_lock = asyncio.Lock()
        self._fresh: list[Row] = []  # shown, not yet in the copy
        self._fresh_bytes = 0
        self._unfolded = [len(stored.tail), sum(len(row.update) for row in stored.tail)]  # since the last snapshot
        self._is_folding = False
        self._gathered: list[_Submission] = []
        self._is_committing = False
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
    def is_writing(self) -> bool:
        return bool(self._gathered) or self._is_committing

    @property
    def is_idle(self) -> bool:
        """Nobody is here and nothing waits to be saved."""
        return not (self.connections or self.is_writing or self._is_folding)

    def join(self, connection: Connection) -> None:
        """Raises EntryRefused("too-many-people")."""
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
        message = protocol.read(frame)
        match message:
            case protocol.TakeUpdate(update):
                if len(update) > limits.LARGE_STATE_BYTES:
                    return self._take_large_update(connection, update)
                self._take_update(connection, updates.read(update))
                if connection.unsaved_bytes > limits.UNSAVED_BYTES_PER_CONNECTION:
                    return connection.wait_for_relief()
            case protocol.Presence(signs):
                return self._take_presence(connection, signs)
            case protocol.AskState(state_vector):
                return self._answer(connection, state_vector)
            case protocol.AskPresence():
                connection.send(protocol.presence_frame(self.presence.signs()))
        return None

    async def _answer(self, connection: Connection, state_vector: bytes) -> None:
        """Send what somebody lacks: the difference, and the lines that no state holds."""
        async with self._copy_lock:
            copy = await self._current_copy()
            try:
                if copy.size > limits.LARGE_STATE_BYTES:
                    difference = await self._house.run(copy.difference, state_vector)
                else:
                    difference = copy.difference(state_vector)
            except LibraryFailed as error:
                raise FrameRefused("malformed") from error
            connection.send(protocol.step_2_frame(difference))
            for row in copy.waiting_rows():
                connection.send(protocol.update_frame(row.update))

    async def _current_copy(self) -> Copy:
        """The document with all that was shown. The lock is held."""
        while self._fresh:
            rows, self._fresh = self._fresh, []
            size, self._fresh_bytes = self._fresh_bytes, 0
            try:
                if size > limits.LARGE_STATE_BYTES:
                    await self._house.run(self._copy.apply, rows)
                else:
                    self._copy.apply(rows)
            except RowFailed:
                self._copy = await self._house.run(Copy.of, await self._house.run(read_stored, self.document_id))
        return self._copy

    async def _refresh_copy(self) -> None:
        async with self._copy_lock:
            await self._current_copy()

    # --- Writing ----------------------------------------------------------------------------------------------------
    async def _take_large_update(self, connection: Connection, content: bytes) -> None:
        self._take_update(connection, await self._house.run(updates.read, content))
        await connection.wait_for_relief()

    def _take_update(self, connection: Connection, update: Update) -> None:
        if not connection.may_write:
            if update.is_empty:
                return  # a stock client that answers a greeting has nothing to say either
            raise FrameRefused("read-only")
        if self._copy.size + self._fresh_bytes + connection.unsaved_bytes + len(update.content) > limits.DOCUMENT_BYTES:
            raise FrameRefused("document-full")
        connection.wrote(len(update.content))
        self._gathered.append(_Submission(connection, update))
        if not self._is_committing:
            self._commit()

    def _commit(self) -> None:
        batch, self._gathered = self._gathered, []
        self._is_committing = True
        writes = [
            Write(self.document_id, each.update, each.connection.person_id)
            for each in batch
            if not each.update.is_empty
        ]
        if writes:
            self._house.commit(writes, lambda result: self._committed(batch, result))
        else:
            self._committed(batch, [])

    def _committed(self, batch: list[_Submission], result: "list[Outcome] | Exception") -> None:
        """What was committed is shown now; what was not closes its connection, and is shown to nobody."""
        self._is_committing = False
        outcomes = iter(()) if isinstance(result, Exception) else iter(result)
        failure = SocketRefused("not-saved") if isinstance(result, Exception) else None
        shown: list[tuple[Connection | None, Row]] = []
        savers: set[Connection] = set()
        for submission in batch:
            connection = submission.connection
            connection.saved(len(submission.update.content))
            if not submission.update.is_empty:
                outcome = failure or next(outcomes)
                if not isinstance(outcome, Committed):
                    self._refuse(connection, outcome)
                    continue
                if outcome.row.update != updates.EMPTY:
                    shown.append((connection, outcome.row))
                self.shown.add(outcome.row.id)
            connection.saved_count += 1
            savers.add(connection)
        if shown:
            self._show(shown)
            self._house.publish(News("rows", self.document_id, tuple(row for _, row in shown)))
        for connection in savers:
            if connection.wants_saved_frames:
                connection.send(protocol.saved_frame(connection.saved_count))
        if self._gathered and not self._is_committing:
            self._commit()

    def _refuse(self, connection: Connection, refusal: SocketRefused) -> None:
        """Close, and drop what the same connection sent since: it counts on what was refused."""
        connection.close(refusal)
        for submission in self._gathered:
            if submission.connection is connection:
                connection.saved(len(submission.update.content))
        self._gathered = [each for each in self._gathered if each.connection is not connection]

    # --- Showing ----------------------------------------------------------------------------------------------------
    def hear_rows(self, rows: Iterable[Row]) -> None:
        """Lines committed elsewhere: another process, a service, a command."""
        unseen = [(None, row) for row in rows if row.id > self.horizon and row.id not in self.shown]
        self.shown.update(row.id for _, row in unseen)
        if unseen:
            self._show(unseen)

    def reach(self, last_id: int) -> None:
        """The log was read up to this line, and all of it was shown."""
        self.horizon = max(self.horizon, last_id)
        self.shown = {row_id for row_id in self.shown if row_id > self.horizon}

    def _show(self, lines: Sequence[tuple[Connection | None, Row]]) -> None:
        """Send committed lines to everyone but who wrote them, and keep them for who comes later."""
        self._fresh.extend(row for _, row in lines)
        size = sum(len(row.update) for _, row in lines)
        self._fresh_bytes += size
        self._unfolded[0] += len(lines)
        self._unfolded[1] += size
        by_source: dict[Connection | None, list[bytes]] = {}
        for connection, row in lines:
            by_source.setdefault(connection, []).append(row.update)
        everyone = _frames([row.update for _, row in lines])
        for connection in self.connections:
            if connection not in by_source:
                for frame in everyone:
                    connection.send(frame)
        self._show_sources(by_source)
        self._fold_if_long()
        if len(self._fresh) >= limits.WAITING_UPDATES:
            self._house.spawn(self._refresh_copy())

    def _show_sources(self, by_source: dict[Connection | None, list[bytes]]) -> None:
        """Send each source what came from the others. Joined from both ends: three joins per source, not one each."""
        if len(by_source) < 2:
            return
        try:
            parts = [join(each) for each in by_source.values()]
            before = list(accumulate(parts, _join_two))
            after = list(accumulate(reversed(parts), _join_two))[::-1]
            others = [
                join(([before[index - 1]] if index else []) + after[index + 1 : index + 2])
                for index in range(len(parts))
            ]
        except LibraryFailed:
            for source, contents in by_source.items():
                for connection in by_source:
                    if connection is not None and connection is not source:
                        for content in contents:
                            connection.send(protocol.update_frame(content))
            return
        for connection, content in zip(by_source, others, strict=True):
            if connection is not None:
                connection.send(protocol.update_frame(content))

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
        try:
            await self._house.run(fold, self.document_id)
        finally:
            self._is_folding = False


def _join_two(first: bytes, second: bytes) -> bytes:
    return join((first, second))


def _frames(contents: Sequence[bytes]) -> list[bytes]:
    """As few frames as joining at most so many updates makes; stock clients read one message per frame."""
    step = limits.MERGED_UPDATES
    try:
        joined = [join(contents[start : start + step]) for start in range(0, len(contents), step)]
    except LibraryFailed:
        joined = list(contents)
    return [protocol.update_frame(each) for each in joined]


def _foreign_clients(document_id: UUID, client_ids: Sequence[int], person_id: int) -> set[int]:
    owners = ClientOwner.objects.among([document_id], client_ids).exclude(person_id=person_id)
    return set(owners.values_list("client_id", flat=True))
