"""The facts of the room, by capability."""

from concerte.governance.models.bodies import DEFAULT_TIME_ZONE, Body, Mandate, Publicity, Seat
from concerte.governance.models.calendars import CalendarToken, token_digest
from concerte.governance.models.consultations import ConcernedThing, Consultation, CostEstimate, Opinion, OpinionPoint
from concerte.governance.models.decisions import CollegeResult, Decision, DecisionVoter, NamedRule
from concerte.governance.models.disagreements import Attempt, Disagreement, Escalation, Stance
from concerte.governance.models.meetings import AgendaItem, AgendaPaper, Attendance, Meeting, MinutesPosition
from concerte.governance.models.objections import Objection, ObjectionStep
from concerte.governance.models.voting import Proxy, SecretParticipation, SecretTally, Vote

__all__ = [
    "DEFAULT_TIME_ZONE",
    "AgendaItem",
    "AgendaPaper",
    "Attempt",
    "Attendance",
    "Body",
    "CalendarToken",
    "CollegeResult",
    "ConcernedThing",
    "Consultation",
    "CostEstimate",
    "Decision",
    "DecisionVoter",
    "Disagreement",
    "Escalation",
    "Mandate",
    "Meeting",
    "MinutesPosition",
    "NamedRule",
    "Objection",
    "ObjectionStep",
    "Opinion",
    "OpinionPoint",
    "Proxy",
    "Publicity",
    "Seat",
    "SecretParticipation",
    "SecretTally",
    "Stance",
    "Vote",
    "token_digest",
]
