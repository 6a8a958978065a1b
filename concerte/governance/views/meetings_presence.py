"""Who comes to a meeting: noted by the secretariat, announced by the organisations themselves; who leaves it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.governance.forms.meetings import AttendanceForm, LeavingForm, choice_of, read_choice, seat_choices
from concerte.governance.models import Attendance, Meeting, Seat
from concerte.governance.reading.meetings import Row, Side, attendance_of, colleges_gone, quorum_is_met
from concerte.governance.rules import keeps_secretariat, may_speak_for_seat
from concerte.governance.services import record_attendance, record_leaving, record_return
from concerte.governance.views.frame import act, trail_of_meeting
from concerte.governance.views.meetings import kept_meeting, meeting_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    """A choice per organisation: all of them for the secretariat, one's own otherwise."""
    meeting = meeting_of(request.user, meeting_id)
    sides = attendance_of(meeting)
    rows = _rows_of(request.user, meeting, sides)
    data = request.POST if request.method == "POST" else None
    forms = _forms(request.user, meeting, rows, data)
    is_sent = data is not None and all(form.is_valid() for form in forms.values())
    if is_sent and _note(meeting, rows, forms, request.user):
        messages.success(request, _("Les présences sont notées."))
        return redirect("governance:meeting", meeting.pk)
    return _page(request, meeting, sides, forms)


@login_required
@require_POST
def leaving(request: AuthenticatedRequest, meeting_id: int, seat_id: int) -> HttpResponse:
    """An organisation has left; what is refused is said beside it."""
    meeting = kept_meeting(request.user, meeting_id)
    seat = get_object_or_404(meeting.body.seats.select_related("organisation"), pk=seat_id)
    form = LeavingForm(request.POST, meeting=meeting, prefix=f"depart-{seat.pk}")
    if form.is_valid():
        with refusals_in(form, "left_at"):
            record_leaving(meeting, seat, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le départ est noté."))
            return redirect(_in_session_of(meeting))
    sides = attendance_of(meeting)
    forms = _forms(request.user, meeting, _rows_of(request.user, meeting, sides), None)
    return _page(request, meeting, sides, forms, refused={seat.pk: form})


@login_required
@require_POST
def back(request: AuthenticatedRequest, meeting_id: int, seat_id: int) -> HttpResponse:
    meeting = kept_meeting(request.user, meeting_id)
    seat = get_object_or_404(meeting.body.seats.select_related("organisation"), pk=seat_id)
    return act(
        request,
        lambda: record_return(meeting, seat, acting_user=request.user),
        done=_("Le retour est noté."),
        address=_in_session_of(meeting),
    )


def _page(
    request: AuthenticatedRequest,
    meeting: Meeting,
    sides: list[Side],
    forms: dict[int, AttendanceForm],
    refused: dict[int, LeavingForm] | None = None,
) -> HttpResponse:
    secretary = keeps_secretariat(request.user, meeting.body)
    context = {
        "meeting": meeting,
        "sides": [(side, _forms_of(side, forms)) for side in sides],
        "in_session": _in_session(meeting, sides, refused or {}) if secretary else [],
        "quorum_is_met": quorum_is_met(sides),
        "gone": colleges_gone(sides),
        "keeps_secretariat": secretary,
        "trail": trail_of_meeting(meeting, (_("Présences"), "")),
    }
    status = status_of(*forms.values(), *(refused or {}).values())
    return render(request, "governance/meeting_attendance.html", context, status=status)


def _rows_of(person: User, meeting: Meeting, sides: list[Side]) -> list[Row]:
    """Those the person may note something of. Raises PermissionDenied for whom there is none."""
    secretary = keeps_secretariat(person, meeting.body)
    rows = [row for side in sides for row in side.rows if secretary or may_speak_for_seat(person, row.seat)]
    if not rows:
        raise PermissionDenied
    return rows


def _in_session(
    meeting: Meeting, sides: list[Side], refused: dict[int, LeavingForm]
) -> list[tuple[Row, LeavingForm | None]]:
    """Who came, while the meeting goes on: those who left, and those who may, each with a form."""
    if meeting.status != Meeting.Status.OPEN:
        return []
    came = [
        row
        for side in sides
        for row in side.rows
        if row.seat.pk in refused or (row.attendance and row.attendance.state == Attendance.State.PRESENT)
    ]
    return [(row, None if _has_left(row) else refused.get(row.seat.pk) or _leaving_form(row, meeting)) for row in came]


def _has_left(row: Row) -> bool:
    return row.attendance is not None and row.attendance.left_at is not None


def _leaving_form(row: Row, meeting: Meeting) -> LeavingForm:
    return LeavingForm(meeting=meeting, prefix=f"depart-{row.seat.pk}")


def _in_session_of(meeting: Meeting) -> str:
    return reverse("governance:attendance", args=[meeting.pk]) + "#departs"


def _forms(person: User, meeting: Meeting, rows: list[Row], data: QueryDict | None) -> dict[int, AttendanceForm]:
    choices = seat_choices(meeting, all_states=keeps_secretariat(person, meeting.body))
    return {row.seat.pk: _form(data, row, choices[row.seat.pk]) for row in rows}


def _form(data: QueryDict | None, row: Row, choices: list[tuple[str, str]]) -> AttendanceForm:
    noted = choice_of(row.attendance)
    # What the secretariat noted stays shown to an organisation that could not have said it itself.
    if noted not in dict(choices) and row.attendance is not None:
        choices = [*choices, (noted, row.attendance.get_state_display())]
    form = AttendanceForm(
        data,
        prefix=f"siege-{row.seat.pk}",
        initial={"noted": noted},
        choices=choices,
        label=row.seat.organisation.name,
    )
    form.fields["noted"].required = False
    return form


def _note(meeting: Meeting, rows: list[Row], forms: dict[int, AttendanceForm], person: User) -> bool:
    """Write what changed, one organisation after the other: proxies last, when who holds them is known to be there.
    Whether all of it was taken; what was refused is shown at its organisation."""
    changed = [row for row in rows if forms[row.seat.pk].has_changed() and forms[row.seat.pk].cleaned_data["noted"]]
    for row in sorted(changed, key=lambda row: forms[row.seat.pk].cleaned_data["noted"].startswith("proxy")):
        form = forms[row.seat.pk]
        with refusals_in(form, "noted"):
            record_attendance(meeting, row.seat, **_facts(form.cleaned_data["noted"]), acting_user=person)
    return not any(form.errors for form in forms.values())


def _facts(value: str) -> dict[str, Any]:
    facts = read_choice(value)
    if facts["person"] is not None:
        facts["person"] = get_object_or_404(User, pk=facts["person"])
    if facts["proxy_to"] is not None:
        facts["proxy_to"] = get_object_or_404(Seat.objects.select_related("organisation"), pk=facts["proxy_to"])
    return facts


def _forms_of(side: Side, forms: dict[int, AttendanceForm]) -> list[AttendanceForm]:
    return [forms[row.seat.pk] for row in side.rows if row.seat.pk in forms]
