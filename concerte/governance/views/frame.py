"""What the pages of the room share: saying where we are."""

from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.partners.models import Circle

Trail = list[dict[str, str | bool]]


def trail_in(circle: Circle, section: str, name: str, *steps: tuple[str, str]) -> Trail:
    """The breadcrumb of a page about a programme. section, name: the label and the address name of the list it belongs
    to. steps: labels and addresses below it; '' for this page, and the list itself is this page when there is none."""
    address = reverse(f"governance:{name}", args=[circle.slug]) if steps else ""
    trail: Trail = [
        {"label": _("Programmes"), "href": reverse("publication:programmes")},
        {"label": circle.name, "href": reverse("publication:programme", args=[circle.slug]), "is_content": True},
        {"label": section, "href": address},
    ]
    trail.extend({"label": label, "href": href} for label, href in steps)
    return trail
