"""Pages of the coordination and of administrators."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from concerte.accounts.models import User
from concerte.partners.models import Membership, Organisation
from concerte.partners.rules import Role
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory, local_college

pytestmark = pytest.mark.django_db

PAGES = (
    "/coordination/organisations",
    "/coordination/organisations/nouvelle",
    "/coordination/organisations/dinum/modifier",
    "/coordination/organisations/dinum/fin",
    "/coordination/rattachements",
    "/coordination/rattachements/nouveau",
)


@pytest.fixture
def dinum() -> Organisation:
    organisation: Organisation = OrganisationFactory(slug="dinum", name="Direction du numérique")
    return organisation


@pytest.fixture
def coordinator(client: Client, dinum: Organisation) -> User:
    """Signed in."""
    person: User = MembershipFactory(coordination=True, organisation=dinum).person
    client.force_login(person)
    return person


def sent(**changes: str) -> dict[str, str]:
    return {
        "email": "claire@mairie.exemple",
        "name": "Claire Petit",
        "role": "contributor",
        "title": "",
        "starts_on": timezone.localdate().isoformat(),
        **changes,
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_asked_to_sign_in(client: Client, dinum: Organisation, page):
    response = client.get(page)

    assert (response.status_code, response["Location"]) == (302, f"/connexion?next={page}")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["reader", "contributor", "representative"])
def test_others_are_told_no(client: Client, dinum: Organisation, page, role):
    traits = {} if role == "representative" else {role: True}
    client.force_login(MembershipFactory(**traits).person)

    assert client.get(page).status_code == 403
    assert client.post(page, sent()).status_code == 403
    assert not User.objects.filter(email="claire@mairie.exemple").exists()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["coordination", "administrator"])
def test_the_coordination_and_administrators_enter(client: Client, dinum: Organisation, page, role):
    client.force_login(MembershipFactory(**{role: True}).person)

    response = client.get(page)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_an_organisation_is_added(client: Client, coordinator: User):
    response = client.post(
        "/coordination/organisations/nouvelle",
        {"name": "Ville d’essai", "slug": "ville-essai", "college": local_college().pk, "starts_on": "2020-01-01"},
    )

    assert response["Location"] == "/organisations/ville-essai"
    assert Organisation.objects.get(slug="ville-essai").college == local_college()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "dinum"}, "déjà celui d’une autre organisation"),
        ({"slug": "ville d’essai"}, "Identifiant"),
        ({"name": ""}, "Nom"),
        ({"starts_on": "hier"}, "Existe depuis le"),
        ({"college": "999"}, "Collège"),
    ],
)
def test_a_bad_organisation_is_shown_again_with_the_reason(client: Client, coordinator: User, changes, said):
    good = {"name": "Ville d’essai", "slug": "ville-essai", "college": local_college().pk}

    response = client.post("/coordination/organisations/nouvelle", {**good, **changes})

    assert response.status_code == 400
    assert said in response.content.decode()
    assert Organisation.objects.count() == 1


def test_an_organisation_is_corrected(client: Client, coordinator: User, dinum: Organisation):
    page = client.get("/coordination/organisations/dinum/modifier").content.decode()
    response = client.post(
        "/coordination/organisations/dinum/modifier",
        {"name": "Direction interministérielle du numérique", "acronym": "DINUM", "college": dinum.college_id},
    )

    assert 'value="Direction du numérique"' in page
    assert response["Location"] == "/organisations/dinum"
    dinum.refresh_from_db()
    assert dinum.acronym == "DINUM"


def test_an_organisation_is_ended_with_its_reason(client: Client, coordinator: User):
    OrganisationFactory(slug="dinsic")

    refused = client.post("/coordination/organisations/dinsic/fin", {"on": "2019-10-25", "reason": ""})
    done = client.post("/coordination/organisations/dinsic/fin", {"on": "2019-10-25", "reason": "Devenue la DINUM"})

    assert (refused.status_code, done.status_code) == (400, 302)
    assert "Devenue la DINUM" in client.get("/organisations/dinsic").content.decode()


def test_a_person_is_attached(client: Client, coordinator: User):
    organisation = OrganisationFactory(slug="ville")

    response = client.post("/coordination/rattachements/nouveau", sent(organisation=str(organisation.pk)))

    assert response["Location"] == "/coordination/rattachements"
    made = Membership.objects.get(person__email="claire@mairie.exemple")
    assert (made.organisation, made.role) == (organisation, Role.CONTRIBUTOR)
    assert "Claire Petit" in client.get("/coordination/rattachements").content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "rien"},
        {"name": ""},
        {"role": "administrator"},
        {"role": "roi"},
        {"starts_on": ""},
        {"organisation": "999"},
    ],
)
def test_a_bad_attachment_is_shown_again_and_opens_no_account(client: Client, coordinator: User, changes):
    organisation = OrganisationFactory()

    response = client.post(
        "/coordination/rattachements/nouveau", {**sent(organisation=str(organisation.pk)), **changes}
    )

    assert response.status_code == 400
    assert not User.objects.filter(email="claire@mairie.exemple").exists()


def test_the_organisation_can_be_chosen_by_the_address(client: Client, coordinator: User, dinum: Organisation):
    page = client.get("/coordination/rattachements/nouveau?organisation=dinum").content.decode()

    assert f'<option value="{dinum.pk}" selected>' in page


def test_only_administrators_are_offered_the_administrator_role(client: Client, coordinator: User):
    seen_by_coordination = client.get("/coordination/rattachements/nouveau").content.decode()
    client.force_login(UserFactory(administrator=True))
    seen_by_administration = client.get("/coordination/rattachements/nouveau").content.decode()

    assert 'value="administrator"' not in seen_by_coordination
    assert 'value="administrator"' in seen_by_administration


def test_a_membership_is_ended_with_its_reason(client: Client, coordinator: User):
    held = MembershipFactory()
    today = timezone.localdate().isoformat()

    refused = client.post(f"/coordination/rattachements/{held.pk}/fin", {"on": today, "reason": " "})
    done = client.post(f"/coordination/rattachements/{held.pk}/fin", {"on": today, "reason": "Départ"})
    again = client.post(f"/coordination/rattachements/{held.pk}/fin", {"on": today, "reason": "Départ"})

    assert (refused.status_code, done.status_code, again.status_code) == (400, 302, 400)
    held.refresh_from_db()
    assert held.ended_because == "Départ"


def test_a_coordinator_is_refused_the_end_of_an_administrator(client: Client, coordinator: User):
    held = MembershipFactory(administrator=True)

    response = client.post(
        f"/coordination/rattachements/{held.pk}/fin", {"on": timezone.localdate().isoformat(), "reason": "Départ"}
    )

    assert response.status_code == 400
    assert "Seule l’administration" in response.content.decode()
    assert (
        f"/coordination/rattachements/{held.pk}/fin" not in client.get("/coordination/rattachements").content.decode()
    )


def test_the_list_of_memberships_is_narrowed(client: Client, coordinator: User):
    MembershipFactory(person__name="Claire", organisation__slug="ville", contributor=True)
    MembershipFactory(person__name="Denis", organisation__slug="region")
    MembershipFactory(person__name="Elsa", ended=True)

    def names(query: str) -> list[str]:
        page = client.get(f"/coordination/rattachements{query}").content.decode()
        return [name for name in ("Claire", "Denis", "Elsa") if name in page]

    assert names("") == ["Claire", "Denis"]
    assert names("?organisation=ville") == ["Claire"]
    assert names("?role=representative") == ["Denis"]
    assert names("?state=termines") == ["Elsa"]
    assert names("?organisation=inconnue&role=roi&page=zzz") == ["Claire", "Denis"]
    assert names("?organisation=ville&role=reader") == []


def test_a_long_list_is_cut_in_pages_that_keep_the_filter(client: Client, coordinator: User):
    organisation = OrganisationFactory(slug="ville")
    for _rank in range(51):
        MembershipFactory(organisation=organisation, reader=True)

    page = client.get("/coordination/rattachements?organisation=ville").content.decode()

    assert "51\u00a0rattachements" in page or "51 rattachements" in page
    assert "?organisation=ville&amp;page=2" in page


def test_the_lists_ask_the_database_little(
    client: Client, coordinator: User, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for _rank in range(10):
        MembershipFactory()

    for page in ("/coordination/organisations", "/coordination/rattachements"):
        with django_assert_max_num_queries(7):
            client.get(page)
