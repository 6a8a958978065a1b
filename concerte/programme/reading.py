"""Reading a programme's text as data: from a shared document (Yjs state) or from the content of an edition.

Pure, without a database. It never refuses a document: merges and other programs' clients leave nodes in odd places,
attributes that are not text, titles twice. Nothing of what was written is lost on the way: two titles are joined, words
found outside any section go to the nearest one that can hold them, an action outside the axes has one of its own.
"""

import re
from collections.abc import Iterable, Mapping, Set
from typing import Any

from concerte.documents.rich_text import Blocks, Node, clean, flat_text, normalise, one_line
from concerte.documents.xml_nodes import opened, read_nodes
from concerte.programme.draft import ActionSheet, Axis, Basis, Certainty, Draft, SectionKind, Stage, empty_sections

FRAGMENT_NAME = "programme"  # written in every stored document, like the names of its nodes
NO_AXIS_ID = "sans-axe"  # where actions found outside any axis are read

_PLACE = "place"  # element: a mark in an axis; attribute: the mark an action stands at
_REMOVED = "removed"  # of an axis taken away while it was empty
_RANK = re.compile(r"[0-9]{1,6}")
_ONE_NAME = re.compile(r"\S+")

AXIS_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def read_state(state: bytes) -> Draft:
    """The draft in a document's state (Yjs update, version 1 encoding). b'' is an empty document.

    Raises UnreadableStateError when the bytes are not a Yjs update; any document is read."""
    return _draft(read_nodes(state, FRAGMENT_NAME))


def read_content(content: object) -> Draft:
    """The draft in the content of an edition (see docs/format-edition.md). As tolerant as reading a document."""
    if not isinstance(content, Mapping):
        return Draft()
    axes = [_axis_of_content(axis) for axis in _items(content.get("axes"))]
    return Draft(
        title=one_line(content.get("title")),
        preamble=normalise(content.get("preamble")),
        axes=tuple(_with_ids(axes)),
    )


def _draft(nodes: list[Node]) -> Draft:
    titles, preamble, axes, stray_actions = [], [], [], []
    for node in _in_place(opened(nodes)):
        match node["type"]:
            case "programmeTitle":
                titles.append(flat_inline(node))
            case "axis":
                axes.append(_axis(node))
            case "action":
                stray_actions.append(_action(node))
            case "preamble":
                preamble += node["content"]
            case _:
                preamble.append(node)
    if stray_actions:
        axes.append(Axis(id=NO_AXIS_ID, actions=tuple(stray_actions)))
    return Draft(title=_joined(titles), preamble=normalise(preamble), axes=tuple(_with_ids(axes)))


def _in_place(nodes: list[Node]) -> list[Node]:
    """The nodes with each action in the axis where it stands, without the axes that were removed.

    Yjs cannot move what it stores: a moved action stays in the axis it was created in, and names in an attribute the
    mark that was set for it in another one. The editor reads it alike (frontend/editor/shared/standing.ts)."""
    parts = {index: opened(node["content"]) for index, node in enumerate(nodes) if node["type"] == "axis"}
    children = [child for each in parts.values() for child in each]
    guests: dict[str, list[Node]] = {_name(child, "id"): [] for child in children if child["type"] == _PLACE}
    guests.pop("", None)
    moved = {id(child) for child in children if child["type"] == "action" and _name(child, _PLACE) in guests}
    for child in children:
        if id(child) in moved:
            guests[_name(child, _PLACE)].append(child)
    placed = []
    for index, node in enumerate(nodes):
        if index not in parts:
            placed.append(node)
            continue
        axis = {**node, "content": _standing_in(parts[index], guests, moved)}
        if not _name(axis, _REMOVED) or flat_text(axis).strip() or _has_action(axis):
            placed.append(axis)
    return placed


def _standing_in(children: list[Node], guests: dict[str, list[Node]], moved: Set[int]) -> list[Node]:
    """What stands in an axis. Each mark gives its guests once, wherever it is named again."""
    content: list[Node] = []
    for child in children:
        if child["type"] == _PLACE:
            content += [*guests.pop(_name(child, "id"), []), *child["content"]]
        elif id(child) not in moved:
            content.append(child)
    return content


def _has_action(axis: Node) -> bool:
    return any(child["type"] == "action" for child in axis["content"])


def _name(node: Node, attribute: str) -> str:
    """An attribute that names something; '' when it is not there or no text."""
    value = node.get("attrs", {}).get(attribute)
    return value if isinstance(value, str) else ""


def _axis(node: Node) -> Axis:
    titles, intro, actions = [], [], []
    for child in node["content"]:
        match child["type"]:
            case "axisTitle":
                titles.append(flat_inline(child))
            case "action":
                actions.append(_action(child))
            case "axisIntro":
                intro += child["content"]
            case _:
                intro.append(child)
    attributes = node["attrs"]
    return Axis(
        id=_text(attributes.get("id")),
        title=_joined(titles),
        basis=_among(attributes.get("basis"), Basis),
        intro=normalise(intro),
        actions=tuple(actions),
    )


