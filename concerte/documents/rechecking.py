"""What the regular check asks the database: who may still be here, and which committed lines no news brought.

The cost depends on the people who are here, never on the length of the log or on how many could be here.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from concerte.accounts.models import User
from concerte.documents.credentials import Entry
from concerte.documents.models import Access, DocumentToken, LoggedUpdate
from concerte.documents.querysets import LAST_FILED
from concerte.documents.state import Row

_KEYS_PER_QUERY = 400
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says of those who are connected, at one moment."""

    levels: Mapping[tuple[UUID, int], int]  # of (document, person), for those who have a right
    session_keys: Collection[str]
    token_ids: Collection[int]
    missed: Mapping[UUID, tuple[int, Sequence[Row]]]  # document: last line of its log, lines that may not be shown yet
    ends_at: datetime | None  # when the first of these sessions and tokens ends by itself


@dataclass(frozen=True, slots=True)
class Shown:
    """What a room showed of its log: all up to the horizon, then so many lines, the last of which is known."""

    horizon: int
    last: int
    count: int


def read_facts(entries: Sequence[tuple[UUID, Entry]], known: Mapping[UUID, Shown]) -> Facts:
    """entries: who is in which document. known: for each document, what was shown of it."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    sessions, tokens = Session._meta.db_table, DocumentToken._meta.db_table
    session_keys = {entry.session_key for _, entry in entries if entry.session_key}
    token_ids = {entry.token_id for _, entry in entries if entry.token_id}
    ends: list[datetime] = []
    return Facts(
        _levels({(document_id, entry.person_id) for document_id, entry in entries}),
        _valid(
            f"SELECT session_key, expire_date FROM {sessions} WHERE expire_date > %s AND session_key IN",
            now,
            session_keys,
            ends,
        ),
        _valid(
            f"SELECT id, expires_at FROM {tokens} WHERE revoked_at IS NULL AND expires_at > %s AND id IN",
            now,
            token_ids,
            ends,
        ),
        dict(_missed(known)),
        min(ends, default=None),
    )


# In SQL of our own: with five hundred people here, Django would prepare thousands of values each time.
def _valid(query: str, now: Any, keys: Collection[Any], ends: list[datetime]) -> set[Any]:
    """Those of the keys that the query finds still valid. To `ends` is added when the first of them ends."""
    found: dict[Any, Any] = {}
    with connection.cursor() as cursor:
        for chunk in _chunks(keys):
            cursor.execute(f"{query} ({_marks('%s', chunk)})", [now, *chunk])
            found.update(cursor.fetchall())
    if found:
        first = min(found.values())
        ends.append(timezone.make_aware(first, UTC) if timezone.is_naive(first) else first)  # SQLite keeps no zone
    return set(found)


def _levels(pairs: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], int]:
    """Asked pair by pair: by lists of each, everyone in every document would answer."""
    access, person = Access._meta.db_table, User._meta.db_table
    is_native = connection.features.has_native_uuid_field
    keys = {document_id: document_id if is_native else document_id.hex for document_id, _ in pairs}
    documents = {key: document_id for document_id, key in keys.items()}
    levels = {}
    with connection.cursor() as cursor:
        for chunk in _chunks(pairs):
            # In this order of the tables, so that each pair is looked up and SQLite does not read all rights.
            cursor.execute(
                f"WITH asked (document_id, person_id) AS (VALUES {_marks('(%s, %s)', chunk)})"
                f" SELECT a.document_id, a.person_id, a.level FROM asked CROSS JOIN {access} a"
                f" JOIN {person} p ON p.id = a.person_id WHERE p.is_active"
                " AND a.document_id = asked.document_id AND a.person_id = asked.person_id",
                [value for document_id, person_id in chunk for value in (keys[document_id], person_id)],
            )
            for key, person_id, level in cursor.fetchall():
                levels[documents[key], person_id] = level
    return levels


def _chunks(keys: Collection[T]) -> Iterator[list[T]]:
    asked = list(keys)
    return (asked[start : start + _KEYS_PER_QUERY] for start in range(0, len(asked), _KEYS_PER_QUERY))


def _marks(mark: str, values: Collection[Any]) -> str:
    return ", ".join([mark] * len(values))


def _missed(known: Mapping[UUID, Shown]) -> Iterator[tuple[UUID, tuple[int, Sequence[Row]]]]:
    """Two questions for all documents: how many lines there are up to the last that was shown, which should be as many
    as were shown; and the lines after it."""
    is_native = connection.features.has_native_uuid_field
    documents = {document_id if is_native else document_id.hex: document_id for document_id in known}
    after: dict[UUID, list[Row]] = {}
    counts: dict[UUID, int] = {}
    with connection.cursor() as cursor:
        for chunk in _chunks(documents.items()):
            asked = f"WITH asked (document_id, horizon, last) AS (VALUES {_marks('(%s, %s, %s)', chunk)})"
            values = [
                v for key, document_id in chunk for v in (key, known[document_id].horizon, known[document_id].last)
            ]
            counted = _lines("l.document_id, l.id", "l.id > asked.horizon AND l.id <= asked.last")
            cursor.execute(
                f"{asked} SELECT document_id, COUNT(*) FROM ({counted}) AS counted GROUP BY document_id", values
            )
            counts.update((documents[key], count) for key, count in cursor.fetchall())
            missed = _lines("l.document_id, l.id, l.update_bytes", "l.id > asked.last")
            cursor.execute(f"{asked} {missed} ORDER BY 2", values)
            for key, row_id, content in cursor.fetchall():
                after.setdefault(documents[key], []).append(Row(row_id, bytes(content)))
    for document_id, shown in known.items():
        rows = after.get(document_id, [])
        if counts.get(document_id, 0) != shown.count:
            rows = [*_rows_between(document_id, shown), *rows]
        last = rows[-1].id if rows else shown.last
        if last > shown.horizon:
            yield document_id, (last, rows)


def _lines(selected: str, condition: str) -> str:
    """These columns of the lines `l` of each document that was asked for, looked up in the index, document by document.

    PostgreSQL takes "after this line" for a third of the log and would read all of it: OFFSET 0 keeps it from that. On
    SQLite the last lines are not in the index yet: they are read once, for all documents."""
    log = LoggedUpdate._meta.db_table
    wanted = f"l.document_id = asked.document_id AND {condition}"
    if connection.vendor == "postgresql":
        return f"SELECT {selected} FROM asked CROSS JOIN LATERAL (SELECT * FROM {log} l WHERE {wanted} OFFSET 0) l"
    return (
        f"SELECT {selected} FROM asked CROSS JOIN {log} l WHERE {wanted} AND l.is_filed UNION ALL"
        f" SELECT {selected} FROM {log} l CROSS JOIN asked"
        f" WHERE l.id > COALESCE(({LAST_FILED}), 0) AND NOT l.is_filed AND {wanted}"
    )


def _rows_between(document_id: UUID, shown: Shown) -> list[Row]:
    lines = LoggedUpdate.objects.after(document_id, shown.horizon).filter(pk__lte=shown.last)
    return [Row(pk, bytes(update)) for pk, update in lines.values_list("pk", "update_bytes")]
