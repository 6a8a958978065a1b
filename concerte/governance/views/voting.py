"""Voting, giving proxy, objecting and answering: each from a form of the page of the decision."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.governance.forms.decisions import AnswerForm, GiverForm, ReasonsForm
from concerte.governance.models import Decision
from concerte.governance.rules import VotingRight, may_answer_objections, voting_rights
from concerte.governance.services import (
    answer_objection,
    cast_vote,
    give_proxy,
    maintain_objection,
    make_objection,
    withdraw_objection,
    withdraw_proxy,
)
from concerte.governance.views.decisions_page import (
    MANY_VOTERS,
    decision_of,
    decision_page,
    objection_form,
    organisations_of,
    proxy_form,
    proxy_page,
    rewords,
    vote_form,
)

on_the_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@on_the_page
def vote(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Vote in the name of an organisation."""
    if request.method != "POST":
        return redirect("governance:decision", number)
    decision, rights = _speaking(request, number)
    form = vote_form(decision, rights, request.POST)
    if form.is_valid():
        with refusals_in(form):
            cast_vote(decision, **form.cleaned_data, acting_user=request.user)
            return _done(request, number, _("Le vote de votre organisation est enregistré."))
    return decision_page(request, decision, vote_form=form)


@login_required
@on_the_page
def proxy(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Ask another organisation to vote. The form is on the page of the decision, or here when many may be asked."""
    decision = decision_of(request.user, number)
    has_many = decision.voters.count() > MANY_VOTERS
    if request.method != "POST" and not has_many:
        return redirect("governance:decision", number)
    rights = _rights(request, decision)
    form = proxy_form(decision, rights, request.POST or None)
    if form is None:
        raise PermissionDenied
    if form.is_valid():
        with refusals_in(form):
            give_proxy(decision, **form.cleaned_data, acting_user=request.user)
            return _done(request, number, _("Le pouvoir est donné."))
    return proxy_page(request, decision, form) if has_many else decision_page(request, decision, proxy_form=form)


@login_required
@on_the_page
def end_proxy(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Take a proxy back."""
    if request.method != "POST":
        return redirect("governance:decision", number)
    decision, rights = _speaking(request, number)
    form = GiverForm(request.POST, givers=organisations_of(rights, own=True))
    if not form.is_valid():
        raise PermissionDenied
    withdraw_proxy(decision, giver=form.cleaned_data["giver"], acting_user=request.user)
    return _done(request, number, _("Le pouvoir est retiré : votre organisation vote elle-même."))


@login_required
@on_the_page
def objection(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Object to a consent."""
    if request.method != "POST":
        return redirect("governance:decision", number)
    decision, rights = _speaking(request, number)
    form = objection_form(decision, rights, request.POST)
    if form.is_valid():
        with refusals_in(form):
            make_objection(decision, **form.cleaned_data, acting_user=request.user)
            return _done(request, number, _("L’objection est enregistrée : elle attend une réponse."))
    return decision_page(request, decision, objection_form=form)


@login_required
@on_the_page
def answer(request: AuthenticatedRequest, number: int, objection_id: int) -> HttpResponse:
    """Answer an objection, with a new wording or not."""
    if request.method != "POST":
        return redirect("governance:decision", number)
    decision = decision_of(request.user, number)
    found = get_object_or_404(decision.objections.select_related("decision"), pk=objection_id)
    if not may_answer_objections(request.user, decision):
        raise PermissionDenied
    form = AnswerForm(request.POST, may_reword=rewords(decision), prefix=f"answer-{found.pk}")
    if form.is_valid():
        with refusals_in(form):
            answer_objection(found, **form.cleaned_data, acting_user=request.user)
            return _done(request, number, _("La réponse est enregistrée."))
    return decision_page(request, decision, **{f"objection_{found.pk}_answer": form})


@login_required
@on_the_page
def maintain(request: AuthenticatedRequest, number: int, objection_id: int) -> HttpResponse:
    """Say that an answer does not satisfy."""
    return _follow_up(
        request, number, objection_id, act="maintain", service=maintain_objection, done=_("L’objection est maintenue.")
    )


@login_required
@on_the_page
def withdraw(request: AuthenticatedRequest, number: int, objection_id: int) -> HttpResponse:
    """Take an objection back."""
    done = _("L’objection est retirée ; elle reste lisible.")
    return _follow_up(request, number, objection_id, act="withdraw", service=withdraw_objection, done=done)


def _follow_up(
    request: AuthenticatedRequest, number: int, objection_id: int, *, act: str, service: Any, done: str
) -> HttpResponse:
    if request.method != "POST":
        return redirect("governance:decision", number)
    decision, _rights = _speaking(request, number)
    found = get_object_or_404(decision.objections.select_related("decision"), pk=objection_id)
    form = ReasonsForm(request.POST, prefix=f"{act}-{found.pk}")
    if form.is_valid():
        with refusals_in(form):
            service(found, **form.cleaned_data, acting_user=request.user)
            return _done(request, number, done)
    return decision_page(request, decision, **{f"objection_{found.pk}_{act}": form})


def _speaking(request: AuthenticatedRequest, number: int) -> tuple[Decision, list[VotingRight]]:
    """The decision, and what the person may say in it; refused to who may say nothing at all."""
    decision = decision_of(request.user, number)
    return decision, _rights(request, decision)


def _rights(request: AuthenticatedRequest, decision: Decision) -> list[VotingRight]:
    rights = voting_rights(request.user, decision, timezone.localdate())
    if not rights:
        raise PermissionDenied
    return rights


def _done(request: AuthenticatedRequest, number: int, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("governance:decision", number)
