"""How much of a text each person wrote: the letters that stand today, by the client ids they were typed under."""

from bisect import bisect_right
from collections import Counter
from uuid import UUID

from django.core.cache import cache
from django.db.models import Max

from concerte.documents.models import LoggedUpdate, Snapshot
from concerte.documents.ranges import Ranges
from concerte.documents.services import authors, current_state
from concerte.documents.update_walk import walk

KEPT_SECONDS = 24 * 3600  # a text nobody touches is counted once a day at most


def letters_by_person(document_id: UUID) -> dict[int | None, int]:
    """The letters of a document by the person who typed them, deleted ones left out; None: the platform (an import).

    A letter is a unit of UTF-16, as Yjs counts. Names of marks and attributes are not counted. Kept in the cache until
    the next line of the log: counting reads the whole state."""
    key = f"documents.letters:{document_id}:{_last_line(document_id)}"
    known: dict[int | None, int] | None = cache.get(key)
    if known is None:
        owners = authors(document_id)
        found: Counter[int | None] = Counter()
        for client, count in letters_by_client(current_state(document_id)).items():
            found[owners.get(client)] += count
        known = dict(found)
        cache.set(key, known, KEPT_SECONDS)
    return known


def letters_by_client(state: bytes) -> dict[int, int]:
    """The letters that stand in a state (Yjs update, version 1 encoding), by client id; none for those without any."""
    texts: dict[int, Ranges] = {}
    walked = walk(state, texts=texts)
    standing = {
        client: sum(end - start for start, end in ranges) - _covered(ranges, walked.deleted.get(client, []))
        for client, ranges in texts.items()
    }
    return {client: count for client, count in standing.items() if count}


def _covered(ranges: Ranges, deleted: Ranges) -> int:
    """How many of the clocks in `ranges` are deleted. Both are in order and apart."""
    starts = [start for start, _ in deleted]
    covered = 0
    for start, end in ranges:
        place = max(bisect_right(starts, start) - 1, 0)
        while place < len(deleted) and deleted[place][0] < end:
            covered += max(0, min(end, deleted[place][1]) - max(start, deleted[place][0]))
            place += 1
    return covered


def _last_line(document_id: UUID) -> int:
    """The last line of the log, folded into the snapshot or not."""
    folded = Snapshot.objects.filter(document_id=document_id).values_list("last_update_id", flat=True).first() or 0
    last = LoggedUpdate.objects.after(document_id, folded).aggregate(last=Max("pk"))["last"]
    return last or folded
