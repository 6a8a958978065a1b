"""What comes before the text is found by its words, by those who may see it and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser

from concerte.concertation import searching
from concerte.lineage import finding
from tests.concertation.factories_exchanges import table
from tests.concertation.factories_needs import NeedFactory, ThemeFactory

pytestmark = pytest.mark.django_db
CIRCLE = {"agent", "delegate", "contributor", "neighbour"}


def who_finds(at, words, kind):
    people = {name: getattr(at, name) for name in ("agent", "delegate", "contributor", "neighbour", "stranger")}
    people["anonymous"] = AnonymousUser()
    return {
        name
        for name, person in people.items()
        if any(reference.kind == kind for reference in finding.search(words, person))
    }


@pytest.mark.parametrize(
    ("situation", "words", "kind", "found_by"),
    [
        ("unconfirmed exchange", "donnees communes", "exchange", {"agent", "delegate", "contributor"}),
        ("exchange of the colleges", "donnees communes", "exchange", CIRCLE),
        ("need of the colleges", "hébergement", "need", CIRCLE),
        ("public need", "HEBERGEMENT", "need", {*CIRCLE, "stranger", "anonymous"}),
        ("withdrawn need", "hébergement", "need", set()),
        ("theme", "identite", "theme", CIRCLE),
        ("group", "identité agents", "workinggroup", CIRCLE),
        ("idea of the colleges", "guichet", "idea", CIRCLE),
        ("idea of a group", "guichet", "idea", {"agent", "delegate"}),
    ],
)
def test_each_kind_is_found_by_who_may_see_it(situation, words, kind, found_by):
    at = table()
    make = {
        "unconfirmed exchange": at.record,
        "exchange of the colleges": lambda: at.fixed(visibility="colleges"),
        "need of the colleges": lambda: NeedFactory(circle=at.circle, title="L’hébergement"),
        "public need": lambda: NeedFactory(circle=at.circle, title="L’hébergement", public=True),
        "withdrawn need": lambda: NeedFactory(circle=at.circle, title="L’hébergement", public=True, withdrawn=True),
        "theme": lambda: ThemeFactory(circle=at.circle, title="Identité"),
        "group": at.group,
        "idea of the colleges": at.idea,
        "idea of a group": lambda: at.idea(group=at.group(), visibility="group", acting_user=at.delegate),
    }
    make[situation]()

    assert who_finds(at, words, f"concertation.{kind}") == found_by


def test_each_kind_costs_one_query_however_many_there_are(django_assert_num_queries):
    at = table()
    for _rank in range(5):
        at.idea()
        at.record()
        NeedFactory(circle=at.circle)
        ThemeFactory(circle=at.circle)
    at.group()

    for search in (
        searching.search_exchanges,
        searching.search_needs,
        searching.search_themes,
        searching.search_groups,
        searching.search_ideas,
    ):
        with django_assert_num_queries(1):
            search("un", at.agent, 6)
