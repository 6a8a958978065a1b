"""Keeping who may open the minutes of meetings true to today's mandates and memberships."""

from django.db import models, transaction
from django.db.models import Q

from concerte.documents.models import Level
from concerte.documents.services import set_accesses
from concerte.governance.models import Body, Meeting
from concerte.governance.services.seated_levels import levels_of_the_seated

_OPEN_STATES = (Meeting.Minutes.WRITING, Meeting.Minutes.APPROVAL)


@transaction.atomic
def keep_minutes_accesses(meeting: Meeting) -> None:
    """While they are written, the secretariat and those who sit with a vote write, observers read; once put to approval
    everybody reads only. Does nothing for a meeting without minutes."""
    if meeting.minutes is None:
        return
    highest = Level.WRITE if meeting.minutes_state == Meeting.Minutes.WRITING else Level.READ
    set_accesses(meeting.minutes, levels_of_the_seated(meeting.body, highest=highest))


def keep_minutes_accesses_of_body(body: Body) -> None:
    """The same, for the minutes of a body that are not fixed yet."""
    _keep(Meeting.objects.filter(body=body))


def keep_minutes_accesses_of_person(person_id: int) -> None:
    """The same, for the bodies this person sits on, sat on, or may keep the secretariat of."""
    sits = Q(body__seats__mandates__person=person_id)
    keeps = Q(body__secretariat__memberships__person=person_id)
    _keep(Meeting.objects.filter(sits | keeps))


def keep_every_minutes_access_true() -> int:
    """The same for all: what a day that begins changes. Returns how many meetings were looked at."""
    return _keep(Meeting.objects.all())


def _keep(meetings: models.QuerySet[Meeting]) -> int:
    open_ones = (
        meetings.filter(minutes_state__in=_OPEN_STATES).select_related("minutes", "body").order_by("pk").distinct()
    )
    found = list(open_ones)
    for meeting in found:
        keep_minutes_accesses(meeting)
    return len(found)
