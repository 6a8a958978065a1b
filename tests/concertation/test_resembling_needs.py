"""Finding the needs that resemble what is typed."""

import pytest
from django.contrib.auth.models import AnonymousUser

from concerte.concertation.models import Need
from concerte.concertation.needs_index import having, index_needs, resembling
from tests.concertation.factories_needs import CircleFactory, NeedFactory, coordinator, participant, person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def circle():
    return CircleFactory()


@pytest.fixture
def reader(circle):
    return participant(circle).person


def titles(circle, text, person):
    return [likeness.need.title for likeness in resembling(circle.pk, text, person)]


def test_the_same_words_otherwise_written_are_found(circle, reader):
    NeedFactory(circle=circle, title="Délivrance des actes d’état civil")
    NeedFactory(circle=circle, title="Paiement de la cantine")

    assert titles(circle, "délivrer un ACTE d'etat-civil", reader) == ["Délivrance des actes d’état civil"]


@pytest.mark.parametrize("typed", ["dematerialisaton", "dématérialiation", "demmaterialisation"])
def test_a_misspelt_word_is_found(circle, reader, typed):
    NeedFactory(circle=circle, title="Dématérialisation des marchés")

    assert titles(circle, typed, reader) == ["Dématérialisation des marchés"]


def test_the_title_says_more_than_the_rest(circle, reader):
    NeedFactory(circle=circle, title="Autre chose", difficulty="La cantine en passant.")
    NeedFactory(circle=circle, title="Cantine")

    assert titles(circle, "cantine", reader) == ["Cantine", "Autre chose"]


def test_rare_words_say_more_than_common_ones(circle, reader):
    for rank in range(12):
        NeedFactory(circle=circle, title=f"Logiciel de la commune, numéro {rank}")
    NeedFactory(circle=circle, title="Cimetière de la commune")

    assert titles(circle, "logiciel cimetière", reader)[0] == "Cimetière de la commune"


@pytest.mark.parametrize("typed", ["", "  ", "de la les", "?!", "zzzz"])
def test_words_that_say_nothing_find_nothing(circle, reader, typed):
    NeedFactory(circle=circle, title="Cantine")

    assert titles(circle, typed, reader) == []


def test_what_cannot_be_seen_is_not_shown(circle, reader):
    need = NeedFactory(circle=circle, title="Cantine", sides=True)

    assert titles(circle, "cantine", reader) == []
    assert titles(circle, "cantine", AnonymousUser()) == []
    assert titles(circle, "cantine", person_of(need.organisation)) == ["Cantine"]


def test_closed_needs_and_other_programmes_are_left_out(circle, reader):
    NeedFactory(circle=circle, title="Cantine", withdrawn=True)
    NeedFactory(title="Cantine", public=True)

    assert titles(circle, "cantine", reader) == []


def test_a_need_is_not_said_to_resemble_itself(circle, reader):
    need = NeedFactory(circle=circle, title="Cantine")

    assert resembling(circle.pk, "cantine", reader, but=need.pk) == []


def test_indexing_again_changes_nothing(circle, reader):
    need = NeedFactory(circle=circle, title="Cantine")

    index_needs([need])

    assert titles(circle, "cantine", reader) == ["Cantine"]


def test_a_search_asks_for_every_word(circle):
    NeedFactory(circle=circle, title="Cantine scolaire")
    NeedFactory(circle=circle, title="Cantine d’entreprise")

    found = Need.objects.all()
    for condition in having(circle.pk, "cantines scolaires"):
        found = found.filter(condition)

    assert [need.title for need in found] == ["Cantine scolaire"]


def test_the_number_of_queries_does_not_grow_with_the_needs(circle, django_assert_max_num_queries):
    NeedFactory.create_batch(30, circle=circle, title="Cantine scolaire")
    person = coordinator(circle)

    with django_assert_max_num_queries(6):
        found = resembling(circle.pk, "la cantine scollaire", person)

    assert len(found) == 6
