"""Amendments of a programme by situation."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from concerte.accounts.models import User
from concerte.documents.models import Amendment
from concerte.documents.services import append_update, current_state
from concerte.programme.reading import FRAGMENT_NAME
from concerte.programme.services import open_amendment, submit_amendment
from tests.programme.factories import Workshop

WORDS = {"title": "Un guide pour toutes les communes", "reasons": "Le titre oublie les plus petites."}


def opened(at_work: Workshop, *, by: User | None = None, **changes: Any) -> Amendment:
    """An amendment of the association's, by its reader."""
    facts = {**WORDS, "organisation": at_work.association, "acting_user": by or at_work.reader}
    return open_amendment(at_work.programme, **(facts | changes))


def submitted(at_work: Workshop, words: str = " aux communes", **changes: Any) -> Amendment:
    """One that adds words to the title of EXO-01."""
    amendment = opened(at_work, **changes)
    by = changes.get("by") or at_work.reader
    retitle(amendment.fork_id, words, by=by)
    return submit_amendment(at_work.programme, amendment, acting_user=by)


def retitle(document_id: UUID, words: str, *, by: User | None = None, code: str = "EXO-01") -> None:
    """Somebody writes at the end of the title of an action."""

    def write(axis: XmlElement, action: XmlElement) -> None:
        title = next(child for child in action.children if child.tag == "actionTitle")
        text = title.children[0]
        text.insert(len(str(text).encode()), words)

    _edit(document_id, write, by=by, code=code)


def delete_action(document_id: UUID, *, by: User | None = None, code: str = "EXO-01") -> None:
    """Somebody deletes an action."""

    def delete(axis: XmlElement, action: XmlElement) -> None:
        place = next(rank for rank, child in enumerate(axis.children) if child == action)
        del axis.children[place]

    _edit(document_id, delete, by=by, code=code)


def add_action(document_id: UUID, code: str, title: str, *, by: User | None = None) -> None:
    """Somebody adds an action after EXO-01."""

    def add(axis: XmlElement, action: XmlElement) -> None:
        added = axis.children.append(XmlElement("action", {"code": code, "key": code.lower()}))
        heading = added.children.append(XmlElement("actionTitle"))
        heading.children.append(XmlText(title))

    _edit(document_id, add, by=by, code="EXO-01")


def _edit(document_id: UUID, edit: Callable[[XmlElement, XmlElement], None], *, by: User | None, code: str) -> None:
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    doc.apply_update(current_state(document_id))
    before = doc.get_state()
    with doc.transaction():
        axes = [child for child in fragment.children if getattr(child, "tag", "") == "axis"]
        found = [
            (axis, child)
            for axis in axes
            for child in axis.children
            if getattr(child, "tag", "") == "action" and dict(child.attributes).get("code") == code
        ]
        edit(*found[0])
    append_update(document_id, doc.get_update(before), acting_user=by)
