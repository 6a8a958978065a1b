"""The facts of the room, by capability."""

from concerte.governance.models.bodies import Body, Mandate, Seat
from concerte.governance.models.consultations import (
    ConcernedThing,
    Consultation,
    CostEstimate,
    Opinion,
    OpinionPoint,
)
from concerte.governance.models.disagreements import Attempt, Disagreement, Escalation, Stance

__all__ = [
    "Attempt",
    "Body",
    "ConcernedThing",
    "Consultation",
    "CostEstimate",
    "Disagreement",
    "Escalation",
    "Mandate",
    "Opinion",
    "OpinionPoint",
    "Seat",
    "Stance",
]
