"""Drawing a thread: columns from the first origin to the last outcome, boxes joined by curves. Pure.

Layers by the longest way from an origin, order within a layer by the middle of the neighbours (two sweeps of the
barycentre method of Sugiyama, Tagawa and Toda, 1981): enough for threads of a few dozen things."""

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from concerte.common.templatetags.typography import french
from concerte.lineage.reading import Knot, ShownThread

BOX_WIDTH = 208
BOX_HEIGHT = 84
GAP_X = 64
GAP_Y = 20
MARGIN = 8
LINE_CHARACTERS = 24
LINES = 2
LINE_HEIGHT = 18


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a label and where its baseline stands."""

    text: str
    y: int


@dataclass(frozen=True, kw_only=True)
class Box:
    """A knot where it is drawn. x, y: of its upper left corner, in units of the drawing."""

    knot: Knot
    x: int
    y: int
    lines: tuple[Line, ...]
    is_about: bool

    @property
    def text_x(self) -> int:
        return self.x + 14

    @property
    def kind_y(self) -> int:
        return self.y + 24


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A strand where it is drawn. path: the `d` attribute of an SVG path. label: said to who points at it."""

    path: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Graph:
    """width, height: in units of the drawing. box_width, box_height: of each box."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def graph_of(thread: ShownThread) -> Graph:
    """Where everything of a thread is drawn."""
    pairs = [(strand.origin, strand.outcome) for strand in thread.strands]
    columns = ordered_columns(layers(len(thread.knots), pairs), pairs)
    tallest = max(len(column) for column in columns)
    height = 2 * MARGIN + tallest * BOX_HEIGHT + (tallest - 1) * GAP_Y
    boxes: dict[int, Box] = {}
    for number, column in enumerate(columns):
        taken = len(column) * BOX_HEIGHT + (len(column) - 1) * GAP_Y
        top = (height - taken) // 2
        for place, rank in enumerate(column):
            x, y = MARGIN + number * (BOX_WIDTH + GAP_X), top + place * (BOX_HEIGHT + GAP_Y)
            boxes[rank] = _box(thread.knots[rank], x, y, is_about=rank == 0)
    curves = tuple(
        Curve(path=_path(boxes[strand.origin], boxes[strand.outcome]), label=strand.relation_label)
        for strand in thread.strands
    )
    width = 2 * MARGIN + len(columns) * BOX_WIDTH + (len(columns) - 1) * GAP_X
    return Graph(width=width, height=height, boxes=tuple(boxes[rank] for rank in sorted(boxes)), curves=curves)


def layers(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The column of each of `count` things, from 0: right of everything it came of. pairs: (origin, outcome)."""
    outcomes: Mapping[int, list[int]] = defaultdict(list)
    waiting = [0] * count
    for origin, outcome in pairs:
        outcomes[origin].append(outcome)
        waiting[outcome] += 1
    column = [0] * count
    ready = [rank for rank in range(count) if not waiting[rank]]
    while ready:
        rank = ready.pop()
        for outcome in outcomes[rank]:
            column[outcome] = max(column[outcome], column[rank] + 1)
            waiting[outcome] -= 1
            if not waiting[outcome]:
                ready.append(outcome)
    return column


def ordered_columns(column: Sequence[int], pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The things of each column, from top to bottom, neighbours near each other."""
    columns = [[rank for rank, at in enumerate(column) if at == number] for number in range(max(column) + 1)]
    neighbours: Mapping[int, list[int]] = defaultdict(list)
    for origin, outcome in pairs:
        neighbours[origin].append(outcome)
        neighbours[outcome].append(origin)
    for order in (range(1, len(columns)), range(len(columns) - 2, -1, -1)):
        for number in order:
            # How high each thing stands in its column, between 0 and 1: columns have different lengths.
            height = {rank: (place + 0.5) / len(each) for each in columns for place, rank in enumerate(each)}
            columns[number].sort(key=lambda rank: fmean([height[near] for near in neighbours[rank]] or [height[rank]]))
    return columns


def _box(knot: Knot, x: int, y: int, *, is_about: bool) -> Box:
    wrapped = textwrap.wrap(french(knot.label), LINE_CHARACTERS, max_lines=LINES, placeholder=" …")
    lines = tuple(Line(text=text, y=y + 46 + rank * LINE_HEIGHT) for rank, text in enumerate(wrapped))
    return Box(knot=knot, x=x, y=y, lines=lines, is_about=is_about)


def _path(origin: Box, outcome: Box) -> str:
    start_x, start_y = origin.x + BOX_WIDTH, origin.y + BOX_HEIGHT // 2
    end_x, end_y = outcome.x, outcome.y + BOX_HEIGHT // 2
    bend = max((end_x - start_x) // 2, GAP_X // 2)
    return f"M{start_x} {start_y}C{start_x + bend} {start_y} {end_x - bend} {end_y} {end_x} {end_y}"
