"""What is done with themes: creating, describing, putting things in them, merging, splitting, withdrawing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.errors import DomainError
from concerte.common.form_pages import refusals_in, status_of
from concerte.concertation.forms.needs import ReasonForm
from concerte.concertation.forms.themes import GroupForm, MergeThemeForm, PartForm, ThemeForm, chosen_needs
from concerte.concertation.models.needs import Need
from concerte.concertation.models.themes import EXCHANGE_KIND, Theme
from concerte.concertation.needs_reading import cards
from concerte.concertation.rules.themes import may_arrange, may_reshape
from concerte.concertation.services import (
    create_theme,
    describe_theme,
    group_exchange,
    group_needs,
    merge_themes,
    split_theme,
    ungroup_exchange,
    ungroup_needs,
    withdraw_theme,
)
from concerte.concertation.themes_reading import grouped_exchanges
from concerte.concertation.views.frame import circle_of, place_in
from concerte.concertation.views.themes import needs_in, theme_of
from concerte.lineage.references import Reference
from concerte.partners.models import Circle

NEEDS_TO_SPLIT = 100  # a page of them on the form that splits a theme


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_theme(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    circle, standing = circle_of(request.user, slug)
    if not may_arrange(standing):
        raise PermissionDenied
    form = ThemeForm(request.POST or None)
    return _form_page(
        request,
        circle,
        form,
        lambda: create_theme(circle, **form.cleaned_data, acting_user=request.user),
        title=_("Nouveau thème"),
        label=_("Créer le thème"),
        done=_("Le thème est créé."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_theme(request: AuthenticatedRequest, slug: str, theme_id: int) -> HttpResponse:
    circle, shown, standing = theme_of(request.user, slug, theme_id)
    if not may_arrange(standing):
        raise PermissionDenied
    initial = {"title": shown.title, "description": shown.description, "visibility": shown.visibility}
    form = ThemeForm(request.POST or None, initial=initial)
    return _form_page(
        request,
        circle,
        form,
        lambda: describe_theme(shown, **form.cleaned_data, acting_user=request.user),
        theme=shown,
        title=_("Décrire le thème"),
        label=_("Enregistrer"),
        done=_("C’est enregistré."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: AuthenticatedRequest, slug: str, theme_id: int) -> HttpResponse:
    circle, shown, standing = theme_of(request.user, slug, theme_id)
    if not may_reshape(standing):
        raise PermissionDenied
    form = MergeThemeForm(request.POST or None, theme=shown)
    return _form_page(
        request,
        circle,
        form,
        lambda: merge_themes(shown, **form.cleaned_data, acting_user=request.user),
        theme=shown,
        title=_("Réunir ce thème à un autre"),
        label=_("Réunir"),
        lead=_("Tout ce qu’il contient passe dans l’autre. Sa page reste, et y mène."),
        done=_("Les thèmes sont réunis."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, slug: str, theme_id: int) -> HttpResponse:
    circle, shown, standing = theme_of(request.user, slug, theme_id)
    if not may_reshape(standing):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    return _form_page(
        request,
        circle,
        form,
        lambda: withdraw_theme(shown, **form.cleaned_data, acting_user=request.user),
        theme=shown,
        title=_("Retirer ce thème"),
        label=_("Retirer le thème"),
        kind="danger",
        lead=_("Un thème se retire quand il est vide. Sa page reste, avec le motif."),
        done=_("Le thème est retiré."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: AuthenticatedRequest, slug: str, theme_id: int) -> HttpResponse:
    """Tick what goes into a new theme, name it; the rest stays."""
    circle, shown, standing = theme_of(request.user, slug, theme_id)
    if not may_reshape(standing):
        raise PermissionDenied
    held = needs_in(shown, request.user)
    exchanges = grouped_exchanges(shown, request.user)
    ticked = request.POST.getlist("need")
    ticked_exchanges = request.POST.getlist("exchange")
    form = PartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            part = split_theme(
                shown,
                **form.cleaned_data,
                needs=chosen_needs(ticked, held),
                exchanges=[Reference(EXCHANGE_KIND, each) for each in ticked_exchanges],
                acting_user=request.user,
            )
            messages.success(request, _("Une partie du thème est devenue un nouveau thème."))
            return redirect("concertation:theme", circle.slug, part.pk)
    page = Paginator(held, NEEDS_TO_SPLIT).get_page(request.GET.get("page"))
    context = {
        **_frame(circle, shown, _("Diviser ce thème")),
        "form": form,
        "page": page,
        "cards": cards(page.object_list),
        "exchanges": exchanges,
        "ticked": {int(each) for each in ticked if each.isdigit()},
        "ticked_exchanges": ticked_exchanges,
    }
    return render(request, "concertation/theme_split.html", context, status=status_of(form))


@login_required
@require_POST
def arrange(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Put the needs that are ticked in a theme, or take them out of theirs. Back to the page they were ticked on."""
    circle, _standing = circle_of(request.user, slug)
    seen = Need.objects.visible_to(request.user).filter(circle=circle)
    ticked = chosen_needs(request.POST.getlist("need"), seen)
    form = GroupForm(request.POST, circle_id=circle.pk)
    if not ticked:
        messages.warning(request, _("Cochez au moins un besoin."))
        return _back(request, circle)
    try:
        if "sortir" in request.POST:
            count = ungroup_needs(ticked, acting_user=request.user)
            done = ngettext("%(count)d besoin sorti du thème.", "%(count)d besoins sortis du thème.", count)
        elif form.is_valid():
            count = group_needs(form.cleaned_data["theme"], ticked, acting_user=request.user)
            done = ngettext("%(count)d besoin rangé.", "%(count)d besoins rangés.", count)
        else:
            messages.warning(request, _("Choisissez un thème."))
            return _back(request, circle)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done % {"count": count})
    return _back(request, circle)


