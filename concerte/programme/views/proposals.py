"""Proposals: freezing, reading, answering, withdrawing, publishing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.partners.circles import Standing
from concerte.programme.errors import ProposalRefused
from concerte.programme.forms import FreezeForm, PositionForm, PublicationForm, WithdrawalForm
from concerte.programme.models import Position, Programme, Proposal
from concerte.programme.outcome import rule_outcome
from concerte.programme.services import freeze_proposal, publish_edition, take_position, withdraw_proposal
from concerte.programme.showing import is_still_the_draft, proposal_shown
from concerte.programme.views.workshop import proposal_of, tabs_of, trail_of, workshop_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """All the texts put to the colleges; for the coordination, the form that freezes the next one."""
    programme, held = workshop_of(request.user, slug)
    form = FreezeForm(request.POST or None)
    findings: tuple[Any, ...] = ()
    if request.method == "POST":
        if not held.may_coordinate:
            raise PermissionDenied
        if form.is_valid():
            try:
                frozen = freeze_proposal(programme, **form.cleaned_data, acting_user=request.user)
            except ProposalRefused as refusal:
                form.add_error(None, refusal.message)
                findings = refusal.findings
            else:
                messages.success(request, _("Le texte est figé et soumis aux collèges."))
                return redirect("programme:proposal", programme.slug, frozen.number)
    listed = list(
        programme.proposals.defer("content")
        .select_related("frozen_by", "edition")
        .annotate(
            approvals=Count("positions", filter=Q(positions__replaced_at=None, positions__kind="approval")),
            objections=Count("positions", filter=Q(positions__replaced_at=None, positions__kind="objection")),
        )
        .order_by("-number")
    )
    published = next((each for each in listed if each.state == Proposal.State.PUBLISHED), None)
    context = {
        "programme": programme,
        "proposals": listed,
        "unchanged_since": published.edition.number
        if held.may_coordinate and published and is_still_the_draft(published, programme)
        else None,
        "open_proposal": next((each for each in listed if each.is_open), None),
        "may_coordinate": held.may_coordinate,
        "form": form,
        "findings": findings,
        "trail": trail_of(programme, (_("Propositions"), "")),
        "tabs": tabs_of(programme, held, "proposals"),
    }
    return render(request, "programme/proposals.html", context, status=409 if findings else 200)


@login_required
@require_safe
def proposal(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """One text as it was frozen, what differs from the last edition, who said what, what is still needed."""
    programme, held = workshop_of(request.user, slug)
    return _proposal_page(request, programme, proposal_of(programme, number), held)


@login_required
@require_safe
def proposal_data(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """The very bytes the digest is of."""
    programme, _held = workshop_of(request.user, slug)
    found = proposal_of(programme, number)
    name = f"{programme.slug}-proposition-{found.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(found.content.encode(), content_type="application/json", headers=headers)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Approve or object in the name of an organisation. The form is on the page of the proposal."""
    programme, held = workshop_of(request.user, slug)
    found = proposal_of(programme, number)
    if request.method != "POST":
        return redirect("programme:proposal", programme.slug, found.number)
    if not held.represented:
        raise PermissionDenied
    form = PositionForm(request.POST, organisations=held.represented)
    if form.is_valid():
        with refusals_in(form):
            taken = take_position(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _confirmation(taken))
            return redirect("programme:proposal", programme.slug, found.number)
    return _proposal_page(request, programme, found, held, form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Take a proposal back, with the reason: a page that asks, then does."""
    programme, held = workshop_of(request.user, slug)
    found = proposal_of(programme, number)
    if not held.may_coordinate:
        raise PermissionDenied
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            withdraw_proposal(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La proposition est retirée ; elle reste lisible, avec le motif."))
            return redirect("programme:proposal", programme.slug, found.number)
    context = _confirmation_context(programme, found, held, _("Retirer la proposition"))
    return render(request, "programme/withdraw.html", {**context, "form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Publish what both colleges adopted: a page that says what will happen, then does it."""
    programme, held = workshop_of(request.user, slug)
    found = proposal_of(programme, number)
    if not held.may_coordinate:
        raise PermissionDenied
    form = PublicationForm(request.POST or None, initial={"digest": found.digest})
    missing = rule_outcome(found).missing
    if request.method == "POST" and form.is_valid():
        try:
            edition = publish_edition(found, **form.cleaned_data, acting_user=request.user)
        except ProposalRefused as refusal:
            form.add_error(None, refusal.message)
            missing = refusal.missing
        else:
            messages.success(request, _("L’édition %(number)d est publiée.") % {"number": edition.number})
            return redirect("publication:edition", programme.slug, edition.number)
    context = _confirmation_context(programme, found, held, _("Publier l’édition"))
    status = 409 if request.method == "POST" else 200
    return render(request, "programme/publish.html", {**context, "form": form, "missing": missing}, status=status)


def _confirmation(position: Position) -> str:
    values = {"organisation": position.organisation}
    if position.kind == Position.Kind.APPROVAL:
        return _("%(organisation)s approuve ce texte : c’est enregistré.") % values
    return _("%(organisation)s s’oppose à ce texte : c’est enregistré, avec ses motifs.") % values


def _confirmation_context(programme: Programme, found: Proposal, held: Standing, label: str) -> dict[str, Any]:
    address = reverse("programme:proposal", args=[programme.slug, found.number])
    return {
        "programme": programme,
        "proposal": found,
        "trail": trail_of(
            programme,
            (_("Propositions"), reverse("programme:proposals", args=[programme.slug])),
            (_("Proposition %(number)d") % {"number": found.number}, address),
            (label, ""),
        ),
        "tabs": tabs_of(programme, held, "proposals"),
    }


def _proposal_page(
    request: AuthenticatedRequest,
    programme: Programme,
    found: Proposal,
    held: Standing,
    *,
    form: PositionForm | None = None,
) -> HttpResponse:
    """The page of a proposal. form: the answer that was refused, if one was."""
    is_refused = form is not None
    is_answered_here = found.decision is None or found.decision.body_id is None
    if form is None and found.is_open and held.represented and is_answered_here:
        form = PositionForm(organisations=held.represented, initial={"digest": found.digest})
    context = {
        "programme": programme,
        "proposal": found,
        "shown": proposal_shown(programme, found),
        "outcome": rule_outcome(found),
        "replaced": list(
            found.positions.exclude(replaced_at=None).select_related("organisation", "college", "person").order_by("pk")
        ),
        "form": form,
        "represented": held.represented,
        "may_coordinate": held.may_coordinate,
        "trail": trail_of(
            programme,
            (_("Propositions"), reverse("programme:proposals", args=[programme.slug])),
            (_("Proposition %(number)d") % {"number": found.number}, ""),
        ),
        "tabs": tabs_of(programme, held, "proposals"),
    }
    return render(request, "programme/proposal.html", context, status=409 if is_refused else 200)
