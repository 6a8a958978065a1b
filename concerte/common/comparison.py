"""What changed between two texts, by whole words, for display.

A patience comparison: words that occur once in each text are the fixed points, and the short stretches between them
are compared in full. Where that would cost too much, the stretch is shown as replaced: the result is always exact, only
less fine. The time stays near linear in the length of the texts, whatever they hold."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_PAIRS = 10_000  # words of one stretch times words of the other: beyond, the stretch is replaced


class Kind(StrEnum):
    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True)
class Run:
    """A stretch of text. The runs that are not inserted make the old text, those not deleted the new one."""

    kind: Kind
    text: str


# A stretch of both texts: old words from, to; new words from, to.
_Span = tuple[int, int, int, int]


def compare_words(old: str, new: str) -> tuple[Run, ...]:
    """The new text seen from the old one. Two equal texts give one run, two empty ones none.

    In each changed place what went comes before what came."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    hunks: list[_Hunk] = []
    for kind, old_from, old_to, new_from, new_to in _steps(before, after):
        same, deleted, inserted = "", "".join(before[old_from:old_to]), "".join(after[new_from:new_to])
        if kind is Kind.SAME:
            same, deleted, inserted = deleted, "", ""
        _append(hunks, _Hunk(same, deleted, inserted))
    return tuple(_runs(hunks))


def old_text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs if run.kind is not Kind.INSERTED)


def new_text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs if run.kind is not Kind.DELETED)


def _steps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Kind, int, int, int, int]]:
    """Same and changed stretches in order. A stack instead of recursion: a text may have many fixed points in a row."""
    waiting: list[tuple[Kind | None, _Span]] = [(None, (0, len(before), 0, len(after)))]
    while waiting:
        kind, span = waiting.pop()
        if kind is not None:
            yield (kind, *span)
            continue
        waiting.extend(reversed(_split(before, after, span)))


def _split(before: Sequence[str], after: Sequence[str], span: _Span) -> list[tuple[Kind | None, _Span]]:
    """The stretch cut into what is the same, what changed, and what is still to be compared (None)."""
    old_from, old_to, new_from, new_to = span
    head, tail = _common_ends(before, after, span)
    inner = (old_from + head, old_to - tail, new_from + head, new_to - tail)
    parts: list[tuple[Kind | None, _Span]] = [(Kind.SAME, (old_from, inner[0], new_from, inner[2]))]
    old_size, new_size = inner[1] - inner[0], inner[3] - inner[2]
    if old_size and new_size:
        parts += _split_inner(before, after, inner)
    elif old_size or new_size:
        parts.append((Kind.DELETED, inner))
    parts.append((Kind.SAME, (inner[1], old_to, inner[3], new_to)))
    return parts


def _split_inner(before: Sequence[str], after: Sequence[str], span: _Span) -> list[tuple[Kind | None, _Span]]:
    old_from, old_to, new_from, new_to = span
    anchors = _anchors(before, after, span)
    if not anchors:
        return _compared_in_full(before, after, span)
    parts: list[tuple[Kind | None, _Span]] = []
    old_at, new_at = old_from, new_from
    for old_anchor, new_anchor in anchors:
        parts.append((None, (old_at, old_anchor, new_at, new_anchor)))
        parts.append((Kind.SAME, (old_anchor, old_anchor + 1, new_anchor, new_anchor + 1)))
        old_at, new_at = old_anchor + 1, new_anchor + 1
    parts.append((None, (old_at, old_to, new_at, new_to)))
    return parts


def _compared_in_full(before: Sequence[str], after: Sequence[str], span: _Span) -> list[tuple[Kind | None, _Span]]:
    old_from, old_to, new_from, new_to = span
    if (old_to - old_from) * (new_to - new_from) > _MAX_PAIRS:
        return [(Kind.DELETED, span)]
    matcher = SequenceMatcher(None, before[old_from:old_to], after[new_from:new_to], autojunk=False)
    return [
        (
            Kind.SAME if tag == "equal" else Kind.DELETED,
            (old_from + old_start, old_from + old_end, new_from + new_start, new_from + new_end),
        )
        for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes()
    ]


def _common_ends(before: Sequence[str], after: Sequence[str], span: _Span) -> tuple[int, int]:
    """How many words are the same at the head, then at the tail without meeting the head."""
    old_from, old_to, new_from, new_to = span
    shorter = min(old_to - old_from, new_to - new_from)
    head = 0
    while head < shorter and before[old_from + head] == after[new_from + head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[old_to - 1 - tail] == after[new_to - 1 - tail]:
        tail += 1
    return head, tail


def _anchors(before: Sequence[str], after: Sequence[str], span: _Span) -> list[tuple[int, int]]:
    """Places of words that occur once on each side, as many as come in the same order on both."""
    old_from, old_to, new_from, new_to = span
    old_counts, new_counts = Counter(before[old_from:old_to]), Counter(after[new_from:new_to])
    new_places = {after[place]: place for place in range(new_from, new_to) if new_counts[after[place]] == 1}
    pairs = [
        (place, new_places[before[place]])
        for place in range(old_from, old_to)
        if old_counts[before[place]] == 1 and before[place] in new_places
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest series of pairs that rises on both sides (the pairs come sorted by the first)."""
    tails: list[int] = []  # the smallest second that ends a series of each length
    tail_indexes: list[int] = []
    previous: list[int] = []
    for index, (_first, second) in enumerate(pairs):
        length = bisect_left(tails, second)
        previous.append(tail_indexes[length - 1] if length else -1)
        tails[length : length + 1] = [second]
        tail_indexes[length : length + 1] = [index]
    series = []
    index = tail_indexes[-1] if tail_indexes else -1
    while index >= 0:
        series.append(pairs[index])
        index = previous[index]
    return series[::-1]


@dataclass
class _Hunk:
    """Either the same on both sides, or what went and what came."""

    same: str = ""
    deleted: str = ""
    inserted: str = ""


def _append(hunks: list[_Hunk], hunk: _Hunk) -> None:
    """Add to the last one of the same nature, so that natures alternate."""
    if not (hunk.same or hunk.deleted or hunk.inserted):
        return
    if hunks and bool(hunks[-1].same) == bool(hunk.same):
        hunks[-1].same += hunk.same
        hunks[-1].deleted += hunk.deleted
        hunks[-1].inserted += hunk.inserted
    else:
        hunks.append(hunk)


def _runs(hunks: Sequence[_Hunk]) -> Iterator[Run]:
    """Runs as they are read; a lone space between two changed words goes with them, or words would flicker."""
    joined: list[_Hunk] = []
    for index, hunk in enumerate(hunks):
        is_lone_space = hunk.same.isspace() and "\n" not in hunk.same and 0 < index < len(hunks) - 1
        _append(joined, _Hunk(deleted=hunk.same, inserted=hunk.same) if is_lone_space else hunk)
    for hunk in joined:
        for kind, text in ((Kind.SAME, hunk.same), (Kind.DELETED, hunk.deleted), (Kind.INSERTED, hunk.inserted)):
            if text:
                yield Run(kind, text)
