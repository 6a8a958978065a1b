"""The durable log: what is here is never lost, and nothing is shown before it is here.

`DocumentLog.append` writes updates of many documents in one transaction, and in that same transaction asks again who
may write and whose client ids they are. `writer.LogWriter` is the one thread that calls it for the sockets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import NamedTuple, cast
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from concerte.documents import limits
from concerte.documents.errors import FrameRefused
from concerte.documents.library import LibraryFailed
from concerte.documents.state import KnownClocks, Row, join_all, read_rows_after, read_stored
from concerte.documents.statements import Line, Pair, Postgresql, statements
from concerte.documents.updates import Update


@dataclass(slots=True, eq=False)
class Write:
    """One update to append. person_id: whose it is; None: the platform itself (an import, a repair).

    needs_right: whether the person must hold the right to write at that very moment; a service has asked already.
    """

    document_id: UUID
    update: Update
    person_id: int | None
    needs_right: bool = True
    is_answer: bool = False  # what others wrote is left out of it rather than refused: they bring it themselves

    @property
    def is_empty(self) -> bool:
        return not (self.update.inserted or self.update.deleted)


class Committed(NamedTuple):
    """A line of the log. Its update is what was kept: what had been written before under other people's ids is out."""

    row: Row


Outcome = Committed | FrameRefused | None  # None: it stands in the line of an earlier one, of the same person

_row = partial(tuple.__new__, Row)  # from a pair, without a call of Python for each line
_update_of = itemgetter(1)
_NOBODY = -1  # no person: an id of the database starts at 1


class Joined:
    """Lines, as few as they can be: what somebody goes on typing under one client id is one.

    Where hundreds of key presses come together, a line costs more than joining it to another. Nothing else is joined:
    of what goes back, overlaps or deletes, the libraries make different things, and the log keeps what was sent."""

    __slots__ = ("_places", "lines")

    def __init__(self, lines: list[Line], writes: Sequence[Write]) -> None:
        """writes: one for each line. A line that holds less than its write stays alone."""
        self.lines = lines
        self._places: list[int] | None = None  # for each line given, its place in `lines`; None: they are the same
        if len(lines) >= limits.JOINED_LINES:
            groups = {(key, person) for key, _, person in lines}
            if len(groups) * 2 <= len(lines):
                self._join(lines, writes)

    def _join(self, lines: Sequence[Line], writes: Sequence[Write]) -> None:
        joined: list[tuple[str, list[bytes], int | None]] = []
        places: list[int] = []
        ends: dict[tuple[str, int | None, int], tuple[int, int]] = {}  # of what goes on: its place, its last clock
        for (key, content, person), write in zip(lines, writes, strict=True):
            place = len(joined)
            typed = _typed(content, write.update)
            if typed is not None and person is not None:
                client, start, end = typed
                before, reached = ends.get((key, person, client), (place, start))
                place = before if reached == start else place
                ends[key, person, client] = place, end
            if place == len(joined):
                joined.append((key, [], person))
            joined[place][1].append(content)
            places.append(place)
        try:
            self.lines = [(key, join_all(contents), person) for key, contents, person in joined]
        except LibraryFailed:
            return
        self._places = places

    def outcomes(self, ids: Sequence[int | None]) -> list[Outcome]:
        """What became of each line that was given. ids: of `lines`; None: its person may not write any more."""
        saved = self._saved(ids)
        if self._places is None:
            return saved
        found: list[Outcome] = []
        reached = 0
        for place in self._places:
            outcome = saved[place]
            if place == reached:
                reached += 1
            elif isinstance(outcome, Committed):
                outcome = None
            found.append(outcome)
        return found

    def _saved(self, ids: Sequence[int | None]) -> list[Outcome]:
        if not isinstance(ids, range) and None in ids:  # a range would compare each
            return [
                FrameRefused("rights-changed") if row_id is None else Committed(Row(row_id, content))
                for row_id, (_, content, _) in zip(ids, self.lines, strict=True)
            ]
        return list(map(Committed, map(_row, zip(ids, map(_update_of, self.lines), strict=True))))


def _typed(content: bytes, update: Update) -> tuple[int, int, int] | None:
    """The client and the clocks of an update that only writes, and in one piece: where it begins, where it ends."""
    if content is update.content and not update.deleted and len(update.inserted) == 1:
        ((client, ranges),) = update.inserted.items()
        if len(ranges) == 1 and len(content) <= limits.JOINED_LINE_BYTES:
            return client, *ranges[0]
    return None


