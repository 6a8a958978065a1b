"""The meetings of a group: planned and cancelled from its page, taken to a calendar."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.concertation.forms.groups import GroupMeetingForm
from concerte.concertation.forms.speaking import ReasonForm
from concerte.concertation.models import GroupMeeting, WorkingGroup
from concerte.concertation.rules.groups import in_group
from concerte.concertation.services.groups_meetings import cancel_group_meeting, plan_group_meeting
from concerte.concertation.views.groups import ask_page, found_group
from concerte.partners.circles import standing_in

PRODUCT = "-//Concerté//Réunions des groupes//FR"
USUAL_LENGTH = timedelta(hours=1, minutes=30)  # nobody says when a group ends its meeting


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: AuthenticatedRequest, slug: str, group_id: int) -> HttpResponse:
    circle, found = found_group(request, slug, group_id)
    if not in_group(request.user, found).may_write:
        raise PermissionDenied
    form = GroupMeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            plan_group_meeting(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La réunion est prévue\u202f; les membres la voient dans leur espace."))
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Prévoir une réunion du groupe")
    return ask_page(request, circle, found, form, title=title, submit_label=_("Prévoir cette réunion"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: AuthenticatedRequest, slug: str, group_id: int, meeting_id: int) -> HttpResponse:
    circle, found = found_group(request, slug, group_id)
    planned = get_object_or_404(found.meetings.all(), pk=meeting_id)
    me = in_group(request.user, found)
    if not me.may_lead and not (me.belongs and planned.planned_by_id == request.user.pk):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            cancel_group_meeting(planned, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La réunion est annulée."))
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Annuler une réunion du groupe")
    return ask_page(request, circle, found, form, title=title, submit_label=title, text=planned.purpose)


@require_safe
def calendar(request: HttpRequest, slug: str, group_id: int, meeting_id: int) -> HttpResponse:
    """One meeting as iCalendar (RFC 5545), for those of the programme who read the space of the group."""
    circle, found = found_group(request, slug, group_id)
    is_readable = WorkingGroup.objects.readable_by(request.user).filter(pk=found.pk).exists()
    if not is_readable or not standing_in(request.user, circle.pk).may_read:
        raise Http404
    meeting = get_object_or_404(found.meetings.all(), pk=meeting_id)
    answer = HttpResponse(_calendar_of(meeting), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="reunion-groupe-{meeting.pk}.ics"'
    return answer


def _calendar_of(meeting: GroupMeeting) -> bytes:
    entry = Event()
    entry.add("uid", f"group-meeting-{meeting.pk}@{settings.BASE_URL.split('://')[-1]}")
    entry.add("dtstamp", meeting.cancelled_at or meeting.planned_at)
    entry.add("dtstart", meeting.starts_at)
    entry.add("dtend", meeting.starts_at + USUAL_LENGTH)
    entry.add("summary", f"{meeting.group.name} – {meeting.purpose}")
    entry.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    entry.add("sequence", 1 if meeting.cancelled_at else 0)
    if meeting.place or meeting.link:
        entry.add("location", meeting.place or meeting.link)
    address = reverse("concertation:group", args=[meeting.group.circle.slug, meeting.group_id])
    entry.add("url", settings.BASE_URL + address)
    if meeting.link:
        entry.add("description", meeting.link)
    whole = Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add_component(entry)
    return bytes(whole.to_ical())
