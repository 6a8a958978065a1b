"""Everything that changes a shared document or who may open it, from outside the socket."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents import limits, updates
from concerte.documents.credentials import token_digest
from concerte.documents.errors import DocumentRefused, FrameRefused
from concerte.documents.fanout import News, announce
from concerte.documents.log import DocumentLog, Write
from concerte.documents.models import Access, ClientOwner, Document, DocumentToken, Level
from concerte.documents.rules import may_read
from concerte.documents.state import Copy, Row, read_stored
from concerte.journal import services as journal


@transaction.atomic
def create_document(name: str, *, seed: bytes | None, acting_user: User | None) -> Document:
    """A new document. seed: its first text, as a Yjs update; nobody may open it until set_accesses says so.

    Raises DocumentRefused("malformed") when the seed cannot be read."""
    document = Document.objects.create(name=name)
    journal.record("documents.document_created", actor=acting_user, subject=document)
    if seed is not None:
        _append(document.pk, seed, acting_user)
    return document


@transaction.atomic
def append_update(document_id: UUID, update: bytes, *, acting_user: User | None) -> None:
    """Write in a document from the server; once it is committed, it is shown to who is connected.

    update: made by a Yjs document with a client id of its own. acting_user: whose words they are; None: the
    platform's. Raises DocumentRefused: "unknown-document", "malformed", "foreign-client"; nothing is then written."""
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise DocumentRefused(_("Ce document n’existe pas."), code="unknown-document")
    row = _append(document_id, update, acting_user)
    if row is not None:
        journal.record("documents.update_appended", actor=acting_user, subject=document, details={"line": row.id})


def _append(document_id: UUID, content: bytes, acting_user: User | None) -> Row | None:
    try:
        update = updates.read(content)
        if update.is_empty:
            return None
        write = Write(document_id, update, acting_user.pk if acting_user is not None else None, needs_right=False)
        outcome = DocumentLog().append_one(write)
    except FrameRefused as refusal:
        raise DocumentRefused(refusal.message, code=refusal.code) from refusal
    row = outcome.row
    transaction.on_commit(partial(announce, News("rows", document_id, (row,))))
    return row


def current_state(document_id: UUID) -> bytes:
    """All that is committed in a document, as one Yjs update (version 1). Empty document: b"\\x00\\x00"."""
    return Copy.of(read_stored(document_id)).difference()


def authors(document_id: UUID) -> dict[int, int | None]:
    """Who wrote: the person each Yjs client id of a document belongs to; None: the platform itself."""
    return dict(ClientOwner.objects.filter(document_id=document_id).values_list("client_id", "person_id"))


@transaction.atomic
def set_accesses(document: Document, levels: Mapping[int, Level], *, acting_user: User | None = None) -> None:
    """Say who may open a document, and how: these people (by id) and nobody else. Open connections are asked again at
    once. Does nothing when it is so already."""
    before = dict(Access.objects.filter(document=document).select_for_update().values_list("person_id", "level"))
    after = {person_id: int(level) for person_id, level in levels.items()}
    if before == after:
        return
    Access.objects.filter(document=document).exclude(person_id__in=after).delete()
    Access.objects.bulk_create(
        (
            Access(document=document, person_id=person_id, level=level)
            for person_id, level in after.items()
            if before.get(person_id) != level
        ),
        update_conflicts=True,
        unique_fields=["document", "person"],
        update_fields=["level"],
    )
    changed = sorted(person for person in before.keys() | after.keys() if before.get(person) != after.get(person))
    journal.record(
        "documents.accesses_set",
        actor=acting_user,
        subject=document,
        details={"levels": {str(person): after.get(person, 0) for person in changed}},
    )
    transaction.on_commit(partial(announce, News("rights", document.pk)))


@transaction.atomic
def issue_token(document: Document, person: User, minutes: int, *, acting_user: User | None = None) -> str:
    """A bearer token: opens this document to this person, for a time, with the right they have at each moment.

    Shown once: only its digest is kept. Raises DocumentRefused: "no-right", "bad-duration"."""
    if not 1 <= minutes <= limits.TOKEN_MINUTES:
        raise DocumentRefused(
            _("Un jeton vaut de 1 à %(limit)d minutes.") % {"limit": limits.TOKEN_MINUTES}, code="bad-duration"
        )
    if not may_read(person, document.pk):
        raise DocumentRefused(_("Cette personne n’a pas accès à ce document."), code="no-right")
    token = secrets.token_urlsafe(32)
    issued = DocumentToken.objects.create(
        document=document,
        person=person,
        digest=token_digest(token),
        expires_at=timezone.now() + timedelta(minutes=minutes),
    )
    journal.record(
        "documents.token_issued",
        actor=acting_user,
        subject=document,
        details={"token": issued.pk, "person": person.pk, "minutes": minutes},
    )
    return token


@transaction.atomic
def revoke_tokens(document: Document, person: User, *, acting_user: User | None = None) -> int:
    """End all tokens of a person for a document, open connections included; how many there were."""
    now = timezone.now()
    count = DocumentToken.objects.valid_at(now).filter(document=document, person=person).update(revoked_at=now)
    if count:
        journal.record(
            "documents.tokens_revoked",
            actor=acting_user,
            subject=document,
            details={"person": person.pk, "count": count},
        )
        transaction.on_commit(partial(announce, News("rights", document.pk)))
    return count
