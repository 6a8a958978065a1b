"""What is shown when something went wrong."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client, RequestFactory

from concerte.common.views import server_error


@pytest.mark.django_db
def test_an_unknown_address_is_a_page_of_the_site(client):
    response = client.get("/n-existe-pas")

    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.content.decode()


def test_the_page_of_a_server_error_needs_neither_database_nor_session():
    response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Le serveur n’a pas pu répondre" in response.content.decode()
    assert "style.css" in response.content.decode()


def test_the_page_of_a_server_error_needs_no_collected_style(monkeypatch):
    def missing(name: str) -> str:
        raise ValueError(name)

    monkeypatch.setattr(staticfiles_storage, "url", missing)

    response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "stylesheet" not in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/langue", {"language": "en"})

    assert response.status_code == 403
    assert "Le formulaire a expiré" in response.content.decode()


@pytest.mark.django_db
def test_each_page_leads_to_its_twin_in_the_other_language(client):
    content = client.get("/programmes").content.decode()

    assert '<html lang="fr">' in content
    assert 'href="/en/programmes" lang="en" hreflang="en"' in content
    assert 'rel="canonical" href="http://127.0.0.1:8000/programmes"' in content
    assert '<html lang="en">' in client.get("/en/programmes").content.decode()


@pytest.mark.django_db
def test_the_example_mode_is_said_on_every_page(client, settings):
    assert "Mode d’exemple" not in client.get("/programmes").content.decode()

    settings.EXAMPLE = True

    assert "Mode d’exemple" in client.get("/programmes").content.decode()
