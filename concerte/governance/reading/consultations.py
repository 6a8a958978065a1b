"""A consultation as its page and its data say it, and how long those of a circle take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.utils import timezone

from concerte.documents.rich_text import Blocks, plain_text
from concerte.governance.models import Consultation, CostEstimate, Opinion, OpinionPoint
from concerte.lineage.references import Reference, Shown, Viewer, show
from concerte.territories.strata import Stratum

FORMAT = "concerte-consultation/1"


@dataclass(frozen=True, kw_only=True)
class ShownOpinion:
    """days: from the submission to the opinion, or to today while it is awaited. days_late: 0 when it is in time."""

    opinion: Opinion
    points: tuple[OpinionPoint, ...]
    days: int
    days_late: int

    @property
    def text(self) -> Blocks:
        return tuple(self.opinion.text)

    @property
    def unanswered(self) -> tuple[OpinionPoint, ...]:
        return tuple(point for point in self.points if point.answered_at is None)


@dataclass(frozen=True, kw_only=True)
class ConsultationPage:
    """concerned: what the text concerns, as this person may see it. days_left: below zero once the day is past."""

    consultation: Consultation
    strata: tuple[Stratum, ...]
    costs: tuple[CostEstimate, ...]
    concerned: tuple[Shown, ...]
    opinions: tuple[ShownOpinion, ...]
    days_left: int
    days_to_answer: int | None

    @property
    def days_past(self) -> int:
        return -self.days_left

    @property
    def is_awaited(self) -> bool:
        return any(not shown.opinion.is_given for shown in self.opinions)


@dataclass(frozen=True, kw_only=True)
class Delays:
    """How long the consultations of a circle take, in days; None while there is none to count.

    to_opinion: the median from the submission to an opinion. to_answer: to the last answer of the State."""

    submitted: int
    opinions: int
    late: int
    to_opinion: float | None
    to_answer: float | None


def consultation_page(consultation: Consultation, viewer: Viewer) -> ConsultationPage:
    today = timezone.localdate()
    rank = {stratum.value: place for place, stratum in enumerate(Stratum)}
    references = [Reference(each.kind, each.identifier) for each in consultation.concerned_things.all()]
    shown = show(references, viewer)
    answered = consultation.answered_at
    return ConsultationPage(
        consultation=consultation,
        strata=tuple(stratum for stratum in Stratum if stratum.value in consultation.strata),
        costs=tuple(sorted(consultation.costs.all(), key=lambda cost: rank[cost.stratum])),
        concerned=tuple(shown[reference] for reference in references if reference in shown),
        opinions=tuple(_shown(opinion, consultation, today) for opinion in _opinions(consultation)),
        days_left=(consultation.due_on - today).days,
        days_to_answer=_days(consultation, timezone.localdate(answered)) if answered else None,
    )


def _opinions(consultation: Consultation) -> Iterable[Opinion]:
    rows = consultation.opinions.select_related("body__secretariat", "given_by", "note")
    return rows.prefetch_related("points__answered_for", "points__answered_by")


def _shown(opinion: Opinion, consultation: Consultation, today: date) -> ShownOpinion:
    last = timezone.localdate(opinion.given_at) if opinion.given_at else today
    return ShownOpinion(
        opinion=opinion,
        points=tuple(opinion.points.all()),
        days=_days(consultation, last),
        days_late=opinion.days_late(consultation.due_on, today),
    )


def _days(consultation: Consultation, last: date) -> int:
    return (last - timezone.localdate(consultation.submitted_at)).days


def delays_of(consultations: Sequence[Consultation]) -> Delays:
    """What the delays of these consultations are. Their opinions must be prefetched. Withdrawn ones are left out."""
    counted = [each for each in consultations if each.state != Consultation.State.WITHDRAWN]
    given = [(each, opinion) for each in counted for opinion in each.opinions.all() if opinion.given_at]
    answered = [each for each in counted if each.answered_at]
    days = [_days(each, timezone.localdate(opinion.given_at)) for each, opinion in given]
    closed = [_days(each, timezone.localdate(each.answered_at)) for each in answered]
    return Delays(
        submitted=len(counted),
        opinions=len(given),
        late=sum(opinion.days_late(each.due_on, each.due_on) > 0 for each, opinion in given),
        to_opinion=median(days) if days else None,
        to_answer=median(closed) if closed else None,
    )


def as_data(page: ConsultationPage) -> dict[str, Any]:
    """What the page says, in the names of the model. Organisations speak; no person is named."""
    found = page.consultation
    return {
        "format": FORMAT,
        "number": found.number,
        "programme": found.circle.slug,
        "kind": found.kind,
        "title": found.title,
        "summary": found.summary,
        "state": found.state,
        "submitted_for": found.submitted_for.slug,
        "submitted_at": found.submitted_at.isoformat(),
        "due_on": found.due_on.isoformat(),
        "answered_at": found.answered_at.isoformat() if found.answered_at else None,
        "days_to_answer": page.days_to_answer,
        "withdrawn_because": found.withdrawn_because,
        "strata": [stratum.value for stratum in page.strata],
        "costs": [
            {
                "stratum": cost.stratum,
                "once_euros": cost.once_euros,
                "yearly_euros": cost.yearly_euros,
                "note": cost.note,
            }
            for cost in page.costs
        ],
        "concerned": [{"label": each.label, "address": each.address} for each in page.concerned],
        "opinions": [_opinion_data(shown) for shown in page.opinions],
    }


def _opinion_data(shown: ShownOpinion) -> dict[str, Any]:
    opinion = shown.opinion
    return {
        "body": opinion.body.slug,
        "kind": opinion.kind or None,
        "given_at": opinion.given_at.isoformat() if opinion.given_at else None,
        "days": shown.days,
        "days_late": shown.days_late,
        "text": plain_text(shown.text),
        "digest": opinion.digest,
        # While an opinion is prepared, its points are those of the body, not yet of the State.
        "points": [
            {
                "text": point.text,
                "answer": point.answer,
                "is_followed": point.is_followed,
                "answered_for": point.answered_for.slug if point.answered_for else None,
                "answered_at": point.answered_at.isoformat() if point.answered_at else None,
            }
            for point in (shown.points if opinion.is_given else ())
        ],
    }
