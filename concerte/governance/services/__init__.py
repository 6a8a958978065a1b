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
    "add_item",
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
    "give_mandate",
    "grant_seat",
    "join_paper",
    "keep_every_minutes_access_true",
    "keep_minutes_accesses_of_person",
    "make_calendar_address",
    "move_item",
    "open_meeting",
    "person_of_calendar",
    "prepare_meeting",
    "put_minutes_to_approval",
    "record_attendance",
    "revoke_calendar_address",
    "settle_item",
    "take_minutes_position",
    "update_body",
    "update_item",
    "update_meeting",
    "withdraw_item",
    "withdraw_paper",
]
