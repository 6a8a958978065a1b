"""Everything that changes bodies, meetings and decisions: the door of the room."""

from concerte.governance.services.consultations import (
    Cost,
    add_point,
    answer_point,
    give_opinion,
    keep_every_note_true,
    keep_note_true,
    keep_notes_of_person_true,
    submit_consultation,
    withdraw_consultation,
)
from concerte.governance.services.disagreements import (
    answer_disagreement,
    escalate,
    open_disagreement,
    record_attempt,
    take_stance,
    withdraw_disagreement,
)

__all__ = [
    "Cost",
    "add_point",
    "answer_disagreement",
    "answer_point",
    "escalate",
    "give_opinion",
    "keep_every_note_true",
    "keep_note_true",
    "keep_notes_of_person_true",
    "open_disagreement",
    "record_attempt",
    "submit_consultation",
    "take_stance",
    "withdraw_consultation",
    "withdraw_disagreement",
]
