"""Bringing a retained idea into the text."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.concertation.models import Idea
from concerte.documents.services import current_state
from concerte.programme.forms import BringIdeaForm
from concerte.programme.models import Action, Programme
from concerte.programme.reading import read_state
from concerte.programme.services import bring_idea_into_draft, join_idea_to_action
from concerte.programme.views.workshop import trail_of, workshop_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    """Choose the axis where it becomes an action, or the action it joins."""
    programme, held = workshop_of(request.user, slug)
    idea = get_object_or_404(
        Idea.objects.visible_to(request.user).select_related("circle"), pk=idea_id, circle=programme.circle_id
    )
    if not held.may_write:
        raise PermissionDenied
    draft = read_state(current_state(programme.draft_id))
    form = BringIdeaForm(request.POST or None, draft=draft)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            action = _carry(programme, idea, form, request)
            messages.success(request, _("L’idée est dans le texte : c’est l’action %(code)s.") % {"code": action.code})
            return redirect("concertation:idea", programme.slug, idea.pk)
    context = {
        "programme": programme,
        "idea": idea,
        "form": form,
        "has_axes": bool(draft.axes),
        "trail": trail_of(
            programme,
            (_("Idées"), reverse("concertation:ideas", args=[programme.slug])),
            (idea.title, reverse("concertation:idea", args=[programme.slug, idea.pk])),
            (_("Porter dans le texte"), ""),
        ),
    }
    return render(request, "programme/bring_idea.html", context, status=status_of(form))


def _carry(programme: Programme, idea: Idea, form: BringIdeaForm, request: AuthenticatedRequest) -> Action:
    if code := form.cleaned_data["code"]:
        return join_idea_to_action(programme, idea, code=code, acting_user=request.user)
    return bring_idea_into_draft(
        programme,
        idea,
        axis_id=form.cleaned_data["axis_id"],
        section=form.cleaned_data["section"],
        acting_user=request.user,
    )
