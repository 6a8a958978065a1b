"""The facts of the room, by capability."""

from concerte.governance.models.bodies import Body, Mandate, Seat
from concerte.governance.models.decisions import CollegeResult, Decision, DecisionVoter, NamedRule
from concerte.governance.models.objections import Objection, ObjectionStep
from concerte.governance.models.voting import Proxy, SecretParticipation, SecretTally, Vote

__all__ = [
    "Body",
    "CollegeResult",
    "Decision",
    "DecisionVoter",
    "Mandate",
    "NamedRule",
    "Objection",
    "ObjectionStep",
    "Proxy",
    "Seat",
    "SecretParticipation",
    "SecretTally",
    "Vote",
]
