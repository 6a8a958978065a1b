"""Behind the scenes of a programme: what is public of its making, and who wrote its text."""

import pytest
from django.urls import reverse
from pycrdt import Doc, Text

from concerte.concertation.models import Idea, IdeaState, IdeaStep, Theme
from concerte.documents.services import append_update
from concerte.programme.importing import EXAMPLES, load_programme
from concerte.programme.services import publish_edition
from tests.programme.factories import workshop

pytestmark = pytest.mark.django_db


def data_of(client, programme):
    return client.get(reverse("publication:backstage_data", args=[programme.slug])).json()


def page_of(client, programme):
    return client.get(reverse("publication:backstage", args=[programme.slug])).content.decode()


def typed(document, person, words):
    doc: Doc[Text] = Doc()
    doc.get("autre", type=Text).insert(0, words)
    append_update(document.pk, doc.get_update(), acting_user=person)


def idea(programme, title, state, visibility):
    made = Idea.objects.create(circle=programme.circle, title=title, text="Texte.", state=state, visibility=visibility)
    IdeaStep.objects.create(idea=made, state=state, reasons=f"Motifs de {title}")
    return made


def test_what_each_college_wrote_is_counted_and_what_was_imported_apart(client):
    at_work = workshop()
    before = data_of(client, at_work.programme)
    typed(at_work.programme.draft, at_work.state_representative, "x" * 30)
    typed(at_work.programme.draft, at_work.contributor, "y" * 70)

    after = data_of(client, at_work.programme)

    assert [side["share"] for side in before["colleges"]] == [None, None]
    assert {side["college"]["slug"]: (side["letters"], side["share"]) for side in after["colleges"]} == {
        "etat": (30, 0.3),
        "collectivites": (70, 0.7),
    }
    assert after["imported_letters"] == before["imported_letters"] > 0
    assert "70&nbsp;%" in page_of(client, at_work.programme)


def test_public_ideas_are_told_with_their_answers_and_others_are_not(client):
    at_work = workshop()
    idea(at_work.programme, "Idée publique", IdeaState.RETAINED, "public")
    idea(at_work.programme, "Idée écartée", IdeaState.SET_ASIDE, "public")
    idea(at_work.programme, "Idée des collèges", IdeaState.RETAINED, "colleges")
    client.force_login(at_work.coordinator)

    text, data = page_of(client, at_work.programme), data_of(client, at_work.programme)

    assert [(each["label"], each["reasons"]) for each in data["ideas"]] == [
        ("Idée publique", "Motifs de Idée publique"),
        ("Idée écartée", "Motifs de Idée écartée"),
    ]
    assert (data["figures"]["ideas"], data["figures"]["ideas_retained"]) == (2, 1)
    assert "Idée des collèges" not in text


def test_public_themes_are_counted(client):
    circle = workshop().programme.circle
    for title, visibility in (("Ouvert", "public"), ("Entre nous", "colleges")):
        Theme.objects.create(circle=circle, title=title, visibility=visibility)

    assert data_of(client, circle.programme)["figures"]["themes"] == 1


def test_an_edition_and_its_decision_are_in_the_calendar(client):
    at_work = workshop()
    proposal = at_work.adopted()
    publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)

    happenings = data_of(client, at_work.programme)["happenings"]

    assert [each["label"] for each in happenings if each["address"].endswith("/editions/1")] == ["Édition 1"]


def test_the_real_programme_tells_its_method_and_dates_with_their_sources(client):
    programme = load_programme(EXAMPLES[0], acting_user=None)

    data = data_of(client, programme)

    assert "Coécriture" in [step["label"] for step in data["steps"]]
    assert all(step["sources"] for step in data["steps"])
    dates = [each["on"] for each in data["happenings"]]
    assert dates == sorted(dates)
    assert "2017-12-14" in dates
    assert data["colleges"][0]["share"] is None


def test_a_programme_that_just_began_says_so(client):
    at_work = workshop()

    text = page_of(client, at_work.programme)

    assert "Aucune idée publique" in text
    assert "Rien de public n’a encore été daté." in text


def test_it_asks_the_database_little(client, django_assert_max_num_queries):
    programme = load_programme(EXAMPLES[0], acting_user=None)
    page_of(client, programme)

    with django_assert_max_num_queries(12):
        page_of(client, programme)
