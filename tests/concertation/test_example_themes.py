"""The themes sources name are loaded as they are known, once, and can be read by all."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from concerte.concertation.example import load_themes
from concerte.concertation.models import Theme
from concerte.programme.importing import EXAMPLES, load_programme
from tests.concertation.factories_exchanges import table

pytestmark = pytest.mark.django_db

FACTS = {
    "label": "Cybersécurité",
    "by": "associations d'élus",
    "wanted_for": "18S2",
    "source": ["a", "unknown"],
    "certainty": "partial",
}
SOURCES = [
    {"id": "a", "title": "Notes", "publisher": "Un participant", "date": "2018", "address": "https://exemple.fr/"}
]


def test_a_documented_theme_says_who_asked_for_it_when_and_by_which_source(client: Client):
    at = table()

    (theme,) = load_themes(at.circle, [FACTS], sources=SOURCES)

    page = client.get(reverse("concertation:theme", args=[at.circle.slug, theme.pk])).content.decode()
    assert "Demandé par les associations d’élus pour la feuille de route 18S2." in page
    assert "partiellement établi" in page
    assert "https://exemple.fr/" in page
    assert [source["id"] for source in theme.origin["sources"]] == ["a"]


def test_loading_twice_makes_no_double():
    at = table()

    for _time in range(2):
        load_themes(at.circle, [FACTS, {"label": " "}, {"by": "nobody"}], sources=SOURCES)

    assert [theme.title for theme in Theme.objects.all()] == ["Cybersécurité"]


def test_the_themes_of_the_real_programme_are_the_four_its_sources_name():
    at = table()
    programme = load_programme(EXAMPLES[0], acting_user=None)

    themes = load_themes(at.circle, programme.origin["themes_requested"], sources=programme.origin["sources"])

    assert len(themes) == 4
    assert all(theme.origin["sources"][0]["id"] == "cr-nancy-2018" for theme in themes)


anything = st.none() | st.text(max_size=20) | st.integers() | st.lists(st.text(max_size=5), max_size=3)


class WhateverIsInTheFileTest(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.fixed_dictionaries({}, optional=dict.fromkeys(FACTS, anything)),
            max_size=4,
        )
    )
    def test_facts_of_any_shape_are_loaded_or_left_out(self, facts):
        themes = load_themes(table().circle, facts, sources=SOURCES)

        assert len({theme.pk for theme in themes}) == len({theme.title for theme in themes})
