"""What pages and data say of needs: read once, shown in several ways."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from concerte.concertation.models.needs import Need, NeedSupport
from concerte.concertation.needs_counting import count_territories
from concerte.concertation.needs_index import having
from concerte.concertation.querysets.needs import NeedQuerySet
from concerte.partners.models import College


@dataclass(frozen=True)
class Sharing:
    """How many organisations of one college share a need."""

    college: College
    count: int


@dataclass(frozen=True)
class NeedCard:
    """A need in a list. sharing: by college, in their order, those without any left out."""

    need: Need
    sharing: tuple[Sharing, ...]


@dataclass(frozen=True)
class SharingCollege:
    """The organisations of one college that share a need, in the order they said so."""

    college: College
    supports: tuple[NeedSupport, ...]


def filtered(needs: NeedQuerySet, circle_id: int, wanted: Mapping[str, str]) -> NeedQuerySet:
    """wanted: of a NeedFilterForm: q, urgency, stratum, grouped."""
    for condition in having(circle_id, wanted["q"]) if "q" in wanted else ():
        needs = needs.filter(condition)
    if "urgency" in wanted:
        needs = needs.filter(urgency=wanted["urgency"])
    if "stratum" in wanted:
        needs = needs.about(wanted["stratum"])
    if "grouped" in wanted:
        needs = needs.filter(theme__isnull=wanted["grouped"] == "a-ranger")
    return needs


def cards(needs: Iterable[Need]) -> list[NeedCard]:
    """Two queries, however many needs are given. Their organisation, college and theme are to be joined already."""
    listed = list(needs)
    supports = NeedSupport.objects.standing().filter(need__in=[need.pk for need in listed]).order_by()
    rows = supports.values_list("need", "organisation__college").annotate(count=Count("pk"))
    counts = {(need, college): count for need, college, count in rows}
    colleges = list(College.objects.all())
    return [
        NeedCard(
            need,
            tuple(
                Sharing(college, counts[need.pk, college.pk]) for college in colleges if (need.pk, college.pk) in counts
            ),
        )
        for need in listed
    ]


def sharing_colleges(need: Need) -> list[SharingCollege]:
    """Who shares a need, college by college: one query."""
    standing = need.supports.standing().select_related("organisation__college", "organisation__territory", "came_from")
    supports = list(standing)
    colleges = {support.organisation.college_id: support.organisation.college for support in supports}
    return [
        SharingCollege(college, tuple(each for each in supports if each.organisation.college_id == college.pk))
        for college in sorted(colleges.values(), key=lambda college: (college.position, college.pk))
    ]


def card_data(card: NeedCard) -> dict[str, Any]:
    need = card.need
    return {
        "id": need.pk,
        "title": need.title,
        "urgency": need.urgency,
        "strata": [stratum.value for stratum in need.strata],
        "organisation": need.organisation.slug,
        "college": need.organisation.college.slug,
        "raised_on": need.raised_at.date().isoformat(),
        "sharing": {each.college.slug: each.count for each in card.sharing},
        "address": address_of(need),
    }


def sharing_data(colleges: Sequence[SharingCollege]) -> dict[str, Any]:
    """Who shares a need, and how many territories and inhabitants that makes, as on its page."""
    supports = [support for each in colleges for support in each.supports]
    count = count_territories(support.organisation.territory for support in supports)
    return {
        "colleges": {each.college.slug: [support.organisation.slug for support in each.supports] for each in colleges},
        "strata": [
            {
                "stratum": line.stratum.value if line.stratum is not None else None,
                "organisations": line.organisations,
                "territories": line.territories,
                "included_in_another": line.included,
                "population": line.population,
            }
            for line in count.lines
        ],
        "without_territory": count.without_territory,
        "territories": count.territories,
        "population": count.population,
    }


def address_of(need: Need) -> str:
    return settings.BASE_URL + reverse("concertation:need", args=[need.circle.slug, need.pk])
