"""The engine of one process: its open rooms, the writer thread, the threads that read, the news, the regular check."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import OperationalError
from django.db import connection as database
from django.utils import timezone

from concerte.documents import fanout, limits, metrics, protocol
from concerte.documents.connection import Allowance, Connection, Line
from concerte.documents.credentials import Entry
from concerte.documents.errors import EntryRefused, SocketRefused
from concerte.documents.fanout import News
from concerte.documents.flushing import Flusher, Submission
from concerte.documents.log import Write
from concerte.documents.memory import give_back
from concerte.documents.models import Level
from concerte.documents.rechecking import Facts, read_facts
from concerte.documents.room import Room
from concerte.documents.state import Row
from concerte.documents.writer import Deliver, LogWriter, Result

logger = logging.getLogger(__name__)

T = TypeVar("T")
_READERS = 2  # threads that read the database and build documents


class Engine:
    """Everything of the shared documents that lives in one process. Used on one event loop, but for `hear`."""

    def __init__(self, carrier: fanout.Fanout | None = None) -> None:
        self.rooms: dict[UUID, Room] = {}
        self._opening: dict[UUID, asyncio.Task[Room]] = {}
        self._allowances: dict[int, Allowance] = {}
        self._carrier = carrier or fanout.fanout_of_settings()
        self._writer = LogWriter()
        self._flusher = Flusher(self._commit)
        self._readers = ThreadPoolExecutor(_READERS, "documents-read")
        self._must_recheck = asyncio.Event()
        self._freed_bytes = 0  # since memory was last given back
        self._checked_version: object | None = None  # of the database, before the last whole check
        self._checked_until: datetime | None = None  # when the first session or token it found valid ends
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    async def start(self) -> None:
        self._writer.start()
        fanout.listen(self.hear)
        await self._carrier.start(self._hear, self._store_is_back)
        self.spawn(self._watch_over())

    async def stop(self) -> None:
        """Commit what is queued, close who is still here."""
        for room in self.rooms.values():
            for connection in list(room.connections):
                connection.close(SocketRefused("going-away"))
        fanout.stop_listening(self.hear)
        await self._settle()
        await self._loop.run_in_executor(None, self._writer.stop)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._carrier.stop()
        await self._close_readers()

    async def _settle(self) -> None:
        """Wait until all that came was committed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.STOP_SECONDS):
                while self._flusher.is_busy:
                    await asyncio.sleep(0.01)

    async def _close_readers(self) -> None:
        meeting = threading.Barrier(_READERS)  # so that each thread closes its own connection

        def close() -> None:
            meeting.wait(limits.STOP_SECONDS)
            database.close()

        await asyncio.gather(*(self._loop.run_in_executor(self._readers, close) for _ in range(_READERS)))
        self._readers.shutdown()

    # --- What rooms need (room.House) ---------------------------------------------------------------------------------
    def submit(self, submission: Submission) -> None:
        self._flusher.add(submission)

    @property
    def is_overdue(self) -> bool:
        return self._flusher.is_overdue

    def drop(self, connection: Connection) -> None:
        self._flusher.drop(connection)

    def _commit(self, writes: Sequence[Write], deliver: Deliver) -> Result | None:
        result = self._writer.commit_here(writes)
        if result is None:
            self._writer.submit(writes, lambda result: self._call(partial(deliver, result)))
        return result

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Raises OperationalError when the database has not answered in time; the thread stays until it does."""
        try:
            async with asyncio.timeout(limits.READ_SECONDS):
                return await self.run_long(function, *arguments)
        except TimeoutError as error:
            raise OperationalError("the database does not answer") from error

    def run_long(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        return self._loop.run_in_executor(self._readers, _read, partial(function, *arguments))

    def publish(self, news: News) -> None:
        self._carrier.publish(news)

    def publish_rows(self, document_id: UUID, shown: Sequence[tuple[Connection | None, Row]]) -> None:
        if not isinstance(self._carrier, fanout.LocalFanout):
            self._carrier.publish(News("rows", document_id, tuple(row for _, row in shown)))

    def spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def now(self) -> float:
        return self._loop.time()

    def _call(self, function: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to be told
            self._loop.call_soon_threadsafe(function)

    # --- People -------------------------------------------------------------------------------------------------------
    async def join(
        self, document_id: UUID, entry: Entry, line: Line, *, wants_saved_frames: bool
    ) -> tuple[Room, Connection]:
        """Bring somebody into a document. Raises EntryRefused: "too-many-connections", "too-many-people"."""
        allowance = self._allowances.setdefault(entry.person_id, Allowance(refilled_at=self.now()))
        if allowance.connections >= limits.CONNECTIONS_PER_PERSON:
            raise EntryRefused("too-many-connections")
        allowance.connections += 1
        connection = Connection(entry, allowance, line, wants_saved_frames=wants_saved_frames, now=self.now())
        try:
            room = await self._room(document_id)
            room.join(connection)
        except BaseException:
            self._release(connection)
            raise
        # A right or a session may have ended since the sign-in, a line been committed: nobody was here to be told.
        self._must_recheck.set()
        return room, connection

    def leave(self, room: Room, connection: Connection) -> None:
        room.leave(connection)
        self._release(connection)

    def _release(self, connection: Connection) -> None:
        connection.allowance.connections -= 1
        if connection.allowance.connections == 0 and connection.allowance.is_full(self.now()):
            self._allowances.pop(connection.person_id, None)

    async def _room(self, document_id: UUID) -> Room:
        """The room of a document; opened once, however many come at the same time."""
        room = self.rooms.get(document_id)
        if room is not None:
            return room
        opening = self._opening.get(document_id)
        if opening is None:
            opening = self._opening[document_id] = self._loop.create_task(self._open(document_id))
        return await asyncio.shield(opening)

    async def _open(self, document_id: UUID) -> Room:
        try:
            # Before it is read. What was committed in between is found by the check that follows each arrival.
            await self._carrier.watch(document_id)
            room = self.rooms[document_id] = await Room.open(document_id, self)
            return room
        finally:
            del self._opening[document_id]

    # --- News ---------------------------------------------------------------------------------------------------------
    def hear(self, news: News) -> None:
        """Called from any thread."""
        self._call(partial(self._hear, news))

    def _store_is_back(self) -> None:
        """News may have been lost: lines are read again; who is here is told to the others, and asked of them."""
        self._must_recheck.set()
        for room in self.rooms.values():
            self.publish(News("presence-wanted", room.document_id))
            room.presence.wanted()

    def _hear(self, news: News) -> None:
        room = self.rooms.get(news.document_id) if news.document_id else None
        if news.kind in ("rights", "person"):
            self._must_recheck.set()
        elif news.kind == "session":
            for connection in self._connections():
                key = connection.entry.session_key
                if key and fanout.session_digest(key) == news.subject:
                    connection.close(SocketRefused("session-ended"))
        elif room is None:
            pass
        elif news.kind == "rows":
            room.hear_rows(news.rows)
        elif news.kind == "presence":
            room.presence.hear(news.process, news.signs)
        elif news.kind == "presence-wanted":
            room.presence.wanted()

    def _connections(self) -> list[Connection]:
        return [connection for room in self.rooms.values() for connection in room.connections]

    # --- The regular check --------------------------------------------------------------------------------------------
    async def _watch_over(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limits.AWAY_SECONDS if self._carrier.is_away else limits.RECHECK_SECONDS):
                    await self._must_recheck.wait()
                    await asyncio.sleep(limits.RECHECK_PAUSE_SECONDS)  # hundreds may arrive together: asked once
            is_asked = self._must_recheck.is_set()
            self._must_recheck.clear()
            try:
                if not is_asked and self._is_as_checked():
                    self._reach_what_was_shown()
                else:
                    await self.recheck()
            except DatabaseError as error:
                # Nobody is shut out because the database is away; nothing can be written meanwhile anyway.
                logger.warning("rights not checked: %s", type(error).__name__)
            now = self.now()
            for room in list(self.rooms.values()):
                self._tend(room, now)
            self._count()
            if self._freed_bytes > limits.GIVE_BACK_BYTES:
                self._freed_bytes = 0
                await self.run(give_back)

    def _is_as_checked(self) -> bool:
        """Whether nothing but our own lines was committed since the last whole check, and nobody's session or token
        has ended by itself: asking would give the same answer. SQLite can tell."""
        version = self._writer.others_version()
        if version is None or version != self._checked_version:
            return False
        return self._checked_until is None or timezone.now() < self._checked_until

    def _reach_what_was_shown(self) -> None:
        """All lines since the last whole check are our own: those of a document are shown in their order."""
        for room in self.rooms.values():
            room.reach(room.what_was_shown().last)

    async def recheck(self) -> None:
        """Ask the database again about everyone here, and read the lines that no news brought."""
        connections = [(room, each) for room in self.rooms.values() for each in room.connections]
        if not connections:
            return
        self._checked_version = None
        version = self._writer.others_version()  # before it is read: what is committed meanwhile is asked for again
        facts = await self.run(
            read_facts,
            [(room.document_id, each.entry) for room, each in connections],
            {room.document_id: room.what_was_shown() for room in self.rooms.values() if room.connections},
        )
        for document_id, (last_id, rows) in facts.missed.items():
            if document_id in self.rooms:
                self.rooms[document_id].hear_rows(rows)
                self.rooms[document_id].reach(last_id)
        for room, connection in connections:
            if connection in room.connections:
                self._judge(room, connection, facts)
        self._checked_version, self._checked_until = version, facts.ends_at

    def _judge(self, room: Room, connection: Connection, facts: Facts) -> None:
        entry = connection.entry
        level = facts.levels.get((room.document_id, entry.person_id))
        if entry.session_key and entry.session_key not in facts.session_keys:
            connection.close(SocketRefused("session-ended"))
        elif entry.token_id and entry.token_id not in facts.token_ids:
            connection.close(SocketRefused("token-ended"))
        elif level is None:
            connection.close(SocketRefused("no-right"))
        elif connection.may_write and level < Level.WRITE:
            connection.close(SocketRefused("rights-changed"))
        elif level != connection.level:
            connection.level = level
            if connection.may_write:
                self.spawn(room.greet(connection))

    def _tend(self, room: Room, now: float) -> None:
        for connection in list(room.connections):
            silence = now - connection.heard_at
            if connection.behind_since is not None and now - connection.behind_since > limits.BEHIND_SECONDS:
                connection.close(SocketRefused("too-slow"))
            elif silence > limits.SILENT_SECONDS:
                connection.abort()
            elif silence > limits.PING_SECONDS and now - connection.last_sent_at > limits.RECHECK_SECONDS:
                connection.last_sent_at = now
                connection.ping()
            if now - connection.last_sent_at > limits.HEARTBEAT_SECONDS:
                connection.last_sent_at = now
                connection.send(protocol.HEARTBEAT)
        self._freed_bytes += room.rest(now - limits.COPY_IDLE_SECONDS)
        room.fold_if_due(now)
        room.presence.expire(now - limits.PRESENCE_EXPIRY_SECONDS)
        if room.is_idle and now - room.empty_since > limits.ROOM_IDLE_SECONDS:
            del self.rooms[room.document_id]
            self.spawn(self._unwatch(room.document_id))

    def _count(self) -> None:
        """What is here now, for who looks from outside."""
        people = sum(len({each.person_id for each in room.connections}) for room in self.rooms.values())
        connections = self._connections()
        metrics.present(people, len(connections), len(self.rooms))
        metrics.queued(self._flusher.waiting_count, sum(connection.waiting_bytes() for connection in connections))

    async def _unwatch(self, document_id: UUID) -> None:
        if document_id not in self.rooms and document_id not in self._opening:  # nobody came back meanwhile
            await self._carrier.unwatch(document_id)


def _read(function: Callable[[], T]) -> T:
    """Read in a thread. A connection that failed is not used again."""
    try:
        return function()
    except DatabaseError:
        database.close()
        raise


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        logger.exception("work beside the rooms failed")
