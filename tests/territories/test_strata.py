"""Classes of size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.territories.strata import LOWER_BOUNDS, OF_COMMUNES, Level, Stratum, in_order, stratum_of

POPULATIONS = st.integers(min_value=0, max_value=5_000_000)


@given(POPULATIONS)
def test_a_commune_falls_in_the_last_class_that_begins_at_or_below_its_population(population):
    found = stratum_of(Level.COMMUNE, population)

    plain = [stratum for bound, stratum in zip(LOWER_BOUNDS, OF_COMMUNES, strict=True) if bound <= population]
    assert found is plain[-1]


@given(POPULATIONS, POPULATIONS)
def test_a_larger_commune_is_never_in_a_smaller_class(one, other):
    smaller, larger = sorted((one, other))

    found = [OF_COMMUNES.index(stratum_of(Level.COMMUNE, population)) for population in (smaller, larger)]

    assert found == sorted(found)


@pytest.mark.parametrize(
    ("population", "stratum"),
    [
        (0, Stratum.UNDER_500),
        (499, Stratum.UNDER_500),
        (500, Stratum.UNDER_2000),
        (1_999, Stratum.UNDER_2000),
        (2_000, Stratum.UNDER_3500),
        (3_499, Stratum.UNDER_3500),
        (3_500, Stratum.UNDER_10000),
        (9_999, Stratum.UNDER_10000),
        (10_000, Stratum.UNDER_20000),
        (19_999, Stratum.UNDER_20000),
        (20_000, Stratum.UNDER_50000),
        (49_999, Stratum.UNDER_50000),
        (50_000, Stratum.UNDER_100000),
        (99_999, Stratum.UNDER_100000),
        (100_000, Stratum.LARGEST),
        (2_100_000, Stratum.LARGEST),
    ],
)
def test_the_classes_are_those_of_public_statistics(population, stratum):
    assert stratum_of(Level.COMMUNE, population) is stratum


@pytest.mark.parametrize("level", [Level.EPCI, Level.DEPARTEMENT, Level.REGION])
@given(population=st.none() | POPULATIONS)
def test_another_level_is_its_own_class_whatever_its_population(level, population):
    assert stratum_of(level, population) == level.value


def test_the_class_of_a_commune_of_unknown_population_is_unknown():
    assert stratum_of(Level.COMMUNE, None) is None


def test_less_than_nobody_is_refused():
    with pytest.raises(ValueError, match="-1"):
        stratum_of(Level.COMMUNE, -1)


@given(st.lists(st.sampled_from([*Stratum.values, "unknown"])))
def test_classes_come_in_order_each_once_and_nothing_else(values):
    found = in_order(values)

    assert found == [stratum for stratum in Stratum if stratum.value in values]
