"""The facts of the room, by capability."""

from concerte.governance.models.bodies import DEFAULT_TIME_ZONE, Body, Mandate, Publicity, Seat
from concerte.governance.models.calendars import CalendarToken, token_digest
from concerte.governance.models.meetings import AgendaItem, AgendaPaper, Attendance, Meeting, MinutesPosition

__all__ = [
    "DEFAULT_TIME_ZONE",
    "AgendaItem",
    "AgendaPaper",
    "Attendance",
    "Body",
    "CalendarToken",
    "Mandate",
    "Meeting",
    "MinutesPosition",
    "Publicity",
    "Seat",
    "token_digest",
]
