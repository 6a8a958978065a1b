"""What an agenda points at: found by a few words among all kinds, as far as each may see it; chosen in a short list."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerte.governance import searching
from concerte.governance.models import Consultation, Disagreement
from concerte.lineage import finding
from concerte.lineage.references import Reference
from concerte.programme.models import Action
from tests.governance.factories import BodyFactory, MeetingFactory, assembly
from tests.governance.factories_consultations import submitted
from tests.governance.factories_decisions import chamber
from tests.governance.factories_disagreements import dispute

pytestmark = pytest.mark.django_db


def finds(person, words, kind):
    return any(each.kind == kind for each in finding.search(words, person))


def test_a_decision_is_found_by_its_number_or_words_by_who_may_see_it():
    at = chamber()
    decision = at.open(question="Héberger en France ?")

    for words in (str(decision.number), f"n° {decision.number}", "heberger FRANCE"):
        assert finds(at.people["e1"], words, "governance.decision")
        assert not finds(AnonymousUser(), words, "governance.decision")


def test_the_decision_of_that_very_number_comes_first():
    at = chamber()
    decisions = [at.open(question="Faut-il 1 serveur ?") for _rank in range(3)]

    found = searching.search_decisions(str(decisions[0].number), at.people["e1"], 1)

    assert found == [Reference.to(decisions[0])]


def test_disagreements_and_consultations_are_found_as_far_as_they_are_shown():
    at = dispute()
    asked = Consultation.objects.create(
        circle=at.circle,
        number=1,
        kind="decree",
        title="Projet de décret sur l’hébergement",
        visibility="colleges",
        due_on=timezone.localdate(),
        submitted_for=at.workshop.state,
        submitted_by=at.workshop.coordinator,
    )
    kinds = {"governance.disagreement": at.disagreement.number, "governance.consultation": asked.number}

    for kind, number in kinds.items():
        for words in ("HEBERGEMENT", str(number)):
            assert finds(at.workshop.reader, words, kind)
            assert not finds(at.workshop.stranger, words, kind)
    Disagreement.objects.update(visibility="public")
    Consultation.objects.update(visibility="public")
    for kind in kinds:
        assert finds(AnonymousUser(), "hebergement", kind)


def test_bodies_and_meetings_are_found_without_their_accents():
    at = assembly()
    BodyFactory(name="Comité d’orientation")
    hidden = MeetingFactory(body=at.body, title="Évaluation")

    assert finds(AnonymousUser(), "comite orientation", "governance.body")
    assert finds(at.local_holder, "evaluation", "governance.meeting")
    assert not finds(at.stranger, "evaluation", "governance.meeting")
    assert hidden.pk


def test_each_kind_costs_one_query(django_assert_num_queries):
    at = dispute()
    MeetingFactory.create_batch(3, body=at.steering, to_come=True)

    for search in (
        searching.search_bodies,
        searching.search_meetings,
        searching.search_decisions,
        searching.search_disagreements,
        searching.search_consultations,
    ):
        with django_assert_num_queries(1):
            search("instance", at.workshop.reader, 6)


def test_the_pages_of_the_room_say_what_they_show():
    asked = submitted(visibility="public")
    number, body = asked.consultation.number, asked.body.slug

    for address in (
        reverse("governance:consultation", args=[number]),
        reverse("governance:opinion", args=[number, body]),
    ):
        assert finding.from_address(address, AnonymousUser()) == Reference.to(asked.consultation)


def test_one_of_many_kinds_is_chosen_in_a_list_without_script():
    at = dispute(visibility="public")
    person, programme = at.workshop.coordinator, at.workshop.programme
    meeting = MeetingFactory(body=at.steering)
    action = Action.objects.get()
    client = Client()
    client.force_login(person)
    address = reverse("governance:new_item", args=[meeting.pk])
    item = {"title": "Point", "kind": "decision"}
    BodyFactory(name=f"Comité de {programme.title}")

    asked = client.post(address, item | {"about": programme.title})
    html = asked.content.decode()
    again = client.post(address, item | {"about": action.code, "chosen": ""})
    chosen = client.post(address, item | {"about": programme.title, "chosen": f"programme.programme:{programme.pk}"})

    assert asked.status_code == 400
    assert "Plusieurs choses répondent" in html
    assert 'type="radio" name="chosen"' in html
    assert "Instance · " in html
    assert again.status_code == chosen.status_code == 302
    assert [point.reference for point in meeting.items.all()] == [Reference.to(action), Reference.to(programme)]


def test_what_is_chosen_out_of_the_list_is_no_choice():
    at = assembly()
    meeting = MeetingFactory(body=at.body)
    client = Client()
    client.force_login(at.secretary)
    address = reverse("governance:new_item", args=[meeting.pk])
    item = {"title": "Point", "kind": "decision", "about": "zzz"}

    for chosen in ("governance.meeting:987654321987654321987", "nulle.part:1", "sans-deux-points", "governance.body:x"):
        assert client.post(address, item | {"chosen": chosen}).status_code == 400, chosen
    assert not meeting.items.exists()
