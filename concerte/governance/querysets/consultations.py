"""Selecting consultations and opinions."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.circles import circles_of

if TYPE_CHECKING:
    from concerte.governance.models import Consultation, Opinion  # noqa: F401  named in the bases


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The public ones; those of the circles the person is part of; those asked of a body the person sits on."""
        public = Q(visibility="public")
        if not isinstance(person, User):
            return self.filter(public)
        mandates = apps.get_model("governance", "Mandate").objects.held_by(person, timezone.localdate())
        asked = self.model.objects.filter(opinions__body__in=mandates.values("seat__body")).values("pk")
        return self.filter(public | Q(circle__in=circles_of(person)) | Q(pk__in=asked))

    def open(self) -> Self:
        return self.filter(state="open")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def given(self) -> Self:
        return self.exclude(given_at=None)

    def awaited(self) -> Self:
        return self.filter(given_at=None, consultation__state="open")
