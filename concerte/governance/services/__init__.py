"""Everything that changes bodies, meetings and decisions: the door of the room."""

from concerte.governance.services.agendas import (
    add_item,
    carry_over,
    join_paper,
    move_item,
    settle_item,
    update_item,
    withdraw_item,
    withdraw_paper,
)
from concerte.governance.services.attendances import record_attendance
from concerte.governance.services.bodies import create_body, end_body, end_seat, grant_seat, update_body
from concerte.governance.services.calendars import make_calendar_address, person_of_calendar, revoke_calendar_address
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
from concerte.governance.services.mandates import (
    end_mandate,
    end_mandates_of_the_erased,
    end_mandates_without_membership,
    give_mandate,
)
from concerte.governance.services.meetings import (
    cancel_meeting,
    close_meeting,
    convene_meeting,
    open_meeting,
    prepare_meeting,
    update_meeting,
)
from concerte.governance.services.minutes import put_minutes_to_approval, take_minutes_position
from concerte.governance.services.minutes_accesses import (
    keep_every_minutes_access_true,
    keep_minutes_accesses_of_person,
)

__all__ = [
    "Cost",
    "add_item",
    "add_point",
    "answer_disagreement",
    "answer_point",
    "cancel_meeting",
    "carry_over",
    "close_meeting",
    "convene_meeting",
    "create_body",
    "end_body",
    "end_mandate",
    "end_mandates_of_the_erased",
    "end_mandates_without_membership",
    "end_seat",
    "escalate",
    "give_mandate",
    "give_opinion",
    "grant_seat",
    "join_paper",
    "keep_every_minutes_access_true",
    "keep_every_note_true",
    "keep_minutes_accesses_of_person",
    "keep_note_true",
    "keep_notes_of_person_true",
    "make_calendar_address",
    "move_item",
    "open_disagreement",
    "open_meeting",
    "person_of_calendar",
    "prepare_meeting",
    "put_minutes_to_approval",
    "record_attempt",
    "record_attendance",
    "revoke_calendar_address",
    "settle_item",
    "submit_consultation",
    "take_minutes_position",
    "take_stance",
    "update_body",
    "update_item",
    "update_meeting",
    "withdraw_consultation",
    "withdraw_disagreement",
    "withdraw_item",
    "withdraw_paper",
]
