"""A document in memory: snapshot and log tail, applied to one Yjs document. Built only when somebody needs it.

Lines that wait for others (text after text we do not have yet) are in no state the library gives: they are kept as
they were written, and handed on beside the state. So nothing that was committed is ever left out.
"""

import logging
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pycrdt import Doc

from concerte.documents.errors import FrameRefused
from concerte.documents.library import LibraryFailed, library
from concerte.documents.models import LoggedUpdate, Snapshot
from concerte.documents.updates import EMPTY, Ranges, Update, read, read_state_vector

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
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

    @property
    def last_id(self) -> int:
        return self.rows[-1].id if self.rows and self.rows[-1].id > self.state_id else self.state_id

    @property
    def tail(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.id > self.state_id)


def read_stored(document_id: UUID) -> Stored:
    """The snapshot, the lines that waited when it was made, and those after it."""
    snapshot = Snapshot.objects.filter(document_id=document_id).first()
    if snapshot is None:
        return Stored(rows=read_rows_after(document_id, 0))
    waiting = LoggedUpdate.objects.filter(pk__in=snapshot.waiting_update_ids).order_by("pk")
    rows = (
        *(Row(pk, bytes(update)) for pk, update in waiting.values_list("pk", "update_bytes")),
        *read_rows_after(document_id, snapshot.last_update_id),
    )
    return Stored(bytes(snapshot.state_bytes), rows, snapshot.last_update_id, frozenset(snapshot.waiting_update_ids))


def read_rows_after(document_id: UUID, last_id: int) -> tuple[Row, ...]:
    rows = LoggedUpdate.objects.after(document_id, last_id).values_list("pk", "update_bytes")
    return tuple(Row(pk, bytes(update)) for pk, update in rows)


@dataclass(slots=True)
class _Waiting:
    row: Row
    update: Update


class RowFailed(Exception):
    """The library panicked on a line, and the copy with it. row: None when it is not known which line it was."""

    def __init__(self, row: Row | None) -> None:
        super().__init__(row)
        self.row = row


@dataclass(slots=True)
class Copy:
    """A document built from its state and lines. One thread at a time."""

    doc: "Doc[Any]" = field(default_factory=lambda: Doc(allow_multithreading=True))
    waiting: list[_Waiting] = field(default_factory=list)
    last_id: int = 0
    size: int = 0  # bytes of the state and of the lines applied since: what counts against the limit

    @classmethod
    def of(cls, stored: Stored) -> "Copy":
        """Build a document; lines the library panics on are set aside, and handed on as they were written."""
        aside: set[int] = set()
        is_careful = False
        while True:
            copy = cls(last_id=stored.state_id, size=len(stored.state))
            try:
                if stored.state != EMPTY:
                    with library():
                        copy.doc.apply_update(stored.state)
                copy.apply(stored.rows, aside=aside, is_careful=is_careful)
            except RowFailed as failure:
                if failure.row is not None:
                    logger.error("log line %s breaks the library; set aside", failure.row.id)
                    aside.add(failure.row.id)
                is_careful = True
            else:
                return copy

    def apply(self, rows: Iterable[Row], *, aside: Container[int] = (), is_careful: bool = False) -> None:
        """Add lines, in one transaction; or in one each, when it must be known which one fails.

        Raises RowFailed; the copy must then be built again."""
        rows = list(rows)
        for batch in [[row] for row in rows] if is_careful else [rows]:
            try:
                with library(), self.doc.transaction():
                    for row in batch:
                        self._apply_one(row, is_aside=row.id in aside)
            except LibraryFailed as failure:
                raise (
                    failure.__cause__
                    if isinstance(failure.__cause__, RowFailed)
                    else RowFailed(batch[0] if is_careful else None)
                ) from failure
        clocks = self.clocks()
        self.waiting = [each for each in self.waiting if not _is_placed(each.update, clocks)]

    def _apply_one(self, row: Row, *, is_aside: bool) -> None:
        self.last_id = max(self.last_id, row.id)
        self.size += len(row.update)
        try:
            self.waiting.append(_Waiting(row, read(row.update)))
            if not is_aside:
                self.doc.apply_update(row.update)
        except FrameRefused:
            logger.error("log line %s cannot be read; left out", row.id)
        except Exception:
            # What the library cannot place, browsers may: it stays among the waiting.
            logger.exception("log line %s cannot be placed; handed on as it is", row.id)
        except BaseException as panic:
            raise RowFailed(row) from panic

    def clocks(self) -> dict[int, int]:
        return read_state_vector(self.doc.get_state())

    def state_vector(self) -> bytes:
        return self.doc.get_state()

    def difference(self, state_vector: bytes = b"\x00") -> bytes:
        """What somebody with that state vector lacks, without the waiting lines. Raises LibraryFailed."""
        with library():
            return self.doc.get_update(state_vector)

    def waiting_rows(self) -> list[Row]:
        return [each.row for each in self.waiting]


def _is_placed(update: Update, clocks: dict[int, int]) -> bool:
    return all(ranges[-1][1] <= clocks.get(client, 0) for client, ranges in update.inserted.items()) and all(
        end <= clocks.get(client, 0) for client, ranges in update.deleted.items() for _, end in ranges
    )


class KnownClocks:
    """What each client id of a document has written up to a line of the log. What tells a repetition from a forgery."""

    def __init__(self, stored: Stored) -> None:
        copy = Copy.of(stored)
        self._next = copy.clocks()
        self._beyond: dict[int, Ranges] = {}  # of lines that wait: written, with a gap before them
        for each in copy.waiting:
            self._note(each.update)
        self.last_id = copy.last_id

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._note(read(row.update))
            self.last_id = max(self.last_id, row.id)

    def _note(self, update: Update) -> None:
        for client, ranges in update.inserted.items():
            for start, end in ranges:
                if start <= self._next.get(client, 0):
                    self._next[client] = max(end, self._next.get(client, 0))
                else:
                    self._beyond.setdefault(client, []).append((start, end))

    def cover(self, client: int, ranges: Ranges) -> bool:
        """Whether all these clocks of a client were already written."""
        known = [(0, self._next.get(client, 0)), *self._beyond.get(client, ())]
        return all(any(first <= start and end <= last for first, last in known) for start, end in ranges)
