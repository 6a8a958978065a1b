"""The pages of programmes: the list, the home of one, one of its axes."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from concerte.documents.rich_text import Blocks
from concerte.programme.comparison import compare
from concerte.programme.draft import Axis, Draft, Stage
from concerte.programme.models import Edition, Programme
from concerte.publication.reading.changes import ChangeLine, change_lines
from concerte.publication.reading.facts import (
    Coverage,
    Roadmap,
    Source,
    read_coverage,
    read_roadmaps,
    read_sources,
)
from concerte.publication.reading.texts import (
    NOTHING_YET,
    ActionLine,
    Directory,
    EditionLine,
    ShownCollege,
    ShownOrganisation,
    action_line,
    all_colleges,
    by_college,
    edition_line,
    shown_organisation,
    shown_text,
    text_of,
)


@dataclass(frozen=True, kw_only=True)
class ProgrammeLine:
    """A programme in a list. starts_on, ends_on: partial dates, as written."""

    slug: str
    title: str
    acronym: str
    summary: str
    starts_on: str
    ends_on: str
    is_fictitious: bool
    address: str

    @property
    def label(self) -> str:
        return self.acronym or self.title


@dataclass(frozen=True, kw_only=True)
class StageCount:
    """How many actions are at one stage."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ShownAxis:
    """An axis with its actions. number: its rank in the text, from 1. basis: what the axis itself rests on."""

    id: str
    number: int
    title: str
    basis: str
    intro: Blocks
    actions: tuple[ActionLine, ...]
    address: str


@dataclass(frozen=True, kw_only=True)
class Participant:
    """An organisation that takes part today."""

    organisation: ShownOrganisation
    is_coordinator: bool
    role: str


@dataclass(frozen=True, kw_only=True)
class ProgrammePage:
    """What the home of a programme says. text_status: see ShownText. changes: since the edition before, if any."""

    programme: ProgrammeLine
    notice: str
    next_review_on: date | None
    text_status: str
    text_title: str
    preamble: Blocks
    axes: tuple[ShownAxis, ...]
    action_count: int | None  # None: the text is not public, how many it has is not known to the reader
    stages: tuple[StageCount, ...]
    editions: tuple[EditionLine, ...]
    changes: tuple[ChangeLine, ...] | None
    roadmaps: tuple[Roadmap, ...]
    coverage: Coverage
    participants: tuple[Participant, ...]
    colleges: tuple[ShownCollege, ...]
    predecessor: ProgrammeLine | None
    successors: tuple[ProgrammeLine, ...]
    sources: tuple[Source, ...]

    @property
    def edition(self) -> EditionLine | None:
        return self.editions[0] if self.editions else None

    @property
    def is_imported(self) -> bool:
        """Stages are then the last ones the sources tell of, not those of today."""
        return any(action.certainty for axis in self.axes for action in axis.actions)

    def participants_by_college(self) -> list[tuple[ShownCollege | None, tuple[Participant, ...]]]:
        """Who takes part, college by college; those of no known college last."""
        known = {college.slug: college for college in self.colleges}
        groups = by_college((participant.organisation for participant in self.participants), known)
        of = {participant.organisation.slug: participant for participant in self.participants}
        return [
            (known.get(slug), tuple(of[organisation.slug] for organisation in organisations))
            for slug, organisations in groups.items()
            if organisations
        ]


@dataclass(frozen=True, kw_only=True)
class AxisPage:
    """An axis with, beside it, the others."""

    programme: ProgrammeLine
    text_status: str
    edition: EditionLine | None
    axis: ShownAxis
    stages: tuple[StageCount, ...]
    has_deduced_actions: bool
    others: tuple[ShownAxis, ...]

    @property
    def is_imported(self) -> bool:
        return any(action.certainty for action in self.axis.actions)


def programme_line(programme: Programme) -> ProgrammeLine:
    return ProgrammeLine(
        slug=programme.slug,
        title=programme.title,
        acronym=programme.acronym,
        summary=programme.summary,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        is_fictitious=programme.is_fictitious,
        address=reverse("publication:programme", args=[programme.slug]),
    )


