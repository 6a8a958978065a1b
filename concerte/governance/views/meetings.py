"""Meetings: their page, and what the secretariat does with them."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.governance import sections
from concerte.governance.convening import delivery_of
from concerte.governance.forms.meetings import (
    ConveneForm,
    MeetingForm,
    MovedMeetingForm,
    ReasonForm,
    initial_of,
    next_working_day,
)
from concerte.governance.models import AgendaItem, Body, Meeting
from concerte.governance.reading.meetings import (
    agenda_of,
    attendance_of,
    colleges_gone,
    meeting_as_data,
    notice_of,
    quorum_is_met,
)
from concerte.governance.rules import is_inside, keeps_secretariat, may_read_minutes, may_speak_for_seat
from concerte.governance.services import (
    cancel_meeting,
    close_meeting,
    convene_meeting,
    open_meeting,
    prepare_meeting,
    update_meeting,
)
from concerte.governance.time_zones import zone_label
from concerte.governance.views.frame import act, form_page, json_answer, trail_of_body, trail_of_meeting
from concerte.lineage.references import Viewer

Status = Meeting.Status


@require_safe
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting: when, where, what about, who came, what was written down."""
    shown = meeting_of(request.user, meeting_id)
    inside = is_inside(request.user, shown.body)
    secretary = keeps_secretariat(request.user, shown.body)
    sides = attendance_of(shown)
    context = {
        "meeting": shown,
        "body": shown.body,
        "zone": zone_label(shown.time_zone),
        "notice": None if shown.is_documented else notice_of(shown),
        "delivery": delivery_of(shown) if secretary else None,
        "agenda": agenda_of(shown, request.user, with_restricted=inside),
        "outcomes": AgendaItem.Outcome.choices,
        "sides": sides,
        "quorum_is_met": quorum_is_met(sides),
        "gone": colleges_gone(sides),
        "presence_is_noted": any(row.attendance for side in sides for row in side.rows),
        "inside": inside,
        "keeps_secretariat": secretary,
        "may_read_minutes": shown.minutes_id is not None and may_read_minutes(request.user, shown),
        "may_excuse": shown.status == Status.CONVENED
        and not secretary
        and inside
        and any(may_speak_for_seat(request.user, row.seat) for side in sides for row in side.rows),
        "may_settle": secretary and shown.minutes_state == Meeting.Minutes.WRITING,
        "opens_today": shown.status == Status.CONVENED and shown.day <= timezone.now().astimezone(shown.zone).date(),
        "proposed": _proposed(shown) if secretary else [],
        "next_meeting": _next_meeting(shown) if secretary else None,
        "sections": sections.of_meeting(shown, request.user),
        "trail": trail_of_meeting(shown),
    }
    return render(request, "governance/meeting.html", context)


