"""Forks of a document: a copy with its authors, what was changed in it since, and that put back where it came from.

A fork has the text of the document, letter by letter under the same client ids, and belongs to the same people. So what
is written in it is a Yjs update that the document understands, and merging keeps who wrote what.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pycrdt
from django.db import transaction
from django.utils.translation import gettext as _
from pycrdt import Doc

from concerte.documents import limits, updates
from concerte.documents.errors import AmendmentRefused, FrameRefused
from concerte.documents.fanout import News, announce
from concerte.documents.library import LibraryFailed, library
from concerte.documents.log import DocumentLog, Write
from concerte.documents.models import ClientOwner, Document, Snapshot
from concerte.documents.ranges import left_of_each
from concerte.documents.services import authors, current_state
from concerte.documents.state import NOTHING, Copy, Stored, Whole, read_stored
from concerte.documents.updates import Update


@dataclass(frozen=True)
class Merge:
    """What merging a fork does. Yjs states. before: the document; after: once merged; changes: the update."""

    before: bytes
    after: bytes
    changes: Update


def fork_document(document: Document, name: str) -> tuple[Document, bytes]:
    """A new document with the text of this one and its authors, and the state it begins from. Inside a transaction of
    the caller's. Nobody may open it until set_accesses says so."""
    state = current_state(document.pk)
    fork = Document.objects.create(name=name)
    # A snapshot without a log: one line would have to be in somebody's name, and may be longer than a line can be.
    Snapshot.objects.create(
        document=fork, last_update_id=0, state_bytes=state, state_vector=pycrdt.get_state(state), waiting_update_ids=[]
    )
    ClientOwner.objects.bulk_create(
        [
            ClientOwner(document=fork, client_id=client, person_id=person)
            for client, person in authors(document.pk).items()
        ],
        batch_size=500,
    )
    return fork, state


def changes_since(base: bytes, state: bytes) -> Update:
    """What was written and deleted from one state to a later one of the same document. Pure.

    Raises AmendmentRefused("unreadable")."""
    try:
        with library():
            since = updates.read(pycrdt.get_update(state, pycrdt.get_state(base)))
        # Yjs gives all that was ever deleted.
        return since.deleting(left_of_each(since.deleted, updates.read(base).deleted))
    except (LibraryFailed, FrameRefused) as failure:
        raise _unreadable() from failure


def changes_nothing(changes: Update) -> bool:
    """Whether nothing that was written stands, and nothing that stood before was deleted."""
    standing = left_of_each(changes.inserted, changes.deleted)
    return not standing and not left_of_each(changes.deleted, changes.inserted)


def merged(state: bytes, changes: Update) -> bytes:
    """A state with these changes: the plain merge of Yjs. Pure. Raises AmendmentRefused("unreadable")."""
    doc: Doc[Any] = Doc()
    try:
        with library():
            doc.apply_update(state)
            doc.apply_update(changes.content)
            return doc.get_update(NOTHING)
    except LibraryFailed as failure:
        raise _unreadable() from failure


def merge_today(document_id: UUID, fork_id: UUID, base: bytes) -> Merge:
    """What merging a fork into the document it came from would do now; nothing is written.

    base: the state it began from. Raises AmendmentRefused("unreadable")."""
    changes = changes_since(base, _state_of_fork(fork_id))
    before = current_state(document_id)
    return Merge(before, merged(before, changes), changes)


def merge_fork(document_id: UUID, fork_id: UUID, base: bytes, *, person_id: int) -> tuple[Merge, int]:
    """Write in a document what was written in a fork of it since base, each word in the name of who wrote it there;
    once committed, it is shown to who is connected. Inside a transaction of the caller's.

    person_id: who merges. Returns what it did, and the line of the log. Raises AmendmentRefused: "unreadable",
    "nothing-changes", "foreign-client", "document-full"; the caller's transaction is to be undone."""
    changes = changes_since(base, _state_of_fork(fork_id))
    if changes_nothing(changes):
        raise AmendmentRefused(_("Cet amendement ne change rien au texte."), code="nothing-changes")
    try:
        row = DocumentLog().append_for(Write(document_id, changes, person_id, needs_right=False), authors(fork_id)).row
    except FrameRefused as refusal:
        raise _same_client() from refusal
    # The line was written under the lock of the document: what is read now is what is committed with it.
    stored = read_stored(document_id)
    _check_room_for(stored.without(row.id), base, changes)
    after = Copy.of(stored)
    if any(waiting.id == row.id for waiting in after.waiting_rows()):
        raise _unreadable()
    transaction.on_commit(partial(announce, News("rows", document_id, (row,))))
    return Merge(Copy.of(stored.without(row.id)).difference(), after.difference(), changes), row.id


def _check_room_for(others: Stored, base: bytes, changes: Update) -> None:
    """Nothing was written in the document meanwhile under these client ids, not even by the same person: the pieces of
    one client are known by their number alone."""
    whole = Whole.of(others)
    try:
        with library():
            since = updates.read(whole.difference(pycrdt.get_state(base)))
    except (LibraryFailed, FrameRefused) as failure:
        raise _unreadable() from failure
    if since.inserted.keys() & changes.inserted.keys():
        raise _same_client()
    if whole.size + len(changes.content) > limits.DOCUMENT_BYTES:
        raise AmendmentRefused(_("Ce document a atteint sa taille maximale."), code="document-full")


def _state_of_fork(fork_id: UUID) -> bytes:
    """All that is written in a fork. What cannot be read of it is not left out in silence."""
    copy = Copy.of(read_stored(fork_id))
    if copy.waiting_rows():
        raise _unreadable()
    return copy.difference()


def _unreadable() -> AmendmentRefused:
    return AmendmentRefused(
        _("Le texte de cet amendement ne peut pas être réuni au texte commun\u00a0: une partie n’en est plus lisible."),
        code="unreadable",
    )


def _same_client() -> AmendmentRefused:
    return AmendmentRefused(
        _("Cet amendement a été écrit sous une signature qui a servi ailleurs dans le texte commun."),
        code="foreign-client",
    )
