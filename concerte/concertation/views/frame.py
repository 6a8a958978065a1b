"""What the pages of the room share: the circle they are in, saying where we are, asking before doing."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concerte.accounts.models import User
from concerte.common.form_pages import status_of
from concerte.partners.circles import Standing, standing_in
from concerte.partners.models import Circle

Trail = list[dict[str, str | bool]]
# The name of the first page of each part, its title, and its shorter name in the second navigation.
PARTS = (
    ("exchanges", gettext_lazy("Échanges bilatéraux"), gettext_lazy("Échanges")),
    ("needs", gettext_lazy("Besoins"), gettext_lazy("Besoins")),
    ("themes", gettext_lazy("Thèmes"), gettext_lazy("Thèmes")),
    ("groups", gettext_lazy("Groupes de travail"), gettext_lazy("Groupes de travail")),
    ("ideas", gettext_lazy("Idées"), gettext_lazy("Idées")),
)
TITLES = {name: title for name, title, _short in PARTS}


def circle_of(person: User | AnonymousUser, slug: str) -> tuple[Circle, Standing]:
    """The circle of an address, and what the person is to it today. A circle itself is no secret: what may be seen in
    it is asked of each thing."""
    circle = get_object_or_404(Circle, slug=slug)
    return circle, standing_in(person, circle.pk)


def trail_in(circle: Circle, part: str, *steps: tuple[str, str]) -> Trail:
    """The breadcrumb of a page. part: a name of PARTS. steps: labels and addresses below its list; '' for this page,
    and the list itself is this page when there is none."""
    first = reverse(f"concertation:{part}", args=[circle.slug]) if steps else ""
    trail: Trail = [
        {"label": _("Programmes"), "href": reverse("publication:programmes")},
        {"label": circle.name, "href": reverse("publication:programme", args=[circle.slug]), "is_content": True},
    ]
    trail.extend({"label": label, "href": href} for label, href in ((str(TITLES[part]), first), *steps))
    return trail


def place_in(circle: Circle, part: str, *steps: tuple[str, str]) -> dict[str, Any]:
    """What the template of a page says of where it is: the circle, the breadcrumb, the second navigation."""
    tabs = [
        {"label": short, "href": reverse(f"concertation:{name}", args=[circle.slug]), "is_current": name == part}
        for name, _title, short in PARTS
    ]
    return {"circle": circle, "trail": trail_in(circle, part, *steps), "tabs": tabs}


def ask_page(
    request: HttpRequest,
    circle: Circle,
    form: BaseForm,
    *,
    title: str,
    submit_label: str,
    trail: Trail,
    text: str = "",
) -> HttpResponse:
    """A page that asks, then does. text: what it is about."""
    context = {
        "circle": circle,
        "form": form,
        "title": title,
        "text": text,
        "submit_label": submit_label,
        "kind": "primary",
        "trail": trail,
    }
    return render(request, "concertation/ask.html", context, status=status_of(form))
