"""Amendments: what organisations would change in the text, why, and what they were answered."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.documents.models import Amendment
from concerte.partners.circles import Standing
from concerte.programme.amendments import amendment_shown, answering_for, belongs_to_author
from concerte.programme.forms import AmendmentAnswerForm, AmendmentForm, WithdrawalForm
from concerte.programme.models import Programme
from concerte.programme.services import (
    accept_amendment,
    open_amendment,
    set_aside_amendment,
    submit_amendment,
    withdraw_amendment,
)
from concerte.programme.views.amending import amendment_trail
from concerte.programme.views.workshop import amendment_of, tabs_of, trail_of, workshop_of


@login_required
@require_safe
def amendments(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """All those this person may see: first what waits for an answer, then what their organisation writes, then what is
    closed."""
    programme, held = workshop_of(request.user, slug)
    seen = programme.draft.amendments.seen_by_members_of(held.organisations)
    listed = list(
        seen.defer("base_state").select_related("organisation__college", "author", "answered_for").order_by("-number")
    )
    context = {
        "programme": programme,
        "groups": [
            (_("En attente d’une réponse"), [each for each in listed if each.is_submitted]),
            (_("En rédaction dans votre organisation"), [each for each in listed if each.is_being_written]),
            (_("Clos"), [each for each in listed if each.is_closed]),
        ],
        "has_any": bool(listed),
        "trail": trail_of(programme, (_("Amendements"), "")),
        "tabs": tabs_of(programme, held, "amendments"),
    }
    return render(request, "programme/amendments.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_amendment(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Say what one proposes and why, then write it. Everybody who reads the text may."""
    programme, held = workshop_of(request.user, slug)
    form = AmendmentForm(request.POST or None, organisations=held.organisations)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            opened = open_amendment(programme, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’amendement est ouvert\u00a0: changez-y le texte, puis déposez-le."))
            return redirect("programme:write_amendment", programme.slug, opened.number)
    context = {
        "programme": programme,
        "form": form,
        "organisations": held.organisations,
        "trail": trail_of(
            programme,
            (_("Amendements"), reverse("programme:amendments", args=[programme.slug])),
            (_("Proposer un amendement"), ""),
        ),
        "tabs": tabs_of(programme, held, "amendments"),
    }
    return render(request, "programme/new_amendment.html", context, status=status_of(form))


@login_required
@require_safe
def amendment(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Its reasons, its organisation, what it changes, what it was answered."""
    programme, held = workshop_of(request.user, slug)
    return _page(request, programme, held, amendment_of(programme, held, number))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Put it to those who write the text. The button is on its page."""
    programme, held = workshop_of(request.user, slug)
    found = amendment_of(programme, held, number)
    if request.method != "POST":
        return redirect("programme:amendment", programme.slug, found.number)
    if not belongs_to_author(held, found):
        raise PermissionDenied
    form = Form(request.POST)
    with refusals_in(form):
        submit_amendment(programme, found, acting_user=request.user)
        messages.success(request, _("L’amendement est déposé\u00a0: il attend une réponse."))
        return redirect("programme:amendment", programme.slug, found.number)
    return _page(request, programme, held, found, refused=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Accept it or set it aside, with reasons. The form is on its page."""
    programme, held = workshop_of(request.user, slug)
    found = amendment_of(programme, held, number)
    if request.method != "POST":
        return redirect("programme:amendment", programme.slug, found.number)
    organisations = answering_for(held, found)
    if not organisations:
        raise PermissionDenied
    form = AmendmentAnswerForm(request.POST, organisations=organisations)
    if form.is_valid():
        is_accepted = form.cleaned_data["decision"] == AmendmentAnswerForm.ACCEPT
        give = accept_amendment if is_accepted else set_aside_amendment
        with refusals_in(form):
            give(
                programme,
                found,
                answer=form.cleaned_data["answer"],
                organisation=form.cleaned_data["organisation"],
                acting_user=request.user,
            )
            messages.success(
                request,
                _("L’amendement est accepté\u00a0: il est dans le texte commun.")
                if is_accepted
                else _("L’amendement est écarté\u202f; il reste lisible, avec la réponse."),
            )
            return redirect("programme:amendment", programme.slug, found.number)
    found = amendment_of(programme, held, number)  # as it is, not as it was going to be
    return _page(request, programme, held, found, refused=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Take it back, with the reason: a page that asks, then does."""
    programme, held = workshop_of(request.user, slug)
    found = amendment_of(programme, held, number)
    if not belongs_to_author(held, found):
        raise PermissionDenied
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            withdraw_amendment(programme, found, because=form.cleaned_data["reason"], acting_user=request.user)
            messages.success(request, _("L’amendement est retiré, avec le motif."))
            return redirect("programme:amendment", programme.slug, found.number)
    context = {
        "programme": programme,
        "amendment": found,
        "form": form,
        "trail": amendment_trail(programme, found, _("Retirer l’amendement")),
        "tabs": tabs_of(programme, held, "amendments"),
    }
    return render(request, "programme/withdraw_amendment.html", context, status=status_of(form))


def _page(
    request: AuthenticatedRequest,
    programme: Programme,
    held: Standing,
    found: Amendment,
    *,
    refused: Form | None = None,
) -> HttpResponse:
    """The page of an amendment. refused: what was sent and not taken."""
    is_author = belongs_to_author(held, found)
    organisations = answering_for(held, found) if found.is_submitted else ()
    form: Form | None = AmendmentAnswerForm(organisations=organisations) if organisations else None
    if form is not None and isinstance(refused, AmendmentAnswerForm):
        form = refused
    context: dict[str, Any] = {
        "programme": programme,
        "amendment": found,
        "shown": amendment_shown(found),
        "form": form,
        "organisations": organisations,
        "lost_form": refused if refused is not form else None,
        "is_author": is_author,
        "may_submit": is_author and found.is_being_written,
        "may_withdraw": is_author and not found.is_closed,
        "trail": amendment_trail(programme, found),
        "tabs": tabs_of(programme, held, "amendments"),
    }
    return render(request, "programme/amendment.html", context, status=status_of(refused))
