"""What the regular check asks the database: who may still be here, and which committed lines no news brought.

The cost depends on the people who are here, never on the length of the log or on how many could be here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from concerte.accounts.models import User
from concerte.documents.credentials import Entry
from concerte.documents.models import Access, Document, DocumentToken, LoggedUpdate
from concerte.documents.state import Row

_KEYS_PER_QUERY = 400
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says of those who are connected, at one moment."""

    levels: Mapping[tuple[UUID, int], int]  # of (document, person), for those who have a right
    session_keys: Collection[str]
    token_ids: Collection[int]
    missed: Mapping[UUID, tuple[int, Sequence[Row]]]  # document: last line of its log, lines not shown yet


def read_facts(entries: Sequence[tuple[UUID, Entry]], known: Mapping[UUID, tuple[int, frozenset[int]]]) -> Facts:
    """entries: who is in which document. known: for each document, its horizon and the lines shown beyond it."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    sessions, tokens = Session._meta.db_table, DocumentToken._meta.db_table
    session_keys = {entry.session_key for _, entry in entries if entry.session_key}
    token_ids = {entry.token_id for _, entry in entries if entry.token_id}
    return Facts(
        _levels({(document_id, entry.person_id) for document_id, entry in entries}),
        _valid(f"SELECT session_key FROM {sessions} WHERE expire_date > %s AND session_key IN", now, session_keys),  # noqa: S608 - names of tables
        _valid(f"SELECT id FROM {tokens} WHERE revoked_at IS NULL AND expires_at > %s AND id IN", now, token_ids),  # noqa: S608
        dict(_missed(known)),
    )


# In SQL of our own: with five hundred people here, Django would prepare thousands of values each time.
def _valid(query: str, now: Any, keys: Collection[Any]) -> set[Any]:
    """Those of the keys that the query finds still valid."""
    found: set[Any] = set()
    with connection.cursor() as cursor:
        for chunk in _chunks(keys):
            cursor.execute(f"{query} ({_marks('%s', chunk)})", [now, *chunk])
            found.update(key for (key,) in cursor.fetchall())
    return found


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
                f"WITH asked (document_id, person_id) AS (VALUES {_marks('(%s, %s)', chunk)})"  # noqa: S608 - names of tables
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


def _missed(
    known: Mapping[UUID, tuple[int, frozenset[int]]],
) -> Iterable[tuple[UUID, tuple[int, Sequence[Row]]]]:
    last = LoggedUpdate.objects.filter(document_id=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    latest = Document.objects.filter(pk__in=known).annotate(last_id=Subquery(last))
    for document_id, last_id in latest.values_list("pk", "last_id"):
        horizon, shown = known[document_id]
        if last_id is not None and last_id > horizon:
            yield document_id, (last_id, _missed_rows(document_id, horizon, last_id, shown))


def _missed_rows(document_id: UUID, horizon: int, last_id: int, shown: frozenset[int]) -> Sequence[Row]:
    lines = LoggedUpdate.objects.after(document_id, horizon).filter(pk__lte=last_id)
    missing = set(lines.values_list("pk", flat=True)) - shown
    if not missing:
        return []
    found = LoggedUpdate.objects.filter(pk__in=missing).order_by("pk").values_list("pk", "update_bytes")
    return [Row(pk, bytes(update)) for pk, update in found]
