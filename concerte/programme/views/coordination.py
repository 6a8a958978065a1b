"""The page of the coordination: the frame of the programme, who takes part, what each college asks for."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.partners.circles import Standing
from concerte.programme.forms import DecidingForm, EndParticipationForm, FrameForm, ParticipantForm
from concerte.programme.models import Programme
from concerte.programme.rules import may_found_programmes
from concerte.programme.services import add_participation, end_participation, set_deciding_body, update_frame
from concerte.programme.views.workshop import tabs_of, trail_of, workshop_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def coordination(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """The frame, to be changed here; participants and rules below it."""
    programme, held = _coordinated(request.user, slug)
    # The form gets a copy: a refused value must not appear in the title of the page.
    form = FrameForm(request.POST or None, instance=Programme.objects.get(pk=programme.pk))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            update_frame(programme, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le cadre du programme est enregistré."))
            return redirect("programme:coordination", programme.slug)
    return _page(request, programme, held, frame_form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_participant(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Have one more organisation take part. The form is on the page of the coordination."""
    programme, held = _coordinated(request.user, slug)
    if request.method != "POST":
        return redirect("programme:coordination", programme.slug)
    form = ParticipantForm(request.POST, programme=programme)
    if form.is_valid():
        with refusals_in(form):
            added = add_participation(programme, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("%(name)s participe au programme.") % {"name": added.organisation})
            return redirect("programme:coordination", programme.slug)
    return _page(request, programme, held, participant_form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_participant(request: AuthenticatedRequest, slug: str, participation_id: int) -> HttpResponse:
    """End the part an organisation takes: a page that asks why, then does it."""
    programme, held = _coordinated(request.user, slug)
    participation = get_object_or_404(programme.participations.select_related("organisation"), pk=participation_id)
    form = EndParticipationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            end_participation(participation, **form.cleaned_data, acting_user=request.user)
            messages.success(
                request, _("%(name)s ne participe plus au programme.") % {"name": participation.organisation}
            )
            return redirect("programme:coordination", programme.slug)
    context = {
        "programme": programme,
        "participation": participation,
        "form": form,
        "trail": trail_of(
            programme,
            (_("Coordination"), reverse("programme:coordination", args=[programme.slug])),
            (_("Fin de participation"), ""),
        ),
        "tabs": tabs_of(programme, held, "coordination"),
    }
    return render(request, "programme/end_participation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deciding(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Say who decides on the editions. By the administration, which may have no other part in the programme."""
    if not may_found_programmes(request.user):
        raise PermissionDenied
    programme = get_object_or_404(Programme.objects.select_related("deciding_body"), slug=slug)
    form = DecidingForm(request.POST or None, initial={"days": programme.decision_days})
    if request.method == "POST" and form.is_valid():
        named = form.cleaned_data["rule"]
        with refusals_in(form):
            set_deciding_body(
                programme,
                body=named.body if named else None,
                named_rule=named,
                days=form.cleaned_data["days"],
                acting_user=request.user,
            )
            messages.success(request, _("C’est enregistré : la prochaine proposition sera décidée ainsi."))
            return redirect("programme:deciding", programme.slug)
    context = {"programme": programme, "form": form, "trail": trail_of(programme, (_("Qui décide"), ""))}
    return render(request, "programme/deciding.html", context, status=status_of(form))


def _coordinated(person: User, slug: str) -> tuple[Programme, Standing]:
    """The programme, for those who coordinate it: not found for strangers, refused to other participants."""
    programme, held = workshop_of(person, slug)
    if not held.may_coordinate:
        raise PermissionDenied
    return programme, held


def _page(
    request: AuthenticatedRequest,
    programme: Programme,
    held: Standing,
    *,
    frame_form: FrameForm | None = None,
    participant_form: ParticipantForm | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    participations = programme.participations.select_related("organisation__college")
    context: dict[str, Any] = {
        "programme": programme,
        "frame_form": frame_form or FrameForm(instance=programme),
        "participant_form": participant_form or ParticipantForm(programme=programme),
        "participations": list(participations.exclude(ends_on__lte=today)),
        "past_participations": list(participations.filter(ends_on__lte=today)),
        "rules": list(programme.approval_rules.select_related("college")),
        "trail": trail_of(programme, (_("Coordination"), "")),
        "tabs": tabs_of(programme, held, "coordination"),
    }
    return render(request, "programme/coordination.html", context)
