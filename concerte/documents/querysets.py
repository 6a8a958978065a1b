"""Selecting what concerns shared documents."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from concerte.partners.models import Organisation

if TYPE_CHECKING:  # named in strings below, which ruff does not read
    from concerte.documents.models import (  # noqa: F401
        Access,
        Amendment,
        ClientOwner,
        DocumentToken,
        LoggedUpdate,
    )


# On SQLite: the last line that is in the index of the log. Read from the end, where few are not.
LAST_FILED = "SELECT id FROM documents_loggedupdate NOT INDEXED WHERE is_filed ORDER BY id DESC LIMIT 1"


class LoggedUpdateQuerySet(models.QuerySet["LoggedUpdate"]):
    def after(self, document_id: UUID, last_id: int) -> Self:
        """The lines of a document after one, in the order of their commit."""
        lines = self.filter(document_id=document_id, pk__gt=last_id)
        if connection.vendor == "sqlite":
            # Each part by an index of its own.
            start = RawSQL(f"MAX(%s, COALESCE(({LAST_FILED}), 0))", [last_id])  # noqa: S611 - a constant
            filed = lines.filter(is_filed=True).order_by().values("pk")
            others = self.filter(document_id=document_id, pk__gt=start).order_by().values("pk")
            lines = self.filter(pk__in=filed.union(others, all=True))
        return lines.order_by("pk")


class AccessQuerySet(models.QuerySet["Access"]):
    def in_force(self) -> Self:
        """Rights of people who may still sign in."""
        return self.filter(person__is_active=True)

    def among(self, document_ids: Iterable[UUID], person_ids: Iterable[int]) -> Self:
        return self.filter(document_id__in=set(document_ids), person_id__in=set(person_ids))


class ClientOwnerQuerySet(models.QuerySet["ClientOwner"]):
    def among(self, document_ids: Iterable[UUID], client_ids: Iterable[int]) -> Self:
        return self.filter(document_id__in=set(document_ids), client_id__in=set(client_ids))


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def waiting(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(status=self.model.Status.SUBMITTED)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def seen_by_members_of(self, organisations: Iterable[Organisation]) -> Self:
        """Those that were submitted; of the others, those of these organisations: nobody else reads over a shoulder."""
        return self.filter(Q(submitted_at__isnull=False) | Q(organisation__in=organisations))


class DocumentTokenQuerySet(models.QuerySet["DocumentToken"]):
    def valid_at(self, instant: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=instant)
