"""Imported facts (`origin`) as they are shown: what others published, with its source and how certain it is.

Imports come from files: whatever does not look as expected is left out rather than shown wrong."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concerte.documents.rich_text import safe_link

# Statuses as the roadmaps of past programmes used them.
_PAST_STATUSES = {
    "prevue": gettext_lazy("prévue"),
    "engagee": gettext_lazy("engagée"),
    "reconduite": gettext_lazy("reconduite"),
    "realisee": gettext_lazy("réalisée"),
    "transferee": gettext_lazy("transférée"),
    "inconnue": gettext_lazy("inconnu"),
}
# Fields of an import that its notes call by their names; in French, like the notes.
_FIELDS_IN_WORDS = {
    "action_count": "le nombre d’actions",
    "new_count": "le nombre d’actions nouvelles",
    "continued_count": "le nombre d’actions poursuivies",
    "established_here": "le nombre d’actions établies ici",
}
_SHORT_SEMESTER = re.compile(r"(?P<year>\d{2})S(?P<half>[12])")  # 18S1, as roadmaps write it


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document that says it. is_partly_read: only its beginning could be read."""

    id: str
    title: str
    publisher: str
    date: str
    address: str
    is_partly_read: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class Roadmap:
    """One roadmap of a past programme. Counts are None when no source gives them."""

    id: str
    label: str
    semester: str
    decided_on: str
    action_count: int | None
    new_count: int | None
    continued_count: int | None
    named_count: int | None
    certainty: str
    note: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class PastStatus:
    """What was said of an action at some time. roadmap: its id, and its name; date: as written; all may be empty."""

    roadmap: str
    roadmap_label: str
    semester: str
    date: str
    status: str
    label: str
    note: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of what was announced could be established. None: not said."""

    announced_count: int | None
    named_count: int | None
    established_count: int | None


def read_sources(origin: Mapping[str, Any]) -> dict[str, Source]:
    """The table of sources of a programme, by id."""
    return {source.id: source for item in _items(origin.get("sources")) if (source := _source(item)).id}


def read_roadmaps(origin: Mapping[str, Any], sources: Mapping[str, Source]) -> tuple[Roadmap, ...]:
    """The roadmaps, in their order."""
    return tuple(
        Roadmap(
            id=_text(item.get("id")),
            label=_text(item.get("label")),
            semester=_semester(_text(item.get("id"))),
            decided_on=_text(item.get("decided_on")),
            action_count=_count(item.get("action_count")),
            new_count=_count(item.get("new_count")),
            continued_count=_count(item.get("continued_count")),
            named_count=_count(item.get("established_here")),
            certainty=_text(item.get("certainty")),
            note=_note(item),
            sources=_named(item, sources),
        )
        for item in _items(origin.get("roadmaps"))
    )


def read_coverage(origin: Mapping[str, Any]) -> Coverage:
    found = origin.get("coverage")
    coverage = found if isinstance(found, Mapping) else {}
    return Coverage(
        announced_count=_count(coverage.get("announced_first_actions")),
        named_count=_count(coverage.get("named_first_actions")),
        established_count=_count(coverage.get("established_actions")),
    )


def read_history(
    origin: Mapping[str, Any], sources: Mapping[str, Source], roadmaps: Iterable[Roadmap]
) -> tuple[PastStatus, ...]:
    """What was said of an action, in the order of the import. roadmaps: those of its programme."""
    labels = {roadmap.id: roadmap.label for roadmap in roadmaps}
    return tuple(
        PastStatus(
            roadmap=_text(item.get("edition")),
            roadmap_label=labels.get(_text(item.get("edition")), ""),
            semester=_semester(_text(item.get("edition"))),
            date=_text(item.get("date")),
            status=_text(item.get("status")),
            label=str(_PAST_STATUSES.get(_text(item.get("status")), _text(item.get("status")) or _("inconnu"))),
            note=_note(item),
            sources=_named(item, sources),
        )
        for item in _items(origin.get("status_history"))
    )


def read_notes(origin: Mapping[str, Any]) -> tuple[str, ...]:
    """What the import says in words about a fact."""
    found = [origin.get("note"), *_many(origin.get("notes"))]
    return tuple(dict.fromkeys(text for item in found if (text := _text(item))))


def read_names(origin: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """Names or ids that an import gives as a list."""
    return tuple(text for item in _many(origin.get(field)) if (text := _text(item)))


def named_sources(names: Iterable[str], sources: Mapping[str, Source]) -> tuple[Source, ...]:
    """The sources of these ids that are in the table."""
    return tuple(sources[name] for name in dict.fromkeys(names) if name in sources)


def _source(item: Mapping[str, Any]) -> Source:
    return Source(
        id=_text(item.get("id")),
        title=_text(item.get("title")),
        publisher=_text(item.get("publisher")),
        date=_text(item.get("date")),
        address=_address(item),
        is_partly_read=item.get("access") == "extrait",
        note=_text(item.get("note")),
    )


def _address(item: Mapping[str, Any]) -> str:
    """Where it can be read: a web address, or a file in a public repository at the version that was read."""
    if given := safe_link(item.get("address") or item.get("url")):
        return given
    repository, path = _text(item.get("repo")), _text(item.get("path"))
    if not (repository and path):
        return ""
    return safe_link(f"https://github.com/{repository}/blob/{_text(item.get('commit')) or 'HEAD'}/{path}")


def _named(item: Mapping[str, Any], sources: Mapping[str, Source]) -> tuple[Source, ...]:
    names = [*_many(item.get("source")), *_many(item.get("sources"))]
    return named_sources((name for name in names if isinstance(name, str)), sources)


def _note(item: Mapping[str, Any]) -> str:
    """What an import says in words, the names of its fields said in words too."""
    note = re.sub(r"\w+", lambda word: _FIELDS_IN_WORDS.get(word[0], word[0]), _text(item.get("note")))
    return re.sub(r"(?<=\d) - (?=\d)", "\u00a0−\u00a0", note)


def _semester(name: str) -> str:
    """`18S1` as `2018-S1`; '' for a roadmap named otherwise."""
    match = _SHORT_SEMESTER.fullmatch(name)
    return f"20{match['year']}-S{match['half']}" if match else ""


def _items(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):  # a table by id
        return [{"id": key, **item} for key, item in value.items() if isinstance(item, Mapping)]
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def _many(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
