"""What this room shows on the page “Mon espace”."""

from django.utils import timezone

from concerte.accounts.models import User
from concerte.accounts.sections import Section
from concerte.governance.models import Body, Mandate


def my_bodies(person: User) -> Section:
    """The bodies the person sits on or keeps the secretariat of, and the way to their calendar."""
    held = Mandate.objects.held_by(person, timezone.localdate()).select_related("seat__body", "seat__organisation")
    kept = Body.objects.kept_by(person).existing_on(timezone.localdate())
    return Section("governance/includes/my_bodies.html", {"mandates": list(held), "kept": list(kept)})
