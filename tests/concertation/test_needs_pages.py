"""The pages of needs, per role."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concerte.concertation.models import Need
from concerte.partners.models import Membership
from tests.accounts.factories import UserFactory
from tests.concertation.factories_needs import (
    CircleFactory,
    NeedFactory,
    ThemeFactory,
    coordinator,
    participant,
    person_of,
)
from tests.partners.factories import OrganisationFactory
from tests.territories.factories import TerritoryFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role

SENT = {
    "title": "Délivrer les actes d’état civil",
    "difficulty": "Deux déplacements pour un acte.",
    "concerned": "",
    "strata": ["commune-0", "epci"],
    "urgency": "blocked",
    "visibility": "colleges",
}


@pytest.fixture
def circle():
    return CircleFactory()


def address(circle, *rest):
    return "/".join([f"/programmes/{circle.slug}/besoins", *map(str, rest)])


def test_everyone_reads_the_list_and_finds_what_they_may_see(client, circle):
    NeedFactory(circle=circle, title="Pour tout le monde", public=True)
    NeedFactory(circle=circle, title="Pour les collèges")
    NeedFactory(circle=circle, title="Entre nous", sides=True)

    public = client.get(address(circle)).text
    client.force_login(participant(circle, role=Role.READER).person)
    participants = client.get(address(circle)).text

    assert "Pour tout le monde" in public
    assert "Pour les collèges" not in public
    assert "Pour les collèges" in participants
    assert "Entre nous" not in participants
    assert "Signaler un besoin" not in participants


@pytest.mark.parametrize(
    ("visibility", "who", "status"),
    [
        ("public", "anonymous", 200),
        ("colleges", "anonymous", 404),
        ("sides", "anonymous", 404),
        ("colleges", "stranger", 404),
        ("colleges", "reader", 200),
        ("sides", "reader", 404),
        ("sides", "coordinator", 404),
        ("sides", "raiser", 200),
    ],
)
def test_the_page_of_a_need_opens_to_those_who_may_see_it(client, circle, visibility, who, status):
    need = NeedFactory(circle=circle, visibility=visibility)
    person = {
        "anonymous": lambda: None,
        "stranger": UserFactory,
        "reader": lambda: participant(circle, role=Role.READER).person,
        "coordinator": lambda: coordinator(circle),
        "raiser": lambda: person_of(need.organisation),
    }[who]()
    if person is not None:
        client.force_login(person)

    assert client.get(address(circle, need.pk)).status_code == status
    assert client.get(f"{address(circle, need.pk)}.json").status_code == status


@pytest.mark.parametrize("page", ["modifier", "rejoindre", "quitter", "montrer", "retrait", "reunir"])
def test_what_is_done_with_a_need_asks_to_sign_in_and_to_see_it(client, circle, page):
    need = NeedFactory(circle=circle, sides=True)

    anonymous = client.get(address(circle, need.pk, page))
    client.force_login(coordinator(circle))
    hidden = client.post(address(circle, need.pk, page), {"because": "Non.", "visibility": "public"})

    assert anonymous.status_code == 302
    assert hidden.status_code == 404
    assert Need.objects.open().get().visibility == "sides"


def test_the_page_shows_who_shares_it_by_college_and_how_many_inhabitants(client, circle):
    epci = TerritoryFactory(epci_level=True, name="Grand Lac")
    need = NeedFactory(circle=circle, organisation=OrganisationFactory(local=True, territory=epci))
    for territory in (TerritoryFactory(epci=epci), TerritoryFactory(population=120_000), None):
        need.supports.create(organisation=OrganisationFactory(local=True, territory=territory))
    state = OrganisationFactory(name="Direction d’essai")
    need.supports.create(organisation=state)
    client.force_login(participant(circle).person)

    page = client.get(address(circle, need.pk)).text
    data = client.get(f"{address(circle, need.pk)}.json").json()["shared_by"]

    assert "Direction d’essai" in page
    assert "communes de 100 000 habitants et plus" in page.replace("\u202f", " ")
    assert "150\u202f000" in page
    assert (data["territories"], data["population"], data["without_territory"]) == (3, 150_000, 2)
    assert len(data["colleges"]["collectivites"]) == 4
    assert data["colleges"]["etat"] == [state.slug]


def test_a_representative_raises_a_need(client, circle):
    membership = participant(circle)
    client.force_login(membership.person)

    answer = client.post(address(circle, "nouveau"), SENT | {"organisation": membership.organisation.pk})

    need = Need.objects.get()
    assert answer.url == address(circle, need.pk)
    assert need.strata_text == " commune-0 epci "


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_reader_has_no_page_to_raise_one(client, circle, method):
    client.force_login(participant(circle, role=Role.READER).person)

    assert getattr(client, method)(address(circle, "nouveau"), SENT).status_code == 403
    assert not Need.objects.exists()


def test_what_is_missing_is_said_beside_what_was_typed(client, circle):
    client.force_login(participant(circle).person)

    answer = client.post(address(circle, "nouveau"), SENT | {"title": "", "organisation": ""})

    assert answer.status_code == 400
    assert "Deux déplacements pour un acte." in answer.text
    assert not Need.objects.exists()


def test_without_script_a_button_shows_those_that_resemble_it_and_writes_nothing(client, circle):
    NeedFactory(circle=circle, title="Actes d’état civil en ligne")
    client.force_login(participant(circle).person)

    page = client.post(address(circle, "nouveau"), SENT | {"voir": "proches"})

    assert page.status_code == 200
    assert "Actes d’état civil en ligne" in page.text
    assert "Deux déplacements pour un acte." in page.text
    assert Need.objects.count() == 1


def test_while_one_types_a_part_of_the_page_shows_them(client, circle):
    NeedFactory(circle=circle, title="Actes d’état civil en ligne")
    client.force_login(participant(circle).person)

    part = client.post(address(circle, "proches"), {"title": "etat civil"})

    assert "Actes d’état civil en ligne" in part.text
    assert "<html" not in part.text


def test_it_is_asked_only_by_those_who_signed_in(client, circle):
    NeedFactory(circle=circle, title="État civil", public=True)

    assert client.post(address(circle, "proches"), {"title": "etat civil"}).status_code == 302


def test_an_organisation_joins_then_leaves_from_the_page(client, circle):
    need = NeedFactory(circle=circle)
    membership = participant(circle)
    client.force_login(membership.person)

    client.post(address(circle, need.pk, "rejoindre"), {"organisation": membership.organisation.pk, "words": "Ici."})
    joined = need.supports.standing().count()
    sent = {"organisation": membership.organisation.pk, "because": "Résolu."}
    client.post(address(circle, need.pk, "quitter"), sent, follow=True)

    assert joined == 2
    assert need.supports.standing().count() == 1


def test_who_leaves_a_need_they_can_no_longer_read_goes_back_to_the_list(client, circle):
    need = NeedFactory(circle=circle, public=True)
    authority = OrganisationFactory(local=True, territory=TerritoryFactory())
    need.supports.create(organisation=authority)
    Need.objects.update(visibility="sides")
    client.force_login(person_of(authority))

    answer = client.post(address(circle, need.pk, "quitter"), {"organisation": authority.pk, "because": "Résolu."})

    assert answer.url == address(circle)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["modifier", "montrer", "retrait", "reunir"])
def test_only_those_it_belongs_to_have_the_pages_that_change_it(client, circle, page, method):
    need = NeedFactory(circle=circle)
    client.force_login(participant(circle).person)

    assert getattr(client, method)(address(circle, need.pk, page), {"because": "Non."}).status_code == 403
    assert Need.objects.open().get() == need


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["rejoindre", "quitter"])
def test_a_reader_has_no_page_to_join_or_leave(client, circle, page, method):
    need = NeedFactory(circle=circle)
    client.force_login(participant(circle, role=Role.READER).person)

    assert getattr(client, method)(address(circle, need.pk, page), {}).status_code == 403


def test_a_refusal_is_said_on_the_page(client, circle):
    need = NeedFactory(circle=circle)
    need.supports.create(organisation=participant(circle).organisation)
    client.force_login(person_of(need.organisation))

    answer = client.post(address(circle, need.pk, "retrait"), {"because": "Résolu."})

    assert answer.status_code == 409
    assert "D’autres organisations partagent ce besoin" in answer.text


def test_the_coordination_merges_what_resembles_it(client, circle):
    kept = NeedFactory(circle=circle, title="État civil en ligne")
    duplicate = NeedFactory(circle=circle, title="État civil dématérialisé")
    client.force_login(coordinator(circle))

    offered = client.get(address(circle, kept.pk, "reunir"))
    client.post(address(circle, kept.pk, "reunir"), {"duplicates": [duplicate.pk], "because": "Même besoin."})
    page = client.get(address(circle, duplicate.pk)).text

    assert "État civil dématérialisé" in offered.text
    assert Need.objects.open().get() == kept
    assert "réuni dans un autre" in page
    assert address(circle, kept.pk) in page


def test_filters_narrow_the_list(client, circle):
    NeedFactory(circle=circle, title="Cantine scolaire", urgency="blocked", strata_text=" epci ")
    NeedFactory(circle=circle, title="Cantine d’entreprise", urgency="later")
    NeedFactory(circle=circle, title="Cimetière", urgency="blocked", theme=ThemeFactory(circle=circle))
    client.force_login(participant(circle).person)

    def listed(**filters):
        return {each["title"] for each in client.get(f"{address(circle)}.json", filters).json()["needs"]}

    assert listed(q="cantine") == {"Cantine scolaire", "Cantine d’entreprise"}
    assert listed(urgency="blocked") == {"Cantine scolaire", "Cimetière"}
    assert listed(stratum="epci") == {"Cantine scolaire"}
    assert listed(grouped="ranges") == {"Cimetière"}
    assert listed(grouped="a-ranger", q="cantines", urgency="later") == {"Cantine d’entreprise"}
    assert len(listed(urgency="nothing of the kind", page="x")) == 3


def test_long_words_and_hostile_ones_are_shown_as_they_are(client, circle):
    need = NeedFactory(circle=circle, title="<script>" + "x" * 190, difficulty="<b>gras</b>\n\n" + "mot" * 1500)
    client.force_login(participant(circle).person)

    page = client.get(address(circle, need.pk)).text

    assert "&lt;script&gt;" in page
    assert "<b>gras" not in page


def test_the_number_of_queries_of_the_list_does_not_grow(client, circle):
    client.force_login(participant(circle).person)
    counts = []

    for _round in range(2):
        NeedFactory.create_batch(6, circle=circle, theme=ThemeFactory(circle=circle))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address(circle)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_number_of_queries_of_a_need_does_not_grow_with_who_shares_it(client, circle):
    need = NeedFactory(circle=circle)
    client.force_login(participant(circle).person)
    counts = []

    for _round in range(2):
        for _each in range(4):
            need.supports.create(organisation=OrganisationFactory(local=True, territory=TerritoryFactory()))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(circle, need.pk)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
