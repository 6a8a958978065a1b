"""Which text of a programme the public reads, and the organisations it names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from concerte.documents.services import current_state
from concerte.partners.models import College, Organisation
from concerte.programme.draft import ActionSheet, Draft
from concerte.programme.models import Edition, Programme
from concerte.programme.reading import read_content, read_state

FROM_EDITION, FROM_DRAFT, NOTHING_YET = "edition", "draft", "none"


@dataclass(frozen=True, kw_only=True)
class ShownCollege:
    """appearance: the number of its colour and pattern in the stylesheet."""

    slug: str
    name: str
    short_name: str
    appearance: int


@dataclass(frozen=True, kw_only=True)
class ShownOrganisation:
    """label: how it is called in a list (its acronym, or its name). college: None when it is not known here."""

    slug: str
    name: str
    label: str
    college: ShownCollege | None
    address: str


@dataclass(frozen=True, kw_only=True)
class EditionLine:
    """An edition in a list. published_on: the day, in the time zone of the site."""

    number: int
    semester: str
    published_on: date
    digest: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    """An action in a list. address: '' while it has no code."""

    code: str
    title: str
    stage: str
    stage_label: str
    certainty: str
    pilots: tuple[ShownOrganisation, ...]
    address: str


class Directory:
    """The organisations a text names; one that nobody knows is shown as it is written."""

    def __init__(self, organisations: Iterable[ShownOrganisation]) -> None:
        self._shown = {organisation.slug: organisation for organisation in organisations}

    @classmethod
    def of_today(cls, draft: Draft) -> Self:
        """As they are called today. One query."""
        named = {slug for action in draft.actions for slug in (*action.pilots, *action.partners)}
        found = Organisation.objects.filter(slug__in=named).select_related("college").order_by("pk") if named else ()
        return cls(shown_organisation(organisation) for organisation in found)

    @classmethod
    def of_edition(cls, content: Mapping[str, Any], colleges: Mapping[str, ShownCollege]) -> Self:
        """As they were called when the edition was decided: a name changed since does not change what was."""
        return cls(
            ShownOrganisation(
                slug=named["slug"],
                name=named["name"],
                label=named["acronym"] or named["name"],
                college=colleges.get(named["college"]),
                address=reverse("partners:organisation", args=[named["slug"]]),
            )
            for named in content.get("organisations", ())
        )

    def and_also(self, other: "Directory") -> "Directory":
        """Those of both; the first to know one says its name."""
        return Directory([*other._shown.values(), *self._shown.values()])

    def of(self, slugs: Iterable[str]) -> tuple[ShownOrganisation, ...]:
        return tuple(
            self._shown.get(slug) or ShownOrganisation(slug=slug, name=slug, label=slug, college=None, address="")
            for slug in slugs
        )


@dataclass(frozen=True, kw_only=True)
class ShownText:
    """status: "edition" (what was decided), "draft" (a public text in progress), "none" (nothing to read yet)."""

    status: str
    draft: Draft
    directory: Directory
    edition: EditionLine | None


def shown_college(college: College) -> ShownCollege:
    return ShownCollege(
        slug=college.slug, name=college.name, short_name=college.short_name, appearance=college.appearance
    )


def shown_organisation(organisation: Organisation) -> ShownOrganisation:
    return ShownOrganisation(
        slug=organisation.slug,
        name=organisation.name,
        label=organisation.acronym or organisation.name,
        college=shown_college(organisation.college),
        address=reverse("partners:organisation", args=[organisation.slug]),
    )


def edition_line(programme: Programme, edition: Edition) -> EditionLine:
    return EditionLine(
        number=edition.number,
        semester=edition.semester,
        published_on=timezone.localdate(edition.published_at),
        digest=edition.digest,
        address=reverse("publication:edition", args=[programme.slug, edition.number]),
    )


def action_line(action: ActionSheet, directory: Directory) -> ActionLine:
    return ActionLine(
        code=action.code,
        title=action.title,
        stage=action.stage,
        stage_label=action.stage_label,
        certainty=action.certainty,
        pilots=directory.of(action.pilots),
        address=action_address(action.code),
    )


def action_address(code: str) -> str:
    """Where an action is read for ever; '' when the code could not be one."""
    try:
        return reverse("publication:action", args=[code])
    except NoReverseMatch:
        return ""


def text_of(edition: Edition) -> Draft:
    """The text of an edition."""
    return read_content(json.loads(edition.content))


def text_of_edition(programme: Programme, edition: Edition, colleges: Mapping[str, ShownCollege]) -> ShownText:
    """The text of an edition, with the organisations as it names them."""
    content = json.loads(edition.content)
    return ShownText(
        status=FROM_EDITION,
        draft=read_content(content),
        directory=Directory.of_edition(content, colleges),
        edition=edition_line(programme, edition),
    )


def shown_text(programme: Programme, editions: Sequence[Edition], colleges: Mapping[str, ShownCollege]) -> ShownText:
    """The text the public reads: the last edition, or the text in progress where it is public, or none.

    editions: those of the programme, the last one first."""
    if editions:
        return text_of_edition(programme, editions[0], colleges)
    if programme.is_draft_public:
        draft = read_state(current_state(programme.draft_id))
        return ShownText(status=FROM_DRAFT, draft=draft, directory=Directory.of_today(draft), edition=None)
    return ShownText(status=NOTHING_YET, draft=Draft(), directory=Directory(()), edition=None)


def by_college(
    organisations: Iterable[ShownOrganisation], colleges: Mapping[str, ShownCollege]
) -> dict[str, tuple[ShownOrganisation, ...]]:
    """Organisations sorted under the slugs of these colleges; the others under ''."""
    sorted_: dict[str, tuple[ShownOrganisation, ...]] = dict.fromkeys(colleges, ())
    for organisation in organisations:
        slug = organisation.college.slug if organisation.college else ""
        place = slug if slug in colleges else ""
        sorted_[place] = (*sorted_.get(place, ()), organisation)
    return sorted_


def all_colleges() -> dict[str, ShownCollege]:
    """The colleges in their order, by slug. One query."""
    return {college.slug: shown_college(college) for college in College.objects.order_by("position", "pk")}