@login_required
@require_POST
def arrange_exchange(request: AuthenticatedRequest, slug: str, theme_id: int) -> HttpResponse:
    """Put an exchange in a theme, or take it out."""
    circle, shown, _standing = theme_of(request.user, slug, theme_id)
    exchange = Reference(EXCHANGE_KIND, request.POST.get("exchange", ""))
    try:
        if "sortir" in request.POST:
            ungroup_exchange(shown, exchange, acting_user=request.user)
            messages.success(request, _("L’échange est sorti du thème."))
        else:
            group_exchange(shown, exchange, acting_user=request.user)
            messages.success(request, _("L’échange est rangé dans le thème."))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("concertation:theme", circle.slug, shown.pk)


def _back(request: AuthenticatedRequest, circle: Circle) -> HttpResponseRedirect:
    """To the board or to the theme the form was on, with the same filters and page."""
    theme_id = request.POST.get("page-of-theme", "")
    if theme_id.isascii() and theme_id.isdigit():
        address = reverse("concertation:theme", args=[circle.slug, int(theme_id)])
    else:
        address = reverse("concertation:themes", args=[circle.slug])
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _frame(circle: Circle, theme: Theme | None, title: str) -> dict[str, Any]:
    steps = [(theme.title, reverse("concertation:theme", args=[circle.slug, theme.pk]))] if theme else []
    return {**place_in(circle, "themes", *steps, (title, "")), "theme": theme, "title": title}


def _form_page(
    request: AuthenticatedRequest,
    circle: Circle,
    form: forms.Form,
    act: Callable[[], Theme],
    *,
    done: str,
    theme: Theme | None = None,
    title: str,
    **words: Any,
) -> HttpResponse:
    """The one page these forms share. act: calls the service, and gives the theme to go to."""
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            reached = act()
            messages.success(request, done)
            return redirect("concertation:theme", circle.slug, reached.pk)
    context = {"kind": "primary", "lead": "", **words, **_frame(circle, theme, title), "form": form}
    return render(request, "concertation/theme_form.html", context, status=status_of(form))
