"""Ranges of clocks, each from its first to the one after its last, as updates name them. Pure."""

from collections.abc import Iterable, Mapping

Ranges = list[tuple[int, int]]


def united(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same clocks in as few ranges as can be, in order."""
    joined: Ranges = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def left_of(ranges: Iterable[tuple[int, int]], taken: Iterable[tuple[int, int]]) -> Ranges:
    """The clocks of `ranges` that are in none of `taken`."""
    left: Ranges = []
    holes = united(taken)
    for start, end in united(ranges):
        reached = start
        for hole_start, hole_end in holes:
            if hole_end <= reached:
                continue
            if hole_start >= end:
                break
            if hole_start > reached:
                left.append((reached, hole_start))
            reached = hole_end
        if reached < end:
            left.append((reached, end))
    return left


def left_of_each(ranges: Mapping[int, Ranges], taken: Mapping[int, Ranges]) -> dict[int, Ranges]:
    """The same for each client id; those of which nothing is left are not named."""
    left = {client: left_of(each, taken.get(client, ())) for client, each in ranges.items()}
    return {client: each for client, each in left.items() if each}
