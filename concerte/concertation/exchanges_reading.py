"""An exchange as somebody reads it: its page and its data say the same."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from concerte.common.canonical import digest_of
from concerte.concertation.exchanges_content import current_content
from concerte.concertation.models.exchanges import (
    Exchange,
    ExchangeConfirmation,
    ExchangeParty,
    FollowUp,
    VisibilityRequest,
)
from concerte.documents.rich_text import Blocks
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference, Shown, Viewer, show
from concerte.partners.models import College


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two sides. confirmation: the one that stands for what is written now. stale: the last one of another
    content, when nothing was confirmed since."""

    college: College
    parties: tuple[ExchangeParty, ...]
    confirmation: ExchangeConfirmation | None
    stale: ExchangeConfirmation | None


@dataclass(frozen=True, kw_only=True)
class ShownExchange:
    """digest: of what is written now, or of what was confirmed. needs: those raised that the person may see."""

    exchange: Exchange
    content: dict[str, Any]
    digest: str
    sides: tuple[Side, ...]
    follow_ups: tuple[FollowUp, ...]
    needs: tuple[Shown, ...]
    outcomes: tuple[Shown, ...]
    asked: VisibilityRequest | None
    past_requests: tuple[VisibilityRequest, ...]

    @property
    def notes(self) -> Blocks:
        return tuple(self.content["notes"])


def shown_exchange(exchange: Exchange, viewer: Viewer) -> ShownExchange:
    """The exchange as it is read now. What was confirmed is read from what was frozen, never from the live notes."""
    content = json.loads(exchange.fixed_content) if exchange.is_fixed else current_content(exchange)
    digest = exchange.fixed_digest or digest_of(content)
    requests = list(
        exchange.visibility_requests.select_related("organisation", "college", "asked_by", "answered_by").order_by("pk")
    )
    raised, others = _came_of(exchange, viewer)
    return ShownExchange(
        exchange=exchange,
        content=content,
        digest=digest,
        sides=tuple(_sides(exchange, digest)),
        follow_ups=tuple(exchange.follow_ups.select_related("person", "organisation", "closed_by")),
        needs=raised,
        outcomes=others,
        asked=next((each for each in requests if each.answered_at is None), None),
        past_requests=tuple(each for each in requests if each.answered_at is not None),
    )


def exchange_data(shown: ShownExchange, *, with_people: bool) -> dict[str, Any]:
    """The same as data. with_people: for those who may read who was there; without them, the digest cannot be computed
    again from what is given, and `withheld` says so."""
    content = dict(shown.content)
    withheld = [] if with_people else [name for name in ("people", "other_people") if content.pop(name, None)]
    confirmed_at = shown.exchange.fixed_at
    return {
        **content,
        "visibility": shown.exchange.visibility,
        "withheld": withheld,
        "digest": shown.digest,
        "confirmed_at": confirmed_at.isoformat() if confirmed_at else None,
        "follow_up_states": [each.state for each in sorted(shown.follow_ups, key=lambda each: each.pk)],
        "needs": [{"label": each.label, "address": each.address} for each in shown.needs],
        "origin": shown.exchange.origin,
    }


def _sides(exchange: Exchange, digest: str) -> Iterable[Side]:
    parties = list(exchange.parties.select_related("organisation", "college"))
    confirmations = list(exchange.confirmations.select_related("organisation", "person", "college").order_by("pk"))
    colleges = {party.college_id: party.college for party in parties}
    for college_id, college in colleges.items():
        mine = [each for each in confirmations if each.college_id == college_id]
        standing = next((each for each in mine if each.cancelled_at is None and each.digest == digest), None)
        yield Side(
            college=college,
            parties=tuple(party for party in parties if party.college_id == college_id),
            confirmation=standing,
            stale=mine[-1] if mine and standing is None else None,
        )


def _came_of(exchange: Exchange, viewer: Viewer) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
    """What the person may see of the needs that were raised, and of what else came of the exchange."""
    links = list(Link.objects.standing().out_of(Reference.to(exchange)).order_by("pk"))
    shown = show([link.outcome for link in links], viewer)
    raised = [shown[link.outcome] for link in links if link.relation == Relation.RAISED and link.outcome in shown]
    others = [shown[link.outcome] for link in links if link.relation != Relation.RAISED and link.outcome in shown]
    return tuple(raised), tuple(others)
