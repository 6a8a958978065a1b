"""Pages of bodies, per role: what everybody reads, what those who manage may do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerte.accounts.services import pseudonymise
from concerte.governance import sections
from concerte.governance.models import Body, Mandate, Seat
from concerte.governance.sections import Section
from concerte.governance.services import end_mandate
from tests.governance.factories import (
    BodyFactory,
    CircleFactory,
    MandateFactory,
    SeatFactory,
    assembly,
    independent_college,
)
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

EVERYBODY = [
    "anonymous",
    "secretary",
    "state_holder",
    "local_holder",
    "local_representative",
    "local_contributor",
    "observer",
    "neighbour",
    "administrator",
    "stranger",
]


def client_of(at, role):
    client = Client()
    if role != "anonymous":
        client.force_login(at.people()[role])
    return client


def page(client, name, *args, **data):
    return client.get(reverse(f"governance:{name}", args=args), data)


def test_the_list_goes_from_the_political_bodies_to_the_operational_ones(client):
    BodyFactory(name="Groupe", level=Body.Level.OPERATIONAL)
    BodyFactory(name="Conférence", level=Body.Level.POLITICAL)

    html = page(client, "bodies").content.decode()

    assert html.index("Conférence") < html.index("Groupe")


def test_an_empty_list_says_so(client):
    assert "Aucune instance pour l’instant" in page(client, "bodies").content.decode()


def test_the_list_is_narrowed_to_a_programme(client):
    at = assembly()
    BodyFactory(name="Ailleurs").circles.add(CircleFactory())

    html = page(client, "bodies", programme=at.circle.slug).content.decode()

    assert "Commission d’essai" in html
    assert "Ailleurs" not in html


def test_a_long_list_has_pages_and_asks_few_queries(client, django_assert_max_num_queries):
    for body in BodyFactory.create_batch(60):
        body.circles.add(CircleFactory())

    with django_assert_max_num_queries(6):
        first = page(client, "bodies")
    second = page(client, "bodies", page=2)

    assert "Page 1 sur 2" in first.content.decode()
    assert second.content.decode().count('class="card-link"') == 20


@pytest.mark.parametrize(
    ("words", "readers"),
    [
        ("Maire de Villeneuve", set(EVERYBODY)),
        ("Observent, sans voix", set(EVERYBODY)),
        ("Indépendants", set(EVERYBODY)),
        ("Donner un siège", {"secretary", "administrator"}),
        ("Enregistrer sa fin", {"secretary", "administrator"}),
        ("Préparer une réunion", {"secretary"}),
        ("Mettre fin au mandat", {"secretary", "local_representative"}),
    ],
)
def test_everybody_reads_a_body_and_only_those_who_may_see_what_can_be_done(words, readers):
    at = assembly()

    found = {role for role in EVERYBODY if words in page(client_of(at, role), "body", "cos").content.decode()}

    assert found == readers


def test_who_sits_is_asked_of_the_day(client):
    at = assembly()
    SeatFactory(body=at.body, organisation=OrganisationFactory(name="Partie hier"), ended=True)
    before = timezone.localdate() - timedelta(days=2)

    today = page(client, "body", "cos").context["benches"]
    then = page(client, "body", "cos", jour=before.isoformat()).context["benches"]

    def seats(benches):
        return sum(len(side["bench"].voting) + len(side["bench"].observers) for side in benches)

    assert (seats(today), seats(then)) == (3, 4)


def test_a_day_that_means_nothing_is_today(client):
    assembly()

    assert page(client, "body", "cos", jour="jamais").context["asked"] is None


def test_history_keeps_what_ended_with_its_reason(client):
    at = assembly()
    end_mandate(Mandate.objects.get(person=at.local_holder), reason="Élections municipales.", acting_user=None)

    html = page(client, "body", "cos").content.decode()

    assert "Élections municipales." in html
    assert "siège sans titulaire" in html


def test_who_was_erased_is_named_no_more(client):
    at = assembly()
    name = at.local_holder.name
    pseudonymise(at.local_holder, acting_user=at.administrator)

    html = page(client, "body", "cos").content.decode()

    assert f">{name}," not in html
    assert "Maire de Villeneuve" not in html


def test_a_documented_body_says_what_sources_say_and_that_seats_are_not_known(client):
    BodyFactory(
        slug="cnt",
        origin={
            "composition": "gouvernement et collectivités",
            "certainty": "documented",
            "sources": [
                {
                    "id": "a",
                    "title": "Dossier",
                    "publisher": "DINSIC",
                    "date": "2017-12",
                    "address": "https://exemple.fr/",
                }
            ],
        },
    )

    html = page(client, "body", "cnt").content.decode()

    assert "gouvernement et collectivités." in html
    assert "Les sièges ne sont pas documentés" in html
    assert 'href="https://exemple.fr/"' in html


def test_a_hostile_import_shows_nothing_it_should_not(client):
    BodyFactory(
        slug="hostile", origin={"composition": ["x"], "sources": [{"title": "T", "address": "javascript:alert(1)"}, 3]}
    )

    html = page(client, "body", "hostile").content.decode()

    assert "javascript:" not in html


def test_a_body_with_many_seats_asks_no_more_queries(client, django_assert_max_num_queries):
    at = assembly()
    for _rank in range(30):
        MandateFactory(seat=SeatFactory(body=at.body, college=independent_college()))

    with django_assert_max_num_queries(24):
        answer = page(client, "body", "cos")

    assert answer.status_code == 200


def test_other_capabilities_add_their_part_to_the_page(client):
    at = assembly()

    def provider(body, viewer):
        assert (body, viewer.is_authenticated) == (at.body, False)
        return Section("common/includes/sources.html", {"sources": []})

    sections.add_to_bodies(provider)
    try:
        answer = page(client, "body", "cos")
    finally:
        sections.remove(provider)

    assert len(answer.context["sections"]) == 1


def test_the_twins_say_what_the_pages_say(client):
    at = assembly()

    listed = page(client, "bodies_data").json()["bodies"]
    body = page(client, "body_data", "cos").json()

    assert [each["slug"] for each in listed] == ["cos"]
    assert body["rules"]["quorum_percent"] == 50
    local = next(side for side in body["membership"]["colleges"] if side["college"] == "collectivites")
    assert local["voting"][0]["mandates"][0]["title"] == "Maire de Villeneuve"
    assert len(body["history"]) == 3
    assert body["secretariat"] == at.state.slug


FORMS = {
    "new_body": {"secretary", "administrator"},
    "edit_body": {"secretary", "administrator"},
    "end_body": {"secretary", "administrator"},
    "new_seat": {"secretary", "administrator"},
    "end_seat": {"secretary", "administrator"},
    "give_mandate": {"secretary", "local_representative"},
    "end_mandate": {"secretary", "local_representative"},
    "new_meeting": {"secretary"},
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_open_for_those_who_may(name):
    at = assembly()
    args = {
        "new_body": [],
        "end_seat": ["cos", at.local_seat.pk],
        "give_mandate": ["cos", at.local_seat.pk],
        "end_mandate": ["cos", Mandate.objects.get(person=at.local_holder).pk],
    }.get(name, ["cos"])

    answers = {role: page(client_of(at, role), name, *args).status_code for role in EVERYBODY}

    expected = dict.fromkeys(EVERYBODY, 403) | dict.fromkeys(FORMS[name], 200) | {"anonymous": 302}
    assert answers == expected


def test_a_body_is_created_from_its_form():
    at = assembly()
    client = client_of(at, "secretary")

    answer = client.post(
        reverse("governance:new_body"),
        {
            "name": "Comité",
            "slug": "comite",
            "level": "steering",
            "circles": [at.circle.pk],
            "secretariat": at.state.pk,
            "publicity": "public",
            "notice_days": 10,
            "quorum_percent": 50,
            "max_proxies": 1,
            "time_zone": "Europe/Paris",
        },
    )

    assert answer.headers["Location"] == "/instances/comite"
    assert Body.objects.get(slug="comite").notice_days == 10


def test_a_refusal_is_shown_in_the_form():
    at = assembly()
    client = client_of(at, "secretary")

    answer = client.post(
        reverse("governance:new_seat", args=["cos"]),
        {
            "organisation": at.association.pk,
            "weight": 1,
            "is_voting": "on",
            "starts_on": timezone.localdate().isoformat(),
        },
    )

    assert answer.status_code == 409
    assert "siège déjà pendant cette période" in answer.content.decode()


def test_a_holder_is_named_from_the_form_among_the_people_of_the_organisation():
    at = assembly()
    seat = SeatFactory(body=at.body, organisation=OrganisationFactory())
    person = MandateFactory(seat__organisation=seat.organisation).person
    client = client_of(at, "secretary")
    address = reverse("governance:give_mandate", args=["cos", seat.pk])
    facts = {"title": "Préfet", "is_substitute": "titulaire", "starts_on": timezone.localdate().isoformat()}

    refused = client.post(address, {**facts, "person": at.stranger.pk})
    taken = client.post(address, {**facts, "person": person.pk})

    assert (refused.status_code, taken.status_code) == (400, 302)
    assert seat.mandates.get().title == "Préfet"


def test_a_seat_is_ended_from_the_form():
    at = assembly()

    client_of(at, "secretary").post(
        reverse("governance:end_seat", args=["cos", at.local_seat.pk]),
        {"on": timezone.localdate().isoformat(), "reason": "Retrait."},
    )

    assert Seat.objects.get(pk=at.local_seat.pk).ended_because == "Retrait."
