"""Example bodies: documented facts and nothing else, loaded twice without doubles; a made-up body that works."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from concerte.governance.example import load_bodies, load_example_body
from concerte.governance.models import Body, Meeting
from concerte.governance.reading.bodies import composition, imported_facts
from concerte.governance.rules import keeps_secretariat
from concerte.partners.example import create_example_people
from concerte.programme.importing import EXAMPLES, load_programme
from tests.accounts.factories import UserFactory
from tests.governance.factories import CircleFactory

pytestmark = pytest.mark.django_db

FACTS = {
    "id": "cos",
    "name": "Commission d’orientation stratégique",
    "acronym": "COS",
    "level": "pilotage",
    "role": "dresser le bilan",
    "created": "2011",
    "composition": "directions générales",
    "meetings": ["2016-09-21", "2021-01"],
    "source": ["a"],
    "certainty": "documented",
}
SOURCES = [{"id": "a", "title": "Bilan", "publisher": "DINSIC", "date": "2019", "address": "https://exemple.fr/"}]


def test_a_documented_body_keeps_what_sources_say_and_its_dates_as_they_are_known():
    circle = CircleFactory(slug="dcant")

    (body,) = load_bodies(circle, [FACTS], sources=SOURCES)

    assert (body.slug, body.level, body.starts_on) == ("dcant-cos", "steering", "2011")
    assert imported_facts(body).sources[0]["title"] == "Bilan"
    assert [(meeting.known_as, meeting.status) for meeting in body.meetings.all()] == [
        ("2021-01", "held"),
        ("2016-09-21", "held"),
    ]
    assert not body.seats.exists()


def test_loading_twice_makes_no_double():
    circle = CircleFactory(slug="dcant")

    load_bodies(circle, [FACTS], sources=SOURCES)
    load_bodies(circle, [FACTS], sources=SOURCES)

    assert (Body.objects.count(), Meeting.objects.count()) == (1, 2)


class OddFiles(TestCase):
    ODD = st.none() | st.integers() | st.text(max_size=12) | st.lists(st.text(max_size=6) | st.integers(), max_size=3)

    @settings(max_examples=40)
    @given(facts=st.fixed_dictionaries({}, optional=dict.fromkeys(FACTS, ODD)))
    def test_whatever_a_file_holds_is_loaded_or_left_out(self, facts):
        loaded = load_bodies(CircleFactory(), [{"id": "x", "name": "Instance"} | facts], sources=SOURCES)

        assert all(body.meetings.filter(known_as="").count() == 0 for body in loaded)


def test_the_bodies_of_the_real_programmes_are_loaded_without_a_seat():
    programmes = [load_programme(path, acting_user=None) for path in EXAMPLES]

    loaded = [
        body
        for programme in programmes
        for body in load_bodies(
            programme.circle, programme.origin.get("bodies", ()), sources=programme.origin.get("sources", ())
        )
    ]

    assert len(loaded) == 10
    assert Meeting.objects.filter(body__acronym="COS").count() == 3
    assert all(imported_facts(body).sources for body in loaded)


def test_the_example_people_hold_the_seats_of_the_made_up_body():
    programmes = {
        programme.slug: programme for programme in (load_programme(path, acting_user=None) for path in EXAMPLES)
    }
    people = create_example_people(
        {
            "coordination": ["service-essai-etat"],
            "pilot": ["service-essai-etat"],
            "representative": ["association-essai-communes"],
            "contributor": ["association-essai-communes"],
        },
        acting_user=None,
    )

    body = load_example_body(programmes["exercice"].circle, people)
    again = load_example_body(programmes["exercice"].circle, people)

    assert body == again
    benches = {bench.college.slug: bench for bench in composition(body, body.meetings.last().created_at.date())}
    assert [chair.holder.person for chair in benches["etat"].voting] == [people["pilot"]]
    assert len(benches["collectivites"].voting) == 2
    assert keeps_secretariat(people["coordination"], body)
    assert sorted(meeting.status for meeting in body.meetings.all()) == ["convened", "planned"]


def test_without_its_organisations_the_made_up_body_is_not_made():
    assert load_example_body(CircleFactory(), {"pilot": UserFactory()}) is None
