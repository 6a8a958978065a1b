"""Folding: a snapshot of all that is committed, so that opening a document does not mean reading its whole log.

Lines are never removed: versions and attribution read them. Nobody waits for a fold: it holds no transaction while it
works, and long documents are built in another process.
"""

import logging
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db.models.functions import Length
from django.utils import timezone

from concerte.documents import building, limits, memory
from concerte.documents.library import LibraryFailed
from concerte.documents.models import Snapshot
from concerte.documents.state import Copy, Stored, not_placed, read_stored

logger = logging.getLogger(__name__)


def is_due(line_count: int, line_bytes: int, state_bytes: int, *, is_quiet: bool) -> bool:
    """Whether lines that no snapshot comprises should be folded into one.

    While people write, rarely: what a fold costs grows with the document, so a long one waits for more lines. Once
    nobody has written for limits.FOLD_QUIET_SECONDS, all but a few: who comes next then opens a state and no log."""
    if is_quiet:
        return line_count >= limits.FOLD_QUIET_ROWS or line_bytes > limits.FOLD_QUIET_BYTES
    return line_count >= limits.FOLD_ROWS or line_bytes > max(limits.FOLD_BYTES, state_bytes // 2)


def fold(document_id: UUID) -> bool:
    """Make a snapshot of all that is committed. Whether it was made; not, when there is nothing new, or when another
    process has made one as recent. Takes as long as building the document; not to be called on the event loop."""
    stored = read_stored(document_id)
    if not stored.tail:
        return False
    folded = _fold(stored)
    if _is_long(stored):
        memory.give_back()
    values = {
        "last_update_id": stored.last_id,
        "state_bytes": folded.state,
        "state_vector": folded.state_vector,
        "waiting_update_ids": folded.waiting_ids,
        "made_at": timezone.now(),
    }
    # Another process may have folded further meanwhile: a snapshot never goes back.
    if Snapshot.objects.filter(document_id=document_id, last_update_id__lt=stored.last_id).update(**values):
        return True
    _, is_new = Snapshot.objects.get_or_create(document_id=document_id, defaults=values)
    return is_new


def folded_size(document_id: UUID) -> int:
    """Bytes of the last snapshot of a document."""
    sizes = Snapshot.objects.filter(document_id=document_id).annotate(size=Length("state_bytes"))
    return int(sizes.values_list("size", flat=True).first() or 0)


class _Folded(NamedTuple):
    state: bytes
    state_vector: bytes
    waiting_ids: list[int]


def _fold(stored: Stored) -> _Folded:
    if _is_long(stored):
        try:
            return _fold_elsewhere(stored)
        except (LibraryFailed, ValueError, OSError, subprocess.SubprocessError):
            logger.exception("a fold in another process failed; done again in this one")
    copy = Copy.of(stored)
    return _Folded(copy.difference(), copy.state_vector(), [row.id for row in copy.waiting_rows()])


def _is_long(stored: Stored) -> bool:
    return len(stored.state) + sum(len(row.update) for row in stored.rows) > limits.LARGE_STATE_BYTES


def _fold_elsewhere(stored: Stored) -> _Folded:
    apart = stored.ids_that_cut()
    rows = [row for row in stored.rows if row.id not in apart] if apart else stored.rows
    done = subprocess.run(  # noqa: S603 - our own script, and no argument of anybody's
        [sys.executable, "-I", str(Path(building.__file__))],
        input=building.pack([stored.state, *(row.update for row in rows)]),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=limits.FOLD_SECONDS,
        check=True,
    )
    state_vector, state = building.unpack(done.stdout)
    return _Folded(state, state_vector, sorted([*apart, *(row.id for row in not_placed(rows, state_vector))]))
