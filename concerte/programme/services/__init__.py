"""Everything that changes a programme: the door of the room."""

from concerte.programme.services.accesses import (
    keep_accesses_of_person_true,
    keep_accesses_true,
    keep_every_access_true,
)
from concerte.programme.services.amendments import (
    accept_amendment,
    open_amendment,
    set_aside_amendment,
    submit_amendment,
    withdraw_amendment,
)
from concerte.programme.services.codes import MAX_ACTION_NUMBER, new_action_code, register_action
from concerte.programme.services.deciding import set_deciding_body
from concerte.programme.services.editions import publish_edition
from concerte.programme.services.ideas import bring_idea_into_draft, join_idea_to_action
from concerte.programme.services.positions import take_position
from concerte.programme.services.programmes import (
    add_participation,
    create_programme,
    end_participation,
    open_programme,
    set_approval_rule,
    update_frame,
)
from concerte.programme.services.proposals import MAX_MESSAGE_CHARACTERS, freeze_proposal, withdraw_proposal

__all__ = [
    "MAX_ACTION_NUMBER",
    "MAX_MESSAGE_CHARACTERS",
    "accept_amendment",
    "add_participation",
    "bring_idea_into_draft",
    "create_programme",
    "end_participation",
    "freeze_proposal",
    "join_idea_to_action",
    "keep_accesses_of_person_true",
    "keep_accesses_true",
    "keep_every_access_true",
    "new_action_code",
    "open_amendment",
    "open_programme",
    "publish_edition",
    "register_action",
    "set_approval_rule",
    "set_aside_amendment",
    "set_deciding_body",
    "submit_amendment",
    "take_position",
    "update_frame",
    "withdraw_amendment",
    "withdraw_proposal",
]
