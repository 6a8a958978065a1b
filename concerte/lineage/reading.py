"""A thread as somebody may see it: what the page, its graph, its text and its data all say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference, Shown, Viewer, kind_label, show
from concerte.lineage.walking import thread_of


@dataclass(frozen=True, kw_only=True)
class Knot:
    """One thing of a thread. label: its name, or what kind of thing it is when this person may not see it.

    step: how far it is from the thing asked about, upstream below zero. is_visible: whether it may be named."""

    kind: str
    kind_label: str
    id: str
    label: str
    detail: str
    address: str
    on: date | None
    step: int
    is_visible: bool


@dataclass(frozen=True, kw_only=True)
class Strand:
    """What came of what, and how. origin, outcome: ranks in the knots of the thread."""

    origin: int
    outcome: int
    relation: str
    relation_label: str
    on: date
    organisation: str


@dataclass(frozen=True, kw_only=True)
class ShownThread:
    """A thread: its knots, the one asked about first; its strands, in the order they were made."""

    knots: tuple[Knot, ...]
    strands: tuple[Strand, ...]

    @property
    def about(self) -> Knot:
        return self.knots[0]

    @property
    def is_alone(self) -> bool:
        return not self.strands

    def upstream(self, rank: int = 0) -> tuple[Strand, ...]:
        return tuple(strand for strand in self.strands if strand.outcome == rank)

    def downstream(self, rank: int = 0) -> tuple[Strand, ...]:
        return tuple(strand for strand in self.strands if strand.origin == rank)


def shown_thread(reference: Reference, viewer: Viewer) -> ShownThread | None:
    """The thread of a thing as this person may see it; None when they may not see the thing itself.

    What they may not see on the way keeps its place without a name: a thread is not cut where it passes through an
    exchange that is not public."""
    thread = thread_of(reference)
    shown = show(thread.steps, viewer)
    if reference not in shown:
        return None
    ordered = sorted(thread.steps, key=lambda each: (each != reference, thread.steps[each], each))
    ranks = {each: rank for rank, each in enumerate(ordered)}
    return ShownThread(
        knots=tuple(_knot(each, thread.steps[each], shown.get(each)) for each in ordered),
        strands=tuple(_strand(link, ranks, shown) for link in thread.links),
    )


def nearest(reference: Reference, viewer: Viewer) -> tuple[tuple[Knot, ...], tuple[Knot, ...]]:
    """One step up and one step down, as this person may see them: what a thing came of, what came of it."""
    links = list(Link.objects.standing().out_of(reference) | Link.objects.standing().into(reference))
    origins = [link.origin for link in links if link.outcome == reference]
    outcomes = [link.outcome for link in links if link.origin == reference]
    shown = show([*origins, *outcomes], viewer)
    return (
        tuple(_knot(each, -1, shown.get(each)) for each in dict.fromkeys(origins)),
        tuple(_knot(each, 1, shown.get(each)) for each in dict.fromkeys(outcomes)),
    )


def _knot(reference: Reference, step: int, known: Shown | None) -> Knot:
    label = kind_label(reference.kind)
    return Knot(
        kind=reference.kind,
        kind_label=label,
        id=reference.id if known else "",
        label=known.label if known else _("%(kind)s (non public)") % {"kind": label},
        detail=known.detail if known else "",
        address=known.address if known else "",
        on=known.on if known else None,
        step=step,
        is_visible=known is not None,
    )


def _strand(link: Link, ranks: dict[Reference, int], shown: Collection[Reference]) -> Strand:
    """In whose name it was made is not said of a link to something this person may not see."""
    is_open = link.origin in shown and link.outcome in shown
    return Strand(
        origin=ranks[link.origin],
        outcome=ranks[link.outcome],
        relation=link.relation,
        relation_label=str(Relation(link.relation).label),
        on=link.made_at.date(),
        organisation=link.organisation if is_open else "",
    )
