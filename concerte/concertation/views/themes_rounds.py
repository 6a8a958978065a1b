"""Rounds of priorities: opening, spreading points, reading the results of each college."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.errors import DomainError
from concerte.common.form_pages import refusals_in, status_of
from concerte.concertation.forms.themes import PointsForm, RoundForm
from concerte.concertation.models.themes import PriorityRound, Theme
from concerte.concertation.rules.themes import may_reshape
from concerte.concertation.services import close_round, open_round, spread_points
from concerte.concertation.themes_reading import round_lines, spreads
from concerte.concertation.views.frame import circle_of, place_in
from concerte.partners.circles import Standing
from concerte.partners.models import Circle, Organisation


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_round(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    circle, standing = circle_of(request.user, slug)
    if not may_reshape(standing):
        raise PermissionDenied
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            opened = open_round(circle, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le tour de priorités est ouvert."))
            return redirect("concertation:priority_round", circle.slug, opened.number)
    title = _("Ouvrir un tour de priorités")
    context = {
        **place_in(circle, "themes", (title, "")),
        "theme": None,
        "form": form,
        "title": title,
        "label": _("Ouvrir le tour"),
        "kind": "primary",
        "lead": _("Chaque organisation répartit le même nombre de points entre les thèmes, jusqu’à la clôture."),
    }
    return render(request, "concertation/theme_form.html", context, status=status_of(form))


@login_required
@require_safe
def priority_round(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """The results, college beside college, and who gave what: for those who take part."""
    circle, held, standing = round_of(request.user, slug, number)
    gave = spreads(held)
    answered = {spread.organisation.pk for spread in gave}
    context = {
        **place_in(circle, "themes", (_title(held), "")),
        "round": held,
        "lines": round_lines(held),
        "spreads": gave,
        "represented": [(each, each.pk in answered) for each in standing.represented] if held.is_open else [],
        "may_close": held.is_open and may_reshape(standing),
    }
    return render(request, "concertation/themes_round.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def points(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """Where an organisation puts its points; which one, when the person represents several, is in the address."""
    circle, held, standing = round_of(request.user, slug, number)
    if not standing.represented:
        raise PermissionDenied
    organisation = _chosen(standing, request.GET.get("organisation", ""))
    placed = dict(held.allocations.filter(organisation=organisation).values_list("theme", "points"))
    themes = list(Theme.objects.open().filter(circle=circle))
    form = PointsForm(request.POST or None, opened=held, themes=themes, placed=placed)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            spread_points(held, organisation=organisation, points=form.points, acting_user=request.user)
            messages.success(
                request, _("Les points de %(organisation)s sont répartis.") % {"organisation": organisation}
            )
            return redirect("concertation:priority_round", circle.slug, held.number)
    round_step = (_title(held), reverse("concertation:priority_round", args=[circle.slug, held.number]))
    context = {
        **place_in(circle, "themes", round_step, (_("Répartir des points"), "")),
        "round": held,
        "organisation": organisation,
        "others": [each for each in standing.represented if each != organisation],
        "form": form,
        "spent": sum(placed.values()),
    }
    return render(request, "concertation/themes_points.html", context, status=status_of(form))


@login_required
@require_POST
def end_round(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    circle, held, _standing = round_of(request.user, slug, number)
    try:
        close_round(held, acting_user=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Le tour de priorités est clos\u00a0: les points ne changent plus."))
    return redirect("concertation:priority_round", circle.slug, held.number)


def round_of(person: User, slug: str, number: int) -> tuple[Circle, PriorityRound, Standing]:
    circle, standing = circle_of(person, slug)
    found = get_object_or_404(PriorityRound.objects.visible_to(person), circle=circle, number=number)
    return circle, found, standing


def _chosen(standing: Standing, asked: str) -> Organisation:
    if not asked:
        return standing.represented[0]
    found = next((each for each in standing.represented if each.slug == asked), None)
    if found is None:
        raise Http404
    return found


def _title(held: PriorityRound) -> str:
    return _("Priorités, tour n°\u00a0%(number)d") % {"number": held.number}
