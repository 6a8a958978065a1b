"""Drafts by situation, and drafts at random (hypothesis)."""

from typing import Any

from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from concerte.documents.rich_text import Blocks, normalise, one_line, paragraph
from concerte.programme.draft import ActionSheet, Axis, Basis, Certainty, Draft, SectionKind, Stage, empty_sections
from concerte.programme.reading import FRAGMENT_NAME


def sections(**texts: str) -> dict[str, Blocks]:
    """Sections of plain text, the others empty: sections(deliverables="Un guide")."""
    return empty_sections() | {kind: (paragraph(text),) for kind, text in texts.items()}


def complete_action(**changes: Any) -> ActionSheet:
    """An action with which no check finds anything wrong, in a programme of 2026-2027."""
    facts: dict[str, Any] = {
        "code": "EXO-01",
        "title": "Publier un guide commun",
        "pilots": ("service-d-essai", "association-d-essai"),
        "start": "2026-S2",
        "deadline": "2027-06-30",
        "audience": "Les communes",
        "sections": sections(**{kind.value: f"Texte de la section {kind.value}" for kind in SectionKind}),
    }
    return ActionSheet(**(facts | changes))


def draft_of(*actions: ActionSheet, **changes: Any) -> Draft:
    """A programme with one axis and these actions."""
    axis = Axis(id="axe-1", title="Premier axe", actions=actions)
    return Draft(**({"title": "Un programme", "preamble": (paragraph("Préambule"),), "axes": (axis,)} | changes))


# Letters whose accent stands apart, half characters, controls, other scripts: everything but ASCII prose.
odd_text = st.text(
    alphabet=st.one_of(
        st.sampled_from("ae éÉ’ \u0301\u202e\x00\n\t<>&\"'\ud83d\ude00\ufb01"), st.characters(codec=None)
    ),
    max_size=12,
)
lines = odd_text.map(one_line)
words = st.text(alphabet="abcdefgh-0123456789", min_size=1, max_size=8)
names = st.lists(words, max_size=3, unique=True).map(tuple)

marks = st.lists(
    st.one_of(
        st.just({"type": "bold"}),
        st.just({"type": "italic", "attrs": {}}),
        st.builds(
            lambda href: {"type": "link", "attrs": {"href": href}},
            st.sampled_from(["https://example.org/é", "mailto:a@example.org", "javascript:alert(1)", "", 3]),
        ),
    ),
    max_size=3,
)
inline = st.lists(
    st.one_of(
        st.builds(lambda text, given: {"type": "text", "text": text, "marks": given}, odd_text, marks),
        st.just({"type": "hardBreak"}),
    ),
    max_size=4,
)
_KINDS = (
    "bulletList",
    "orderedList",
    "listItem",
    "blockquote",
    "table",
    "tableRow",
    "tableCell",
    "tableHeader",
    "video",
)
attributes = st.dictionaries(
    st.sampled_from(["level", "start", "colspan", "rowspan"]), st.sampled_from(["2", "4", 3, 3.0, "x", None, True])
)
loose_nodes = st.recursive(
    st.builds(
        lambda kind, content, given: {"type": kind, "content": content, "attrs": given},
        st.sampled_from(["paragraph", "heading"]),
        inline,
        attributes,
    ),
    lambda below: st.builds(
        lambda kind, content, given: {"type": kind, "content": content, "attrs": given},
        st.sampled_from(_KINDS),
        st.lists(below, max_size=3),
        attributes,
    ),
    max_leaves=8,
)
blocks = st.lists(loose_nodes, max_size=3).map(normalise)

action_sheets = st.builds(
    ActionSheet,
    code=words.map(str.upper),
    key=words,
    title=lines,
    stage=st.sampled_from(Stage.values),
    pilots=names,
    partners=names,
    start=words,
    deadline=words,
    audience=lines,
    certainty=st.sampled_from(["", *Certainty.values]),
    sources=names,
    axis_basis=st.sampled_from(["", *Basis.values]),
    pilots_basis=st.sampled_from(["", *Basis.values]),
    deadline_basis=st.sampled_from(["", *Basis.values]),
    sections=st.fixed_dictionaries({kind.value: blocks for kind in SectionKind}),
)
axes = st.builds(
    Axis,
    id=words,
    title=lines,
    basis=st.sampled_from(["", *Basis.values]),
    intro=blocks,
    actions=st.lists(action_sheets, max_size=3).map(tuple),
)
drafts = st.builds(Draft, title=lines, preamble=blocks, axes=st.lists(axes, max_size=3).map(tuple))

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), odd_text),
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.dictionaries(
            st.one_of(
                st.sampled_from(["type", "content", "attrs", "text", "marks", "axes", "actions", "title", "sections"]),
                odd_text,
            ),
            below,
            max_size=4,
        ),
    ),
    max_leaves=12,
)

_TAGS = (
    "programmeTitle", "preamble", "axis", "axisTitle", "axisIntro", "action", "actionTitle", "actionSection",
    "paragraph", "heading", "hardBreak", "bulletList", "listItem", "table", "tableRow", "tableCell", "script", "",
    "place",
)  # fmt: skip
_ATTRIBUTE_NAMES = (
    "id", "code", "stage", "pilots", "pilots:amf", "deadline", "sources", "kind", "level", "basis", "type", "text",
    "place", "removed",
)  # fmt: skip
_yjs_text = st.text(max_size=8)  # what a Yjs text may hold: no half characters
_yjs_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(), _yjs_text, st.binary(max_size=4)),
    lambda below: st.one_of(st.lists(below, max_size=2), st.dictionaries(_yjs_text, below, max_size=2)),
    max_leaves=4,
)
_yjs_formats = st.dictionaries(
    st.sampled_from(["bold", "link", "link--abcdEF12", "italic", "x"]), _yjs_values, max_size=2
)


@st.composite
def states(draw: st.DrawFn) -> bytes:
    """The state of a document written by anybody's client: any node anywhere, attributes of any type."""
    doc: Doc[Any] = Doc(client_id=1)  # drawn by the library, it would make one example two different ones
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    parents: list[XmlFragment | XmlElement] = [fragment]
    with doc.transaction():
        for _step in range(draw(st.integers(0, 25))):
            parent = parents[draw(st.integers(0, len(parents) - 1))]
            at = draw(st.integers(0, len(parent.children)))
            if draw(st.booleans()):
                element = parent.children.insert(at, XmlElement(draw(st.sampled_from(_TAGS))))
                for name in draw(st.lists(st.sampled_from(_ATTRIBUTE_NAMES), max_size=3)):
                    element.attributes[name] = draw(_yjs_values)
                parents.append(element)
            else:
                text = parent.children.insert(at, XmlText(""))
                for run in draw(st.lists(_yjs_text, max_size=3)):
                    text.insert(0, run, draw(_yjs_formats))
                if draw(st.booleans()):
                    text.insert_embed(0, draw(_yjs_values))
    return bytes(doc.get_update())
