"""Exchanges and groups of example programmes, from plain facts given by the caller. Loading twice adds nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from concerte.concertation.models import Exchange, Visibility, WorkingGroup
from concerte.concertation.services import create_group, fix_past_exchange, record_exchange
from concerte.documents.rich_text import paragraph
from concerte.partners.models import Circle, College, Organisation


def load_groups(circle: Circle, facts: Iterable[Mapping[str, Any]]) -> list[WorkingGroup]:
    """facts: {"name", "purpose", "origin"}, the last with {"sources", "certainty"}. Their seats begin empty."""
    known = {group.name: group for group in circle.groups.all()}
    taking_part = circle.participations.values("organisation__college")
    colleges = list(College.objects.filter(pk__in=taking_part).order_by("position", "pk"))
    return [
        known.get(each["name"])
        or create_group(
            circle,
            name=each["name"],
            purpose=each["purpose"],
            colleges=colleges,
            is_open=True,
            origin=dict(each.get("origin", {})),
            acting_user=None,
        )
        for each in facts
    ]


def load_exchanges(circle: Circle, facts: Iterable[Mapping[str, Any]]) -> list[Exchange]:
    """facts: {"title", "held_on", "organisations" (slugs), "subjects", "notes" (paragraphs), "origin"}. One that names
    its sources is fixed and public; another waits for its two sides."""
    known = {(each.title, each.held_on): each for each in circle.exchanges.all()}
    return [known.get((each["title"], each["held_on"])) or _exchange(circle, each) for each in facts]


def _exchange(circle: Circle, facts: Mapping[str, Any]) -> Exchange:
    named = Organisation.objects.filter(slug__in=facts["organisations"]).select_related("college")
    origin = dict(facts.get("origin", {}))
    recorded = record_exchange(
        circle,
        title=facts["title"],
        held_on=facts["held_on"],
        organisations=list(named.order_by("pk")),
        subjects="\n".join(facts.get("subjects", ())),
        notes=tuple(paragraph(text) for text in facts.get("notes", ())),
        visibility=Visibility.PUBLIC if origin.get("sources") else Visibility.COLLEGES,
        origin=origin,
        acting_user=None,
    )
    return fix_past_exchange(recorded) if origin.get("sources") else recorded
