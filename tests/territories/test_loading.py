"""Reading the files of the package, and loading them."""

import re
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from concerte.territories.models import Level, Territory
from concerte.territories.reading import read_line, read_territories
from concerte.territories.services import are_loaded, load_territories


@pytest.fixture(scope="module")
def rows():
    return list(read_territories())


def test_every_territory_of_the_files_is_read_once(rows):
    assert Counter(row.level for row in rows) == {"commune": 34_969, "epci": 1_255, "departement": 109, "region": 26}
    assert len({row.key for row in rows}) == len(rows)


def test_a_territory_comes_after_those_it_lies_in(rows):
    seen = {None}

    for row in rows:
        assert {row.epci_id, row.departement_id, row.region_id} <= seen
        seen.add(row.key)


def test_codes_stay_text(rows):
    by_key = {row.key: row for row in rows}

    assert by_key["commune-01001"].code == "01001"
    assert by_key["commune-2A004"].name == "Ajaccio"
    assert by_key["region-01"].name == "Guadeloupe"
    assert by_key["departement-01"].name == "Ain"


def test_an_unknown_population_is_not_zero(rows):
    unknown = {row.code for row in rows if row.population is None}

    assert unknown == {"98411", "98412", "98413", "98414", "98415", "98901"}


def test_names_shared_by_several_communes_stay_apart(rows):
    named = [row for row in rows if row.search_name == "st denis" and row.level == "commune"]

    assert len(named) > 1
    assert len({row.code for row in named}) == len(named)


def test_an_inhabitant_is_counted_once_per_level(rows):
    total = {level: sum(row.population or 0 for row in rows if row.level == level) for level in Level.values}

    assert total["commune"] == total["departement"] == total["region"] == 68_952_941


@given(
    code=st.from_regex(r"\A[0-9AB]{5}\Z"),
    name=st.text(min_size=1, max_size=45),
    population=st.none() | st.integers(min_value=0, max_value=3_000_000),
)
def test_a_line_gives_back_what_it_says(code, name, population):
    line = {
        "code": code,
        "nom": name,
        "zone": "metro",
        "departement": code[:2],
        "region": "84",
        "epci": "",
        "population": "" if population is None else str(population),
    }

    row = read_line(Level.COMMUNE, line, {})

    assert (row.key, row.code, row.population) == (f"commune-{code}", code, population)
    assert row.name == name.replace("'", "’")
    assert re.fullmatch(r"[a-z0-9]*(?: [a-z0-9]+)*", row.search_name)
    assert row.epci_id is None


@pytest.mark.django_db
def test_loading_twice_changes_nothing(rows):
    some = rows[:500]

    load_territories(some)
    first = list(Territory.objects.order_by("pk").values())
    load_territories(some)

    assert list(Territory.objects.order_by("pk").values()) == first
    assert len(first) == 500


@pytest.mark.django_db
def test_loading_again_brings_what_changed_up_to_date(rows):
    load_territories(rows[:200])
    Territory.objects.filter(pk=rows[0].key).update(name="Autre", population=1)

    load_territories(rows[:200])

    found = Territory.objects.get(pk=rows[0].key)
    assert (found.name, found.population) == (rows[0].name, rows[0].population)


@pytest.mark.django_db
def test_the_command_says_how_far_it_is():
    out = StringIO()

    call_command("load-territories", stdout=out)

    assert are_loaded()
    assert "10000 territoires…" in out.getvalue()
    assert "36359 territoires" in out.getvalue()
    assert Territory.objects.get(pk="commune-2A004").departement.name == "Corse-du-Sud"
