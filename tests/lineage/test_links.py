"""Links between plain references: made, merged, split, walked, withdrawn; never in a circle."""

from contextlib import suppress

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from concerte.journal.models import Entry
from concerte.lineage import references
from concerte.lineage.errors import LineageRefused
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference, Shown
from concerte.lineage.services import link, merge, split, withdraw_link
from concerte.lineage.walking import leads_to, thread_of

pytestmark = pytest.mark.django_db


def thing(name: object, kind: str = "test.thing") -> Reference:
    return Reference(kind, str(name))


def test_a_link_is_made_once_and_in_the_journal():
    first = link(thing("a"), thing("b"), Relation.INSPIRED, organisation="amf", acting_user=None)
    again = link(thing("a"), thing("b"), Relation.INSPIRED, acting_user=None)

    assert first == again
    assert Link.objects.count() == 1
    assert Entry.objects.get().details == {"from": "test.thing:a", "to": "test.thing:b", "relation": "inspired"}


def test_nothing_comes_of_itself():
    with pytest.raises(LineageRefused) as refusal:
        link(thing("a"), thing("a"), Relation.MERGED, acting_user=None)

    assert refusal.value.code == "itself"
    assert not Link.objects.exists()


def test_a_merge_that_would_make_a_circle_is_refused_and_nothing_is_written():
    link(thing("a"), thing("b"), Relation.BECAME, acting_user=None)
    link(thing("b"), thing("c"), Relation.BECAME, acting_user=None)

    with pytest.raises(LineageRefused) as refusal:
        merge([thing("x"), thing("c")], thing("a"), acting_user=None)

    assert refusal.value.code == "circle"
    assert Link.objects.count() == 2


def test_a_thread_goes_both_ways_through_merges_and_splits():
    merge([thing("need 1"), thing("need 2")], thing("need 3"), acting_user=None)
    link(thing("need 3"), thing("idea"), Relation.INSPIRED, acting_user=None)
    split(thing("idea"), [thing("action 1"), thing("action 2")], acting_user=None)

    steps = thread_of(thing("idea")).steps

    assert steps == {
        thing("need 1"): -2,
        thing("need 2"): -2,
        thing("need 3"): -1,
        thing("idea"): 0,
        thing("action 1"): 1,
        thing("action 2"): 1,
    }


def test_what_came_of_something_else_than_the_thing_is_not_in_its_thread():
    link(thing("need"), thing("idea"), Relation.INSPIRED, acting_user=None)
    link(thing("need"), thing("other idea"), Relation.INSPIRED, acting_user=None)

    assert thing("other idea") not in thread_of(thing("idea")).steps


def test_walking_asks_one_query_per_step(django_assert_num_queries):
    for step in range(4):
        link(thing(step), thing(step + 1), Relation.BECAME, acting_user=None)

    with django_assert_num_queries(6):  # four steps down, the one that finds nothing, and one up
        thread_of(thing(0))


def test_a_withdrawn_link_is_walked_no_more_and_keeps_its_reason():
    made = link(thing("a"), thing("b"), Relation.INSPIRED, acting_user=None)

    withdraw_link(made, because=" Erreur de saisie. ", acting_user=None)

    made.refresh_from_db()
    assert made.withdrawn_because == "Erreur de saisie."
    assert thread_of(thing("a")).steps == {thing("a"): 0}


@pytest.mark.parametrize(("because", "code"), [("", "no-reason"), ("Oui.", "already-withdrawn")])
def test_a_withdrawal_says_why_and_happens_once(because, code):
    made = link(thing("a"), thing("b"), Relation.INSPIRED, acting_user=None)
    if code == "already-withdrawn":
        withdraw_link(made, because="Première fois.", acting_user=None)
    before = Entry.objects.count()

    with pytest.raises(LineageRefused) as refusal:
        withdraw_link(made, because=because, acting_user=None)

    assert refusal.value.code == code
    assert Entry.objects.count() == before


@pytest.fixture
def kinds():
    asked: list[list[str]] = []

    def resolve(ids, viewer):
        asked.append(sorted(ids))
        return {found: Shown(label=f"Chose {found}") for found in ids if found != "secret"}

    references.register("test.thing", label="chose", plural="choses", resolver=resolve)
    yield asked
    references.unregister("test.thing")


def test_references_are_shown_all_at_once_without_those_the_viewer_may_not_see(kinds):
    wanted = [thing("a"), thing("b"), thing("secret"), thing("c", kind="test.unknown")]

    shown = references.show(wanted, AnonymousUser())

    assert {str(reference): each.label for reference, each in shown.items()} == {
        "test.thing:a": "Chose a",
        "test.thing:b": "Chose b",
    }
    assert kinds == [["a", "b", "secret"]]


class RandomLinks(TestCase):
    """Whatever is linked in whatever order, no thing ever comes of itself."""

    @given(pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30))
    def test_no_circle_ever_stands(self, pairs):
        for origin, outcome in pairs:
            with suppress(LineageRefused):
                link(thing(origin), thing(outcome), Relation.BECAME, acting_user=None)

        for made in Link.objects.all():
            assert not leads_to(made.outcome, made.origin)