class _Known:
    """What is remembered of a document: whose its client ids are, which never changes, and who may write in it."""

    __slots__ = ("key", "owners", "writers", "writers_of")

    def __init__(self, document_id: UUID) -> None:
        self.key = document_id.hex
        self.owners: dict[int, int | None] = {}
        self.writers: set[int | None] = set()
        self.writers_of = 0  # true while it is the same as that of the log


class DocumentLog:
    """Appends to the log, one thread at a time."""

    def __init__(self) -> None:
        self._statements = statements()
        self._documents: dict[int, _Known] = {}  # by the number a UUID is: hashing the UUID itself costs a call
        self._owner_count = 0
        self._rights_of = 0  # counts how often rights may have changed
        self._clocks: dict[UUID, KnownClocks] = {}

    def append(self, writes: Sequence[Write]) -> list[Outcome]:
        """Commit these writes, in order; for each, its line or why it is refused.

        What somebody goes on typing makes one line (`Joined`), whose outcome is that of the first of these writes.

        Raises what the database raises when it cannot write (disk full, gone, locked for too long): then nothing
        is written."""
        if not writes:
            return []
        try:
            outcomes = self._append_at_once(writes)
            if outcomes is None:
                with transaction.atomic():
                    outcomes = self._append(writes)
                self._statements.committed()
        except BaseException:
            self.forget()
            raise
        if connection.in_atomic_block:
            self.forget()  # the transaction around ours may still be undone
        elif self._owner_count + len(self._documents) > limits.KNOWN_OWNERS:
            self._documents.clear()
            self._owner_count = 0
        return outcomes

    def append_one(self, write: Write) -> Committed:
        """Commit one write. Raises FrameRefused, and what `append` raises."""
        (outcome,) = self.append([write])
        if isinstance(outcome, FrameRefused):
            raise outcome
        return cast("Committed", outcome)  # alone, it has a line of its own

    def append_for(self, write: Write, owners: Mapping[int, int | None]) -> Committed:
        """Commit one update that holds the words of several people, for a service that knows whose they are.

        owners: the person of each client id it writes under; None: the platform. Inside a transaction of the caller's.
        Raises FrameRefused("foreign-client") when an id is somebody else's in this document; nothing is then
        written."""
        self._statements.begin()
        self._ask([write])
        known = self._documents[write.document_id.int]
        claims: dict[Pair, int | None] = {}
        for client in write.update.inserted:
            if known.owners.get(client, owners[client]) != owners[client]:
                raise FrameRefused("foreign-client")
            if client not in known.owners:
                claims[known.key, client] = owners[client]
        ids = self._statements.write([(known.key, write.update.content, write.person_id)], claims, timezone.now())
        self.forget()  # the transaction around ours may still be undone
        return Committed(Row(ids[0], write.update.content))

    def append_here(self, writes: Sequence[Write]) -> list[Outcome] | None:
        """The same on the calling thread, for writes of which all is known: it waits for nothing but the disk.

        Only while the connection is lent. None, and nothing is written: they are to be appended by the other way."""
        lines = self._lines_of_owners(writes, self._rights_of)
        if lines is None:
            return None
        joined = Joined(lines, writes)
        ids = self._statements.write_here(joined.lines, timezone.now())
        return None if ids is None else joined.outcomes(ids)

    def lend(self) -> None:
        """The thread of this log rests: `append_here` may be called by another one until `take_back`."""
        self._statements.lend()

    def take_back(self) -> None:
        self._statements.take_back()

    def others_version(self) -> object | None:
        return self._statements.others_version()

    def checkpoint(self) -> int:
        return self._statements.checkpoint()

    def _append_at_once(self, writes: Sequence[Write]) -> list[Outcome] | None:
        """The same in one exchange with the server, when there is nothing to find out but who may write."""
        if not isinstance(self._statements, Postgresql) or connection.in_atomic_block:
            return None
        lines = self._lines_of_owners(writes)
        if lines is None or not all(write.needs_right for write in writes):
            return None
        connection.ensure_connection()
        joined = Joined(lines, writes)
        return joined.outcomes(self._statements.write_at_once(joined.lines, timezone.now()))

    def _append(self, writes: Sequence[Write]) -> list[Outcome]:
        if not self._statements.begin():
            self._rights_of += 1
        refusals: dict[int, FrameRefused] = {}
        claims: dict[Pair, int | None] = {}
        lines = self._lines_of_owners(writes, self._rights_of)
        if lines is None:
            self._ask(writes)
            lines = []
            for index, write in enumerate(writes):
                known = self._documents[write.document_id.int]
                try:
                    lines.append((known.key, self._check(write, known, claims), write.person_id))
                except FrameRefused as refusal:
                    refusals[index] = refusal
        kept = [write for index, write in enumerate(writes) if index not in refusals] if refusals else writes
        joined = Joined(lines, kept)
        saved = joined.outcomes(self._statements.write(joined.lines, claims, timezone.now()))
        if not refusals:
            return saved
        following = iter(saved)
        return [refusals[index] if index in refusals else next(following) for index in range(len(writes))]

    def _lines_of_owners(self, writes: Sequence[Write], rights_of: int | None = None) -> list[Line] | None:
        """The lines of these writes, when all their client ids are known to be those of who writes.

        rights_of: and when their rights are known as well, as of then. This is where nearly all writes pass."""
        documents, lines = self._documents, []
        for write in writes:
            known = documents.get(write.document_id.int)
            if known is None:
                return None
            person_id, update = write.person_id, write.update
            if (
                rights_of is not None
                and write.needs_right
                and (known.writers_of != rights_of or person_id not in known.writers)
            ):
                return None
            owner_of = known.owners.get
            for client in update.inserted:
                if owner_of(client, _NOBODY) != person_id:
                    return None
            lines.append((known.key, update.content, person_id))
        return lines

    def _ask(self, writes: Sequence[Write]) -> None:
        """Learn what is not known yet of the rights and the client ids of these writes."""
        rights: dict[Pair, _Known] = {}
        clients: dict[Pair, _Known] = {}
        keys = []
        for write in writes:
            known = self._documents.get(write.document_id.int)
            if known is None:
                known = self._documents[write.document_id.int] = _Known(write.document_id)
            if known.writers_of != self._rights_of:
                known.writers = set()
                known.writers_of = self._rights_of
            keys.append(known.key)
            if write.needs_right and write.person_id is not None and write.person_id not in known.writers:
                rights[known.key, write.person_id] = known
            for client in write.update.inserted:
                if client not in known.owners:
                    clients[known.key, client] = known
        writers, owners = self._statements.ask(keys, rights, clients)
        for pair in writers:
            rights[pair].writers.add(pair[1])
        for pair, person_id in owners.items():
            clients[pair].owners[pair[1]] = person_id
        self._owner_count += len(owners)

    def _check(self, write: Write, known: _Known, claims: dict[Pair, int | None]) -> bytes:
        """What is kept of an update. Notes the client ids it is the first to use. Raises FrameRefused."""
        person_id = write.person_id
        if write.needs_right and person_id not in known.writers:
            raise FrameRefused("rights-changed")
        update, owners = write.update, known.owners
        foreign = {client for client in update.inserted if owners.get(client, person_id) != person_id}
        if foreign:
            if not write.is_answer and not self._repeats(write, foreign):
                raise FrameRefused("foreign-client")
            update = update.without(foreign)
        for client in update.inserted:
            if client not in owners:
                claims[known.key, client] = owners[client] = person_id
                self._owner_count += 1
        return update.content

    def _repeats(self, write: Write, foreign: set[int]) -> bool:
        """Whether all that is written under other people's ids was already in the log.

        It happens to honest clients: coming back, they send all they believe we lack."""
        clocks = self._clocks.get(write.document_id)
        if clocks is None:
            if len(self._clocks) >= limits.KNOWN_CLOCKS or sum(map(len, self._clocks.values())) > limits.KNOWN_OWNERS:
                self._clocks.clear()
            clocks = self._clocks[write.document_id] = KnownClocks(read_stored(write.document_id))
        else:
            clocks.add(read_rows_after(write.document_id, clocks.last_id))
        return all(clocks.cover(client, list(write.update.inserted[client])) for client in foreign)

    def forget(self) -> None:
        """After a failure: what was read or claimed in a transaction that did not hold may be wrong."""
        self._documents.clear()
        self._owner_count = 0
        self._clocks.clear()
        self._statements.forget()
