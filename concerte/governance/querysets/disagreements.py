"""Selecting disagreements."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.circles import circles_of

if TYPE_CHECKING:
    from concerte.governance.models import Disagreement  # noqa: F401  named in the base


class DisagreementQuerySet(models.QuerySet["Disagreement"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The public ones; those of the circles the person is part of; those taken to a body the person sits on."""
        public = Q(visibility="public")
        if not isinstance(person, User):
            return self.filter(public)
        mandates = apps.get_model("governance", "Mandate").objects.held_by(person, timezone.localdate())
        bodies = mandates.values("seat__body")
        taken = self.model.objects.filter(escalations__body__in=bodies).values("pk")
        return self.filter(public | Q(circle__in=circles_of(person)) | Q(pk__in=taken))

    def open(self) -> Self:
        return self.filter(state="open")
