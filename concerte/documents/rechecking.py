"""What the regular check asks the database: who may still be here, and which committed lines no news brought.

The cost depends on the people who are here, never on the length of the log or on how many could be here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from concerte.accounts.models import User
from concerte.documents.credentials import Entry
from concerte.documents.models import Access, Document, DocumentToken, LoggedUpdate
from concerte.documents.state import Row

_PAIRS_PER_QUERY = 400


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says of those who are connected, at one moment."""

    levels: Mapping[tuple[UUID, int], int]  # of (document, person), for those who have a right
    session_keys: Collection[str]
    token_ids: Collection[int]
    missed: Mapping[UUID, tuple[int, Sequence[Row]]]  # document: last line of its log, lines not shown yet


def read_facts(entries: Sequence[tuple[UUID, Entry]], known: Mapping[UUID, tuple[int, frozenset[int]]]) -> Facts:
    """entries: who is in which document. known: for each document, its horizon and the lines shown beyond it."""
    now = timezone.now()
    session_keys = {entry.session_key for _, entry in entries if entry.session_key}
    sessions = Session.objects.filter(session_key__in=session_keys, expire_date__gt=now)
    token_ids = {entry.token_id for _, entry in entries if entry.token_id}
    tokens = DocumentToken.objects.valid_at(now).filter(pk__in=token_ids)
    return Facts(
        _levels({(document_id, entry.person_id) for document_id, entry in entries}),
        set(sessions.values_list("session_key", flat=True)) if session_keys else set(),
        set(tokens.values_list("pk", flat=True)) if token_ids else set(),
        dict(_missed(known)),
    )


def _levels(pairs: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], int]:
    """Asked pair by pair: by lists of each, everyone in every document would answer."""
    access, person = Access._meta.db_table, User._meta.db_table
    document_key = Document._meta.pk.get_db_prep_value
    asked = list(pairs)
    levels = {}
    with connection.cursor() as cursor:
        for start in range(0, len(asked), _PAIRS_PER_QUERY):
            chunk = asked[start : start + _PAIRS_PER_QUERY]
            values = ", ".join(["(%s, %s)"] * len(chunk))
            # In this order of the tables, so that each pair is looked up and SQLite does not read all rights.
            cursor.execute(
                f"WITH asked (document_id, person_id) AS (VALUES {values})"  # noqa: S608 - placeholders, names of tables
                f" SELECT a.document_id, a.person_id, a.level FROM asked CROSS JOIN {access} a"
                f" JOIN {person} p ON p.id = a.person_id WHERE p.is_active"
                " AND a.document_id = asked.document_id AND a.person_id = asked.person_id",
                [value for pair in chunk for value in (document_key(pair[0], connection), pair[1])],
            )
            for document_id, person_id, level in cursor.fetchall():
                key = document_id if isinstance(document_id, UUID) else UUID(document_id)
                levels[key, person_id] = level
    return levels


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
