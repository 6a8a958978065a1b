"""Folding: a snapshot of all that is committed, so that opening a document does not mean reading its whole log.

Lines are never removed: versions and attribution read them. Nobody waits for a fold: it holds no transaction while it
works.
"""

from uuid import UUID

from django.utils import timezone

from concerte.documents.models import Snapshot
from concerte.documents.state import Copy, read_stored


def fold(document_id: UUID) -> bool:
    """Make a snapshot of all that is committed. The lines stay: versions and attribution read them. Whether it was."""
    stored = read_stored(document_id)
    if not stored.tail:
        return False
    copy = Copy.of(stored)
    values = {
        "last_update_id": copy.last_id,
        "state_bytes": copy.difference(),
        "waiting_update_ids": [row.id for row in copy.waiting_rows()],
        "made_at": timezone.now(),
    }
    # Another process may have folded further meanwhile: a snapshot never goes back.
    if Snapshot.objects.filter(document_id=document_id, last_update_id__lt=copy.last_id).update(**values):
        return True
    _, is_new = Snapshot.objects.get_or_create(document_id=document_id, defaults=values)
    return is_new
