"""The page of an action: its sheet, where it comes from, in which editions it stands. It keeps its page for ever."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from concerte.documents.rich_text import Blocks
from concerte.programme.draft import ActionSheet, Draft, SectionKind
from concerte.programme.models import Action, Edition
from concerte.publication.reading.facts import (
    PastStatus,
    Source,
    named_sources,
    read_history,
    read_names,
    read_notes,
    read_roadmaps,
    read_sources,
)
from concerte.publication.reading.programmes import ProgrammeLine, ShownAxis, programme_line, shown_axes
from concerte.publication.reading.texts import (
    NOTHING_YET,
    ActionLine,
    Directory,
    EditionLine,
    ShownCollege,
    ShownOrganisation,
    ShownText,
    action_address,
    action_line,
    all_colleges,
    by_college,
    edition_line,
    shown_text,
    text_of_edition,
)

FROM_EARLIER_EDITION = "earlier"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of the sheet; blocks is empty while nothing is written in it."""

    kind: str
    label: str
    blocks: Blocks


@dataclass(frozen=True, kw_only=True)
class CollegePilots:
    """Who pilots for one college: nobody, when nobody is named. college: None for organisations not known here."""

    college: ShownCollege | None
    pilots: tuple[ShownOrganisation, ...]


@dataclass(frozen=True, kw_only=True)
class AxisPlace:
    """The axis an action stands in. basis: "deduced" when the import put it there by itself."""

    id: str
    number: int
    title: str
    basis: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ShownSheet:
    """What the text says of an action. The bases and the certainty are those of an import; '' once declared here."""

    title: str
    stage: str
    stage_label: str
    axis: AxisPlace
    pilots: tuple[CollegePilots, ...]
    pilots_basis: str
    partners: tuple[ShownOrganisation, ...]
    start: str
    deadline: str
    deadline_basis: str
    audience: str
    certainty: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]

    @property
    def is_imported(self) -> bool:
        return bool(self.certainty)

    @property
    def written_sections(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.blocks)

    @property
    def missing_sections(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if not section.blocks)


@dataclass(frozen=True, kw_only=True)
class ActionLink:
    """Another action that this one comes from, or led to. title: '' when no public text says it."""

    code: str
    title: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ActionPage:
    """text_status: where the sheet was read: "edition", "draft", "earlier" (it left the text since), "none"."""

    code: str
    address: str
    programme: ProgrammeLine
    text_status: str
    edition: EditionLine | None
    sheet: ShownSheet | None
    history: tuple[PastStatus, ...]
    notes: tuple[str, ...]
    participants: tuple[str, ...]
    follows: tuple[ActionLink, ...]
    followed_by: tuple[ActionLink, ...]
    editions: tuple[EditionLine, ...]
    copied_from: str
    previous: ActionLine | None
    next: ActionLine | None


def action_page(action: Action) -> ActionPage:
    """What the page of an action says. Its programme must be loaded."""
    programme = action.programme
    editions = list(programme.editions.order_by("-number"))
    colleges = all_colleges()
    standing_in = [edition for edition in editions if f'"code":{json.dumps(action.code)}' in edition.content]
    text = shown_text(programme, editions, colleges)
    if action.code not in text.draft.by_code and standing_in:
        text = replace(text_of_edition(programme, standing_in[0], colleges), status=FROM_EARLIER_EDITION)
    is_written = action.code in text.draft.by_code
    sources = read_sources(programme.origin)
    previous, following = _neighbours(text, action.code) if is_written else (None, None)
    return ActionPage(
        code=action.code,
        address=action_address(action.code),
        programme=programme_line(programme),
        text_status=text.status if is_written else NOTHING_YET,
        edition=text.edition if is_written else None,
        sheet=_sheet(action, text, colleges, sources) if is_written else None,
        history=read_history(action.origin, sources, read_roadmaps(programme.origin, sources)),
        notes=read_notes(action.origin),
        participants=read_names(action.origin, "participants"),
        follows=_links(action, "follows", text.draft),
        followed_by=_links(action, "followed_by", text.draft),
        editions=_lines(action, standing_in),
        copied_from=action.copied_from.code if action.copied_from else "",
        previous=previous,
        next=following,
    )


def _lines(action: Action, editions: list[Edition]) -> tuple[EditionLine, ...]:
    return tuple(edition_line(action.programme, edition) for edition in editions)


def _sheet(
    action: Action, text: ShownText, colleges: Mapping[str, ShownCollege], sources: Mapping[str, Source]
) -> ShownSheet:
    written, directory = text.draft.by_code[action.code], text.directory
    return ShownSheet(
        title=written.title,
        stage=written.stage,
        stage_label=written.stage_label,
        axis=_place(shown_axes(action.programme, text.draft, directory), text.draft, written),
        pilots=pilots_by_college(written, directory, colleges),
        pilots_basis=written.pilots_basis,
        partners=directory.of(written.partners),
        start=written.start,
        deadline=written.deadline,
        deadline_basis=written.deadline_basis,
        audience=written.audience,
        certainty=written.certainty,
        sections=tuple(
            Section(kind=kind.value, label=str(kind.label), blocks=written.sections[kind.value]) for kind in SectionKind
        ),
        sources=named_sources(written.sources, sources),
    )


def _place(axes: tuple[ShownAxis, ...], draft: Draft, action: ActionSheet) -> AxisPlace:
    rank = draft.axes.index(draft.axis_of[action.code])
    axis = axes[rank]
    return AxisPlace(id=axis.id, number=axis.number, title=axis.title, basis=action.axis_basis, address=axis.address)


def pilots_by_college(
    action: ActionSheet, directory: Directory, colleges: Mapping[str, ShownCollege]
) -> tuple[CollegePilots, ...]:
    """Each college, with its pilots or none; then the organisations of no known college."""
    groups = by_college(directory.of(action.pilots), colleges)
    return tuple(CollegePilots(college=colleges.get(slug), pilots=pilots) for slug, pilots in groups.items())


def _neighbours(text: ShownText, code: str) -> tuple[ActionLine | None, ActionLine | None]:
    """The actions before and after, in reading order."""
    lines = [action for action in text.draft.actions if action.code]
    rank = next(rank for rank, action in enumerate(lines) if action.code == code)
    before = action_line(lines[rank - 1], text.directory) if rank > 0 else None
    after = action_line(lines[rank + 1], text.directory) if rank + 1 < len(lines) else None
    return before, after


def _links(action: Action, field: str, draft: Draft) -> tuple[ActionLink, ...]:
    """The actions of the same programme that the import names in a field, by the ids they had there."""
    names = read_names(action.origin, field)
    found = (
        Action.objects.filter(programme=action.programme_id, origin__id__in=names).order_by("number") if names else ()
    )
    written = draft.by_code
    return tuple(
        ActionLink(
            code=linked.code,
            title=written[linked.code].title if linked.code in written else "",
            address=action_address(linked.code),
        )
        for linked in found
    )
