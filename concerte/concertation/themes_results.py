"""What a round of priorities gives: college by college, never one number for all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Given:
    """Points one organisation put on one theme."""

    theme: int
    organisation: int
    college: int
    points: int


@dataclass(frozen=True)
class CollegeResult:
    """points: of the organisations of this college. organisations: how many of them put some there. share: of all the
    points that this college spread, from 0 to 1."""

    college: int
    points: int
    organisations: int
    share: Fraction


@dataclass(frozen=True)
class ThemeResult:
    """colleges: in the order asked for, each college once, those that put nothing there too."""

    theme: int
    colleges: tuple[CollegeResult, ...]


def results(themes: Iterable[int], colleges: Iterable[int], given: Iterable[Given]) -> list[ThemeResult]:
    """One result per theme. First those that every college puts forward: by the smallest of the shares they have in
    each college, then by the largest, then by key. A large college does not outweigh a small one."""
    points: Mapping[tuple[int, int], list[int]] = defaultdict(list)
    totals: dict[int, int] = defaultdict(int)
    for each in given:
        if each.points:
            points[each.theme, each.college].append(each.points)
            totals[each.college] += each.points
    order = tuple(colleges)
    found = [
        ThemeResult(
            theme,
            tuple(
                CollegeResult(
                    college=college,
                    points=sum(points[theme, college]),
                    organisations=len(points[theme, college]),
                    share=Fraction(sum(points[theme, college]), totals[college] or 1),
                )
                for college in order
            ),
        )
        for theme in themes
    ]
    return sorted(found, key=_rank)


def _rank(result: ThemeResult) -> tuple[Fraction, Fraction, int]:
    shares = [each.share for each in result.colleges] or [Fraction(0)]
    return (-min(shares), -max(shares), result.theme)