@require_safe
def meeting_data(request: HttpRequest, meeting_id: int) -> HttpResponse:
    return json_answer(meeting_as_data(meeting_of(request.user, meeting_id), request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_meeting(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    body = get_object_or_404(Body.objects.select_related("secretariat"), slug=slug)
    if not keeps_secretariat(request.user, body):
        raise PermissionDenied
    day = next_working_day(timezone.localdate() + timedelta(days=body.notice_days + 7))
    initial = {"day": day, "time_zone": body.time_zone, "publicity": body.publicity}
    form = MeetingForm(request.POST or None, initial=initial)
    made: list[Meeting] = []
    answer = form_page(
        request,
        form,
        save=lambda **facts: made.append(prepare_meeting(body, **facts, acting_user=request.user)),
        done=_("La réunion est en préparation\u00a0: seules les personnes qui siègent la voient."),
        address=reverse("governance:body", args=[slug]),
        trail=trail_of_body(body, (_("Préparer une réunion"), "")),
        title=_("Préparer une réunion"),
        lead=body.name,
        label=_("Préparer"),
    )
    return redirect("governance:meeting", made[0].pk) if made else answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_meeting(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    found = kept_meeting(request.user, meeting_id)
    kind = MovedMeetingForm if found.status == Status.CONVENED else MeetingForm
    return form_page(
        request,
        kind(request.POST or None, initial=initial_of(found)),
        save=lambda **facts: update_meeting(found, **facts, acting_user=request.user),
        done=_("C’est enregistré\u00a0: les agendas suivront."),
        trail=trail_of_meeting(found, (_("Modifier"), "")),
        address=reverse("governance:meeting", args=[found.pk]),
        title=_("Modifier la réunion"),
        lead=found.body.name,
        label=_("Enregistrer"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def convene(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    found = kept_meeting(request.user, meeting_id)
    notice = notice_of(found)
    words = {"days": notice.days, "before": notice.days_before}
    lead = (
        _("La réunion est dans %(before)d jours\u00a0: le délai de %(days)d jours est respecté.")
        if notice.is_met
        else _("La réunion est dans %(before)d jours, pour un délai de %(days)d\u00a0: il faut une urgence motivée.")
    )
    return form_page(
        request,
        ConveneForm(request.POST if request.method == "POST" else None),
        save=lambda **facts: convene_meeting(found, **facts, acting_user=request.user),
        done=_("La réunion est convoquée."),
        trail=trail_of_meeting(found, (_("Convoquer"), "")),
        address=reverse("governance:meeting", args=[found.pk]),
        title=_("Convoquer la réunion"),
        lead=lead % words,
        label=_("Convoquer"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    found = kept_meeting(request.user, meeting_id)
    return form_page(
        request,
        ReasonForm(request.POST or None),
        save=lambda **facts: cancel_meeting(found, **facts, acting_user=request.user),
        done=_("La réunion est annulée\u00a0: les agendas le diront."),
        trail=trail_of_meeting(found, (_("Annuler"), "")),
        address=reverse("governance:meeting", args=[found.pk]),
        title=_("Annuler la réunion"),
        lead=_("Sa page reste, avec le motif. Les points de son ordre du jour attendent une autre réunion."),
        label=_("Annuler la réunion"),
        kind="danger",
    )


@login_required
@require_POST
def open_it(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    found = kept_meeting(request.user, meeting_id)
    return act(
        request,
        lambda: open_meeting(found, acting_user=request.user),
        done=_("La réunion est ouverte. Son relevé est prêt à être écrit ensemble."),
        address=reverse("governance:meeting", args=[found.pk]),
    )


@login_required
@require_POST
def close_it(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    found = kept_meeting(request.user, meeting_id)
    return act(
        request,
        lambda: close_meeting(found, acting_user=request.user),
        done=_("La réunion est close. Relisez le relevé, puis soumettez-le."),
        address=reverse("governance:meeting", args=[found.pk]),
    )


def meeting_of(viewer: Viewer, meeting_id: int) -> Meeting:
    """The one door to a meeting: what this person may see."""
    seen = Meeting.objects.visible_to(viewer).select_related("body__secretariat", "minutes")
    return get_object_or_404(seen, pk=meeting_id)


def kept_meeting(person: User, meeting_id: int) -> Meeting:
    """The same for the secretariat; others who see it are told no."""
    found = meeting_of(person, meeting_id)
    if not keeps_secretariat(person, found.body):
        raise PermissionDenied
    return found


def _proposed(shown: Meeting) -> list[AgendaItem]:
    """What other meetings of the body left over, for an agenda that is being prepared."""
    if shown.status not in (Status.PLANNED, Status.CONVENED):
        return []
    left: Any = AgendaItem.objects.left_over().filter(meeting__body=shown.body).exclude(meeting=shown)
    return list(left.select_related("meeting").order_by("meeting__starts_at", "position", "pk"))


def _next_meeting(shown: Meeting) -> Meeting | None:
    """The one that takes up what this one leaves: the next of the body to be held."""
    if shown.status not in (Status.HELD, Status.CANCELLED):
        return None
    coming = Meeting.objects.to_come().filter(body=shown.body).exclude(pk=shown.pk)
    return coming.exclude(status=Status.OPEN).first()
