"""The tree of a shared document as plain nodes, read and written. Pure, without a database.

A document holds named fragments. Their nodes are read as they are, in odd places, with attributes that are not text:
what they mean is said by who asks (`notes`, and the rooms above)."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from concerte.common.errors import DomainError
from concerte.documents.rich_text import MAX_DEPTH, Blocks, Node, normalise

# A block may be several XML levels deep (table, row, cell), so the tree is read deeper than blocks are kept.
_MAX_XML_DEPTH = 3 * MAX_DEPTH
# What a field needs to be written in: a line for the caret.
_EMPTY: Node = {"type": "paragraph", "content": []}


class UnreadableStateError(DomainError):
    """The bytes are no document at all: something is wrong with the storage, not with the text."""


def read_nodes(state: bytes, fragment_name: str) -> list[Node]:
    """The nodes of one fragment in a document's state (Yjs update, version 1 encoding). b'' is an empty document.

    Raises UnreadableStateError when the bytes are not a Yjs update; any document is read."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(fragment_name, type=XmlFragment)
    if state:
        try:
            doc.apply_update(state)
        except Exception as error:  # the library raises ValueError or RuntimeError alike
            raise UnreadableStateError("L’état du document est illisible.", code="unreadable") from error
    with doc.transaction():
        return [_loose_node(child, 0) for child in fragment.children]


def opened(nodes: Iterable[Node]) -> list[Node]:
    """Nodes as children: the texts among them leave their runs."""
    opened: list[Node] = []
    for node in nodes:
        opened += node["content"] if node["type"] == "#text" else [node]
    return opened


def _loose_node(child: object, depth: int) -> Node:
    """An XML node as a JSON node, before anything is known of what it means."""
    if isinstance(child, XmlText):
        return {"type": "#text", "content": _runs(child, depth)}
    if not isinstance(child, XmlElement | XmlFragment):
        return {"type": "#unknown"}
    if depth >= _MAX_XML_DEPTH:
        return {"type": "paragraph", "content": [{"type": "text", "text": _deep_text(child)}]}
    content: list[Node] = []
    for below in child.children:
        node = _loose_node(below, depth + 1)
        content += node["content"] if node["type"] == "#text" else [node]
    if isinstance(child, XmlFragment):
        return {"type": "#unknown", "attrs": {}, "content": content}
    # The view iterates over pairs, which its type does not say.
    attributes: dict[str, Any] = dict(iter(child.attributes))  # type: ignore[type-var]
    return {"type": child.tag, "attrs": attributes, "content": content}


def _runs(text: XmlText, depth: int) -> list[Node]:
    """The runs of a text with their marks; an element embedded in it comes as a node."""
    runs: list[Node] = []
    for inserted, formats in text.diff():
        if isinstance(inserted, str):
            marks = [
                {"type": name, "attrs": value} for name, value in (formats or {}).items() if value not in (None, False)
            ]
            runs.append({"type": "text", "text": inserted, "marks": marks})
        elif isinstance(inserted, XmlElement):
            runs.append(_loose_node(inserted, depth + 1))
    return runs


def _deep_text(element: XmlElement | XmlFragment) -> str:
    """The words of a tree too deep to be a text anybody wrote."""
    words: list[str] = []
    waiting: list[object] = [element]
    while waiting:
        current = waiting.pop()
        if isinstance(current, XmlText):
            words.extend(run for run, _marks in current.diff() if isinstance(run, str))
        elif isinstance(current, XmlElement | XmlFragment):
            waiting.extend(reversed(list(current.children)))
    return " ".join(words)


def write_line(parent: XmlElement | XmlFragment, tag: str, text: str) -> None:
    """A node of one line: a title."""
    element = parent.children.append(XmlElement(tag))
    if text:
        element.children.append(XmlText(text))


def write_section(
    parent: XmlElement | XmlFragment, tag: str, blocks: Blocks, attributes: dict[str, str] | None = None
) -> None:
    """A node of blocks; an empty one keeps a line for the caret."""
    write_blocks(parent.children.append(XmlElement(tag, attributes or {})), blocks)


def write_blocks(parent: XmlElement | XmlFragment, blocks: Blocks) -> None:
    """Blocks in their order; where there are none, a line for the caret."""
    write_nodes(parent, normalise(blocks) or (_EMPTY,))


def write_nodes(parent: XmlElement | XmlFragment, nodes: Iterable[Node]) -> None:
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
            write_nodes(element, content)


def _write_text(parent: XmlElement | XmlFragment, runs: list[Node]) -> None:
    text = parent.children.append(XmlText("".join(run["text"] for run in runs)))
    start = 0
    for run in runs:
        end = start + len(run["text"].encode())  # pycrdt counts UTF-8 bytes
        if marks := {mark["type"]: mark.get("attrs", {}) for mark in run.get("marks", [])}:
            text.format(start, end, marks)
        start = end
