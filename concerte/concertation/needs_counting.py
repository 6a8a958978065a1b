"""How many share a need, by class of territory, each inhabitant counted once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from concerte.territories.models import Stratum, Territory


@dataclass(frozen=True)
class StratumCount:
    """stratum: None when it is unknown. territories: of that class, each once. included: those of them that lie in
    another counted territory. population: inhabitants of the others, as far as it is known."""

    stratum: Stratum | None
    organisations: int
    territories: int
    included: int
    population: int


@dataclass(frozen=True)
class Count:
    """lines: one per class, from the smallest; their figures add up to those of the whole. without_territory:
    organisations that run or are rooted in no territory (associations, State services). unknown: counted territories
    whose population is not known."""

    lines: tuple[StratumCount, ...]
    organisations: int
    without_territory: int
    territories: int
    included: int
    population: int
    unknown: int


def count_territories(of_organisations: Iterable[Territory | None]) -> Count:
    """of_organisations: for each organisation that shares the need, its territory if it has one.

    A territory several organisations are rooted in counts once. One that lies in another of them (a commune in its
    EPCI, its département or its région; an EPCI or a département in its région) adds no inhabitants."""
    each = list(of_organisations)
    placed = [territory for territory in each if territory is not None]
    by_key = {territory.pk: territory for territory in placed}
    organisations = Counter(territory.stratum for territory in placed)
    lines = []
    for stratum in (*Stratum, None):
        of_class = [territory for territory in by_key.values() if territory.stratum is stratum]
        if not of_class:
            continue
        alone = [territory for territory in of_class if not by_key.keys() & set(territory.ancestor_keys)]
        lines.append(
            StratumCount(
                stratum=stratum,
                organisations=organisations[stratum],
                territories=len(of_class),
                included=len(of_class) - len(alone),
                population=sum(territory.population or 0 for territory in alone),
            )
        )
    return Count(
        lines=tuple(lines),
        organisations=len(each),
        without_territory=len(each) - len(placed),
        territories=len(by_key),
        included=sum(line.included for line in lines),
        population=sum(line.population for line in lines),
        unknown=sum(1 for territory in by_key.values() if territory.population is None),
    )
