"""Who may do what in a programme. Asked of today's memberships, never of what was true when a page was opened."""

from django.contrib.auth.models import AnonymousUser

from concerte.accounts.models import User
from concerte.partners.circles import Standing, standing_in
from concerte.partners.models import Organisation
from concerte.programme.models import Programme


def standing(person: User | AnonymousUser, programme: Programme) -> Standing:
    """What the person is to this programme today. One query, whatever is asked of it afterwards."""
    return standing_in(person, programme.circle_id)


def may_read_draft(person: User | AnonymousUser, programme: Programme) -> bool:
    """Whoever holds a role in an organisation that takes part, administration set aside: it has no voice on texts."""
    return standing(person, programme).may_read


def may_write_draft(person: User | AnonymousUser, programme: Programme) -> bool:
    """Representatives, contributors and coordination of the organisations that take part."""
    return standing(person, programme).may_write


def may_coordinate(person: User | AnonymousUser, programme: Programme) -> bool:
    """The coordination role, in an organisation that coordinates this programme."""
    return standing(person, programme).may_coordinate


def organisations_represented_by(person: User | AnonymousUser, programme: Programme) -> tuple[Organisation, ...]:
    """The organisations in whose name the person may take a position: representatives only."""
    return standing(person, programme).represented


def may_found_programmes(person: User | None) -> bool:
    """Nobody in particular is the operator, from a command."""
    return person is None or (person.is_active and person.is_staff)
