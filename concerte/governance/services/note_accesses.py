"""Keeping who may open what a body writes together true to today's mandates and memberships: minutes and opinions."""

from django.db.models import Q

from concerte.documents.models import Level
from concerte.documents.services import set_accesses
from concerte.governance.models import Body, Opinion
from concerte.governance.services.minutes_accesses import (
    keep_every_minutes_access_true,
    keep_minutes_accesses_of_body,
    keep_minutes_accesses_of_person,
)
from concerte.governance.services.seated_levels import levels_of_the_seated


def keep_opinion_accesses(opinion: Opinion) -> None:
    """Those who sit with a vote and the secretariat write the note of an opinion until it is given; observers read."""
    is_open = not opinion.is_given and opinion.consultation.is_open
    set_accesses(opinion.note, levels_of_the_seated(opinion.body, highest=Level.WRITE if is_open else Level.READ))


def keep_note_accesses_of_body(body: Body) -> None:
    """For all that this body is writing."""
    keep_minutes_accesses_of_body(body)
    _keep_opinions(Q(body=body))


def keep_note_accesses_of_person(person_id: int) -> None:
    """For the bodies this person sits on, sat on, or may keep the secretariat of."""
    keep_minutes_accesses_of_person(person_id)
    sits = Q(body__seats__mandates__person=person_id)
    keeps = Q(body__secretariat__memberships__person=person_id)
    _keep_opinions(sits | keeps)


def keep_every_note_access_true() -> None:
    """For all bodies: what a day that begins changes."""
    keep_every_minutes_access_true()
    _keep_opinions(Q())


def _keep_opinions(wanted: Q) -> None:
    awaited = Opinion.objects.awaited().filter(wanted).select_related("body", "consultation", "note")
    for opinion in awaited.distinct().order_by("pk"):
        keep_opinion_accesses(opinion)
