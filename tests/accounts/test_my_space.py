"""The page of each person: what waits, what they hold, the way out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from concerte.accounts import waiting
from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_what_the_test_says(monkeypatch) -> None:
    monkeypatch.setattr(waiting, "_providers", [])


@pytest.fixture
def two_things_wait() -> Iterator[None]:
    def provider(person: User) -> Iterator[WaitingItem]:
        now = timezone.now()
        yield WaitingItem("Relire la proposition 2", f"pour {person.name}", "/organisations", now - timedelta(days=1))
        yield WaitingItem("Sans date", "", "/programmes")
        yield WaitingItem("Donner une position", "", "/accessibilite", now - timedelta(days=9))

    waiting.register(provider)
    waiting.register(provider)
    yield
    waiting.unregister(provider)


def test_a_visitor_is_asked_to_sign_in_and_led_back(client: Client):
    response = client.get("/mon-espace")

    assert (response.status_code, response["Location"]) == (302, "/connexion?next=/mon-espace")


def test_what_waited_longest_comes_first_and_once(client: Client, two_things_wait: None):
    client.force_login(UserFactory(name="Claire"))

    page = client.get("/mon-espace").content.decode()

    places = [page.index(text) for text in ("Donner une position", "Relire la proposition 2", "Sans date")]
    assert places == sorted(places)
    assert page.count("Donner une position") == 1
    assert "pour Claire" in page


def test_an_empty_space_says_so(client: Client):
    client.force_login(UserFactory())

    page = client.get("/mon-espace").content.decode()

    assert "Rien ne vous attend" in page
    assert "Vous n’avez pas encore de rattachement" in page
    assert 'action="/deconnexion"' in page


def test_my_memberships_of_today_are_shown(client: Client):
    held = MembershipFactory(organisation=OrganisationFactory(name="Ville d’essai"))
    MembershipFactory(person=held.person, organisation=OrganisationFactory(name="Ancienne ville"), ended=True)
    MembershipFactory(organisation=OrganisationFactory(name="Ville d’une autre"))
    client.force_login(held.person)

    page = client.get("/mon-espace").content.decode()

    assert "Ville d’essai" in page
    assert "représentant ou représentante" in page
    assert "Ancienne ville" not in page
    assert "Ville d’une autre" not in page


@pytest.mark.parametrize(
    ("role", "manages"),
    [
        ("reader", False),
        ("contributor", False),
        ("representative", False),
        ("coordination", True),
        ("administrator", True),
    ],
)
def test_only_those_who_manage_are_led_to_the_pages_to_manage(client: Client, role, manages):
    traits = {} if role == "representative" else {role: True}
    client.force_login(MembershipFactory(**traits).person)

    page = client.get("/mon-espace").content.decode()

    assert ("/coordination/rattachements" in page) is manages


def test_the_page_asks_the_database_little(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries):
    person = MembershipFactory(coordination=True).person
    for _rank in range(5):
        MembershipFactory(person=person)
    client.force_login(person)

    with django_assert_max_num_queries(6):  # session, person, memberships, may they manage, their bodies
        client.get("/mon-espace")


def many(count: int, word: str) -> waiting.Provider:
    def provider(person: User) -> Iterator[WaitingItem]:
        now = timezone.now()
        for rank in range(count):
            yield WaitingItem(f"{word} {rank:03}", "", "/programmes", now - timedelta(days=rank))

    return provider


def of_room(provider: waiting.Provider, room: str) -> waiting.Provider:
    provider.__module__ = f"concerte.{room}.waiting"
    return provider


def test_a_long_list_is_shown_room_by_room_with_counts(client: Client):
    waiting.register(of_room(many(12, "Voter"), "governance"))
    waiting.register(of_room(many(3, "Relire"), "governance"))
    waiting.register(of_room(many(8, "Approuver"), "programme"))
    client.force_login(UserFactory())

    page = client.get("/mon-espace").content.decode()

    assert "23 points en tout" in page
    assert '<a href="#attend-governance">Gouvernance (15)</a>' in page
    assert '<a href="#attend-programme">Programmes (8)</a>' in page
    assert page.count('class="disclosure"') == 1  # what comes after the tenth of the first room
    assert page.index("Voter 011") < page.index('id="attend-programme"') < page.index("Approuver 000")


def test_a_short_list_is_one_list(client: Client):
    waiting.register(of_room(many(10, "Voter"), "governance"))
    waiting.register(of_room(many(9, "Approuver"), "programme"))
    client.force_login(UserFactory())

    page = client.get("/mon-espace").content.decode()

    assert "en tout" not in page
    assert page.index("Voter 009") < page.index("Approuver 008") < page.index("Voter 000")


def test_the_page_leads_to_the_choice_of_messages(client: Client):
    client.force_login(UserFactory())

    assert 'href="/mon-espace/courriels"' in client.get("/mon-espace").content.decode()
