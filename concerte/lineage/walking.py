"""Walking the links both ways, one query per step."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from django.db.models import Q

from concerte.lineage.models import Link
from concerte.lineage.references import Reference

MAX_STEPS = 40  # a longer thread than any programme has; what lies beyond is not walked
# SQLite takes 999 to 250,000 values in a statement, depending on how it was built.
_BATCH = 200


@dataclass(frozen=True)
class Thread:
    """What leads to a thing and what came of it. steps: how far each is, upstream below zero, the thing itself at 0.

    links: all those that were walked, in the order they were made."""

    about: Reference
    steps: dict[Reference, int]
    links: tuple[Link, ...]


def thread_of(reference: Reference) -> Thread:
    """The whole thread of a thing: everything upstream of it, everything downstream of it."""
    steps = {reference: 0}
    links: dict[int, Link] = {}
    for direction in (-1, 1):
        reached = {reference}
        frontier: Set[Reference] = {reference}
        for step in range(1, MAX_STEPS + 1):
            found = _links_of(frontier, direction)
            links.update((link.pk, link) for link in found)
            frontier = {link.origin if direction < 0 else link.outcome for link in found} - reached
            if not frontier:
                break
            reached |= frontier
            for each in frontier:
                steps.setdefault(each, direction * step)
    return Thread(reference, steps, tuple(links[key] for key in sorted(links)))


def leads_to(origin: Reference, outcome: Reference) -> bool:
    """Whether `outcome` came of `origin`, through any number of steps."""
    reached = {origin}
    frontier: Set[Reference] = {origin}
    while frontier and outcome not in reached:
        frontier = {link.outcome for link in _links_of(frontier, 1)} - reached
        reached |= frontier
    return outcome in reached


def _links_of(references: Iterable[Reference], direction: int) -> list[Link]:
    """The links out of (direction 1) or into (-1) any of these."""
    side = "from" if direction > 0 else "to"
    ids: dict[str, list[str]] = {}
    for reference in sorted(references):
        ids.setdefault(reference.kind, []).append(reference.id)
    found: list[Link] = []
    for kind, of_kind in ids.items():
        for start in range(0, len(of_kind), _BATCH):
            wanted = Q(**{f"{side}_kind": kind, f"{side}_id__in": of_kind[start : start + _BATCH]})
            found += Link.objects.standing().filter(wanted)
    return found