def programme_lines() -> tuple[ProgrammeLine, ...]:
    """All programmes: the one on the front page, then the most recent first. One query."""
    return tuple(
        programme_line(programme) for programme in Programme.objects.order_by("-is_featured", "-starts_on", "pk")
    )


def programme_page(programme: Programme) -> ProgrammePage:
    """What the home of a programme says."""
    editions = list(programme.editions.order_by("-number"))
    colleges = all_colleges()
    text = shown_text(programme, editions, colleges)
    sources = read_sources(programme.origin)
    return ProgrammePage(
        programme=programme_line(programme),
        notice=programme.notice,
        next_review_on=programme.next_review_on,
        text_status=text.status,
        text_title=text.draft.title,
        preamble=text.draft.preamble,
        axes=shown_axes(programme, text.draft, text.directory),
        action_count=None if text.status == NOTHING_YET else len(text.draft.actions),
        stages=stage_counts(text.draft.axes),
        editions=tuple(edition_line(programme, edition) for edition in editions),
        changes=_changes_of(editions, text.draft),
        roadmaps=read_roadmaps(programme.origin, sources),
        coverage=read_coverage(programme.origin),
        participants=_participants(programme),
        colleges=tuple(colleges.values()),
        predecessor=programme_line(programme.predecessor) if programme.predecessor else None,
        successors=tuple(programme_line(successor) for successor in programme.successors.order_by("starts_on", "pk")),
        sources=tuple(sources.values()),
    )


def axis_page(programme: Programme, axis_id: str) -> AxisPage | None:
    """What the page of an axis says; None when the text has no such axis."""
    text = shown_text(programme, list(programme.editions.order_by("-number")[:1]), all_colleges())
    axes = shown_axes(programme, text.draft, text.directory)
    shown = next((axis for axis in axes if axis.id == axis_id), None)
    if shown is None:
        return None
    written = text.draft.axes[shown.number - 1]
    return AxisPage(
        programme=programme_line(programme),
        text_status=text.status,
        edition=text.edition,
        axis=shown,
        stages=stage_counts([written]),
        has_deduced_actions=any(action.axis_basis == "deduced" for action in written.actions),
        others=tuple(axis for axis in axes if axis is not shown),
    )


def shown_axes(programme: Programme, draft: Draft, directory: Directory) -> tuple[ShownAxis, ...]:
    return tuple(
        ShownAxis(
            id=axis.id,
            number=number,
            title=axis.title,
            basis=axis.basis,
            intro=axis.intro,
            actions=tuple(action_line(action, directory) for action in axis.actions),
            address=reverse("publication:axis", args=[programme.slug, axis.id]),
        )
        for number, axis in enumerate(draft.axes, start=1)
    )


def stage_counts(axes: tuple[Axis, ...] | list[Axis]) -> tuple[StageCount, ...]:
    """The stages some action is at, in the order of an action's life."""
    counts = Counter(action.stage for axis in axes for action in axis.actions)
    return tuple(
        StageCount(value=stage.value, label=str(stage.label), count=counts[stage.value])
        for stage in Stage
        if counts[stage.value]
    )


def _changes_of(editions: list[Edition], current: Draft) -> tuple[ChangeLine, ...] | None:
    """What changed in the last edition since the one before it; None for a first edition, or none."""
    if len(editions) < 2:
        return None
    return change_lines(compare(text_of(editions[1]), current))


def _participants(programme: Programme) -> tuple[Participant, ...]:
    held = (
        programme.participations.held_on(timezone.localdate())
        .select_related("organisation__college")
        .order_by("-is_coordinator", "organisation__name", "pk")
    )
    return tuple(
        Participant(
            organisation=shown_organisation(participation.organisation),
            is_coordinator=participation.is_coordinator,
            role=participation.role,
        )
        for participation in held
    )
