"""The pages of editions: the text as it was decided, by whom, and what changed since the one before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from concerte.common.canonical import canonical_json
from concerte.documents.rich_text import Blocks
from concerte.programme.comparison import compare
from concerte.programme.content import edition_file, positions_in
from concerte.programme.draft import SectionKind
from concerte.programme.models import Edition
from concerte.publication.reading.actions import CollegePilots, Section, pilots_by_college
from concerte.publication.reading.changes import ShownComparison, shown_comparison
from concerte.publication.reading.programmes import ProgrammeLine, programme_line
from concerte.publication.reading.texts import (
    ActionLine,
    EditionLine,
    ShownCollege,
    ShownOrganisation,
    ShownText,
    action_line,
    all_colleges,
    edition_line,
    text_of_edition,
)


@dataclass(frozen=True, kw_only=True)
class GivenPosition:
    """What an organisation said of the text. Its name and its college are those of that day."""

    organisation: ShownOrganisation
    kind: str  # "approval", "objection", "abstention"
    given_on: date
    reasons: str


@dataclass(frozen=True, kw_only=True)
class RecordedDecision:
    """The decision an edition comes of, as its record tells it. body: '' when those who take part decided. sentences:
    the computation, one for each college; address: of its page in the register."""

    number: int
    body: str
    rule_name: str
    sentences: tuple[str, ...]
    address: str


@dataclass(frozen=True, kw_only=True)
class EditionAction:
    """An action as the edition says it."""

    line: ActionLine
    pilots: tuple[CollegePilots, ...]
    partners: tuple[ShownOrganisation, ...]
    start: str
    deadline: str
    audience: str
    pilots_basis: str
    deadline_basis: str
    axis_basis: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, kw_only=True)
class EditionAxis:
    id: str
    title: str
    basis: str
    intro: Blocks
    actions: tuple[EditionAction, ...]


@dataclass(frozen=True, kw_only=True)
class EditionPage:
    """previous, next: the editions around it. positions: those that counted when it was published. decision: None in
    the records of before the register."""

    programme: ProgrammeLine
    edition: EditionLine
    title: str
    preamble: Blocks
    axes: tuple[EditionAxis, ...]
    positions: tuple[GivenPosition, ...]
    decision: RecordedDecision | None
    record_digest: str
    previous: EditionLine | None
    next: EditionLine | None


@dataclass(frozen=True, kw_only=True)
class DifferencesPage:
    """What changed since the edition before."""

    programme: ProgrammeLine
    before: EditionLine
    edition: EditionLine
    comparison: ShownComparison


def edition_page(edition: Edition) -> EditionPage:
    """What the page of an edition says. Its programme and the edition before must be loaded."""
    programme = edition.programme
    colleges = all_colleges()
    text = text_of_edition(programme, edition, colleges)
    following = Edition.objects.filter(previous=edition).first()
    return EditionPage(
        programme=programme_line(programme),
        edition=edition_line(programme, edition),
        title=text.draft.title,
        preamble=text.draft.preamble,
        axes=_axes(text, colleges),
        positions=_positions(edition, colleges),
        decision=_decision(edition),
        record_digest=edition.record_digest,
        previous=edition_line(programme, edition.previous) if edition.previous else None,
        next=edition_line(programme, following) if following else None,
    )


def differences_page(edition: Edition) -> DifferencesPage | None:
    """What changed since the edition before; None for the first one."""
    if edition.previous is None:
        return None
    colleges = all_colleges()
    before = text_of_edition(edition.programme, edition.previous, colleges)
    after = text_of_edition(edition.programme, edition, colleges)
    return DifferencesPage(
        programme=programme_line(edition.programme),
        before=edition_line(edition.programme, edition.previous),
        edition=edition_line(edition.programme, edition),
        comparison=shown_comparison(compare(before.draft, after.draft), after.directory.and_also(before.directory)),
    )


def edition_as_file(edition: Edition) -> bytes:
    """The edition as the file that stands alone: its content and its record, with both digests."""
    return canonical_json(
        edition_file(
            content=json.loads(edition.content),
            digest=edition.digest,
            record=json.loads(edition.record),
            record_digest=edition.record_digest,
        )
    )


def _axes(text: ShownText, colleges: Mapping[str, ShownCollege]) -> tuple[EditionAxis, ...]:
    return tuple(
        EditionAxis(
            id=axis.id,
            title=axis.title,
            basis=axis.basis,
            intro=axis.intro,
            actions=tuple(
                EditionAction(
                    line=action_line(action, text.directory),
                    pilots=pilots_by_college(action, text.directory, colleges),
                    partners=text.directory.of(action.partners),
                    start=action.start,
                    deadline=action.deadline,
                    audience=action.audience,
                    pilots_basis=action.pilots_basis,
                    deadline_basis=action.deadline_basis,
                    axis_basis=action.axis_basis,
                    sections=tuple(
                        Section(kind=kind.value, label=str(kind.label), blocks=action.sections[kind.value])
                        for kind in SectionKind
                        if action.sections[kind.value]
                    ),
                )
                for action in axis.actions
            ),
        )
        for axis in text.draft.axes
    )


def _positions(edition: Edition, colleges: Mapping[str, ShownCollege]) -> tuple[GivenPosition, ...]:
    """What the record says: the positions that counted, college by college. Organisations only, no person."""
    ranks = {slug: rank for rank, slug in enumerate(colleges)}
    recorded = sorted(positions_in(json.loads(edition.record)), key=lambda each: ranks.get(each["college"], len(ranks)))
    return tuple(
        GivenPosition(
            organisation=ShownOrganisation(
                slug=position["organisation"],
                name=position["organisation_name"],
                label=position["organisation_name"],
                college=colleges.get(position["college"]),
                address=reverse("partners:organisation", args=[position["organisation"]]),
            ),
            kind=position["kind"],
            given_on=timezone.localdate(datetime.fromisoformat(position["given_at"])),
            reasons=position["reasons"],
        )
        for position in recorded
    )


def _decision(edition: Edition) -> RecordedDecision | None:
    recorded = json.loads(edition.record).get("decision")
    if recorded is None:
        return None
    return RecordedDecision(
        number=recorded["number"],
        body=recorded["body"]["name"] if recorded["body"] else "",
        rule_name=recorded["rule_name"],
        sentences=tuple(college["sentence"] for college in recorded["computation"]["colleges"]),
        address=reverse("governance:decision", args=[recorded["number"]]),
    )
