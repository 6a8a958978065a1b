"""Selecting themes and rounds of priorities."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from concerte.accounts.models import User
from concerte.partners.circles import circles_of

if TYPE_CHECKING:
    from concerte.concertation.models.themes import PriorityRound, Theme  # noqa: F401  named in the bases


class ThemeQuerySet(models.QuerySet["Theme"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """What is public, and everything in the circles the person is part of today."""
        return self.filter(Q(visibility="public") | Q(circle__in=circles_of(person)))

    def open(self) -> Self:
        """Neither merged nor withdrawn."""
        return self.filter(closed_at=None)


class PriorityRoundQuerySet(models.QuerySet["PriorityRound"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """Those of the circles the person is part of today: who gave what is for participants."""
        return self.filter(circle__in=circles_of(person))

    def open(self) -> Self:
        return self.filter(closed_at=None)
