"""Organisations, as everyone reads them."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

SOURCE = {
    "id": "jo-2019",
    "title": "Décret du 25 octobre 2019",
    "publisher": "Journal officiel",
    "date": "2019-10-25",
    "address": "https://source.exemple/decret",
}


def test_the_list_stands_college_by_college_with_marks(client: Client):
    OrganisationFactory(name="Service d’essai", acronym="SE", kind="service de l’État")
    OrganisationFactory(name="Ancien service", ended=True)
    OrganisationFactory(name="Association d’essai", local=True, certainty="partial")

    page = client.get("/organisations").content.decode()

    places = [
        page.index(text)
        for text in ("Ancien service", "Service d’essai", 'id="college-collectivites"', "Association d’essai")
    ]
    assert places == sorted(places)
    assert "n’existe plus</span>" in page
    assert "partiellement établi" in page
    assert page.count('class="college-sign"') == 2


def test_the_page_of_an_organisation_says_what_is_known_and_from_where(client: Client):
    OrganisationFactory(
        slug="dinsic",
        name="Direction interministérielle",
        starts_on=date(2015, 9, 22),
        ends_on=date(2019, 10, 25),
        ended_because="Devenue la DINUM",
        certainty="documented",
        sources=[SOURCE],
    )

    page = client.get("/organisations/dinsic").content.decode().replace("\u00a0", " ")

    for text in (
        "22 septembre 2015",
        "24 octobre 2019",
        "Devenue la DINUM",
        "établi par une source",
        SOURCE["address"],
    ):
        assert text in page
    assert "n’existe pas à ce jour" in page


def test_a_date_keeps_the_precision_it_is_known_with(client: Client):
    OrganisationFactory(slug="dinsic", ends_on=date(2020, 1, 1), ends_known_as="2019", kind="service etat")

    page = client.get("/organisations/dinsic").content.decode()
    data = client.get("/organisations/dinsic.json").json()

    assert '<time datetime="2019">2019</time>' in page
    assert "2020" not in page
    assert "service de l’État" in page
    assert (data["first_day"], data["last_day"]) == (None, "2019")


def test_what_is_unknown_is_shown_as_unknown(client: Client):
    organisation = OrganisationFactory()

    page = client.get(f"/organisations/{organisation.slug}").content.decode()

    assert "début inconnu" in page
    assert "non précisée" in page
    assert client.get(f"/organisations/{organisation.slug}.json").json()["first_day"] is None


def test_the_data_says_what_the_page_says(client: Client):
    OrganisationFactory(slug="dinum", name="Direction du numérique", starts_on=date(2019, 10, 25), sources=[SOURCE])

    data = client.get("/organisations/dinum.json").json()
    listed = client.get("/organisations.json").json()

    assert (data["first_day"], data["sources"], data["college"]["slug"]) == ("2019-10-25", [SOURCE], "etat")
    assert [college["slug"] for college in listed["colleges"]] == ["etat", "collectivites"]
    assert listed["colleges"][0]["organisations"][0]["slug"] == "dinum"


def test_no_person_is_named_to_the_public(client: Client):
    held = MembershipFactory(person=UserFactory(name="Claire Petit", email="claire@mairie.exemple"))

    pages = ["/organisations", f"/organisations/{held.organisation.slug}", "/organisations.json"]

    assert not any("laire" in client.get(page).content.decode() for page in pages)


def test_an_unknown_organisation_is_not_found(client: Client):
    assert client.get("/organisations/inconnue").status_code == 404
    assert client.get("/organisations/inconnue.json").status_code == 404


@pytest.mark.parametrize(("role", "offered"), [("reader", False), ("coordination", True), ("administrator", True)])
def test_only_those_who_manage_are_offered_to_change(client: Client, role, offered):
    organisation = OrganisationFactory()
    client.force_login(MembershipFactory(**{role: True}).person)

    page = client.get(f"/organisations/{organisation.slug}").content.decode()

    assert ("/modifier" in page) is offered


def test_the_pages_ask_the_database_little(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries):
    for rank in range(8):
        OrganisationFactory(local=rank % 2 == 0, slug=f"o-{rank}")

    for page in ("/organisations", "/organisations/o-1", "/organisations.json"):
        with django_assert_max_num_queries(2):
            client.get(page)
