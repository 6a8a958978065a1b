"""Selecting territories."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When

from concerte.territories.names import searchable

if TYPE_CHECKING:
    from concerte.territories.models import Territory  # noqa: F401  named in the base

MAX_ASKED = 80  # letters of a search that are read: the longest name has 59
_CODE_LENGTHS = range(1, 10)  # from 1 to 9 signs: "1" to the nine digits of a SIREN


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def called(self, asked: str) -> Self:
        """Those whose code is this, or that have a name whose words begin so, in the same order: exactly this name or
        code first, then names that begin with it; the most inhabitants first. Nothing for an empty search."""
        words = searchable(asked[:MAX_ASKED])
        code = asked.strip().upper().replace(" ", "")
        if not words:
            return self.none()
        wanted = Q(search_name__startswith=words) | Q(search_name__contains=f" {words}")
        if len(code) in _CODE_LENGTHS:
            wanted |= Q(code=code)
        rank = Case(
            When(code=code, then=Value(0)),
            When(search_name=words, then=Value(0)),
            When(search_name__startswith=words, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.filter(wanted).order_by(rank, F("population").desc(nulls_last=True), "name", "pk")
