"""Who may do what with accounts."""

from django.contrib.auth.models import AnonymousUser

from concerte.accounts.models import User


def is_administrator(person: User | AnonymousUser) -> bool:
    """Whether the person runs the platform today. `partners` keeps `is_staff` true to their memberships."""
    return person.is_active and person.is_staff


def may_erase(person: User | None) -> bool:
    """Whether personal data may be erased by this person; nobody: the operator, from a command."""
    return person is None or is_administrator(person)
