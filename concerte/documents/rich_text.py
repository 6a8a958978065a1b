"""Rich text as plain data: ProseMirror-like JSON nodes, brought to one canonical form.

Whatever wrote the text (our editor, another Yjs client, an import, an edition read back), it passes through
`normalise`: the same text then always gives the same JSON, hence the same digest, and nothing in it can surprise a
reader: unknown nodes leave their words, empty paragraphs disappear, links lead to http, https or mailto."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Node = dict[str, Any]
Blocks = tuple[Node, ...]

MAX_DEPTH = 24  # nested blocks; what lies deeper keeps its words, in one paragraph
MAX_SPAN = 100  # columns or rows a table cell may cover
MARKS = ("bold", "italic", "link")  # in the order they are written

_LINK = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@)\S*", re.IGNORECASE)
# Marks that may overlap themselves are stored with a hash (`link--1a2B3c4=`); the format is that of y-tiptap.
_HASHED_MARK = re.compile(r"(.*)--[a-zA-Z0-9+/=]{8}", re.DOTALL)
_BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What cannot be shown (controls) or shows words in another order than they are written; line ends, which are spaces.
_DROPPED: dict[int, str | None] = dict.fromkeys([*range(32), *range(127, 160), *map(ord, _BIDI_CONTROLS)])
_TRANSLATION = _DROPPED | dict.fromkeys([9, 10, 13, 0x2028, 0x2029], " ")


def clean(value: object) -> str:
    """One line of text, composed (NFC), without control characters or half characters; '' for what is not text."""
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", _printable(value))


def one_line(value: object) -> str:
    """Clean text with single spaces and none around: a title, an attribute. Non-breaking spaces stay."""
    return re.sub(r" {2,}", " ", clean(value)).strip()


def mark_name(stored: str) -> str:
    """The name of a mark, without the hash that the Yjs binding may add to it."""
    match = _HASHED_MARK.fullmatch(stored)
    return match[1] if match else stored


def safe_link(value: object) -> str:
    """The address if a page may lead there (http, https, mailto), otherwise ''."""
    address = clean(value).strip()
    return address if _LINK.fullmatch(address) else ""


def normalise(nodes: object) -> Blocks:
    """The canonical form of block nodes, from anything that looks like them. () when they hold no word at all."""
    blocks = _blocks(_children(nodes), depth=0)
    return tuple(blocks) if plain_text(blocks).strip() else ()


def plain_text(nodes: Iterable[Mapping[str, Any]]) -> str:
    """The words, one line per paragraph, heading, list item or table row."""
    return "\n".join(line for line in _lines(nodes) if line.strip())


def paragraph(text: str) -> Node:
    """A paragraph of plain text."""
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def heading(text: str, level: int = 3) -> Node:
    """A heading of plain text. level: 3 or 4, as sections have them."""
    return {"type": "heading", "attrs": {"level": str(level)}, "content": [{"type": "text", "text": text}]}


def bullet_list(items: Iterable[str]) -> Node:
    """A bullet list, one paragraph of plain text in each item."""
    return {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(item)]} for item in items]}


def flat_text(node: object) -> str:
    """All the words under a node however deep it is (no recursion: hostile documents are deep)."""
    words: list[str] = []
    waiting: list[object] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            words.append(clean(current.get("text")))
            waiting.extend(reversed(_children(current.get("content"))))
    return " ".join(filter(None, words))


def _lines(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for node in nodes:
        kind, content = node["type"], node.get("content", [])
        if kind in {"paragraph", "heading"}:
            yield from _inline_text(content).split("\n")
        elif kind == "tableRow":
            yield " | ".join(plain_text(cell["content"]).replace("\n", " ") for cell in content)
        elif kind == "listItem":
            first, *others = [*_lines(content), ""]
            yield f"- {first}"
            yield from others
        else:
            yield from _lines(content)


def _inline_text(nodes: Iterable[Mapping[str, Any]]) -> str:
    return "".join("\n" if node["type"] == "hardBreak" else node["text"] for node in nodes)


def _children(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _is_inline(node: object) -> bool:
    return isinstance(node, Mapping) and node.get("type") in ("text", "hardBreak")


def _blocks(nodes: Sequence[object], depth: int) -> list[Node]:
    """Blocks from children of a block; words found between blocks become paragraphs of their own."""
    found: list[Node] = []
    loose: list[object] = []
    for node in [*nodes, None]:
        if _is_inline(node):
            loose.append(node)
            continue
        if loose:
            found += _text_block("paragraph", loose)
            loose = []
        if isinstance(node, Mapping):
            found += _block(node, depth)
    return found


def _block(node: Mapping[Any, Any], depth: int) -> list[Node]:
    """One block, or none if it is empty, or several if it is only a wrapper nobody knows."""
    kind, content = node.get("type"), _children(node.get("content"))
    if depth >= MAX_DEPTH:
        return _text_block("paragraph", [{"type": "text", "text": flat_text(node)}])
    match kind:
        case "paragraph":
            found = _text_block("paragraph", content)
        case "heading":
            found = _text_block("heading", content, {"level": _heading_level(_attribute(node, "level"))})
        case "bulletList" | "orderedList":
            found = _list(node, str(kind), content, depth)
        case "blockquote":
            found = _wrapped("blockquote", _blocks(content, depth + 1))
        case "table":
            found = _wrapped("table", [row for child in content for row in _row(child, depth + 1)])
        case _:
            found = _blocks(content, depth + 1)
    return found


def _wrapped(kind: str, content: list[Node], attributes: dict[str, str] | None = None) -> list[Node]:
    if not content:
        return []
    return [{"type": kind} | ({"attrs": attributes} if attributes else {}) | {"content": content}]


def _text_block(kind: str, content: Sequence[object], attributes: dict[str, str] | None = None) -> list[Node]:
    inline = _inline(content)
    return _wrapped(kind, inline, attributes) if _inline_text(inline).strip() else []


def _list(node: Mapping[Any, Any], kind: str, content: Sequence[object], depth: int) -> list[Node]:
    items = []
    for child in content:
        is_item = isinstance(child, Mapping) and child.get("type") == "listItem"
        inside = _children(child.get("content")) if is_item and isinstance(child, Mapping) else [child]
        items += _wrapped("listItem", _blocks(inside, depth + 1))
    start = _whole_number(_attribute(node, "start")) if kind == "orderedList" else 1
    return _wrapped(kind, items, {"start": str(start)} if start not in {0, 1} else None)


def _row(node: object, depth: int) -> list[Node]:
    if not isinstance(node, Mapping):
        return []
    children = _children(node.get("content")) if node.get("type") == "tableRow" else [node]
    return _wrapped("tableRow", [_cell(child, depth + 1) for child in children if isinstance(child, Mapping)])


def _cell(node: Mapping[Any, Any], depth: int) -> Node:
    """A cell; it may be empty, or the columns would slip."""
    is_cell = node.get("type") in ("tableCell", "tableHeader")
    spans = {
        name: str(span)
        for name in ("colspan", "rowspan")
        if is_cell and 1 < (span := _whole_number(_attribute(node, name))) <= MAX_SPAN
    }
    cell: Node = {"type": str(node["type"]) if is_cell else "tableCell"}
    if spans:
        cell["attrs"] = spans
    cell["content"] = _blocks(_children(node.get("content")) if is_cell else [node], depth)
    return cell


def _inline(nodes: Sequence[object]) -> list[Node]:
    """Runs of text and line breaks. Neighbours with the same marks become one; blocks found here leave their words."""
    content: list[Node] = []
    for node in nodes:
        if not isinstance(node, Mapping):
            continue
        if node.get("type") == "hardBreak":
            content.append({"type": "hardBreak"})
            continue
        is_text = node.get("type") == "text"
        text = _printable(
            node["text"] if is_text and isinstance(node.get("text"), str) else _set_apart(flat_text(node))
        )
        marks = _marks(node.get("marks")) if is_text else []
        if not text:
            continue
        if content and content[-1]["type"] == "text" and content[-1].get("marks", []) == marks:
            content[-1]["text"] += text
        else:
            content.append({"type": "text", "text": text} | ({"marks": marks} if marks else {}))
    for run in content:
        if run["type"] == "text":
            run["text"] = unicodedata.normalize("NFC", run["text"])
    return content


def _set_apart(words: str) -> str:
    return f" {words} " if words else ""


def _printable(value: str) -> str:
    """Text without controls nor half characters, not yet composed: a letter and its accent may be in two runs."""
    if not value.isascii():
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.translate(_TRANSLATION)


def _marks(value: object) -> list[Node]:
    found: dict[str, Node] = {}
    for mark in _children(value):
        if not isinstance(mark, Mapping) or not isinstance(mark.get("type"), str):
            continue
        name = mark_name(mark["type"])
        if name == "link":
            if address := safe_link(_attribute(mark, "href")):
                found["link"] = {"type": "link", "attrs": {"href": address}}
        elif name in MARKS:
            found[name] = {"type": name}
    return [found[name] for name in MARKS if name in found]


def _attribute(node: Mapping[Any, Any], name: str) -> object:
    attributes = node.get("attrs")
    return attributes.get(name) if isinstance(attributes, Mapping) else None


def _whole_number(value: object) -> int:
    """A small whole number written as a number or as text; 0 for anything else (Yjs gives floats)."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e6:
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else 0


def _heading_level(value: object) -> str:
    """Sections hold headings of levels 3 and 4 only: those above belong to the programme, the axis and the action."""
    return "4" if _whole_number(value) >= 4 else "3"