def _action(node: Node) -> ActionSheet:
    titles = []
    sections: dict[str, list[Node]] = {kind: [] for kind in empty_sections()}
    for child in node["content"]:
        kind = child.get("attrs", {}).get("kind")
        if child["type"] == "actionTitle":
            titles.append(flat_inline(child))
        elif child["type"] == "actionSection" and isinstance(kind, str) and kind in sections:
            sections[kind] += child["content"]
        else:
            sections[SectionKind.PROBLEM].append(child)
    attributes = node["attrs"]
    values = {name: attributes.get(stored) for name, stored in STORED_NAMES.items()}
    return _sheet(
        values | {name: _listed(attributes, name) for name in ("pilots", "partners")},
        title=_joined(titles),
        sections={kind: normalise(content) for kind, content in sections.items()},
    )


# The attributes of an action: name here, name in the document.
STORED_NAMES = {
    "code": "code",
    "key": "key",
    "stage": "stage",
    "pilots": "pilots",
    "partners": "partners",
    "start": "start",
    "deadline": "deadline",
    "audience": "audience",
    "certainty": "certainty",
    "sources": "sources",
    "axis_basis": "axisBasis",
    "pilots_basis": "pilotsBasis",
    "deadline_basis": "deadlineBasis",
}


def _listed(attributes: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list that several people change at once: the names it began with, then one attribute for each later change.

    `pilots:adf` holds the rank of that name, '' when it was taken out; so two people who each add one keep both. The
    editor writes and reads it alike (frontend/editor/shared/lists.ts)."""
    ranks = {each: rank for rank, each in enumerate(_names(attributes.get(name)))}
    for key, value in attributes.items():
        prefix, _colon, each = key.partition(":")
        if prefix != name or not _ONE_NAME.fullmatch(each):
            continue
        if isinstance(value, str) and _RANK.fullmatch(value):
            ranks[each] = int(value)
        else:
            ranks.pop(each, None)
    return tuple(sorted(ranks, key=lambda each: (ranks[each], each)))


def _sheet(values: Mapping[str, object], *, title: str, sections: Mapping[str, Blocks]) -> ActionSheet:
    return ActionSheet(
        code=_text(values.get("code")).upper(),
        key=_text(values.get("key")),
        title=title,
        stage=_among(values.get("stage"), Stage) or Stage.PROPOSED.value,
        pilots=_names(values.get("pilots")),
        partners=_names(values.get("partners")),
        start=_text(values.get("start")),
        deadline=_text(values.get("deadline")),
        audience=_text(values.get("audience")),
        certainty=_among(values.get("certainty"), Certainty),
        sources=_names(values.get("sources")),
        axis_basis=_among(values.get("axis_basis"), Basis),
        pilots_basis=_among(values.get("pilots_basis"), Basis),
        deadline_basis=_among(values.get("deadline_basis"), Basis),
        sections=sections,
    )


def _axis_of_content(axis: Mapping[str, Any]) -> Axis:
    return Axis(
        id=_text(axis.get("id")),
        title=one_line(axis.get("title")),
        basis=_among(axis.get("basis"), Basis),
        intro=normalise(axis.get("intro")),
        actions=tuple(_action_of_content(action) for action in _items(axis.get("actions"))),
    )


def _action_of_content(action: Mapping[str, Any]) -> ActionSheet:
    stored = action.get("sections")
    sections = stored if isinstance(stored, Mapping) else {}
    return _sheet(
        action,
        title=one_line(action.get("title")),
        sections={kind: normalise(sections.get(kind)) for kind in empty_sections()},
    )


def _items(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def _with_ids(axes: list[Axis]) -> Iterable[Axis]:
    """Axes that can all be named: without a usable id, the first free `axe-1`, `axe-2`… Doubles stay doubles."""
    taken = {axis.id for axis in axes}
    for axis in axes:
        if AXIS_ID.fullmatch(axis.id):
            yield axis
            continue
        stand_in = next(name for number in range(1, len(axes) + 1) if (name := f"axe-{number}") not in taken)
        taken.add(stand_in)
        yield Axis(id=stand_in, title=axis.title, basis=axis.basis, intro=axis.intro, actions=axis.actions)


def flat_inline(node: Node) -> str:
    """The words of a title: runs as they follow each other, a line break as a space."""
    return one_line(
        "".join(part["text"] if part["type"] == "text" else f" {flat_text(part)} " for part in node["content"])
    )


def _joined(titles: Iterable[str]) -> str:
    return one_line(" ".join(filter(None, titles)))


def _text(value: object) -> str:
    """An attribute as one line of text; Yjs may hold a number there, and another program's client anything."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return one_line(value)


def _names(value: object) -> tuple[str, ...]:
    """Names separated by spaces (or a list of names), each once, in order."""
    parts = [part for part in value if isinstance(part, str)] if isinstance(value, list | tuple) else [clean(value)]
    return tuple(dict.fromkeys(name for part in parts for name in clean(part).split()))


def _among(value: object, choices: type[Stage | Basis | Certainty]) -> str:
    text = _text(value)
    return text if text in choices.values else ""
