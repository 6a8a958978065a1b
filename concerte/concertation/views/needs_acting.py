"""What is done with needs: raising, correcting, joining, leaving, showing, withdrawing, merging."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.concertation.forms.needs import (
    JoinForm,
    LeaveForm,
    MergeNeedsForm,
    NeedForm,
    NeedVisibilityForm,
    NeedWordsForm,
    ReasonForm,
)
from concerte.concertation.models.needs import Need
from concerte.concertation.needs_index import Likeness, resembling
from concerte.concertation.rules.needs import voice_in
from concerte.concertation.services import (
    join_need,
    leave_need,
    merge_needs,
    raise_need,
    show_need_to,
    update_need,
    withdraw_need,
)
from concerte.concertation.views.frame import circle_of, place_in
from concerte.concertation.views.needs import need_of
from concerte.lineage.references import Reference, show
from concerte.partners.models import Circle

MAX_DUPLICATES = 20  # offered on the page where needs are merged


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_need(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Raise a need. With `voir`, only those that resemble it are shown: what the page does while one types."""
    circle, standing = circle_of(request.user, slug)
    voice = voice_in(request.user, circle.pk, standing)
    if not voice.may_raise:
        raise PermissionDenied
    origin = _origin(request)
    is_looking = "voir" in request.POST
    form = NeedForm(
        None if is_looking else request.POST or None, organisations=voice.speaking_for, initial=_typed(request)
    )
    if request.method == "POST" and not is_looking and form.is_valid():
        with refusals_in(form):
            made = raise_need(circle, **form.cleaned_data, raised_in=origin, acting_user=request.user)
            messages.success(request, _("Le besoin est signalé. D’autres peuvent maintenant dire « nous aussi »."))
            return redirect("concertation:need", circle.slug, made.pk)
    text = f"{request.POST.get('title', '')} {request.POST.get('difficulty', '')}"
    found: list[Likeness] = resembling(circle.pk, text, request.user) if text.strip() else []
    context = {
        **place_in(circle, "needs", (_("Signaler un besoin"), "")),
        "form": form,
        "likenesses": found,
        "was_asked": bool(text.strip()),
        "origin": next(iter(show([origin], request.user).values()), None) if origin is not None else None,
    }
    return render(request, "concertation/need_new.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_need(request: AuthenticatedRequest, slug: str, need_id: int) -> HttpResponse:
    circle, shown, voice = need_of(request.user, slug, need_id)
    if not voice.may_speak_for(shown.organisation_id):
        raise PermissionDenied
    initial = {name: getattr(shown, name) for name in ("title", "difficulty", "concerned", "urgency")}
    form = NeedWordsForm(request.POST or None, initial={**initial, "strata": shown.strata})
    return _form_page(
        request,
        circle,
        shown,
        form,
        lambda: update_need(shown, **form.cleaned_data, acting_user=request.user),
        title=_("Corriger ce besoin"),
        label=_("Enregistrer"),
        done=_("C’est enregistré."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: AuthenticatedRequest, slug: str, need_id: int) -> HttpResponse:
    circle, shown, voice = need_of(request.user, slug, need_id)
    if not voice.may_raise:
        raise PermissionDenied
    form = JoinForm(request.POST or None, organisations=voice.speaking_for)
    return _form_page(
        request,
        circle,
        shown,
        form,
        lambda: join_need(shown, **form.cleaned_data, acting_user=request.user),
        title=_("Nous aussi"),
        label=_("Dire « nous aussi »"),
        done=_("Votre organisation partage maintenant ce besoin."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: AuthenticatedRequest, slug: str, need_id: int) -> HttpResponse:
    circle, shown, voice = need_of(request.user, slug, need_id)
    if not voice.may_raise:
        raise PermissionDenied
    form = LeaveForm(request.POST or None, organisations=voice.speaking_for)
    return _form_page(
        request,
        circle,
        shown,
        form,
        lambda: leave_need(shown, **form.cleaned_data, acting_user=request.user),
        title=_("Ne plus partager ce besoin"),
        label=_("Retirer notre soutien"),
        done=_("Votre organisation ne partage plus ce besoin."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def widen(request: AuthenticatedRequest, slug: str, need_id: int) -> HttpResponse:
    circle, shown, voice = need_of(request.user, slug, need_id)
    if not voice.may_speak_for(shown.organisation_id):
        raise PermissionDenied
    form = NeedVisibilityForm(request.POST or None, need=shown)
    return _form_page(
        request,
        circle,
        shown,
        form,
        lambda: show_need_to(shown, **form.cleaned_data, acting_user=request.user),
        title=_("Montrer ce besoin à plus de monde"),
        label=_("Montrer"),
        done=_("C’est enregistré."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, slug: str, need_id: int) -> HttpResponse:
    circle, shown, voice = need_of(request.user, slug, need_id)
    if not voice.may_close(shown):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    return _form_page(
        request,
        circle,
        shown,
        form,
        lambda: withdraw_need(shown, **form.cleaned_data, acting_user=request.user),
        title=_("Retirer ce besoin"),
        label=_("Retirer le besoin"),
        kind="danger",
        done=_("Le besoin est retiré."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: AuthenticatedRequest, slug: str, need_id: int) -> HttpResponse:
    """Bring into this need those that say the same: offered by their words, or by a search."""
    circle, shown, voice = need_of(request.user, slug, need_id)
    if not voice.may_close(shown):
        raise PermissionDenied
    asked = request.GET.get("q", "").strip()[:200]
    text = asked or f"{shown.title} {shown.difficulty}"
    found = resembling(circle.pk, text, request.user, but=shown.pk, limit=MAX_DUPLICATES)
    offered = [likeness.need for likeness in found if voice.may_close(likeness.need)]
    form = MergeNeedsForm(request.POST or None, offered=offered)
    return _form_page(
        request,
        circle,
        shown,
        form,
        lambda: merge_needs(
            list(form.cleaned_data["duplicates"]),
            into=shown,
            because=form.cleaned_data["because"],
            acting_user=request.user,
        ),
        title=_("Réunir des besoins dans celui-ci"),
        label=_("Réunir"),
        done=_("Les besoins sont réunis\u00a0: celles et ceux qui les partageaient partagent celui-ci."),
        template="concertation/need_merge.html",
        asked=asked,
        offered=offered,
    )


def _form_page(
    request: AuthenticatedRequest,
    circle: Circle,
    shown: Need,
    form: forms.Form,
    act: Callable[[], object],
    *,
    done: str,
    template: str = "concertation/need_form.html",
    **words: Any,
) -> HttpResponse:
    """The one page these forms share: a refusal is shown on it, what is done leads back to the need.

    act: calls the service. words: title, label of the button, kind of the button, and what the template needs."""
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            act()
            messages.success(request, done)
            is_seen = Need.objects.visible_to(request.user).filter(pk=shown.pk).exists()
            back = ("concertation:need", circle.slug, shown.pk) if is_seen else ("concertation:needs", circle.slug)
            return redirect(*back)
    steps = ((shown.title, reverse("concertation:need", args=[circle.slug, shown.pk])), (words["title"], ""))
    context = {
        "kind": "primary",
        **words,
        **place_in(circle, "needs", *steps),
        "need": shown,
        "form": form,
    }
    return render(request, template, context, status=status_of(form))


def _origin(request: AuthenticatedRequest) -> Reference | None:
    """The exchange a need is raised from, when the address names one (`?echange=12`)."""
    asked = request.GET.get("echange", "")
    return Reference("concertation.exchange", asked) if asked.isascii() and asked.isdigit() else None


def _typed(request: AuthenticatedRequest) -> dict[str, Any]:
    """What was typed already, kept in the form while only those that resemble it are looked for."""
    if request.method != "POST":
        return {}
    typed: dict[str, Any] = {name: request.POST[name] for name in request.POST if name != "strata"}
    return {**typed, "strata": request.POST.getlist("strata")}
