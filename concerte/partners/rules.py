"""Who speaks for whom, and who may manage people and organisations."""

from datetime import date

from django.contrib.auth.models import AnonymousUser

from concerte.accounts.models import User
from concerte.accounts.rules import is_administrator
from concerte.partners.models import Membership, Organisation

Role = Membership.Role


def holds_role(
    person: User | AnonymousUser, *roles: str, organisation: Organisation | None = None, on: date | None = None
) -> bool:
    """Whether the person holds one of the roles (any, when none is named) that day, today by default; in `organisation`
    when it is given, anywhere otherwise."""
    held = Membership.objects.held_by(person, *roles, on=on)
    return (held.filter(organisation=organisation) if organisation is not None else held).exists()


def coordinates(person: User | AnonymousUser) -> bool:
    """Whether the person coordinates, for any organisation, today."""
    return holds_role(person, Role.COORDINATION)


def may_manage(person: User | AnonymousUser | None) -> bool:
    """Whether the person may manage organisations and memberships: coordination anywhere today, or administration.
    Nobody: an operator, from a command."""
    return person is None or is_administrator(person) or coordinates(person)


def may_give(person: User | AnonymousUser | None, role: str) -> bool:
    """Whether the person may give or end this role. Only administrators make administrators: a coordinator who could
    would give themselves the whole platform."""
    if role == Role.ADMINISTRATOR:
        return person is None or is_administrator(person)
    return may_manage(person)
