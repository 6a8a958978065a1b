"""What the pages of the room share: saying where we are, and forms that stand alone on their page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.common.errors import DomainError
from concerte.common.form_pages import refusals_in, status_of
from concerte.common.templatetags.typography import partial_date
from concerte.governance.models import Body, Meeting
from concerte.partners.models import Circle

Trail = list[dict[str, str | bool]]


def trail_of_body(body: Body | None, *steps: tuple[str, str]) -> Trail:
    """The breadcrumb of a page. steps: labels and addresses after the body; '' for this page."""
    trail: Trail = [{"label": _("Instances"), "href": reverse("governance:bodies")}]
    if body is not None:
        href = reverse("governance:body", args=[body.slug]) if steps else ""
        trail.append({"label": str(body), "href": href, "is_content": True})
    trail.extend({"label": label, "href": href} for label, href in steps)
    return trail


def trail_of_meeting(meeting: Meeting, *steps: tuple[str, str]) -> Trail:
    """The breadcrumb of a page of a meeting."""
    label = _("Réunion du %(day)s") % {"day": partial_date(meeting.day_text)}
    address = reverse("governance:meeting", args=[meeting.pk]) if steps else ""
    return trail_of_body(meeting.body, (label, address), *steps)


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


def form_page(
    request: HttpRequest,
    form: Any,
    *,
    save: Callable[..., Any],
    done: str,
    address: str,
    trail: Trail,
    **words: Any,
) -> HttpResponse:
    """A page that asks, then does. save: called with what the form holds; what it refuses is shown in the form. done:
    the message, and address: where one goes, once it is done. words: title, label of the button, lead, kind."""
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            save(**form.cleaned_data)
            messages.success(request, done)
            return redirect(address)
    context = {"lead": "", "kind": "primary", **words, "form": form, "back": address, "trail": trail}
    return render(request, "governance/form.html", context, status=status_of(form))


def act(request: HttpRequest, do: Callable[[], Any], *, done: str, address: str) -> HttpResponse:
    """What a single button does: the outcome is told on the page one comes from."""
    try:
        do()
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect(address)


def json_answer(content: Any) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
