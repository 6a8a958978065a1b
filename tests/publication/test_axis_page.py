"""An axis and its actions."""

import pytest

from concerte.programme.draft import Axis, Draft
from tests.programme.drafts import complete_action
from tests.programme.factories import founded
from tests.publication.situations import imported_programme, page, published

pytestmark = pytest.mark.django_db


def test_the_axis_lists_its_actions_with_their_stage_and_pilots(client):
    published()

    content = page(client, "/programmes/essai/axes/axe-1")

    assert "<h1>Premier axe</h1>" in content
    assert 'href="/actions/EXO-01"' in content
    assert "Service d’essai" in content
    assert "Association d’essai" in content
    assert 'data-stage="proposed">proposée<' in content


def test_an_action_deduced_to_stand_there_is_said_to_be(client):
    imported_programme()

    content = page(client, "/programmes/historique/axes/axe-1")

    assert "est déduit : aucune source ne le dit officiellement" in content
    assert "partiellement établie" in content


def test_an_action_without_a_code_is_shown_without_an_address(client):
    founded(
        draft=Draft(axes=(Axis(id="axe-1", actions=(complete_action(code="", title="Pas encore codée"),)),)),
        is_draft_public=True,
    )

    content = page(client, "/programmes/essai/axes/axe-1")

    assert "Pas encore codée" in content
    assert "Axe sans titre" in content
    assert "/actions/" not in content


def test_the_axis_asks_little_of_the_database(client, django_assert_max_num_queries):
    imported_programme()

    with django_assert_max_num_queries(12):
        client.get("/programmes/historique/axes/axe-1")


@pytest.mark.parametrize("path", ["/programmes/essai/axes/axe-9", "/programmes/inconnu/axes/axe-1"])
def test_an_unknown_axis_is_not_found(client, path):
    published()

    page(client, path, status=404)


def test_an_axis_of_a_text_that_is_not_public_is_not_found(client):
    founded()

    page(client, "/programmes/essai/axes/axe-1", status=404)
