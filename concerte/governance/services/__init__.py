"""Everything that changes bodies, meetings and decisions: the door of the room."""

from concerte.governance.services.bodies import create_body, end_body, end_seat, grant_seat, update_body
from concerte.governance.services.mandates import (
    end_mandate,
    end_mandates_of_the_erased,
    end_mandates_without_membership,
    give_mandate,
)

__all__ = [
    "create_body",
    "end_body",
    "end_mandate",
    "end_mandates_of_the_erased",
    "end_mandates_without_membership",
    "end_seat",
    "give_mandate",
    "grant_seat",
    "update_body",
]
