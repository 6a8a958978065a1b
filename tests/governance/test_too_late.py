"""Forms sent from a page that was opened before things moved on: the reason is said, and what was typed comes back."""

import pytest
from django.urls import reverse

from concerte.governance.models import Objection, Vote
from concerte.governance.services import (
    close_due_decisions,
    take_minutes_position,
    withdraw_consultation,
    withdraw_disagreement,
)
from tests.governance.factories import assembly, put_to_approval
from tests.governance.factories_consultations import submitted
from tests.governance.factories_decisions import after_the_close, chamber, rule_of
from tests.governance.factories_disagreements import dispute

pytestmark = pytest.mark.django_db

WORDS = "Ce que j’ai mis une heure à écrire."


def said_too_late(answer, reason):
    shown = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert answer.status_code == 409
    assert reason in shown
    return shown


def test_a_vote_sent_after_the_close_is_said_not_to_count(client):
    at_work = chamber()
    decision = at_work.open()
    vote = {
        "vote-organisation": at_work.organisation("e1").slug,
        "vote-choice": "for",
        "vote-reasons": WORDS,
        "vote-digest": decision.digest,
    }
    close_due_decisions(decision.closes_at)
    client.force_login(at_work.people["e1"])

    answer = client.post(reverse("governance:vote", args=[decision.number]), vote)

    assert WORDS in said_too_late(answer, "Le vote est terminé.")
    assert not Vote.objects.exists()


def test_a_vote_sent_after_its_time_and_before_the_count_is_said_not_to_count(client):
    at_work = chamber()
    decision = at_work.open()
    vote = {
        "vote-organisation": at_work.organisation("e1").slug,
        "vote-choice": "for",
        "vote-digest": decision.digest,
    }
    client.force_login(at_work.people["e1"])

    with after_the_close(decision):
        answer = client.post(reverse("governance:vote", args=[decision.number]), vote)

    said_too_late(answer, "Le vote est terminé.")
    assert not Vote.objects.exists()


def test_an_objection_sent_after_the_close_comes_back_with_its_reasons(client):
    at_work = chamber()
    decision = at_work.open(rule_of("consent"))
    made = {
        "objection-organisation": at_work.organisation("c1").slug,
        "objection-reasons": WORDS,
        "objection-wording": "Avec son coût.",
        "objection-digest": decision.digest,
    }
    close_due_decisions(decision.closes_at)
    client.force_login(at_work.people["c1"])

    answer = client.post(reverse("governance:objection", args=[decision.number]), made)

    assert WORDS in said_too_late(answer, "Le vote est terminé, ou pas encore ouvert.")
    assert not Objection.objects.exists()


def test_an_answer_to_minutes_that_went_back_says_so(client):
    at = assembly()
    meeting = put_to_approval(at)
    digest = meeting.minutes_digest
    take_minutes_position(meeting, kind="objection", reasons="Une réserve.", digest=digest, acting_user=at.local_holder)
    client.force_login(at.state_holder)

    answer = client.post(
        reverse("governance:answer_minutes", args=[meeting.pk]),
        {"kind": "objection", "reasons": WORDS, "digest": digest},
    )

    assert WORDS in said_too_late(answer, "Ce relevé n’est pas soumis à l’approbation.")


def test_an_answer_to_a_point_of_a_text_taken_back_says_so(client):
    of = submitted()
    point = of.give().points.get()
    withdraw_consultation(of.consultation, because="Retiré.", acting_user=of.workshop.state_representative)
    client.force_login(of.workshop.state_representative)

    answer = client.post(
        reverse("governance:answer_point", args=[of.consultation.number, point.pk]),
        {f"point-{point.pk}-answer": WORDS, f"point-{point.pk}-is_followed": "oui"},
    )

    assert WORDS in said_too_late(answer, "Cette saisine n’est plus en cours")


@pytest.mark.parametrize("what", ["point", "avis"])
def test_what_is_added_to_an_opinion_already_given_says_so(client, what):
    of = submitted()
    of.give()
    client.force_login(of.secretary)

    answer = client.post(
        reverse("governance:opinion", args=[of.consultation.number, of.body.slug]),
        {"faire": what, "text": WORDS, "kind": "reserved"},
    )

    shown = said_too_late(answer, "Cet avis est rendu : il ne change plus.")
    assert WORDS in shown or what == "avis"


def test_a_position_on_a_disagreement_taken_back_says_so(client):
    of = dispute()
    withdraw_disagreement(of.disagreement, because="Réglé.", acting_user=of.workshop.representative)
    client.force_login(of.workshop.representative)

    answer = client.post(
        reverse("governance:act_on_disagreement", args=[of.disagreement.number, "position"]),
        {
            "position-organisation": of.workshop.association.slug,
            "position-position": WORDS,
            "position-reasons": "Le temps de se préparer.",
        },
    )

    assert WORDS in said_too_late(answer, "Ce désaccord n’est plus en discussion")
