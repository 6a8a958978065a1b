"""Rights over the notes of a circle, exchanges and groups together."""

from concerte.concertation.services.exchanges_accesses import keep_exchange_accesses_of_circle_true
from concerte.concertation.services.groups_accesses import keep_group_accesses_of_circle_true
from concerte.partners.models import Circle


def keep_concertation_true(circle: Circle | None = None) -> int:
    """Compute again who may open the notes of the exchanges and groups of a circle, or of all of them: what a
    participation that begins or ends, and a day that begins, change. Returns how many notes were looked at."""
    return keep_exchange_accesses_of_circle_true(circle) + keep_group_accesses_of_circle_true(circle)
