"""Minutes: written together, put to approval, approved or sent back, read once they are fixed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.documents.models import Document
from concerte.documents.note_pages import note_data
from concerte.governance.forms.meetings import MinutesForm
from concerte.governance.models import Mandate, Meeting
from concerte.governance.reading.meetings import minutes_text
from concerte.governance.rules import keeps_secretariat, may_read_minutes, voting_mandate
from concerte.governance.services import put_minutes_to_approval, take_minutes_position
from concerte.governance.services.minutes import colleges_awaited
from concerte.governance.views.frame import act, trail_of_meeting
from concerte.governance.views.meetings import kept_meeting, meeting_of
from concerte.lineage.references import Viewer

Minutes = Meeting.Minutes


@require_safe
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The minutes: the shared note while they are written, then exactly what was put or fixed."""
    return _page(request, _read_meeting(request.user, meeting_id), None)


@require_safe
def minutes_data(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The very bytes the digest is of, once they are fixed."""
    meeting = meeting_of(request.user, meeting_id)
    if meeting.minutes_state != Minutes.FIXED:
        raise Http404
    name = f"{meeting.body.slug}-releve-{meeting.day_text}.json"
    answer = HttpResponse(
        meeting.minutes_content.encode(),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{meeting.minutes_digest}"'},
    )
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


@login_required
@require_POST
def put(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    meeting = kept_meeting(request.user, meeting_id)
    return act(
        request,
        lambda: put_minutes_to_approval(meeting, acting_user=request.user),
        done=_("Le relevé est soumis à celles et ceux qui siègent."),
        address=reverse("governance:minutes", args=[meeting.pk]),
    )


@login_required
@require_POST
def answer(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    """Approve, or send back with reasons. The form is on the page of the minutes."""
    meeting = _read_meeting(request.user, meeting_id)
    if voting_mandate(request.user, meeting.body) is None:
        raise PermissionDenied
    form = MinutesForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            take_minutes_position(meeting, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Votre position est enregistrée."))
            return redirect("governance:minutes", meeting.pk)
    return _page(request, meeting, form)


def _read_meeting(viewer: Viewer, meeting_id: int) -> Meeting:
    """A meeting whose minutes this person may read."""
    meeting = meeting_of(viewer, meeting_id)
    if meeting.minutes_id is None or not may_read_minutes(viewer, meeting):
        raise Http404
    return meeting


def _page(request: HttpRequest, meeting: Meeting, form: MinutesForm | None) -> HttpResponse:
    is_refused = form is not None
    mandate = voting_mandate(request.user, meeting.body)
    positions = list(
        meeting.minutes_positions.filter(round=meeting.minutes_round).select_related(
            "seat__organisation", "seat__college", "person"
        )
    )
    has_answered = mandate is not None and any(said.seat_id == mandate.seat_id for said in positions)
    is_asked = meeting.minutes_state == Minutes.APPROVAL and mandate is not None and not has_answered
    if form is None and is_asked:
        form = MinutesForm(initial={"digest": meeting.minutes_digest})
    is_written = meeting.minutes_state == Minutes.WRITING
    context = {
        "meeting": meeting,
        "note": _note(request, meeting, meeting.minutes) if is_written and meeting.minutes else None,
        "text": () if is_written else minutes_text(meeting),
        "positions": positions,
        "awaited": colleges_awaited(meeting) if meeting.minutes_state == Minutes.APPROVAL else [],
        "form": form if is_asked else None,
        "lost_form": form if is_refused and not is_asked else None,
        "mandate": mandate,
        "keeps_secretariat": keeps_secretariat(request.user, meeting.body),
        "trail": trail_of_meeting(meeting, (_("Relevé"), "")),
    }
    return render(request, "governance/minutes.html", context, status=status_of(form))


def _note(request: HttpRequest, meeting: Meeting, document: Document) -> object:
    """The note to write in, in the name of the organisation whose seat the person holds, or of the secretariat."""
    speaks_for = meeting.body.secretariat
    if request.user.is_authenticated:
        held = Mandate.objects.held_by(request.user, timezone.localdate()).filter(seat__body=meeting.body_id)
        mandate = held.select_related("seat__organisation__college").first()
        speaks_for = mandate.seat.organisation if mandate else speaks_for
    return note_data(request, document, speaks_for=speaks_for, label=_("Relevé de la réunion"))
