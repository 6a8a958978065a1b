"""What this room shows on the page “Mon espace”."""

from django.utils import timezone

from concerte.accounts.models import User
from concerte.accounts.sections import Section
from concerte.partners.models import Membership
from concerte.partners.rules import may_manage


def my_memberships(person: User) -> Section:
    """What the person holds today, in which organisations, and the way to the pages of those who manage."""
    held = Membership.objects.held_by(person).select_related("organisation__college")
    context = {"memberships": list(held), "may_manage": may_manage(person), "today": timezone.localdate()}
    return Section("partners/includes/my_memberships.html", context)
