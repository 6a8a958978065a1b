"""A page in English around a text in French: each says which it is (RGAA 8.7)."""

import pytest

from tests.publication.situations import data, imported_programme, page, published

pytestmark = pytest.mark.django_db


def test_a_french_page_does_not_repeat_its_language(client):
    published()

    content = page(client, "/programmes/essai/editions/1")

    assert '<h1 class="display">Un programme</h1>' in content
    assert content.count('lang="fr"') == content.count('hreflang="fr"') + 1  # that of the page itself


@pytest.mark.parametrize(
    ("address", "element"),
    [
        ("/en/programmes/essai/editions/1", '<h1 class="display" lang="fr">Un programme</h1>'),
        ("/en/programmes/essai/editions/1", '<strong lang="fr">Service d’essai</strong>'),
        ("/en/programmes/essai", '<div class="prose" lang="fr"><p>Préambule</p></div>'),
        ("/en/organisations/service-d-essai", '<h1 lang="fr">Service d’essai</h1>'),
    ],
)
def test_written_content_says_it_is_french_on_an_english_page(client, address, element):
    published()

    content = page(client, address)

    assert '<html lang="en">' in content
    assert element in content


def test_a_note_of_the_import_says_it_is_french(client):
    imported_programme()

    assert '<span lang="fr">pilote déduit du porteur.</span>' in page(client, "/en/actions/HIST-01")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_an_action_has_one_lasting_address_and_one_twin_in_data(client, prefix):
    imported_programme()

    content = page(client, f"{prefix}/actions/HIST-01")

    assert '<code class="small">http://127.0.0.1:8000/actions/HIST-01</code>' in content
    assert 'type="application/json" href="/actions/HIST-01.json"' in content
    assert '<a href="/actions/HIST-01.json">JSON</a>' in content
    assert "/en/actions/HIST-01.json" not in content
    assert data(client, "/actions/HIST-01.json")["address"] == "/actions/HIST-01"
