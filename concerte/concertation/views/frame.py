"""What the pages of the room share: the circle they are in, saying where we are."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.partners.circles import Standing, standing_in
from concerte.partners.models import Circle

Trail = list[dict[str, str | bool]]


def circle_of(person: User | AnonymousUser, slug: str) -> tuple[Circle, Standing]:
    """The circle of an address, and what the person is to it today. A circle itself is no secret: what may be seen in
    it is asked of each thing."""
    circle = get_object_or_404(Circle, slug=slug)
    return circle, standing_in(person, circle.pk)


def trail_of(circle: Circle, *steps: tuple[str, str]) -> Trail:
    """The breadcrumb of a page. steps: labels and addresses after the programme; '' for this page."""
    trail: Trail = [
        {"label": _("Programmes"), "href": reverse("publication:programmes")},
        {"label": circle.name, "href": reverse("publication:programme", args=[circle.slug]), "is_content": True},
    ]
    trail.extend({"label": label, "href": href} for label, href in steps)
    return trail


def tabs_of(circle: Circle, current: str) -> list[dict[str, Any]]:
    """The second navigation of the room. current: the name of the first page of this part ("exchanges", "needs"…)."""
    pages = [
        ("exchanges", _("Échanges")),
        ("needs", _("Besoins")),
        ("themes", _("Thèmes")),
        ("groups", _("Groupes de travail")),
        ("ideas", _("Idées")),
    ]
    return [
        {
            "label": label,
            "href": reverse(f"concertation:{name}", args=[circle.slug]),
            "is_current": name == current,
        }
        for name, label in pages
    ]
