"""The meetings of a group: planned and cancelled from its page, taken to a calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.concertation.forms.groups import GroupMeetingForm
from concerte.concertation.forms.speaking import ReasonForm
from concerte.concertation.groups_calendars import calendar_of
from concerte.concertation.rules.groups import in_group, may_undo
from concerte.concertation.services.groups_meetings import cancel_group_meeting, plan_group_meeting
from concerte.concertation.views.groups import ask_page, found_group, space_of_group


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
    if not may_undo(in_group(request.user, found), planned.planned_by_id, request.user):
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
    found = space_of_group(request, slug, group_id)
    meeting = get_object_or_404(found.meetings.all(), pk=meeting_id)
    answer = HttpResponse(calendar_of(meeting), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="reunion-groupe-{meeting.pk}.ics"'
    return answer
