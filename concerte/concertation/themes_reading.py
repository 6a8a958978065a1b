"""What pages and data say of themes and of rounds: read once, shown in several ways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.urls import reverse

from concerte.accounts.models import User
from concerte.concertation.models.needs import NEED_KIND, Need
from concerte.concertation.models.themes import EXCHANGE_KIND, Allocation, PriorityRound, Theme
from concerte.concertation.services.themes import exchange_links
from concerte.concertation.themes_results import CollegeResult, Given, results
from concerte.lineage import references
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference, Shown
from concerte.partners.models import College


@dataclass(frozen=True)
class ThemeCard:
    """A theme in a list. needs: those the viewer may read."""

    theme: Theme
    needs: int


@dataclass(frozen=True)
class GroupedExchange:
    reference: Reference
    shown: Shown


@dataclass(frozen=True)
class CollegeShare:
    """Beside the result of one college: the college, and its share in whole per cent."""

    college: College
    result: CollegeResult

    @property
    def percent(self) -> int:
        return round(self.result.share * 100)


@dataclass(frozen=True)
class ThemeLine:
    """A theme in the results of a round."""

    theme: Theme
    shares: tuple[CollegeShare, ...]


@dataclass(frozen=True)
class Spread:
    """What one organisation gave, the most first. left: points it did not use."""

    allocations: tuple[Allocation, ...]
    left: int

    @property
    def organisation(self) -> Any:
        return self.allocations[0].organisation


def theme_cards(themes: Iterable[Theme], viewer: User | AnonymousUser) -> list[ThemeCard]:
    """One query for the needs of all of them."""
    listed = list(themes)
    needs = Need.objects.visible_to(viewer).open().filter(theme__in=[theme.pk for theme in listed]).order_by()
    counts = dict(needs.values_list("theme").annotate(count=Count("pk")))
    return [ThemeCard(theme, counts.get(theme.pk, 0)) for theme in listed]


def grouped_exchanges(theme: Theme, viewer: User | AnonymousUser) -> list[GroupedExchange]:
    """The exchanges that are in a theme, among those the viewer may see."""
    origins = [made.origin for made in exchange_links(theme)]
    shown = references.show(origins, viewer)
    return [GroupedExchange(origin, shown[origin]) for origin in origins if origin in shown]


def exchanges_to_group(theme: Theme, needs: Sequence[Need], viewer: User | AnonymousUser) -> list[GroupedExchange]:
    """Exchanges in which these needs were raised and that are not in the theme yet."""
    raised = Link.objects.standing().filter(
        from_kind=EXCHANGE_KIND,
        to_kind=NEED_KIND,
        to_id__in=[str(need.pk) for need in needs],
        relation=Relation.RAISED,
    )
    there = {made.origin for made in exchange_links(theme)}
    origins = list(dict.fromkeys(made.origin for made in raised if made.origin not in there))
    shown = references.show(origins, viewer)
    return [GroupedExchange(origin, shown[origin]) for origin in origins if origin in shown]


def round_lines(held: PriorityRound) -> list[ThemeLine]:
    """The result of a round, college by college. Themes that nobody chose are there too, while they are open."""
    allocations = list(held.allocations.filter(points__gt=0).select_related("organisation"))
    chosen = {each.theme_id for each in allocations}
    themes = Theme.objects.filter(circle=held.circle_id)
    wanted = {theme.pk: theme for theme in themes if theme.is_open or theme.pk in chosen}
    colleges = colleges_of(allocations)
    given = [
        Given(each.theme_id, each.organisation_id, each.organisation.college_id, each.points) for each in allocations
    ]
    by_key = {college.pk: college for college in colleges}
    return [
        ThemeLine(wanted[line.theme], tuple(CollegeShare(by_key[each.college], each) for each in line.colleges))
        for line in results(wanted, by_key, given)
    ]


def colleges_of(allocations: Iterable[Allocation]) -> list[College]:
    """The two colleges of the start, and any other that gave points: shown even when one gave none."""
    spoke = {each.organisation.college_id for each in allocations}
    return [college for college in College.objects.all() if college.position <= 2 or college.pk in spoke]


def spreads(held: PriorityRound) -> list[Spread]:
    """Who gave what, by college and name of organisation."""
    allocations = held.allocations.filter(points__gt=0).select_related("organisation__college", "theme")
    by_organisation: dict[int, list[Allocation]] = {}
    order = ("organisation__college__position", "organisation__name", "organisation", "-points", "theme__title")
    for each in allocations.order_by(*order):
        by_organisation.setdefault(each.organisation_id, []).append(each)
    return [
        Spread(tuple(group), held.points - sum(each.points for each in group)) for group in by_organisation.values()
    ]


def theme_data(card: ThemeCard) -> dict[str, Any]:
    theme = card.theme
    return {
        "id": theme.pk,
        "title": theme.title,
        "description": theme.description,
        "needs": card.needs,
        "is_open": theme.is_open,
        "merged_into": theme.merged_into_id,
        "closed_because": theme.closed_because,
        "origin": theme.origin,
        "created_on": theme.created_at.date().isoformat(),
        "address": settings.BASE_URL + reverse("concertation:theme", args=[theme.circle.slug, theme.pk]),
    }
