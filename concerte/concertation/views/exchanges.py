"""Bilateral exchanges: the list, the record and its notes, confirming it, what follows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.concertation.exchanges_reading import ShownExchange, exchange_data, shown_exchange
from concerte.concertation.forms.exchanges import (
    CloseFollowUpForm,
    ConfirmationForm,
    ExchangeForm,
    FollowUpForm,
    VisibilityAnswerForm,
    VisibilityForm,
)
from concerte.concertation.models.exchanges import Exchange, Visibility
from concerte.concertation.rules.exchanges import AtTheTable, at_the_table
from concerte.concertation.services.exchanges import (
    add_follow_up,
    close_follow_up,
    correct_exchange,
    record_exchange,
)
from concerte.concertation.services.exchanges_confirming import answer_visibility, ask_visibility, confirm_exchange
from concerte.concertation.views.frame import Trail, ask_page, circle_of, place_in, trail_in
from concerte.documents.note_pages import note_data
from concerte.partners.circles import Standing
from concerte.partners.models import Circle

PER_PAGE = 30


@require_safe
def exchanges(request: HttpRequest, slug: str) -> HttpResponse:
    """The exchanges the person may read, the latest first."""
    circle, held = circle_of(request.user, slug)
    found = Exchange.objects.visible_to(request.user).filter(circle=circle)
    page = Paginator(found.prefetch_related("parties__organisation", "parties__college"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {**place_in(circle, "exchanges"), "page": page, "may_record": held.may_write}
    return render(request, "concertation/exchanges.html", context)


@require_safe
def exchanges_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The same list as data."""
    circle, _held = circle_of(request.user, slug)
    found = Exchange.objects.visible_to(request.user).filter(circle=circle).prefetch_related("parties__organisation")
    return JsonResponse(
        {
            "exchanges": [
                {
                    "title": each.title,
                    "held_on": each.held_on,
                    "organisations": [party.organisation.slug for party in each.parties.all()],
                    "visibility": each.visibility,
                    "is_confirmed": each.is_fixed,
                    "address": reverse("concertation:exchange", args=[circle.slug, each.pk]),
                }
                for each in found
            ]
        }
    )


@require_safe
def exchange(request: HttpRequest, slug: str, exchange_id: int) -> HttpResponse:
    """The record, its notes, who confirmed, what follows."""
    circle, held, found = _found(request, slug, exchange_id)
    return _page(request, circle, held, found)


