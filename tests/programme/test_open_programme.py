"""Opening a programme on an empty page, by its service and by its page."""

import pytest
from django.urls import reverse

from concerte.documents.models import Document
from concerte.documents.services import current_state
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Programme
from concerte.programme.reading import read_state
from concerte.programme.rules import may_coordinate, may_write_draft
from concerte.programme.services import open_programme
from tests.programme.factories import OrganisationFactory, PersonFactory, Role, founded, member, workshop

pytestmark = pytest.mark.django_db

FRAME = {
    "slug": "numerique-2027",
    "title": "Le numérique en commun",
    "acronym": "NUM",
    "code_prefix": "NUM",
    "summary": "Ce que nous ferons ensemble.",
    "starts_on": "2027",
    "ends_on": "2029-06",
}
ADDRESS = "/coordination/programmes/nouveau"


def opened(**changes):
    arguments = {**FRAME, "is_fictitious": False, "coordinator": OrganisationFactory(), "acting_user": None, **changes}
    return open_programme(**arguments)


def test_a_programme_opens_on_a_page_with_its_title_only_and_its_coordination_may_write_at_once():
    organisation = OrganisationFactory()
    coordinator = member(organisation, Role.COORDINATION)

    programme = opened(coordinator=organisation)

    text = read_state(current_state(programme.draft_id))
    assert (text.title, text.axes) == (FRAME["title"], ())
    assert may_coordinate(coordinator, programme)
    assert may_write_draft(coordinator, programme)


def test_the_first_programme_goes_to_the_front_page_and_the_next_one_leaves_it_there():
    first = opened()
    second = opened(slug="suivant", code_prefix="SUI")

    first.refresh_from_db()
    assert (first.is_featured, second.is_featured) == (True, False)


def test_an_organisation_that_has_ended_cannot_coordinate_and_nothing_is_left_of_the_attempt():
    with pytest.raises(ProgrammeRefused) as refusal:
        opened(coordinator=OrganisationFactory(ended=True), acting_user=PersonFactory(administrator=True))

    assert refusal.value.code == "organisation-ended"
    assert not Programme.objects.exists()
    assert not Document.objects.exists()


def test_only_the_administration_opens_a_programme(client):
    at_work = workshop()
    organisation = at_work.state
    answers = []

    for person in (at_work.coordinator, at_work.representative, at_work.stranger):
        client.force_login(person)
        answers += [client.get(ADDRESS), client.post(ADDRESS, FRAME | {"coordinator": organisation.pk})]

    assert {answer.status_code for answer in answers} == {403}
    assert Programme.objects.count() == 1


def test_the_page_opens_the_programme_and_shows_it(client):
    organisation = OrganisationFactory()
    client.force_login(PersonFactory(administrator=True))

    asked = client.get(ADDRESS)
    answer = client.post(ADDRESS, FRAME | {"coordinator": organisation.pk, "is_fictitious": "on"}, follow=True)

    programme = Programme.objects.get()
    assert asked.status_code == 200
    assert answer.redirect_chain == [("/programmes/numerique-2027", 302)]
    assert str(organisation) in answer.content.decode()
    assert programme.is_fictitious


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"slug": "é"}, {"code_prefix": "num"}, {"starts_on": "bientôt"}, {"coordinator": ""}]
)
def test_what_does_not_hold_comes_back_and_nothing_is_written(client, changes):
    client.force_login(PersonFactory(administrator=True))

    answer = client.post(ADDRESS, FRAME | {"coordinator": OrganisationFactory().pk} | changes)

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not Programme.objects.exists()


def test_an_identifier_taken_is_said(client):
    founded()
    client.force_login(PersonFactory(administrator=True))

    answer = client.post(ADDRESS, FRAME | {"slug": "essai", "coordinator": OrganisationFactory().pk})

    assert answer.status_code == 400
    assert "Un programme porte déjà cet identifiant." in answer.content.decode()


def test_only_the_administration_is_shown_the_way_in_its_space(client):
    at_work = workshop()
    shown = {}

    for name in ("administrator", "coordinator"):
        client.force_login(getattr(at_work, name))
        shown[name] = ADDRESS in client.get(reverse("accounts:my_space")).content.decode()

    assert shown == {"administrator": True, "coordinator": False}
