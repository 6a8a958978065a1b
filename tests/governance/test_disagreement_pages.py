"""The pages of disagreements, per role and visibility."""

import pytest
from django.urls import reverse

from concerte.lineage.references import Reference, show
from tests.governance.factories_disagreements import dispute, seated
from tests.programme.factories import MembershipFactory, OrganisationFactory, Role

pytestmark = pytest.mark.django_db

ROLES = ("coordinator", "state_representative", "pilot", "representative", "contributor", "reader")
OUTSIDE = ("administrator", "stranger", None)


def sign_in(client, of, who):
    if who:
        client.force_login(getattr(of.workshop, who))


@pytest.mark.parametrize("who", [*ROLES, *OUTSIDE])
@pytest.mark.parametrize("visibility", ["colleges", "public"])
def test_who_reads_it_is_who_may(client, who, visibility):
    of = dispute(visibility=visibility)
    sign_in(client, of, who)
    may_read = visibility == "public" or who in ROLES

    page = client.get(reverse("governance:disagreement", args=[of.disagreement.number]))
    data = client.get(reverse("governance:disagreement_data", args=[of.disagreement.number]))
    listed = client.get(reverse("governance:disagreements", args=[of.circle.slug])).content.decode()

    assert page.status_code == data.status_code == (200 if may_read else 404)
    assert ("Qui paie l’hébergement" in listed) is may_read


def test_those_of_the_body_it_was_taken_to_read_it(client):
    of = dispute()
    of.both_speak()
    outsider = OrganisationFactory()
    person = MembershipFactory(organisation=outsider, role=Role.REPRESENTATIVE).person
    seated(of.steering, outsider, person)
    client.force_login(person)
    address = reverse("governance:disagreement", args=[of.disagreement.number])

    before = client.get(address).status_code
    of.taken_to(of.steering)

    assert (before, client.get(address).status_code) == (404, 200)


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("representative", {"position", "tentative", "instance", "retrait"}),
        ("state_representative", {"position", "tentative", "instance"}),
        ("coordinator", {"reponse"}),
        ("contributor", set()),
        ("reader", set()),
    ],
)
def test_each_is_offered_what_they_may_do(client, who, offered):
    of = dispute()
    sign_in(client, of, who)

    page = client.get(reverse("governance:disagreement", args=[of.disagreement.number]))

    assert set(page.context["forms"]) == offered


@pytest.mark.parametrize("what", ["position", "reponse", "autre-chose"])
def test_what_is_not_offered_is_refused(client, what):
    of = dispute()
    sign_in(client, of, "reader")

    answer = client.post(reverse("governance:act_on_disagreement", args=[of.disagreement.number, what]), {})

    assert answer.status_code == 403


def test_a_journey_from_opening_to_the_answer(client):
    of = dispute()
    sign_in(client, of, "representative")
    opened = client.post(
        reverse("governance:new_disagreement", args=[of.circle.slug]),
        {"title": "Délais", "description": "", "visibility": "public", "organisation": of.workshop.association.slug},
    )
    number = of.disagreement.number + 1
    for who, organisation in (("representative", of.workshop.association), ("state_representative", of.workshop.state)):
        client.force_login(getattr(of.workshop, who))
        client.post(
            reverse("governance:act_on_disagreement", args=[number, "position"]),
            {
                "position-organisation": organisation.slug,
                "position-position": "Six mois",
                "position-reasons": "Le temps de se préparer.",
                "position-wording": "",
            },
        )
    client.force_login(of.workshop.coordinator)
    client.post(
        reverse("governance:act_on_disagreement", args=[number, "reponse"]),
        {"reponse-answer": "Neuf mois.", "reponse-agreed_wording": "Dans les neuf mois."},
    )
    client.logout()

    text = client.get(reverse("governance:disagreement", args=[number])).content.decode()
    data = client.get(reverse("governance:disagreement_data", args=[number])).json()

    assert opened.url == reverse("governance:disagreement", args=[number])
    assert "Dans les neuf mois." in text
    assert (data["state"], data["agreed_wording"], len(data["positions"])) == ("settled", "Dans les neuf mois.", 2)


def test_a_refused_form_keeps_what_was_typed_and_says_why(client):
    of = dispute()
    sign_in(client, of, "representative")

    answer = client.post(
        reverse("governance:act_on_disagreement", args=[of.disagreement.number, "instance"]),
        {
            "instance-organisation": of.workshop.association.slug,
            "instance-body": of.steering.pk,
            "instance-because": "Il faut trancher.",
            "instance-due_on": "2126-01-01",
        },
    )

    assert answer.status_code == 409
    assert "quand deux collèges au moins" in answer.content.decode()
    assert "Il faut trancher." in answer.content.decode()


def test_it_is_shown_where_others_point_at_it_to_who_may_see_it():
    of = dispute()
    reference = Reference.to(of.disagreement)

    assert show([reference], of.workshop.reader)[reference].label.endswith("Qui paie l’hébergement ?")
    assert show([reference], of.workshop.stranger) == {}


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_asks_the_database_as_much_for_many_as_for_one(client, count, django_assert_max_num_queries):
    of = dispute()
    for _ in range(count - 1):
        of.disagreement.pk, of.disagreement.number = None, of.disagreement.number + 1
        of.disagreement.save()
    sign_in(client, of, "reader")

    with django_assert_max_num_queries(9):
        client.get(reverse("governance:disagreements", args=[of.circle.slug]))
