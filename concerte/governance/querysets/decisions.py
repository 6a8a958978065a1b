"""Selecting decisions. `visible_to` is the one door to a decision, for pages and data alike."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.models.bodies import Mandate
from concerte.partners.circles import memberships_in_circles
from concerte.partners.models import Circle, Membership

if TYPE_CHECKING:
    from concerte.governance.models import Decision  # noqa: F401  named in the base


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """Open: those who sit on the body, observers included, and its secretariat; those who take part in the circle
        when no body decides. Over, or withdrawn: the same, and whom its visibility names."""
        now = timezone.now()
        is_told = ~Q(state="open") | Q(closes_at__lte=now)
        public = is_told & Q(visibility="public")
        if not person.is_authenticated:
            return self.filter(public)
        day = timezone.localdate()
        sits = Exists(Mandate.objects.held_by(person, day).filter(seat__body=OuterRef("body")))
        keeps = Exists(
            Membership.objects.held_by(person, Membership.Role.COORDINATION).filter(
                organisation=OuterRef("body__secretariat")
            )
        )
        held = memberships_in_circles(day).filter(person=person)
        in_circle = Exists(held.filter(participation_circle=OuterRef("circle")))
        body_circles = Circle.objects.filter(bodies=OuterRef("body"), pk__in=held.values("participation_circle"))
        told_to_colleges = is_told & ~Q(visibility="body") & (Q(in_circle) | Q(Exists(body_circles)))
        return self.filter(public | Q(sits) | Q(keeps) | (Q(body=None) & Q(in_circle)) | told_to_colleges)

    def open_at(self, now: datetime) -> Self:
        """Those on which votes are taken at that instant."""
        return self.filter(Q(closes_at=None) | Q(closes_at__gt=now), state="open", opens_at__lte=now)

    def due_at(self, now: datetime) -> Self:
        """Those whose time has passed and that nobody has closed yet."""
        return self.filter(state="open", closes_at__lte=now)

    def of_body_voters(self) -> Self:
        """Those that are voted here: the others are answered where what they are about is read."""
        return self.filter(body__isnull=False)
