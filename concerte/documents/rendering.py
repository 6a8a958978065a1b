"""Rich text as HTML that may be shown to anyone.

Only the tags written here ever come out, every word is escaped, and links lead to http, https or mailto: the text needs
no sanitiser behind it. It is normalised first, so that a document from anywhere may be given."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from concerte.documents.rich_text import Blocks, Node, normalise, plain_text, safe_link

__all__ = ["plain_text", "render"]

_CONTAINERS = {"bulletList": "ul", "listItem": "li", "blockquote": "blockquote"}
_MARK_TAGS = {"bold": "strong", "italic": "em"}


def render(blocks: Blocks | list[Node], *, heading_offset: int = 0) -> SafeString:
    """The text as HTML; '' for none. heading_offset: added to heading levels (3 and 4), at most h6.

    Tables stand in `<div class="table-scroll" tabindex="0">`, for they may be wider than the page."""
    return mark_safe(_blocks(normalise(blocks), heading_offset))  # noqa: S308  every piece below is escaped or ours


def _blocks(nodes: Iterable[Mapping[str, Any]], offset: int) -> str:
    return "".join(_block(node, offset) for node in nodes)


def _block(node: Mapping[str, Any], offset: int) -> str:
    kind, content = node["type"], node["content"]
    match kind:
        case "paragraph":
            html = f"<p>{_inline(content)}</p>"
        case "heading":
            level = min(6, max(2, int(node["attrs"]["level"]) + offset))
            html = f"<h{level}>{_inline(content)}</h{level}>"
        case "orderedList":
            start = node.get("attrs", {}).get("start")
            html = f"<ol{_attribute('start', start)}>{_blocks(content, offset)}</ol>"
        case "table":
            html = _table(content, offset)
        case _:
            tag = _CONTAINERS[kind]
            html = f"<{tag}>{_blocks(content, offset)}</{tag}>"
    return html


def _table(rows: list[Node], offset: int) -> str:
    """A table; a header cell heads its column in a row of headers, its row elsewhere."""
    is_headed = bool(rows[0]["content"]) and all(cell["type"] == "tableHeader" for cell in rows[0]["content"])
    head = f"<thead>{_row(rows[0], 'col', offset)}</thead>" if is_headed else ""
    body = "".join(_row(row, "row", offset) for row in (rows[1:] if is_headed else rows))
    return f'<div class="table-scroll" tabindex="0"><table class="table">{head}<tbody>{body}</tbody></table></div>'


def _row(row: Node, scope: str, offset: int) -> str:
    cells = []
    for cell in row["content"]:
        spans = "".join(_attribute(name, value) for name, value in sorted(cell.get("attrs", {}).items()))
        tag, scoped = ("th", _attribute("scope", scope)) if cell["type"] == "tableHeader" else ("td", "")
        cells.append(f"<{tag}{scoped}{spans}>{_cell_content(cell['content'], offset)}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


def _cell_content(content: list[Node], offset: int) -> str:
    """A lone paragraph is the cell itself."""
    if len(content) == 1 and content[0]["type"] == "paragraph":
        return _inline(content[0]["content"])
    return _blocks(content, offset)


def _inline(nodes: Iterable[Mapping[str, Any]]) -> str:
    return "".join("<br>" if node["type"] == "hardBreak" else _run(node) for node in nodes)


def _run(node: Mapping[str, Any]) -> str:
    html = str(escape(node["text"]))
    for mark in node.get("marks", []):
        if mark["type"] == "link":
            address = escape(safe_link(mark["attrs"]["href"]))
            html = f'<a href="{address}" rel="noopener noreferrer nofollow">{html}</a>'
        else:
            tag = _MARK_TAGS[mark["type"]]
            html = f"<{tag}>{html}</{tag}>"
    return html


def _attribute(name: str, value: object) -> str:
    return f' {name}="{escape(str(value))}"' if value else ""
