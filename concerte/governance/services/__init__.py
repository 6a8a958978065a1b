"""Everything that changes something of the room: its door."""

from concerte.governance.services.decisions import (
    MAX_QUESTION_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    Asked,
    close_decision,
    close_due_decisions,
    close_if_due,
    conclude_decision,
    open_decision,
    put_to_vote,
    record_review,
    take_back,
    withdraw_decision,
)
from concerte.governance.services.decisions_rules import name_rule, withdraw_rule
from concerte.governance.services.objections import (
    answer_objection,
    maintain_objection,
    make_objection,
    withdraw_objection,
)
from concerte.governance.services.voting import MAX_REASONS_CHARACTERS, cast_vote, give_proxy, withdraw_proxy

__all__ = [
    "MAX_QUESTION_CHARACTERS",
    "MAX_REASONS_CHARACTERS",
    "MAX_TEXT_CHARACTERS",
    "Asked",
    "answer_objection",
    "cast_vote",
    "close_decision",
    "close_due_decisions",
    "close_if_due",
    "conclude_decision",
    "give_proxy",
    "maintain_objection",
    "make_objection",
    "name_rule",
    "open_decision",
    "put_to_vote",
    "record_review",
    "take_back",
    "withdraw_decision",
    "withdraw_objection",
    "withdraw_proxy",
    "withdraw_rule",
]
