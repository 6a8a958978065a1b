"""Plain shared texts, written together: the notes of an exchange, the minutes of a meeting, the notes of a group.

A note is a shared document whose fragment holds blocks (paragraphs, headings, lists, tables). Who may open it is said
by the room that owns it, through `documents.services.set_accesses`."""

from typing import Any
from uuid import UUID

from pycrdt import Doc, XmlFragment

from concerte.accounts.models import User
from concerte.documents.models import Document
from concerte.documents.rich_text import Blocks, normalise
from concerte.documents.services import create_document, current_state
from concerte.documents.xml_nodes import opened, read_nodes, write_blocks

FRAGMENT_NAME = "note"  # written in every stored note


def create_note(name: str, *, blocks: Blocks = (), acting_user: User | None) -> Document:
    """A new note, with its first text if any; nobody may open it until set_accesses says so."""
    return create_document(name, seed=seed_note(blocks), acting_user=acting_user)


def seed_note(blocks: Blocks = ()) -> bytes:
    """The state (Yjs update, version 1 encoding) of a new note. An empty one keeps a line to write in."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    with doc.transaction():
        write_blocks(fragment, blocks)
    return bytes(doc.get_update())


def read_note(document_id: UUID) -> Blocks:
    """What a note says now, all that is committed. () while nobody wrote a word."""
    return normalise(opened(read_nodes(current_state(document_id), FRAGMENT_NAME)))
