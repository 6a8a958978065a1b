"""Calendars: of a body for everyone, of a meeting, of a person behind a secret address."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.governance.calendars import calendar_of, file_name_of, told
from concerte.governance.models import Body, CalendarToken, Meeting
from concerte.governance.rules import is_inside
from concerte.governance.services import make_calendar_address, person_of_calendar, revoke_calendar_address
from concerte.governance.views.meetings import meeting_of

CONTENT_TYPE = "text/calendar; charset=utf-8"
BODY_SECONDS = 15 * 60  # how long the calendar of a body may be kept by anybody on the way
PERSON_SECONDS = 5 * 60  # how long that of a person may be kept by their program


@require_safe
def body_calendar(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The public meetings of a body, whoever asks: the same for all, so that it may be kept on the way."""
    body = get_object_or_404(Body, slug=slug)
    meetings = Meeting.objects.public().with_times().filter(body=body)
    return _calendar(request, list(told(meetings)), name=body.name, seconds=BODY_SECONDS, is_public=True)


@require_safe
def meeting_calendar(request: HttpRequest, meeting_id: int) -> HttpResponseBase:
    """One meeting, to put in a calendar by hand or to send."""
    meeting = meeting_of(request.user, meeting_id)
    if meeting.starts_at is None:
        raise Http404
    inside = is_inside(request.user, meeting.body)
    found = list(told(Meeting.objects.filter(pk=meeting.pk)))
    answer = _calendar(request, found, name=str(meeting.body), seconds=0, with_links=inside)
    if answer.status_code == 200:
        answer["Content-Disposition"] = f'attachment; filename="{file_name_of(meeting)}"'
    return answer


@require_safe
def person_calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The meetings of the bodies a person is inside of, as today's mandates and memberships say."""
    person = person_of_calendar(token)
    if person is None:
        raise Http404
    meetings = Meeting.objects.visible_to(person).from_inside(person).with_times()
    with translation.override(settings.LANGUAGE_CODE):
        name = _("Mes réunions (Concerté)")
    return _calendar(request, list(told(meetings)), name=name, seconds=PERSON_SECONDS, with_links=True)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: AuthenticatedRequest) -> HttpResponse:
    """Make or revoke the secret address of one's calendar. It is shown once, in the answer that makes it."""
    address = ""
    if request.method == "POST":
        if "revoke" in request.POST:
            revoke_calendar_address(request.user, acting_user=request.user)
            messages.success(request, _("L’adresse ne donne plus rien."))
            return redirect("governance:my_calendar")
        token = make_calendar_address(request.user, acting_user=request.user)
        with translation.override(settings.LANGUAGE_CODE):
            address = settings.BASE_URL + reverse("governance:person_calendar", args=[token])
    context = {
        "address": address,
        "standing": CalendarToken.objects.filter(person=request.user, revoked_at=None).first(),
        "trail": [
            {"label": _("Mon espace"), "href": reverse("accounts:my_space")},
            {"label": _("Mon agenda"), "href": ""},
        ],
    }
    return render(request, "governance/my_calendar.html", context)


def _calendar(
    request: HttpRequest,
    meetings: list[Meeting],
    *,
    name: str,
    seconds: int,
    is_public: bool = False,
    with_links: bool = False,
) -> HttpResponseBase:
    """A calendar, or « not changed » to a program that has it already."""
    content = calendar_of(meetings, name=name, with_links=with_links)
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    changed = max((meeting.changed_at for meeting in meetings), default=None)
    answer = HttpResponse(content, content_type=CONTENT_TYPE, headers={"ETag": etag})
    if changed is not None:
        answer["Last-Modified"] = http_date(_seconds(changed))
    patch_cache_control(answer, **({"public": True} if is_public else {"private": True}), max_age=seconds)
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
