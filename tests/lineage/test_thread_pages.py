"""The thread of a thing: its page, its drawing, its data, seen by who may."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from concerte.lineage import references
from concerte.lineage.graph import layers, ordered_columns
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference, Shown
from concerte.lineage.services import link, merge

pytestmark = pytest.mark.django_db


def thing(name: str) -> Reference:
    return Reference("test.thing", name)


@pytest.fixture(autouse=True)
def kinds():
    def resolve(ids, viewer):
        may_see_all = viewer.is_authenticated
        return {
            found: Shown(label=f"Chose {found}", address=f"/choses/{found}")
            for found in ids
            if may_see_all or not found.startswith("secret")
        }

    references.register("test.thing", label="chose", plural="choses", resolver=resolve)
    yield
    references.unregister("test.thing")


def page_of(client, name: str):
    return client.get(reverse("lineage:thread", args=["test.thing", name]))


def test_the_page_tells_both_ways_and_the_data_says_the_same(client):
    merge([thing("besoin-1"), thing("besoin-2")], thing("theme"), acting_user=None)
    link(thing("theme"), thing("idee"), Relation.INSPIRED, organisation="amf", acting_user=None)
    link(thing("idee"), thing("action"), Relation.BECAME, acting_user=None)

    text = page_of(client, "idee").content.decode()
    data = client.get(reverse("lineage:thread_data", args=["test.thing", "idee"])).json()

    assert [each["label"] for each in data["things"]] == [
        "Chose idee",
        "Chose besoin-1",
        "Chose besoin-2",
        "Chose theme",
        "Chose action",
    ]
    assert all(f'href="/choses/{each["id"]}"' in text for each in data["things"])
    assert [(each["from"], each["to"], each["relation"]) for each in data["links"]] == [
        (1, 3, "merged"),
        (2, 3, "merged"),
        (3, 0, "inspired"),
        (0, 4, "became"),
    ]
    assert data["links"][2]["organisation"] == "amf"


def test_what_may_not_be_seen_keeps_its_place_without_a_name(client):
    link(thing("secret-1"), thing("idee"), Relation.INSPIRED, organisation="amf", acting_user=None)
    link(thing("besoin"), thing("secret-1"), Relation.RAISED, acting_user=None)

    text = page_of(client, "idee").content.decode()
    data = client.get(reverse("lineage:thread_data", args=["test.thing", "idee"])).json()

    assert "secret-1" not in text
    assert "secret-1" not in str(data)
    assert "chose (non public)" in text
    assert "Chose besoin" in text
    assert data["links"][0]["organisation"] == ""


@pytest.mark.parametrize("name", ["thread", "thread_data"])
def test_the_thread_of_what_may_not_be_seen_is_not_found(client, name):
    link(thing("secret-1"), thing("idee"), Relation.INSPIRED, acting_user=None)

    assert client.get(reverse(f"lineage:{name}", args=["test.thing", "secret-1"])).status_code == 404
    assert client.get(reverse(f"lineage:{name}", args=["test.unknown", "x"])).status_code == 404


def test_a_thing_alone_says_so(client):
    assert "Le fil commence ici" in page_of(client, "seule").content.decode()


def test_what_comes_by_two_ways_is_told_in_full_once(client):
    link(thing("besoin"), thing("theme"), Relation.GROUPED, acting_user=None)
    link(thing("theme"), thing("idee"), Relation.INSPIRED, acting_user=None)
    link(thing("besoin"), thing("autre"), Relation.GROUPED, acting_user=None)
    link(thing("autre"), thing("theme"), Relation.MERGED, acting_user=None)

    text = page_of(client, "besoin").content.decode()

    assert text.count("déjà détaillé plus haut") == 1


PAIRS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), max_size=25, unique=True
)


@given(pairs=PAIRS)
def test_everything_stands_right_of_what_it_came_of(pairs):
    columns = layers(10, pairs)

    assert all(columns[origin] < columns[outcome] for origin, outcome in pairs)


@given(pairs=PAIRS)
def test_ordering_the_columns_loses_and_doubles_nothing(pairs):
    columns = ordered_columns(layers(10, pairs), pairs)

    assert sorted(rank for column in columns for rank in column) == list(range(10))
    assert all(columns)
