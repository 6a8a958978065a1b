"""The standing pages: what the law asks to say, the plan of the site, its figures."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from concerte.documents.models import Document
from concerte.partners.models import Circle
from concerte.programme.models import Action, Programme
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

PAGES = {
    "/plan-du-site": "Plan du site",
    "/accessibilite": "Accessibilité",
    "/mentions-legales": "Mentions légales",
    "/donnees-personnelles": "Données personnelles",
    "/cookies": "Cookies",
    "/statistiques": "Statistiques",
}


def programme(slug: str, **changes: object) -> Programme:
    known = {"title": f"Programme {slug}", "code_prefix": slug[:10].upper(), "starts_on": "2026", "ends_on": "2028"}
    circle = Circle.objects.create(slug=slug, name=slug)
    made: Programme = Programme.objects.create(
        slug=slug, circle=circle, draft=Document.objects.create(name=slug), **{**known, **changes}
    )
    return made


@pytest.mark.parametrize(("page", "title"), PAGES.items())
def test_everyone_reads_it(client: Client, page, title):
    text = client.get(page).content.decode()

    assert f"<h1>{title}</h1>" in text
    assert re.search(r'<meta name="description" content="[^"<>]{10,}">', text)
    assert 'aria-current="page"' in text


@pytest.mark.parametrize("page", PAGES)
def test_it_reads_the_same_signed_in(client: Client, page):
    client.force_login(MembershipFactory(coordination=True).person)

    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/statistiques.json"])
def test_it_is_only_read(client: Client, page):
    assert client.post(page).status_code == 405


@pytest.mark.parametrize("page", PAGES)
def test_it_has_no_ordinary_space_before_french_signs(client: Client, page):
    text = client.get(page).content.decode()
    main = re.sub(r"<[^>]*>", "", text[text.index("<main") : text.index("</main>")])

    assert re.findall(r"[\w»] [:;?!»]|« ", main) == []


def test_the_operator_and_the_contact_come_from_the_settings(client: Client, settings: Settings):
    settings.OPERATOR, settings.CONTACT = "Syndicat d’essai", "contact@syndicat.exemple"

    for page in ("/accessibilite", "/mentions-legales", "/donnees-personnelles"):
        text = client.get(page).content.decode()
        assert "Syndicat d’essai" in text[text.index("<main") :]
        assert "contact@syndicat.exemple" in text[text.index("<main") :]


def test_what_the_operator_has_not_set_is_said(client: Client, settings: Settings):
    settings.OPERATOR = settings.CONTACT = ""

    assert "pas encore renseigné" in client.get("/mentions-legales").content.decode()
    assert "pas encore renseignée" in client.get("/accessibilite").content.decode()


def test_the_accessibility_statement_has_all_its_parts(client: Client):
    text = client.get("/accessibilite").content.decode()

    parts = (
        "non conforme",
        "22\u00a0novembre 2026",
        "Schéma pluriannuel",
        "Défenseur des droits",
        "Libre réponse 71120",
        "75342 Paris CEDEX 07",
    )
    assert [part for part in parts if part not in text] == []


def test_the_durations_told_are_those_of_the_settings(client: Client, settings: Settings):
    settings.SESSION_COOKIE_AGE = 3 * 24 * 3600
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 7 * 60

    assert "7 minutes pour un code, 3 jours pour une session" in client.get("/donnees-personnelles").content.decode()
    assert "3 jours" in client.get("/cookies").content.decode()


def test_every_cookie_the_site_sets_is_named(client: Client, mailoutbox):
    client.force_login(UserFactory())
    client.get("/mon-espace")
    client.post("/langue", {"language": "en", "next": "/"})
    client.post("/deconnexion")

    text = Client().get("/cookies").content.decode()
    assert [name for name in client.cookies if f"<code>{name}</code>" not in text] == []


def test_the_plan_leads_to_every_programme(client: Client):
    programme("essai", is_fictitious=True)

    text = client.get("/plan-du-site").content.decode()

    assert 'href="/programmes/essai"' in text
    assert "(exercice)" in text
    assert all(f'href="{page}"' in text for page in PAGES)


def test_every_link_of_the_plan_opens(client: Client):
    programme("essai")
    text = client.get("/plan-du-site").content.decode()
    main = text[text.index("<main") : text.index("</main>")]

    broken = [link for link in re.findall(r'href="(/[^"]*)"', main) if client.get(link).status_code != 200]

    assert broken == []


def test_the_figures_are_those_of_the_database(client: Client):
    real, exercise = programme("reel"), programme("exercice", is_fictitious=True)
    for number, of_programme in enumerate((real, real, exercise), start=1):
        Action.objects.create(code=f"A-{number}", programme=of_programme, number=number)
    both = MembershipFactory(organisation=OrganisationFactory(local=True))
    MembershipFactory(person=both.person, organisation=OrganisationFactory(ended=True))
    MembershipFactory(reader=True, ended=True)

    data = client.get("/statistiques.json").json()

    assert (data["programmes"]["programmes"], data["programmes"]["actions"]) == (1, 2)
    assert list(data["organisations_by_college"].items()) == [("etat", 1), ("collectivites", 1)]
    assert (data["people_by_role"]["representative"], data["people_by_role"]["reader"]) == (1, 0)
    assert data["people_by_role"]["accounts"] == 2


def test_the_page_says_what_the_data_says(client: Client):
    programme("reel")
    for _rank in range(3):
        MembershipFactory(contributor=True)

    data = client.get("/statistiques.json").json()
    text = client.get("/statistiques").content.decode()

    shown = [int(value) for value in re.findall(r'<td class="number">(\d+)</td>', text)]
    told = [value for group in data.values() if isinstance(group, dict) for value in group.values()]
    assert shown == told
    assert 3 in shown


@pytest.mark.parametrize("page", [*PAGES, "/statistiques.json"])
def test_it_asks_the_database_little(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, page):
    for rank in range(4):
        programme(f"essai-{rank}")

    with django_assert_max_num_queries(12):
        client.get(page)


def test_the_legal_notice_names_the_fonts_that_are_served(client):
    sheet = (Path(__file__).parents[2] / "frontend" / "styles" / "fonts.css").read_text()
    served = set(re.findall(r'font-family: "([^"]+)"', sheet))

    content = client.get("/mentions-legales").content.decode()

    assert served
    assert all(name in content for name in served)
