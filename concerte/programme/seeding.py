"""A draft as a Yjs document: what a programme's shared document holds before anybody has written in it, and what the
server adds to it afterwards.

The encoding is that of the editor's binding (y-tiptap): an element per node, a text per run of inline nodes, marks as
formats of the text. Reading the seed gives the draft back."""

from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment

from concerte.documents.rich_text import Blocks
from concerte.documents.xml_nodes import write_line, write_nodes, write_section
from concerte.programme.draft import ActionSheet, Axis, Draft
from concerte.programme.reading import FRAGMENT_NAME, STORED_NAMES


def seed(draft: Draft) -> bytes:
    """The state (Yjs update, version 1 encoding) of a new document that says what the draft says."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    with doc.transaction():
        write_line(fragment, "programmeTitle", draft.title)
        write_section(fragment, "preamble", draft.preamble)
        for axis in draft.axes:
            _write_axis(fragment, axis)
    return bytes(doc.get_update())


def with_action(state: bytes, axis_id: str, action: ActionSheet) -> bytes | None:
    """What makes an action stand last in an axis: a Yjs update (version 1 encoding) under a client id of its own.

    state: of the document as it is now; what others write meanwhile is kept, as after any update. None: no axis of the
    document has this id. An axis that was removed while empty stands again once something stands in it."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    doc.apply_update(state)
    before = doc.get_state()
    with doc.transaction():
        axes = [
            child
            for child in fragment.children
            if isinstance(child, XmlElement) and child.tag == "axis" and child.attributes.get("id") == axis_id
        ]
        if not axes:
            return None
        # Of two with one id, which a copied text can leave, the one that is read.
        standing = [axis for axis in axes if not axis.attributes.get("removed")]
        _write_action((standing or axes)[0], action)
    return bytes(doc.get_update(before))


def with_blocks(state: bytes, code: str, section: str, blocks: Blocks) -> bytes | None:
    """What makes these blocks stand last in a section of an action: a Yjs update under a client id of its own, as for
    `with_action`. None: no action of the document has this code, or it has no such section."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    doc.apply_update(state)
    before = doc.get_state()
    with doc.transaction():
        axes = [child for child in fragment.children if isinstance(child, XmlElement) and child.tag == "axis"]
        actions = [child for axis in axes for child in _children(axis) if child.attributes.get("code") == code]
        places = [each for action in actions for each in _children(action) if each.attributes.get("kind") == section]
        if not places:
            return None
        write_nodes(places[0], blocks)
    return bytes(doc.get_update(before))


def _children(parent: XmlElement) -> list[XmlElement]:
    return [child for child in parent.children if isinstance(child, XmlElement)]


def _write_axis(parent: XmlFragment, axis: Axis) -> None:
    element = parent.children.append(XmlElement("axis", {"id": axis.id, "basis": axis.basis}))
    write_line(element, "axisTitle", axis.title)
    write_section(element, "axisIntro", axis.intro)
    for action in axis.actions:
        _write_action(element, action)


def _write_action(parent: XmlElement, action: ActionSheet) -> None:
    attributes = {}
    for name, stored in STORED_NAMES.items():
        value = getattr(action, name)
        attributes[stored] = " ".join(value) if isinstance(value, tuple) else value
    element = parent.children.append(XmlElement("action", attributes))
    write_line(element, "actionTitle", action.title)
    for kind, blocks in action.sections.items():
        write_section(element, "actionSection", blocks, {"kind": kind})
