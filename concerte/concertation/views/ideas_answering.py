"""Answering ideas, correcting, merging and splitting them, taking comments back: pages that ask, then do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.concertation.forms.ideas import IdeaWordsForm, MergeForm, MoveForm, SplitForm
from concerte.concertation.forms.speaking import ReasonForm
from concerte.concertation.models import Idea
from concerte.concertation.rules.ideas import before_idea
from concerte.concertation.services.ideas import correct_idea, withdraw_comment
from concerte.concertation.services.ideas_answering import NEXT_STATES, merge_ideas, move_idea, split_idea
from concerte.concertation.views.ideas import ask_page, found_idea


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    """Study it, retain it, set it aside, or come back on that."""
    circle, found = found_idea(request, slug, idea_id)
    states = NEXT_STATES.get(found.known_state, ())
    if not before_idea(request.user, found).may_answer:
        raise PermissionDenied
    form = MoveForm(request.POST or None, states=states)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            move_idea(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La réponse est enregistrée ; ses auteurs la lisent."))
            return redirect("concertation:idea", circle.slug, found.pk)
    return ask_page(request, circle, found, form, title=_("Répondre à l’idée"), submit_label=_("Répondre"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    circle, found = found_idea(request, slug, idea_id)
    if not before_idea(request.user, found).may_reshape:
        raise PermissionDenied
    initial = {"title": found.title, "text": found.text, "visibility": found.visibility}
    form = IdeaWordsForm(request.POST or None, group=found.group, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            correct_idea(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’idée est corrigée."))
            return redirect("concertation:idea", circle.slug, found.pk)
    return ask_page(request, circle, found, form, title=_("Corriger l’idée"), submit_label=_("Enregistrer"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    """Make one idea of this one and others of the same group."""
    circle, found = found_idea(request, slug, idea_id)
    if not before_idea(request.user, found).may_reshape:
        raise PermissionDenied
    others = Idea.objects.visible_to(request.user).unanswered().filter(circle=circle, group=found.group)
    form = MergeForm(
        request.POST or None,
        others=others.exclude(pk=found.pk),
        initial={"title": found.title, "text": found.text},
    )
    if request.method == "POST" and form.is_valid():
        chosen = [found, *form.cleaned_data.pop("ideas")]
        with refusals_in(form):
            made = merge_ideas(chosen, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Ces idées n’en font plus qu’une ; chacune reste lisible et y mène."))
            return redirect("concertation:idea", circle.slug, made.pk)
    title = _("Réunir à d’autres idées")
    return ask_page(request, circle, found, form, title=title, submit_label=_("Réunir"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    """Make several ideas of this one."""
    circle, found = found_idea(request, slug, idea_id)
    if not before_idea(request.user, found).may_reshape:
        raise PermissionDenied
    form = SplitForm(request.POST or None, initial={"title_1": found.title, "text_1": found.text})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            split_idea(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’idée est divisée ; elle reste lisible et mène à chacune de ses parts."))
            return redirect("concertation:idea", circle.slug, found.pk)
    return ask_page(request, circle, found, form, title=_("Diviser l’idée"), submit_label=_("Diviser"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, slug: str, idea_id: int, comment_id: int) -> HttpResponse:
    """Take a comment back."""
    circle, found = found_idea(request, slug, idea_id)
    comment = get_object_or_404(found.comments.standing(), pk=comment_id)
    if comment.person_id != request.user.pk and not before_idea(request.user, found).may_answer:
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            withdraw_comment(comment, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le commentaire est retiré ; son motif reste lisible."))
            return redirect("concertation:idea", circle.slug, found.pk)
    title = _("Retirer un commentaire")
    return ask_page(request, circle, found, form, title=title, submit_label=title, text=comment.text)
