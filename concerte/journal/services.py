"""Writing the journal: the only way in."""

from typing import Any

from django.db import models

from concerte.journal.models import Entry


def record(
    act: str,
    *,
    actor: models.Model | None,
    subject: models.Model,
    organisation: str = "",
    details: dict[str, Any] | None = None,
) -> Entry:
    """Add one line, inside the caller's transaction.

    act: `room.what_happened`. actor: the person, or None for the operator's commands. organisation: the slug of the
    organisation in whose name the person acted, if any. details: plain JSON values, no personal data.
    """
    return Entry.objects.create(
        act=act,
        actor_id=actor.pk if actor is not None else None,
        organisation=organisation,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        details=details or {},
    )
