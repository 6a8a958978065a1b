"""Who sits on a body on a day, who sat before, and the imported facts about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from concerte.documents.rich_text import safe_link
from concerte.governance.models import Body, Mandate, Seat
from concerte.partners.models import College


@dataclass(frozen=True)
class Chair:
    """A seat with who holds it on the day asked about."""

    seat: Seat
    holder: Mandate | None = None
    substitute: Mandate | None = None


@dataclass(frozen=True)
class Bench:
    """The seats of one college on the day asked about."""

    college: College
    voting: list[Chair] = field(default_factory=list)
    observers: list[Chair] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What sources say of a body that was imported; '' when they say nothing."""

    composition: str
    frequency: str
    note: str
    certainty: str
    sources: tuple[Mapping[str, str], ...]


def composition(body: Body, day: date) -> list[Bench]:
    """The colleges that sit that day, in their order. Two queries."""
    benches: dict[int, Bench] = {}
    mandates = Mandate.objects.held_on(day).select_related("person")
    seats = (
        body.seats.held_on(day)
        .select_related("organisation", "college")
        .prefetch_related(Prefetch("mandates", queryset=mandates))
    )
    for seat in seats:
        bench = benches.setdefault(seat.college_id, Bench(seat.college))
        held: list[Mandate] = list(seat.mandates.all())  # those of that day, fetched above
        chair = Chair(
            seat,
            holder=next((mandate for mandate in held if not mandate.is_substitute), None),
            substitute=next((mandate for mandate in held if mandate.is_substitute), None),
        )
        (bench.voting if seat.is_voting else bench.observers).append(chair)
    return list(benches.values())


def history(body: Body) -> QuerySet[Seat]:
    """All the seats there ever were, the latest first, each with its mandates in the order they began."""
    mandates = Mandate.objects.select_related("person").order_by("is_substitute", "starts_on", "pk")
    return (
        body.seats.select_related("organisation", "college")
        .prefetch_related(Prefetch("mandates", queryset=mandates))
        .order_by("-starts_on", "organisation__name", "pk")
    )


def imported_facts(body: Body) -> Facts:
    """What was imported, with whatever is not text left out."""
    origin = body.origin if isinstance(body.origin, Mapping) else {}
    given = origin.get("sources")
    sources = tuple(_source(item) for item in given if isinstance(item, Mapping)) if isinstance(given, list) else ()
    return Facts(
        composition=_text(origin.get("composition")),
        frequency=_text(origin.get("frequency")),
        note=_text(origin.get("note")),
        certainty=_text(origin.get("certainty")),
        sources=sources,
    )


def body_as_data(body: Body, day: date) -> dict[str, Any]:
    """What the page of a body says, for machines; unknown stays null."""
    facts = imported_facts(body)
    return {
        **summary_as_data(body),
        "purpose": body.purpose,
        "secretariat": body.secretariat.slug if body.secretariat else None,
        "above": body.above.slug if body.above else None,
        "rules": {
            "notice_days": body.notice_days,
            "quorum_percent": body.quorum_percent,
            "max_proxies": body.max_proxies,
            "has_secret_ballots": body.has_secret_ballots,
            "publicity": body.publicity,
        },
        "imported": {
            "composition": facts.composition or None,
            "frequency": facts.frequency or None,
            "note": facts.note or None,
            "certainty": facts.certainty or None,
            "sources": list(facts.sources),
        },
        "membership": {
            "on": day.isoformat(),
            "colleges": [_bench_as_data(bench) for bench in composition(body, day)],
        },
        "history": [_seat_as_data(seat, seat.mandates.all()) for seat in history(body)],
    }


def summary_as_data(body: Body) -> dict[str, Any]:
    return {
        "slug": body.slug,
        "name": body.name,
        "acronym": body.acronym,
        "level": body.level,
        "first_day": body.starts_on or None,  # a partial date
        "ended_on": body.ends_on.isoformat() if body.ends_on else None,
        "ended_because": body.ended_because,
        "programmes": [circle.slug for circle in body.circles.all()],
        "address": settings.BASE_URL + reverse("governance:body", args=[body.slug]),
    }


def _bench_as_data(bench: Bench) -> dict[str, Any]:
    return {
        "college": bench.college.slug,
        "name": bench.college.name,
        "voting": [_chair_as_data(chair) for chair in bench.voting],
        "observers": [_chair_as_data(chair) for chair in bench.observers],
    }


def _chair_as_data(chair: Chair) -> dict[str, Any]:
    return _seat_as_data(chair.seat, [each for each in (chair.holder, chair.substitute) if each is not None])


def _seat_as_data(seat: Seat, mandates: Iterable[Mandate]) -> dict[str, Any]:
    return {
        "organisation": seat.organisation.slug,
        "college": seat.college.slug,
        "is_voting": seat.is_voting,
        "weight": seat.weight,
        **_period(seat),
        "mandates": [
            {
                "person": str(mandate.person),
                "title": mandate.title,
                "is_substitute": mandate.is_substitute,
                **_period(mandate),
            }
            for mandate in mandates
        ],
    }


def _period(held: Seat | Mandate) -> dict[str, Any]:
    return {
        "first_day": held.start_text,
        "last_day": held.end_text or None,
        "ended_because": held.ended_because,
    }


def _source(item: Mapping[str, Any]) -> Mapping[str, str]:
    named = {name: _text(item.get(name)) for name in ("id", "title", "publisher", "date")}
    return named | {"address": safe_link(item.get("address"))}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
