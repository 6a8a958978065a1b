"""Who comes to a meeting: noted by the secretariat, announced by the organisations themselves."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.governance.forms.meetings import AttendanceForm, choice_of, read_choice, seat_choices
from concerte.governance.models import Meeting, Seat
from concerte.governance.reading.meetings import Row, Side, attendance_of, quorum_is_met
from concerte.governance.rules import keeps_secretariat, may_speak_for_seat
from concerte.governance.services import record_attendance
from concerte.governance.views.frame import trail_of_meeting
from concerte.governance.views.meetings import meeting_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    """A choice per organisation: all of them for the secretariat, one's own otherwise."""
    meeting = meeting_of(request.user, meeting_id)
    secretary = keeps_secretariat(request.user, meeting.body)
    sides = attendance_of(meeting)
    choices = seat_choices(meeting, all_states=secretary)
    rows = [row for side in sides for row in side.rows if secretary or may_speak_for_seat(request.user, row.seat)]
    if not rows:
        raise PermissionDenied
    forms = {row.seat.pk: _form(request, row, choices[row.seat.pk]) for row in rows}
    is_sent = request.method == "POST" and all(form.is_valid() for form in forms.values())
    if is_sent and _note(meeting, rows, forms, request.user):
        messages.success(request, _("Les présences sont notées."))
        return redirect("governance:meeting", meeting.pk)
    context = {
        "meeting": meeting,
        "sides": [(side, _forms_of(side, forms)) for side in sides],
        "quorum_is_met": quorum_is_met(sides),
        "keeps_secretariat": secretary,
        "trail": trail_of_meeting(meeting, (_("Présences"), "")),
    }
    return render(request, "governance/meeting_attendance.html", context, status=status_of(*forms.values()))


def _form(request: AuthenticatedRequest, row: Row, choices: list[tuple[str, str]]) -> AttendanceForm:
    noted = choice_of(row.attendance)
    # What the secretariat noted stays shown to an organisation that could not have said it itself.
    if noted not in dict(choices) and row.attendance is not None:
        choices = [*choices, (noted, row.attendance.get_state_display())]
    form = AttendanceForm(
        request.POST if request.method == "POST" else None,
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
