"""Secret addresses of calendars: made, given once, revoked."""

import secrets

from django.db import transaction
from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.models import CalendarToken, token_digest
from concerte.journal import services as journal


@transaction.atomic
def make_calendar_address(person: User, *, acting_user: User) -> str:
    """A new secret for the calendar of a person, 43 characters; the one before opens nothing any more. Shown once: only
    its digest is kept."""
    revoke_calendar_address(person, acting_user=acting_user)
    token = secrets.token_urlsafe(32)
    made = CalendarToken.objects.create(person=person, digest=token_digest(token))
    journal.record("governance.calendar_address_made", actor=acting_user, subject=made)
    return token


@transaction.atomic
def revoke_calendar_address(person: User, *, acting_user: User | None) -> bool:
    """Close the calendar of a person to whoever has its address; whether there was one."""
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    standing = CalendarToken.objects.filter(person=person, revoked_at=None).first()
    if standing is None:
        return False
    standing.revoked_at = timezone.now()
    standing.save(update_fields=["revoked_at"])
    journal.record("governance.calendar_address_revoked", actor=acting_user, subject=standing)
    return True


def person_of_calendar(token: str) -> User | None:
    """Whose calendar a secret opens; None when it opens nothing: unknown, revoked, of a closed account."""
    found = CalendarToken.objects.filter(digest=token_digest(token), revoked_at=None, person__is_active=True)
    standing = found.select_related("person").first()
    return standing.person if standing else None
