"""Counting who shares a need, each inhabitant once."""

from hypothesis import given
from hypothesis import strategies as st

from concerte.concertation.needs_counting import count_territories
from concerte.territories.models import Level, Stratum, Territory

REGION = Territory(pk="region-84", level=Level.REGION, population=8_000_000)
DEPARTEMENTS = [
    Territory(pk=f"departement-{code}", level=Level.DEPARTEMENT, population=600_000, region_id="region-84")
    for code in ("01", "69")
]
EPCIS = [
    Territory(
        pk=f"epci-{rank}",
        level=Level.EPCI,
        population=40_000,
        departement_id=DEPARTEMENTS[rank % 2].pk,
        region_id="region-84",
    )
    for rank in range(4)
]
COMMUNES = [
    Territory(
        pk=f"commune-{rank:05d}",
        level=Level.COMMUNE,
        population=None if rank == 7 else rank * 900,
        epci_id=EPCIS[rank % 4].pk if rank % 5 else None,
        departement_id=DEPARTEMENTS[rank % 2].pk,
        region_id="region-84",
    )
    for rank in range(12)
]
ALL = [REGION, *DEPARTEMENTS, *EPCIS, *COMMUNES]
SHARING = st.lists(st.none() | st.sampled_from(ALL), max_size=30)


def reference(territories):
    """The rule, said the long way: walk up from each territory; it counts when nothing above it is there."""
    there = {territory.pk: territory for territory in territories if territory is not None}
    population = 0
    for territory in there.values():
        above = {territory.epci_id, territory.departement_id, territory.region_id} - {None}
        if not any(key in there for key in above):
            population += territory.population or 0
    return population


@given(SHARING)
def test_each_inhabitant_is_counted_once(territories):
    assert count_territories(territories).population == reference(territories)


@given(SHARING)
def test_the_lines_add_up_to_the_whole(territories):
    count = count_territories(territories)

    assert count.population == sum(line.population for line in count.lines)
    assert count.territories == sum(line.territories for line in count.lines)
    assert count.organisations == sum(line.organisations for line in count.lines) + count.without_territory
    assert count.organisations == len(territories)


@given(SHARING, st.sampled_from(ALL))
def test_the_order_and_the_same_territory_again_change_no_inhabitant(territories, again):
    once = count_territories([*territories, again])

    twice = count_territories([again, again, *reversed(territories)])

    assert (twice.population, twice.territories) == (once.population, once.territories)


@given(SHARING, st.sampled_from(COMMUNES))
def test_a_commune_inside_what_is_counted_adds_nobody(territories, commune):
    count = count_territories([*territories, REGION])

    more = count_territories([*territories, REGION, commune])

    assert more.population == count.population == 8_000_000


def test_lines_come_from_the_smallest_class_and_unknown_last():
    count = count_territories([REGION, COMMUNES[7], COMMUNES[11], COMMUNES[0]])

    assert [line.stratum for line in count.lines] == [Stratum.UNDER_500, Stratum.UNDER_10000, Stratum.REGION, None]
    assert count.unknown == 1


def test_organisations_without_territory_are_said_apart():
    count = count_territories([None, None, REGION])

    assert (count.organisations, count.without_territory, count.territories) == (3, 2, 1)


def test_nothing_counts_for_nothing():
    count = count_territories([])

    assert (count.lines, count.population) == ((), 0)
