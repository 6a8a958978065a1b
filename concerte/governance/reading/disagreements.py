"""A disagreement as its page and its data say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from concerte.governance.models import Attempt, Body, Disagreement, Escalation, Stance
from concerte.lineage.references import Shown, Viewer, show
from concerte.partners.models import College, Organisation

FORMAT = "concerte-disagreement/1"


@dataclass(frozen=True, kw_only=True)
class CollegeSide:
    """What a college holds: the stances of its organisations that count today; none while it said nothing."""

    college: College
    stances: tuple[Stance, ...]


@dataclass(frozen=True, kw_only=True)
class DisagreementPage:
    """subject: what it is about, as this person may see it. is_late: an answer was due before today."""

    disagreement: Disagreement
    subject: Shown | None
    sides: tuple[CollegeSide, ...]
    replaced: tuple[Stance, ...]
    attempts: tuple[Attempt, ...]
    escalations: tuple[Escalation, ...]
    is_late: bool


def disagreement_page(disagreement: Disagreement, viewer: Viewer) -> DisagreementPage:
    stances = list(disagreement.stances.select_related("organisation", "college", "person"))
    standing = [stance for stance in stances if stance.replaced_at is None]
    subject = disagreement.subject
    late = disagreement.is_open and disagreement.due_on is not None and disagreement.due_on < timezone.localdate()
    return DisagreementPage(
        disagreement=disagreement,
        subject=show([subject], viewer).get(subject) if subject else None,
        sides=_sides(disagreement, standing),
        replaced=tuple(stance for stance in stances if stance.replaced_at is not None),
        attempts=tuple(disagreement.attempts.select_related("organisation__college", "person")),
        escalations=tuple(disagreement.escalations.select_related("body", "organisation__college", "person")),
        is_late=late,
    )


def _sides(disagreement: Disagreement, standing: Sequence[Stance]) -> tuple[CollegeSide, ...]:
    """Every college that takes part in the circle, those that said nothing included, in their order."""
    taking_part = Organisation.objects.filter(participations__circle=disagreement.circle_id).values("college")
    spoke = [stance.college_id for stance in standing]
    colleges = College.objects.filter(pk__in=taking_part) | College.objects.filter(pk__in=spoke)
    return tuple(
        CollegeSide(college=college, stances=tuple(stance for stance in standing if stance.college_id == college.pk))
        for college in colleges.distinct()
    )


def bodies_above(disagreement: Disagreement) -> QuerySet[Body]:
    """The bodies it may be taken to next: the one above; while none has it, any that serves the circle."""
    if disagreement.body is not None:
        return Body.objects.filter(below=disagreement.body)
    return Body.objects.filter(circles=disagreement.circle_id, ends_on=None)


def may_withdraw(disagreement: Disagreement, represented: Sequence[Organisation]) -> bool:
    return any(organisation.pk == disagreement.opened_for_id for organisation in represented)


def as_data(page: DisagreementPage) -> dict[str, Any]:
    """What the page says, in the names of the model. Organisations speak; no person is named."""
    found = page.disagreement
    return {
        "format": FORMAT,
        "number": found.number,
        "programme": found.circle.slug,
        "title": found.title,
        "description": found.description,
        "state": found.state,
        "opened_at": found.opened_at.isoformat(),
        "opened_for": found.opened_for.slug,
        "subject": {"label": page.subject.label, "address": page.subject.address} if page.subject else None,
        "body": found.body.slug if found.body else None,
        "due_on": found.due_on.isoformat() if found.due_on else None,
        "is_late": page.is_late,
        "positions": [
            {
                "college": side.college.slug,
                "organisation": stance.organisation.slug,
                "position": stance.position,
                "reasons": stance.reasons,
                "wording": stance.wording,
                "given_at": stance.given_at.isoformat(),
            }
            for side in page.sides
            for stance in side.stances
        ],
        "attempts": [
            {"on": attempt.tried_on.isoformat(), "organisation": attempt.organisation.slug, "text": attempt.text}
            for attempt in page.attempts
        ],
        "escalations": [
            {
                "body": taken.body.slug,
                "because": taken.because,
                "due_on": taken.due_on.isoformat(),
                "organisation": taken.organisation.slug,
                "taken_at": taken.taken_at.isoformat(),
            }
            for taken in page.escalations
        ],
        "answer": found.answer,
        "agreed_wording": found.agreed_wording,
        "answered_at": found.answered_at.isoformat() if found.answered_at else None,
        "withdrawn_because": found.withdrawn_because,
    }
