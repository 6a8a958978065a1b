"""What is committed of a document, put together: the snapshot and the lines of the log that come after it.

`Whole` does it with bytes alone: enough to answer who comes in, in a few milliseconds for the longest document. `Copy`
builds the Yjs document: only folding and reading a document as data need it.

Lines are always joined before the library is handed them. One by one, and in another order than they were written in,
it leaves out for good some that came before what they stand on; joined, it places all that can be placed.
"""

import logging
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from uuid import UUID

import pycrdt
from django.db import connection
from django.db.models import Aggregate, Func, TextField
from pycrdt import Doc

from concerte.documents import limits, wire
from concerte.documents.errors import FrameRefused
from concerte.documents.library import LibraryFailed, join, library
from concerte.documents.models import LoggedUpdate, Snapshot
from concerte.documents.pairs import lines_that_cut
from concerte.documents.querysets import LoggedUpdateQuerySet
from concerte.documents.ranges import united
from concerte.documents.updates import EMPTY, Ranges, read, read_state_vector

logger = logging.getLogger(__name__)

NOTHING = b"\x00"  # the state vector of who has nothing


class Row(NamedTuple):
    """One line of the log."""

    id: int
    update: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds of a document: a state, and the lines that come on top, oldest first."""

    state: bytes = EMPTY
    rows: tuple[Row, ...] = ()
    state_id: int = 0  # the last line the state comprises
    waiting_ids: frozenset[int] = frozenset()
    state_vector: bytes = b""  # of the state; empty: not known

    @property
    def last_id(self) -> int:
        return self.rows[-1].id if self.rows and self.rows[-1].id > self.state_id else self.state_id

    def ids_that_cut(self) -> list[int]:
        """The lines that cut a letter in half: no document is built with them."""
        return [self.rows[index].id for index in sorted(lines_that_cut(self.state, [row.update for row in self.rows]))]

    def without(self, line: int) -> "Stored":
        """The same without one of the lines on top."""
        return replace(self, rows=tuple(row for row in self.rows if row.id != line))

    @property
    def tail(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.id > self.state_id)


def read_stored(document_id: UUID) -> Stored:
    """The snapshot, the lines that waited when it was made, and those after it."""
    snapshot = Snapshot.objects.filter(document_id=document_id).first()
    if snapshot is None:
        return Stored(rows=read_rows_after(document_id, 0))
    rows = read_rows_after(document_id, snapshot.last_update_id)
    if snapshot.waiting_update_ids:
        waiting = LoggedUpdate.objects.filter(pk__in=snapshot.waiting_update_ids).order_by("pk")
        rows = (*_rows(waiting), *rows)
    return Stored(
        bytes(snapshot.state_bytes),
        rows,
        snapshot.last_update_id,
        frozenset(snapshot.waiting_update_ids),
        bytes(snapshot.state_vector),
    )


def read_rows_after(document_id: UUID, last_id: int) -> tuple[Row, ...]:
    return _rows(LoggedUpdate.objects.after(document_id, last_id))


def _rows(lines: LoggedUpdateQuerySet) -> tuple[Row, ...]:
    if connection.vendor == "sqlite":
        return tuple(row for chunk in _chunks_of_rows(lines) for row in chunk)
    return tuple(Row(pk, bytes(update)) for pk, update in lines.values_list("pk", "update_bytes").iterator())


def _chunks_of_rows(lines: LoggedUpdateQuerySet) -> Iterator[list[Row]]:
    """Thousands of lines as one row: the driver lets other threads run at each row, and while they do, we wait. With
    many people writing, that is five milliseconds a line."""
    last_id, is_last = 0, False
    while not is_last:
        packed = lines.filter(pk__gt=last_id)[: limits.LINES_READ].aggregate(
            ids=_Concatenated("pk"), contents=_Concatenated(_Hexadecimal("update_bytes"))
        )
        if packed["ids"] is None:
            return
        ids, contents = map(int, packed["ids"].split(",")), map(bytes.fromhex, packed["contents"].split(","))
        rows = sorted(map(Row, ids, contents))  # SQLite joins in any order, but both lists in the same
        yield rows
        last_id, is_last = rows[-1].id, len(rows) < limits.LINES_READ


class _Concatenated(Aggregate):
    function = "group_concat"
    output_field = TextField()


class _Hexadecimal(Func):
    function = "hex"
    output_field = TextField()


def join_all(contents: Sequence[bytes]) -> bytes:
    """Any number of updates as one, gaps included. Raises LibraryFailed."""
    while len(contents) > 1:
        step = limits.MERGED_UPDATES
        contents = [join(contents[start : start + step]) for start in range(0, len(contents), step)]
    return contents[0] if contents else EMPTY


def not_placed(rows: Sequence[Row], state_vector: bytes) -> list[Row]:
    """The lines that wait for others in a document at this state vector. Raises LibraryFailed.

    Asked of many at once: nearly always there is none."""
    clocks = read_state_vector(state_vector)
    step = limits.MERGED_UPDATES
    return [
        row
        for group in (rows[start : start + step] for start in range(0, len(rows), step))
        if not _is_placed(join_all([row.update for row in group]), state_vector, clocks)
        for row in group
        if not _is_placed(row.update, state_vector, clocks)
    ]


def _is_placed(content: bytes, state_vector: bytes, clocks: Mapping[int, int]) -> bool:
    with library():
        rest = pycrdt.get_update(content, state_vector)
    if rest[:1] != b"\x00":
        return False
    try:
        deleted = read(rest).deleted
    except FrameRefused:  # more of them than one update may hold: of many joined
        return False
    return all(end <= clocks.get(client, 0) for client, ranges in deleted.items() for _, end in ranges)


class Whole:
    """All that is committed of a document, as bytes. Costs no more memory than they take. One thread at a time.

    Every line is in what it gives, those that wait for others too."""

    def __init__(self, stored: Stored) -> None:
        self.size = len(stored.state)  # bytes of the state and of the lines since: what counts against the limit
        self.last_id = stored.state_id
        self._state = stored.state
        self._tail = EMPTY
        self._apart: list[Row] = []
        self._clocks = stored.state_vector  # of the state; of all
        self._state_vector: bytes | None = None
        self._lacking: tuple[bytes, bytes] | None = None  # a state vector, and what it lacks of the state

    @classmethod
    def of(cls, stored: Stored) -> "Whole":
        whole = cls(stored)
        whole.apply(stored.rows)
        return whole

    def apply(self, rows: Sequence[Row]) -> None:
        """Add lines."""
        if not rows:
            return
        self.last_id = max(self.last_id, *(row.id for row in rows))
        self.size += sum(len(row.update) for row in rows)
        self._state_vector = None
        self._join(rows)

    def _join(self, rows: Sequence[Row]) -> None:
        try:
            self._tail = join_all([self._tail, *(row.update for row in rows)])
        except LibraryFailed:
            if len(rows) > 1:
                for row in rows:
                    self._join([row])
                return
            logger.error("log line %s cannot be joined to others; handed on as it is", rows[0].id)
            self._apart.append(rows[0])

    def state_vector(self) -> bytes:
        """What the log holds of each client id, up to its first gap. Raises LibraryFailed."""
        if self._state_vector is None:
            with library():
                self._clocks = self._clocks or pycrdt.get_state(self._state)
                stand_in = _stand_in(read_state_vector(self._clocks))
                self._state_vector = pycrdt.get_state(join([stand_in, self._tail]))
        return self._state_vector

    def answer(self, state_vector: bytes = NOTHING) -> list[bytes]:
        """What somebody with that state vector lacks: an update, nearly always one. Raises LibraryFailed.

        More, when it is so long that joining would cost ten times its size in memory; and lines that could not be
        joined, as they were written."""
        parts = self._parts(state_vector)
        if len(parts) > 1 and len(parts[0]) <= limits.LARGE_STATE_BYTES:
            parts = [join(parts)]
        return [*(parts or [EMPTY]), *(row.update for row in self._apart)]

    def difference(self, state_vector: bytes = NOTHING) -> bytes:
        """The same as one update, whatever that costs; without the lines that could not be joined."""
        return join(self._parts(state_vector) or [EMPTY])

    def _parts(self, state_vector: bytes) -> list[bytes]:
        """Of the state, and of the lines that came after."""
        state, tail = self._state, self._tail
        if state_vector != NOTHING:
            with library():
                if self._lacking is None or self._lacking[0] != state_vector:
                    # After a restart hundreds come back with the same state, while others already write.
                    self._lacking = state_vector, pycrdt.get_update(state, state_vector)
                state, tail = self._lacking[1], pycrdt.get_update(tail, state_vector)
        return [part for part in (state, tail) if part != EMPTY]

    def waiting_rows(self) -> list[Row]:
        """Lines that could not be joined to the others: to be handed on as they were written."""
        return list(self._apart)


def _stand_in(clocks: Mapping[int, int]) -> bytes:
    """An update that writes as far as these clocks, and nothing but erased text: as a state, without its size."""
    blocks = (
        b"\x01" + wire.number(client) + b"\x00\x00" + wire.number(clock)  # one piece, from clock 0, of kind 0: erased
        for client, clock in clocks.items()
        if clock
    )
    written = [*blocks]
    return b"".join((wire.number(len(written)), *written, b"\x00"))


class RowFailed(Exception):
    """The library could not apply a batch of lines, and the copy is lost: it must be built again."""


@dataclass(slots=True)
class Copy:
    """A document built from its state and lines. One thread at a time."""

    doc: "Doc[Any]" = field(default_factory=lambda: Doc(allow_multithreading=True))
    waiting: list[Row] = field(default_factory=list)  # in no state the library gives: handed on beside it
    aside: list[Row] = field(default_factory=list)  # the library fails on them; never handed to it again
    last_id: int = 0
    size: int = 0  # bytes of the state and of the lines applied since: what counts against the limit

    @classmethod
    def of(cls, stored: Stored) -> "Copy":
        """Build a document; lines the library fails on are set aside, and handed on as they were written."""
        aside = set(stored.ids_that_cut())
        while True:
            copy = cls._with_state(stored)
            copy._set_aside([row for row in stored.rows if row.id in aside])
            try:
                copy.apply([row for row in stored.rows if row.id not in aside])
            except RowFailed:
                aside |= _failing(stored, aside)
            else:
                return copy

    @classmethod
    def _with_state(cls, stored: Stored) -> "Copy":
        copy = cls(last_id=stored.state_id, size=len(stored.state))
        if stored.state != EMPTY:
            with library():
                copy.doc.apply_update(stored.state)
        return copy

    def _set_aside(self, rows: Sequence[Row]) -> None:
        self.aside += rows
        self._count(rows)

    def _count(self, rows: Sequence[Row]) -> None:
        self.last_id = max(self.last_id, *(row.id for row in rows), 0)
        self.size += sum(len(row.update) for row in rows)

    def apply(self, rows: Iterable[Row]) -> None:
        """Add lines. Raises RowFailed."""
        rows = list(rows)
        try:
            if rows:
                with library():
                    self.doc.apply_update(join_all([row.update for row in (*self.waiting, *rows)]))
            self._count(rows)
            self.waiting = not_placed([*self.waiting, *rows], self.state_vector())
        except LibraryFailed as failure:
            raise RowFailed from failure

    def clocks(self) -> dict[int, int]:
        return read_state_vector(self.doc.get_state())

    def state_vector(self) -> bytes:
        return self.doc.get_state()

    def difference(self, state_vector: bytes = NOTHING) -> bytes:
        """What somebody with that state vector lacks, without the waiting lines. Raises LibraryFailed."""
        with library():
            return self.doc.get_update(state_vector)

    def waiting_rows(self) -> list[Row]:
        return sorted([*self.waiting, *self.aside])


def _failing(stored: Stored, known: Container[int]) -> set[int]:
    """The lines the library fails on when it is handed them one by one; if there is none, all of them."""
    copy = Copy._with_state(stored)
    found: set[int] = set()
    for row in stored.rows:
        if row.id in known:
            continue
        try:
            copy.doc.apply_update(row.update)
        except Exception:
            logger.exception("log line %s cannot be placed; handed on as it is", row.id)
            found.add(row.id)
        except BaseException:
            logger.exception("log line %s breaks the library; handed on as it is", row.id)
            return found | {row.id}  # what comes after in this document means nothing
    return found or {row.id for row in stored.rows}


class KnownClocks:
    """What each client id of a document has written up to a line of the log. What tells a repetition from a forgery.

    Holds numbers only, never the document."""

    def __init__(self, stored: Stored) -> None:
        self._next: dict[int, int] = {}
        self._beyond: dict[int, Ranges] = {}  # written, with a gap before them: of lines that wait
        self.last_id = stored.last_id
        try:
            whole = Whole.of(stored)
            state_vector = whole.state_vector()
            self._next = read_state_vector(state_vector)
            with library():
                beyond = pycrdt.get_update(join_all([row.update for row in stored.rows]), state_vector)
            self._note_all(beyond)
        except LibraryFailed:
            for content in (stored.state, *(row.update for row in stored.rows)):
                self._note_all(content)

    def __len__(self) -> int:
        return len(self._next)

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._note_all(row.update)
            self.last_id = max(self.last_id, row.id)

    def _note_all(self, content: bytes) -> None:
        for client, ranges in read(content).inserted.items():
            for start, end in ranges:
                self._note(client, start, end)

    def _note(self, client: int, start: int, end: int) -> None:
        reached = self._next.get(client, 0)
        if start > reached:
            self._beyond[client] = united([*self._beyond.get(client, ()), (start, end)])
            return
        self._next[client] = max(end, reached)
        for first, last in self._beyond.pop(client, ()):
            self._note(client, first, last)

    def cover(self, client: int, ranges: Ranges) -> bool:
        """Whether all these clocks of a client were already written."""
        known = [(0, self._next.get(client, 0)), *self._beyond.get(client, ())]
        return all(any(first <= start and end <= last for first, last in known) for start, end in ranges)
