"""Secret addresses of calendars."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q


def token_digest(token: str) -> str:
    """What is kept of a secret: enough to recognise it, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarToken(models.Model):
    """Opens the calendar of one person to whoever has the address, until it is revoked. Only its digest is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    digest = models.CharField("empreinte", max_length=64, unique=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    revoked_at = models.DateTimeField("révoquée le", null=True, blank=True)

    class Meta:
        verbose_name = "adresse secrète d’agenda"
        verbose_name_plural = "adresses secrètes d’agenda"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("person",), condition=Q(revoked_at=None), name="governance_one_calendar"),
        )

    def __str__(self) -> str:
        return f"agenda de {self.person_id}"
