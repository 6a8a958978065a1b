"""A draft as a Yjs document: what a programme's shared document holds before anybody has written in it.

The encoding is that of the editor's binding (y-tiptap): an element per node, a text per run of inline nodes, marks as
formats of the text. Reading the seed gives the draft back."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from concerte.programme.draft import ActionSheet, Axis, Draft
from concerte.programme.reading import FRAGMENT_NAME, STORED_NAMES
from concerte.programme.rich_text import Blocks, Node, normalise

# What a field needs to be written in: a line for the caret.
_EMPTY: Node = {"type": "paragraph", "content": []}


def seed(draft: Draft) -> bytes:
    """The state (Yjs update, version 1 encoding) of a new document that says what the draft says."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    with doc.transaction():
        _write_line(fragment, "programmeTitle", draft.title)
        _write_section(fragment, "preamble", draft.preamble)
        for axis in draft.axes:
            _write_axis(fragment, axis)
    return bytes(doc.get_update())


def _write_axis(parent: XmlFragment, axis: Axis) -> None:
    element = parent.children.append(XmlElement("axis", {"id": axis.id, "basis": axis.basis}))
    _write_line(element, "axisTitle", axis.title)
    _write_section(element, "axisIntro", axis.intro)
    for action in axis.actions:
        _write_action(element, action)


def _write_action(parent: XmlElement, action: ActionSheet) -> None:
    attributes = {}
    for name, stored in STORED_NAMES.items():
        value = getattr(action, name)
        attributes[stored] = " ".join(value) if isinstance(value, tuple) else value
    element = parent.children.append(XmlElement("action", attributes))
    _write_line(element, "actionTitle", action.title)
    for kind, blocks in action.sections.items():
        _write_section(element, "actionSection", blocks, {"kind": kind})


def _write_line(parent: XmlElement | XmlFragment, tag: str, text: str) -> None:
    element = parent.children.append(XmlElement(tag))
    if text:
        element.children.append(XmlText(text))


def _write_section(
    parent: XmlElement | XmlFragment, tag: str, blocks: Blocks, attributes: dict[str, str] | None = None
) -> None:
    element = parent.children.append(XmlElement(tag, attributes or {}))
    _write_nodes(element, normalise(blocks) or (_EMPTY,))


def _write_nodes(parent: XmlElement, nodes: Iterable[Node]) -> None:
    """Nodes in their order; neighbouring texts share one XML text, as the binding wants it."""
    for is_text, group in groupby(nodes, key=lambda node: node["type"] == "text"):
        if is_text:
            _write_text(parent, list(group))
            continue
        for node in group:
            element = parent.children.append(XmlElement(node["type"], node.get("attrs", {})))
            content = node.get("content", [])
            if node["type"] in {"tableCell", "tableHeader"} and not content:
                content = [_EMPTY]
            _write_nodes(element, content)


def _write_text(parent: XmlElement, runs: list[Node]) -> None:
    text = parent.children.append(XmlText("".join(run["text"] for run in runs)))
    start = 0
    for run in runs:
        end = start + len(run["text"].encode())  # pycrdt counts UTF-8 bytes
        if marks := {mark["type"]: mark.get("attrs", {}) for mark in run.get("marks", [])}:
            text.format(start, end, marks)
        start = end
