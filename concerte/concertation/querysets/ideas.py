"""Selecting ideas and what is said of them."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.circles import memberships_in_circles

if TYPE_CHECKING:
    from concerte.concertation.models.ideas import Idea, IdeaComment  # noqa: F401  named in the bases


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """Public ones; those of the groups the person reads; those shown to the colleges of their circles; those they
        brought, while they are of the circle."""
        groups = apps.get_model("concertation", "WorkingGroup").objects.readable_by(person)
        seen = Q(visibility="public") | Q(group__in=groups)
        if isinstance(person, User):
            held = memberships_in_circles(timezone.localdate()).filter(person=person)
            in_circle = Q(Exists(held.filter(participation_circle=OuterRef("circle"))))
            authors = apps.get_model("concertation", "IdeaAuthor").objects.filter(idea=OuterRef("pk"), person=person)
            seen |= in_circle & (Q(visibility="colleges") | Q(Exists(authors)))
        return self.filter(seen)

    def unanswered(self) -> Self:
        return self.filter(state__in=["proposed", "under_study"])


class IdeaCommentQuerySet(models.QuerySet["IdeaComment"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)
