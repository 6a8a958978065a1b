"""A thread in words: two nested lists, upstream and downstream, each thing told in full once. Pure."""

from dataclasses import dataclass

from concerte.lineage.reading import Knot, ShownThread, Strand


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A thing, how it is tied to the one above, what lies beyond. is_told: what lies beyond is told elsewhere."""

    knot: Knot
    strand: Strand
    branches: tuple["Branch", ...]
    is_told: bool


def outline(thread: ShownThread, direction: int) -> tuple[Branch, ...]:
    """What leads to the thing (direction -1) or came of it (1)."""
    return _branches(thread, 0, direction, told={0})


def _branches(thread: ShownThread, rank: int, direction: int, told: set[int]) -> tuple[Branch, ...]:
    """As deep as threads are walked, and no deeper: see walking.MAX_STEPS."""
    found = []
    for strand in _next(thread, rank, direction):
        beyond = strand.origin if direction < 0 else strand.outcome
        is_told = beyond in told and bool(_next(thread, beyond, direction))
        is_new = beyond not in told
        told.add(beyond)
        branches = _branches(thread, beyond, direction, told) if is_new else ()
        found.append(Branch(knot=thread.knots[beyond], strand=strand, branches=branches, is_told=is_told))
    return tuple(found)


def _next(thread: ShownThread, rank: int, direction: int) -> tuple[Strand, ...]:
    return thread.upstream(rank) if direction < 0 else thread.downstream(rank)
