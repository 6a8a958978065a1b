"""The board of themes, and the page of one of them."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from concerte.accounts.models import User
from concerte.concertation.forms.needs import NeedFilterForm
from concerte.concertation.forms.themes import GroupForm
from concerte.concertation.models.needs import Need
from concerte.concertation.models.themes import PriorityRound, Theme
from concerte.concertation.needs_fate import story_of
from concerte.concertation.needs_reading import card_data, cards, filtered
from concerte.concertation.rules.ideas import may_propose
from concerte.concertation.rules.themes import may_arrange, may_reshape
from concerte.concertation.themes_reading import exchanges_to_group, grouped_exchanges, theme_cards, theme_data
from concerte.concertation.views.frame import circle_of, place_in
from concerte.concertation.views.needs import as_json
from concerte.partners.circles import Standing
from concerte.partners.models import Circle

NEEDS_PER_PAGE = 25
THEMES_PER_PAGE = 50


@require_safe
def themes(request: HttpRequest, slug: str) -> HttpResponse:
    """The needs that wait for a theme, first and filtered; the themes beside them."""
    circle, standing = circle_of(request.user, slug)
    form = NeedFilterForm(request.GET)
    wanted = form.wanted() | {"grouped": NeedFilterForm.Grouped.NO.value}
    waiting = filtered(Need.objects.visible_to(request.user).open().filter(circle=circle), circle.pk, wanted)
    joined = waiting.select_related("circle", "organisation__college")
    page = Paginator(joined, NEEDS_PER_PAGE).get_page(request.GET.get("page"))
    found = Theme.objects.visible_to(request.user).open().filter(circle=circle)
    themes_page = Paginator(found, THEMES_PER_PAGE).get_page(request.GET.get("themes"))
    context = {
        **place_in(circle, "themes"),
        "form": form,
        "is_filtered": bool(form.wanted()),
        "page": page,
        "cards": cards(page.object_list),
        "themes_page": themes_page,
        "theme_cards": theme_cards(themes_page.object_list, request.user),
        "group_form": GroupForm(circle_id=circle.pk) if may_arrange(standing) and page.object_list else None,
        "may_arrange": may_arrange(standing),
        "may_reshape": may_reshape(standing),
        "rounds": PriorityRound.objects.visible_to(request.user).filter(circle=circle),
        "is_participant": standing.may_read,
        "query": request.GET.urlencode(),
    }
    return render(request, "concertation/themes.html", context)


@require_safe
def themes_data(request: HttpRequest, slug: str) -> JsonResponse:
    """The twin of the list of themes, for machines."""
    circle, _standing = circle_of(request.user, slug)
    found = Theme.objects.visible_to(request.user).open().filter(circle=circle).select_related("circle")
    page = Paginator(found, THEMES_PER_PAGE).get_page(request.GET.get("page"))
    return as_json(
        {
            "count": page.paginator.count,
            "page": page.number,
            "pages": page.paginator.num_pages,
            "themes": [theme_data(card) for card in theme_cards(page.object_list, request.user)],
        }
    )


@require_safe
def theme(request: HttpRequest, slug: str, theme_id: int) -> HttpResponse:
    circle, shown, standing = theme_of(request.user, slug, theme_id)
    page = Paginator(needs_in(shown, request.user), NEEDS_PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    context: dict[str, Any] = {
        **place_in(circle, "themes", (shown.title, "")),
        "theme": shown,
        "page": page,
        "cards": cards(listed),
        "exchanges": grouped_exchanges(shown, request.user),
        "exchanges_to_group": exchanges_to_group(shown, listed, request.user) if shown.is_open else [],
        "story": story_of(shown.reference, request.user),
        "merged_into": Theme.objects.visible_to(request.user).filter(pk=shown.merged_into_id or 0).first(),
        "may_arrange": shown.is_open and may_arrange(standing),
        "may_reshape": shown.is_open and may_reshape(standing),
        "group_form": GroupForm(circle_id=circle.pk, but=shown.pk) if may_arrange(standing) else None,
        "may_propose": shown.is_open and may_propose(standing, None),
        "is_participant": standing.may_read,
        "query": request.GET.urlencode(),
    }
    return render(request, "concertation/theme.html", context)


@require_safe
def one_theme_data(request: HttpRequest, slug: str, theme_id: int) -> JsonResponse:
    """The twin of the page, for machines: the theme, its needs in pages, its thread."""
    _circle, shown, _standing = theme_of(request.user, slug, theme_id)
    page = Paginator(needs_in(shown, request.user), NEEDS_PER_PAGE).get_page(request.GET.get("page"))
    story = story_of(shown.reference, request.user)
    (card,) = theme_cards([shown], request.user)
    return as_json(
        {
            **theme_data(card),
            "page": page.number,
            "pages": page.paginator.num_pages,
            "needs_listed": [card_data(each) for each in cards(page.object_list)],
            "outcomes": [{"kind": step.reference.kind, "id": step.reference.id} for step in story.outcomes],
        }
    )


def theme_of(person: User | AnonymousUser, slug: str, theme_id: int) -> tuple[Circle, Theme, Standing]:
    """The theme of an address, for those who may see it, and what the person is to its circle."""
    circle, standing = circle_of(person, slug)
    found = Theme.objects.visible_to(person).select_related("circle", "organisation")
    return circle, get_object_or_404(found, circle=circle, pk=theme_id), standing


def needs_in(theme: Theme, person: User | AnonymousUser) -> Any:
    visible = Need.objects.visible_to(person).open().filter(theme=theme)
    return visible.select_related("circle", "organisation__college")