@require_safe
def one_exchange_data(request: HttpRequest, slug: str, exchange_id: int) -> HttpResponse:
    _circle, held, found = _found(request, slug, exchange_id)
    answer = JsonResponse(exchange_data(shown_exchange(found, request.user), with_people=held.may_read))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_exchange(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Record an exchange: past, under way or to come."""
    circle, held = circle_of(request.user, slug)
    if not held.may_write:
        raise PermissionDenied
    initial: dict[str, Any] = {"visibility": Visibility.SIDES.value}
    for organisation in held.writing_for:
        initial.setdefault(f"college_{organisation.college.slug}", []).append(organisation.slug)
    form = ExchangeForm(request.POST or None, circle=circle, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            recorded = record_exchange(circle, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’échange est consigné : les deux parties peuvent l’écrire ensemble."))
            return redirect("concertation:exchange", circle.slug, recorded.pk)
    return _form_page(request, circle, form, title=_("Consigner un échange"), submit_label=_("Ouvrir l’échange"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: AuthenticatedRequest, slug: str, exchange_id: int) -> HttpResponse:
    """Correct the record, while it is not fixed."""
    circle, _held, found = _found(request, slug, exchange_id)
    if not at_the_table(request.user, found).may_write:
        raise PermissionDenied
    form = ExchangeForm(request.POST or None, circle=circle, exchange=found, initial=ExchangeForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            correct_exchange(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’échange est corrigé."))
            return redirect("concertation:exchange", circle.slug, found.pk)
    return _form_page(request, circle, form, title=_("Corriger l’échange"), submit_label=_("Enregistrer"), found=found)


@login_required
@require_POST
def confirm(request: AuthenticatedRequest, slug: str, exchange_id: int) -> HttpResponse:
    """Confirm, for one side, what was shown."""
    circle, held, found = _found(request, slug, exchange_id)
    table = at_the_table(request.user, found)
    if not table.may_write:
        raise PermissionDenied
    form = ConfirmationForm(request.POST, organisations=table.writing_for)
    if form.is_valid():
        with refusals_in(form):
            confirm_exchange(found, **form.cleaned_data, acting_user=request.user)
            found.refresh_from_db()
            messages.success(
                request,
                _("Les deux parties ont confirmé : cet échange ne change plus.")
                if found.is_fixed
                else _("C’est confirmé pour votre partie. Il attend la confirmation de l’autre."),
            )
            return redirect("concertation:exchange", circle.slug, found.pk)
    return _page(request, circle, held, found, confirmation_form=form)


@login_required
@require_POST
def new_follow_up(request: AuthenticatedRequest, slug: str, exchange_id: int) -> HttpResponse:
    """Add something to do. The form is on the page of the exchange."""
    circle, held, found = _found(request, slug, exchange_id)
    if not at_the_table(request.user, found).may_write:
        raise PermissionDenied
    form = FollowUpForm(request.POST, exchange=found)
    if form.is_valid():
        with refusals_in(form):
            add_follow_up(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La suite est ajoutée."))
            return redirect(reverse("concertation:exchange", args=[circle.slug, found.pk]) + "#suites")
    return _page(request, circle, held, found, follow_up_form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: AuthenticatedRequest, slug: str, exchange_id: int, follow_up_id: int) -> HttpResponse:
    """Say that a follow-up is done or dropped."""
    circle, _held, found = _found(request, slug, exchange_id)
    follow_up = get_object_or_404(found.follow_ups.select_related("person", "organisation"), pk=follow_up_id)
    if follow_up.person_id != request.user.pk and not at_the_table(request.user, found).may_write:
        raise PermissionDenied
    form = CloseFollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            close_follow_up(follow_up, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La suite est close."))
            return redirect(reverse("concertation:exchange", args=[circle.slug, found.pk]) + "#suites")
    title = _("Clore une suite")
    trail = _inner_trail(circle, found, title)
    return ask_page(request, circle, form, title=title, text=follow_up.what, submit_label=_("Enregistrer"), trail=trail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visibility(request: AuthenticatedRequest, slug: str, exchange_id: int) -> HttpResponse:
    """Ask that a fixed exchange be read by others, or answer the other side."""
    circle, _held, found = _found(request, slug, exchange_id)
    table = at_the_table(request.user, found)
    if not table.may_write:
        raise PermissionDenied
    asked = found.visibility_requests.filter(answered_at=None).select_related("organisation").first()
    form: VisibilityForm | VisibilityAnswerForm
    if asked is None:
        form = VisibilityForm(request.POST or None, organisations=table.writing_for)
    else:
        form = VisibilityAnswerForm(request.POST or None, organisations=table.writing_for)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            if asked is None:
                ask_visibility(found, **form.cleaned_data, acting_user=request.user)
            else:
                answer_visibility(asked, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("C’est enregistré.") if asked else _("L’autre partie est invitée à répondre."))
            return redirect("concertation:exchange", circle.slug, found.pk)
    text = _("Aujourd’hui : %(visibility)s.") % {"visibility": found.get_visibility_display()}
    if asked is not None:
        text = _("%(organisation)s demande qu’il soit lu par : %(visibility)s.") % {
            "organisation": asked.organisation.name,
            "visibility": asked.get_visibility_display(),
        }
    title = _("Qui peut lire cet échange")
    submit_label = _("Répondre") if asked else _("Demander à l’autre partie")
    trail = _inner_trail(circle, found, title)
    return ask_page(request, circle, form, title=title, text=text, submit_label=submit_label, trail=trail)


def _found(request: HttpRequest, slug: str, exchange_id: int) -> tuple[Circle, Standing, Exchange]:
    circle, held = circle_of(request.user, slug)
    found = get_object_or_404(
        Exchange.objects.visible_to(request.user).select_related("note", "created_by"), pk=exchange_id, circle=circle
    )
    return circle, held, found


def _inner_trail(circle: Circle, found: Exchange, label: str) -> Trail:
    address = reverse("concertation:exchange", args=[circle.slug, found.pk])
    return trail_in(circle, "exchanges", (found.title, address), (label, ""))


def _form_page(
    request: HttpRequest,
    circle: Circle,
    form: ExchangeForm,
    *,
    title: str,
    submit_label: str,
    found: Exchange | None = None,
) -> HttpResponse:
    confirmed = found is not None and found.confirmations.filter(cancelled_at=None).exists()
    context = {
        "circle": circle,
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "has_confirmations": confirmed,
        "trail": _inner_trail(circle, found, title) if found else trail_in(circle, "exchanges", (title, "")),
    }
    return render(request, "concertation/exchange_form.html", context, status=status_of(form))


def _page(
    request: HttpRequest,
    circle: Circle,
    held: Standing,
    found: Exchange,
    *,
    confirmation_form: ConfirmationForm | None = None,
    follow_up_form: FollowUpForm | None = None,
) -> HttpResponse:
    """The page of an exchange. The forms: those that were refused, if one was."""
    table = at_the_table(request.user, found)
    shown = shown_exchange(found, request.user)
    waiting = _waiting_organisations(shown, table)
    if confirmation_form is None and waiting and not found.is_fixed:
        confirmation_form = ConfirmationForm(organisations=waiting, initial={"digest": shown.digest})
    if follow_up_form is None and table.may_write and not found.is_fixed:
        follow_up_form = FollowUpForm(exchange=found)
    context = {
        **place_in(circle, "exchanges", (found.title, "")),
        "exchange": found,
        "shown": shown,
        "table": table,
        "sees_people": held.may_read,
        "people": list(found.people.order_by("name", "pk")) if held.may_read else [],
        "note": _note(request, found, table),
        "confirmation_form": confirmation_form,
        "lost_form": confirmation_form if found.is_fixed else None,
        "follow_up_form": follow_up_form,
        "new_need_address": f"{reverse('concertation:new_need', args=[circle.slug])}?echange={found.pk}",
    }
    return render(request, "concertation/exchange.html", context, status=status_of(confirmation_form, follow_up_form))


def _waiting_organisations(shown: ShownExchange, table: AtTheTable) -> tuple[Any, ...]:
    """The organisations present, of those the person writes for, whose side has not confirmed what is written now."""
    silent = {side.college.pk for side in shown.sides if side.confirmation is None}
    return tuple(each for each in table.writing_for if table.side_of(each) in silent)


def _note(request: HttpRequest, found: Exchange, table: AtTheTable) -> dict[str, Any] | None:
    """The note as it is written together; nothing for those who read what was confirmed, as everyone else does."""
    speaks_for = (table.writing_for or table.reading_for)[:1]
    if found.is_fixed or not speaks_for:
        return None
    return note_data(request, found.note, speaks_for=speaks_for[0], label=_("Notes de l’échange"))
