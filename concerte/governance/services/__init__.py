"""Everything that changes bodies, meetings and decisions: the door of the room."""

from concerte.governance.services.disagreements import (
    answer_disagreement,
    escalate,
    open_disagreement,
    record_attempt,
    take_stance,
    withdraw_disagreement,
)

__all__ = [
    "answer_disagreement",
    "escalate",
    "open_disagreement",
    "record_attempt",
    "take_stance",
    "withdraw_disagreement",
]
