"""Lines that cut a letter in half: set aside before the library builds a document with them.

JavaScript counts emoji and rare letters for two units, and Yjs lets a client delete or write between the two: both
halves then show as U+FFFD. The library we build with moves the cut instead, and from there on counts wrongly: the state
it gives has lost or shifted what follows, up to one that nobody can open any more. Browsers read such a line as it was
written; so it is handed on beside the state, and never given to the library.
"""

import contextlib
import re
from collections.abc import Sequence

from concerte.documents.errors import FrameRefused
from concerte.documents.update_walk import Seams, walk

_pair = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}").search


def may_hold_a_pair(content: bytes) -> bool:
    """Whether a letter that counts for two may stand in it. A quick look, which sees some where there is none."""
    return _pair(content) is not None


def lines_that_cut(state: bytes, lines: Sequence[bytes]) -> set[int]:
    """Which of these updates, by index, cut a letter of the state or of one another. Nearly always none."""
    found = [_seams(line) if may_hold_a_pair(line) else None for line in lines]
    pairs = frozenset().union(*(seams.pairs for seams in found if seams is not None))
    if may_hold_a_pair(state):
        pairs |= _seams(state).pairs
    if not pairs:
        return set()
    cut_by_state = _seams(state, pairs).cut
    return {
        index
        for index, (line, seams) in enumerate(zip(lines, found, strict=True))
        if _seams(line, pairs).cut or (seams is not None and seams.pairs & cut_by_state)
    }


def _seams(content: bytes, known: frozenset[tuple[int, int]] = frozenset()) -> Seams:
    seams = Seams(known)
    with contextlib.suppress(FrameRefused):  # it is left out for that alone
        walk(content, seams)
    return seams
