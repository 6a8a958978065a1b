"""The pages of consultations, per role and visibility."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from concerte.governance.models import Consultation
from tests.governance.factories_consultations import submitted

pytestmark = pytest.mark.django_db

ROLES = ("coordinator", "state_representative", "pilot", "representative", "contributor", "reader")
OUTSIDE = ("administrator", "stranger", None)


def sign_in(client, of, who):
    if who:
        client.force_login(getattr(of.workshop, who))


@pytest.mark.parametrize("who", [*ROLES, *OUTSIDE])
@pytest.mark.parametrize("visibility", ["colleges", "public"])
def test_who_reads_it_is_who_may(client, who, visibility):
    upload = SimpleUploadedFile("decret.pdf", b"%PDF-1.7 texte")
    of = submitted(visibility=visibility, upload=upload)
    of.give()
    sign_in(client, of, who)
    may_read = visibility == "public" or who in ROLES
    number = of.consultation.number

    statuses = {
        client.get(reverse(f"governance:{name}", args=[number])).status_code
        for name in ("consultation", "consultation_data", "consultation_file")
    }
    listed = client.get(reverse("governance:consultations", args=[of.workshop.programme.slug])).content.decode()

    assert statuses == {200 if may_read else 404}
    assert ("hébergement des données" in listed) is may_read


@pytest.mark.parametrize(("who", "status"), [("state_representative", 200), ("coordinator", 200), ("reader", 403)])
def test_the_form_is_for_those_who_may_submit(client, who, status):
    of = submitted()
    sign_in(client, of, who)

    assert client.get(reverse("governance:new_consultation", args=[of.workshop.programme.slug])).status_code == status


def test_a_journey_from_the_text_to_the_last_answer(client):
    of = submitted()
    sign_in(client, of, "state_representative")
    answer = client.post(
        reverse("governance:new_consultation", args=[of.workshop.programme.slug]),
        {
            "organisation": of.workshop.state.slug,
            "kind": "software",
            "title": "Portail des aides",
            "summary": "Un portail unique.",
            "strata": ["commune-0", "commune-500"],
            "bodies": [of.body.pk],
            "due_on": "2126-01-31",
            "visibility": "public",
            "once_commune-0": "0",
            "yearly_commune-0": "350",
            "note_commune-0": "Abonnement",
            "upload": SimpleUploadedFile("portail.odt", b"PK\x03\x04"),
        },
    )
    number = of.consultation.number + 1
    asked = type(of)(of.workshop, of.body, of.secretary, Consultation.objects.get(number=number))
    asked.write()
    client.force_login(of.secretary)
    preparing = reverse("governance:opinion", args=[number, of.body.slug])
    client.post(preparing, {"faire": "point", "text": "Prévoir un délai."})
    client.post(preparing, {"faire": "avis", "kind": "reserved"})
    sign_in(client, of, "state_representative")
    point = asked.opinion.points.get()
    client.post(
        reverse("governance:answer_point", args=[number, point.pk]),
        {f"point-{point.pk}-answer": "Six mois de plus.", f"point-{point.pk}-is_followed": "oui"},
    )
    client.logout()

    text = client.get(reverse("governance:consultation", args=[number])).content.decode()
    data = client.get(reverse("governance:consultation_data", args=[number])).json()

    assert answer.url == reverse("governance:consultation", args=[number])
    assert "Six mois de plus." in text
    assert "inconnu" not in text.split("<tbody>")[1].split("</tbody>")[0]
    assert data["state"] == "answered"
    assert data["costs"] == [
        {"stratum": "commune-0", "once_euros": 0, "yearly_euros": 350, "note": "Abonnement"},
    ]
    assert [(point["text"], point["is_followed"]) for point in data["opinions"][0]["points"]] == [
        ("Prévoir un délai.", True)
    ]


def test_the_points_of_an_opinion_being_prepared_are_shown_to_nobody_else(client):
    of = submitted(visibility="public")
    client.force_login(of.secretary)
    client.post(reverse("governance:opinion", args=[1, of.body.slug]), {"faire": "point", "text": "Réserve cachée"})
    sign_in(client, of, "state_representative")

    page = client.get(reverse("governance:consultation", args=[1])).content.decode()
    data = client.get(reverse("governance:consultation_data", args=[1])).content.decode()
    preparing = client.get(reverse("governance:opinion", args=[1, of.body.slug]))

    assert "Réserve cachée" not in page + data
    assert preparing.status_code == 302


def test_a_refused_form_keeps_what_was_typed_and_says_why(client):
    of = submitted()
    sign_in(client, of, "state_representative")

    answer = client.post(
        reverse("governance:new_consultation", args=[of.workshop.programme.slug]),
        {"organisation": of.workshop.state.slug, "kind": "decree", "title": "Un titre", "once_epci": "-5"},
    )

    assert answer.status_code == 400
    assert "Un titre" in answer.content.decode()
    assert "Un coût est un nombre d’euros" in answer.content.decode()


def test_a_point_that_was_typed_and_not_added_holds_the_opinion_back(client):
    of = submitted()
    of.write()
    client.force_login(of.secretary)
    here = reverse("governance:opinion", args=[1, of.body.slug])

    answer = client.post(here, {"faire": "avis", "kind": "favourable", "text": "Prévoir un délai."})

    assert answer.status_code == 400
    assert "Un point est écrit sans être ajouté" in answer.text
    assert ">\nPrévoir un délai.</textarea>" in answer.text
    assert not of.opinion.is_given


@pytest.mark.parametrize("who", ["representative", "reader"])
def test_nobody_else_answers_or_takes_it_back(client, who):
    of = submitted()
    point = of.give().points.get()
    sign_in(client, of, who)

    answered = client.post(reverse("governance:answer_point", args=[1, point.pk]), {})
    withdrawn = client.post(reverse("governance:withdraw_consultation", args=[1]), {"because": "Non"})

    assert (answered.status_code, withdrawn.status_code) == (403, 403)
