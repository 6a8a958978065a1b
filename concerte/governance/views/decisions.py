"""The page of a decision, its twin, and what its secretariat does with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.errors import DomainError
from concerte.common.form_pages import refusals_in, status_of
from concerte.governance.decisions_showing import decision_data, decision_shown
from concerte.governance.forms.decisions import BecauseForm, OpeningForm, ReviewForm, RuleForm
from concerte.governance.models import Body, Decision, NamedRule
from concerte.governance.rules import keeps_decision, keeps_secretariat
from concerte.governance.services import (
    close_decision,
    name_rule,
    open_decision,
    record_review,
    withdraw_decision,
    withdraw_rule,
)
from concerte.governance.views.decisions_page import ballots_page, decision_of, decision_page, trail_of
from concerte.partners.models import College


@require_safe
def decision(request: HttpRequest, number: int) -> HttpResponse:
    """One decision: the question, the text, the rule, where each college stands, who said what."""
    return decision_page(request, decision_of(request.user, number))


@require_safe
def votes(request: HttpRequest, number: int) -> HttpResponse:
    """What each organisation said, where there are too many for the page of the decision."""
    return ballots_page(request, decision_of(request.user, number))


@require_safe
def data(request: HttpRequest, number: int) -> HttpResponse:
    """The same as data. Who reads it without an account reads what is public."""
    found = decision_of(request.user, number)
    answer = JsonResponse(decision_data(decision_shown(found), request.user), json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """End a vote before its time: a page that asks, then does."""
    found = _kept(request, number)
    refused = ""
    if request.method == "POST":
        try:
            close_decision(found, acting_user=request.user)
        except DomainError as refusal:
            refused = refusal.message
        else:
            messages.success(request, _("Le vote est clos, son résultat ne change plus."))
            return redirect("governance:decision", number)
    context = {"decision": found, "refused": refused, "trail": trail_of(found, _("Clore le vote"))}
    return render(request, "governance/decision_close.html", context, status=409 if refused else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Take a question back, with the reason: a page that asks, then does."""
    found = _kept(request, number)
    form = BecauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            withdraw_decision(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La décision est retirée ; elle garde son numéro et sa page."))
            return redirect("governance:decision", number)
    return _form_page(request, found, form, _("Retirer la décision"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Say what came of a decision."""
    found = _kept(request, number)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            record_review(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La revue est enregistrée."))
            return redirect("governance:decision", number)
    return _form_page(request, found, form, _("Revoir la décision"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Put a question to a body."""
    body = _body_kept(request, slug)
    form = OpeningForm(request.POST or None, body=body)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            opened = open_decision(body, **form.asked(), acting_user=request.user)
            messages.success(request, _("La décision n° %(number)d est ouverte.") % {"number": opened.number})
            return redirect("governance:decision", opened.number)
    context = {
        "body": body,
        "form": form,
        "has_rules": NamedRule.objects.filter(body=body, withdrawn_at=None).exists(),
        "trail": trail_of(None, _("Nouvelle décision")),
    }
    return render(request, "governance/decision_new.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """The ways of deciding of a body, by name, and the form that adds one."""
    body = _body_kept(request, slug)
    voting = College.objects.filter(pk__in=body.seats.filter(is_voting=True).values("college"))
    form = RuleForm(request.POST or None, colleges=list(voting))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            name_rule(body, name=form.cleaned_data["name"], rule=form.rule(), acting_user=request.user)
            messages.success(request, _("La règle est ajoutée."))
            return redirect("governance:decision_rules", slug)
    named = NamedRule.objects.filter(body=body)
    context: dict[str, Any] = {
        "body": body,
        "form": form,
        "rules": [each for each in named if each.withdrawn_at is None],
        "withdrawn": [each for each in named if each.withdrawn_at is not None],
        "colleges": {college.slug: college for college in College.objects.all()},
        "trail": trail_of(None, _("Règles de décision")),
    }
    return render(request, "governance/decision_rules.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_rule(request: AuthenticatedRequest, slug: str, rule_id: int) -> HttpResponse:
    """Have a rule no longer proposed: a page that asks why, then does."""
    body = _body_kept(request, slug)
    named = get_object_or_404(NamedRule, body=body, pk=rule_id)
    form = BecauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            withdraw_rule(named, **form.cleaned_data, acting_user=request.user)
            return redirect("governance:decision_rules", slug)
    context = {"heading": _("Retirer la règle « %(name)s »") % {"name": named.name}, "form": form, "eyebrow": body.name}
    context["trail"] = trail_of(None, _("Retirer une règle"))
    return render(request, "governance/decision_form.html", context, status=status_of(form))


def _kept(request: AuthenticatedRequest, number: int) -> Decision:
    """The decision, for those who keep it. Not found for who may not see it, refused to the others."""
    found = decision_of(request.user, number)
    if not keeps_decision(request.user, found):
        raise PermissionDenied
    return found


def _body_kept(request: AuthenticatedRequest, slug: str) -> Body:
    body = get_object_or_404(Body.objects.select_related("secretariat"), slug=slug)
    if not keeps_secretariat(request.user, body):
        raise PermissionDenied
    return body


def _form_page(request: AuthenticatedRequest, found: Decision, form: Any, heading: str) -> HttpResponse:
    context = {
        "decision": found,
        "heading": heading,
        "eyebrow": found.question,
        "form": form,
        "trail": trail_of(found, heading),
    }
    return render(request, "governance/decision_form.html", context, status=status_of(form))
