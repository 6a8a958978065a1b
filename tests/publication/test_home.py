"""The front page: the programme there, the list, or a welcome."""

import pytest

from tests.programme.factories import founded
from tests.publication.situations import data, imported_programme, page

pytestmark = pytest.mark.django_db
QUERIES = 12


def test_an_empty_platform_welcomes(client):
    content = page(client, "/")

    assert "Un programme, écrit à deux voix" in content
    assert "Aucun programme pour l’instant" in content


def test_without_a_programme_on_the_front_page_all_are_listed(client):
    founded()
    imported_programme()

    content = page(client, "/")

    assert "Programme d’essai" in content
    assert "Programme historique" in content


def test_the_programme_on_the_front_page_opens_the_site(client):
    founded()
    imported_programme(is_featured=True)

    content = page(client, "/")

    assert '<h1 class="display">Programme historique</h1>' in content
    assert "Les autres programmes" in content
    assert 'href="/programmes/essai"' in content


def test_the_front_page_asks_little_of_the_database(client, django_assert_max_num_queries):
    founded()
    imported_programme(is_featured=True)

    with django_assert_max_num_queries(QUERIES):
        client.get("/")


def test_the_list_of_programmes_says_what_its_data_says(client):
    founded(is_fictitious=True)
    imported_programme()

    content, listed = page(client, "/programmes"), data(client, "/programmes.json")["programmes"]

    assert [line["slug"] for line in listed] == ["historique", "essai"] or len(listed) == 2
    for line in listed:
        assert line["title"] in content
        assert f'href="{line["address"]}"' in content
    assert "Exercice : programme fictif" in content
