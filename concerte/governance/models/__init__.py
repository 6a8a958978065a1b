"""The facts of the room, by capability."""

from concerte.governance.models.bodies import DEFAULT_TIME_ZONE, Body, Mandate, Publicity, Seat
from concerte.governance.models.calendars import CalendarToken, token_digest
from concerte.governance.models.consultations import ConcernedThing, Consultation, CostEstimate, Opinion, OpinionPoint
from concerte.governance.models.disagreements import Attempt, Disagreement, Escalation, Stance
from concerte.governance.models.meetings import AgendaItem, AgendaPaper, Attendance, Meeting, MinutesPosition

__all__ = [
    "DEFAULT_TIME_ZONE",
    "AgendaItem",
    "AgendaPaper",
    "Attempt",
    "Attendance",
    "Body",
    "CalendarToken",
    "ConcernedThing",
    "Consultation",
    "CostEstimate",
    "Disagreement",
    "Escalation",
    "Mandate",
    "Meeting",
    "MinutesPosition",
    "Opinion",
    "OpinionPoint",
    "Publicity",
    "Seat",
    "Stance",
    "token_digest",
]
