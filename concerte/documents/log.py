"""The durable log: what is here is never lost, and nothing is shown before it is here.

`DocumentLog.append` writes updates of many documents in one transaction, and in that same transaction asks again who
may write and whose client ids they are. `writer.LogWriter` is the one thread that calls it for the sockets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from concerte.documents import limits
from concerte.documents.errors import FrameRefused
from concerte.documents.models import Access, ClientOwner, Level, LoggedUpdate, Snapshot
from concerte.documents.state import Copy, KnownClocks, Row, read_rows_after, read_stored
from concerte.documents.updates import Update

_ATTEMPTS = 4  # another process may claim the same client id at the same time


@dataclass(frozen=True, slots=True)
class Write:
    """One update to append. person_id: whose it is; None: the platform itself (an import, a repair).

    needs_right: whether the person must hold the right to write at that very moment; a service has asked already.
    """

    document_id: UUID
    update: Update
    person_id: int | None
    needs_right: bool = True


@dataclass(frozen=True, slots=True)
class Committed:
    """A line of the log. Its update is what was kept: what had been written before under other people's ids is out."""

    row: Row


Outcome = Committed | FrameRefused


class DocumentLog:
    """Appends to the log, one thread at a time. Remembers what cannot change: whose each client id is."""

    def __init__(self) -> None:
        self._owners: dict[tuple[UUID, int], int | None] = {}
        self._clocks: dict[UUID, KnownClocks] = {}

    def append(self, writes: Sequence[Write]) -> list[Outcome]:
        """Commit these writes, in order; for each, its line or why it is refused.

        Raises what the database raises when it cannot write (disk full, gone, locked for too long): then nothing
        is written."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    outcomes, owners = self._append(writes)
            except IntegrityError:
                if attempt == _ATTEMPTS:
                    raise
                continue
            self._remember(owners)
            return outcomes
        raise AssertionError("unreachable")

    def _append(self, writes: Sequence[Write]) -> tuple[list[Outcome], dict[tuple[UUID, int], int | None]]:
        _lock({write.document_id for write in writes})
        writers = _writers(writes)
        owners = self._owners_of(writes)
        claims: dict[tuple[UUID, int], int | None] = {}
        outcomes: list[Outcome | None] = []
        lines: list[LoggedUpdate] = []
        for write in writes:
            if write.needs_right and (write.document_id, write.person_id) not in writers:
                outcomes.append(FrameRefused("rights-changed"))
                continue
            foreign = {client for client in write.update.inserted if not _is_own(write, client, owners)}
            if foreign and not self._repeats(write, foreign):
                outcomes.append(FrameRefused("foreign-client"))
                continue
            kept = write.update.without(foreign) if foreign else write.update
            for client in kept.inserted:
                if (write.document_id, client) not in owners:
                    claims[write.document_id, client] = owners[write.document_id, client] = write.person_id
            outcomes.append(None)
            lines.append(
                LoggedUpdate(document_id=write.document_id, update_bytes=kept.content, person_id=write.person_id)
            )
        ClientOwner.objects.bulk_create(
            ClientOwner(document_id=document_id, client_id=client, person_id=person_id)
            for (document_id, client), person_id in claims.items()
        )
        saved = iter(LoggedUpdate.objects.bulk_create(lines))
        return [_committed(next(saved)) if outcome is None else outcome for outcome in outcomes], owners

    def _owners_of(self, writes: Sequence[Write]) -> dict[tuple[UUID, int], int | None]:
        """Whose the client ids of these writes are, for those somebody used already."""
        used = {(write.document_id, client) for write in writes for client in write.update.inserted}
        owners = {key: self._owners[key] for key in used if key in self._owners}
        unknown = used - owners.keys()
        if unknown:
            found = ClientOwner.objects.among(
                (document_id for document_id, _ in unknown), (client for _, client in unknown)
            ).values_list("document_id", "client_id", "person_id")
            owners |= {(document_id, client): person_id for document_id, client, person_id in found}
        return owners

    def _repeats(self, write: Write, foreign: set[int]) -> bool:
        """Whether all that is written under other people's ids was already in the log.

        It happens to honest clients: coming back, they send all they believe we lack."""
        clocks = self._clocks.get(write.document_id)
        if clocks is None:
            if len(self._clocks) >= limits.KNOWN_CLOCKS:
                self._clocks.clear()
            clocks = self._clocks[write.document_id] = KnownClocks(read_stored(write.document_id))
        else:
            clocks.add(read_rows_after(write.document_id, clocks.last_id))
        return all(clocks.cover(client, list(write.update.inserted[client])) for client in foreign)

    def _remember(self, owners: dict[tuple[UUID, int], int | None]) -> None:
        if len(self._owners) + len(owners) > limits.KNOWN_OWNERS:
            self._owners.clear()
        self._owners |= owners

    def forget(self) -> None:
        """After a failure: what was read in a transaction that did not hold may be wrong."""
        self._owners.clear()
        self._clocks.clear()


def _is_own(write: Write, client: int, owners: dict[tuple[UUID, int], int | None]) -> bool:
    return owners.get((write.document_id, client), write.person_id) == write.person_id


def _committed(line: LoggedUpdate) -> Committed:
    return Committed(Row(line.pk, bytes(line.update_bytes)))


def _writers(writes: Sequence[Write]) -> set[tuple[UUID, int]]:
    asking = [write for write in writes if write.needs_right]
    if not asking:
        return set()
    rights = Access.objects.in_force().among(
        (write.document_id for write in asking), (write.person_id for write in asking if write.person_id is not None)
    )
    return set(rights.filter(level=Level.WRITE).values_list("document_id", "person_id"))


def _lock(document_ids: Iterable[UUID]) -> None:
    """Make the lines of one document commit in the order of their ids, whatever process writes them.

    Otherwise a snapshot up to line 12 could miss line 11, committed a moment later, for ever. SQLite has one writer
    at a time anyway. In a fixed order, so that two processes never wait for each other."""
    if connection.vendor != "postgresql":
        return
    keys = sorted(document_id.int >> 65 for document_id in document_ids)
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def fold(document_id: UUID) -> bool:
    """Make a snapshot of all that is committed. The lines stay: versions and attribution read them. Whether it was."""
    stored = read_stored(document_id)
    if not stored.tail:
        return False
    copy = Copy.of(stored)
    values = {
        "last_update_id": copy.last_id,
        "state_bytes": copy.difference(),
        "waiting_update_ids": [row.id for row in copy.waiting_rows()],
        "made_at": timezone.now(),
    }
    # Another process may have folded further meanwhile: a snapshot never goes back.
    if Snapshot.objects.filter(document_id=document_id, last_update_id__lt=copy.last_id).update(**values):
        return True
    _, is_new = Snapshot.objects.get_or_create(document_id=document_id, defaults=values)
    return is_new
