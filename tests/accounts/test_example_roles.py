"""Example roles: only in example mode, only on this machine."""

import pytest
from django.test import Client
from pytest_django import Settings

from concerte.accounts.example import ROLES
from concerte.accounts.models import User
from concerte.partners.example import create_example_people
from tests.accounts.conftest import signed_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings: Settings) -> Client:
    """A browser of this machine, in example mode."""
    settings.EXAMPLE = True
    return Client(HTTP_HOST="127.0.0.1:8000")


def test_each_role_has_a_button_plainly_marked(here: Client):
    page = here.get("/connexion").content.decode()

    assert "Mode d’exemple" in page
    assert [f'value="{role.key}"' in page for role in ROLES] == [True] * len(ROLES)


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_a_button_signs_in(here: Client, role):
    people = create_example_people(acting_user=None)

    response = here.post("/connexion/exemple", {"role": role})

    assert response["Location"] == "/mon-espace"
    assert signed_in_as(here) == str(people[role].pk)


def test_taking_another_role_leaves_the_first(here: Client):
    people = create_example_people(acting_user=None)
    here.post("/connexion/exemple", {"role": "reader"})
    before = here.session.session_key

    here.post("/connexion/exemple", {"role": "pilot"})

    assert signed_in_as(here) == str(people["pilot"].pk)
    assert here.session.session_key != before


@pytest.mark.parametrize(
    "surroundings",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_HOST": "testserver"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_HOST": "programme.exemple"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
    ],
)
def test_nothing_is_offered_to_anyone_elsewhere(here: Client, surroundings):
    create_example_people(acting_user=None)

    page = here.get("/connexion", **surroundings)
    taken = here.post("/connexion/exemple", {"role": "administrator"}, **surroundings)

    assert 'name="role"' not in page.content.decode()
    assert taken.status_code == 404
    assert signed_in_as(here) is None


def test_nothing_is_offered_out_of_example_mode(here: Client, settings: Settings):
    settings.EXAMPLE = False
    create_example_people(acting_user=None)

    page = here.get("/connexion")
    taken = here.post("/connexion/exemple", {"role": "administrator"})

    assert 'name="role"' not in page.content.decode()
    assert taken.status_code == 404
    assert signed_in_as(here) is None


def test_the_loopback_has_several_names(here: Client):
    assert 'name="role"' in here.get("/connexion", HTTP_HOST="localhost:8000").content.decode()
    assert 'name="role"' in here.get("/connexion", HTTP_HOST="[::1]:8000", REMOTE_ADDR="::1").content.decode()


def test_an_unknown_role_is_not_found(here: Client):
    assert here.post("/connexion/exemple", {"role": "roi"}).status_code == 404


def test_a_role_that_is_not_loaded_is_said(here: Client):
    response = here.post("/connexion/exemple", {"role": "pilot"}, follow=True)

    assert "ne sont pas encore chargés" in response.content.decode()
    assert not User.objects.exists()


def test_opening_the_address_of_the_buttons_leads_to_the_page(here: Client):
    assert here.get("/connexion/exemple")["Location"] == "/connexion"
