"""Plain shared texts: made, read back, and handed to the page that holds them."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from concerte.accounts.models import User
from concerte.documents import services
from concerte.documents.models import Access, Document, Level
from concerte.documents.note_pages import note_data
from concerte.documents.notes import FRAGMENT_NAME, create_note, read_note, seed_note
from concerte.documents.rich_text import bullet_list, normalise, paragraph
from concerte.documents.xml_nodes import opened, read_nodes
from tests.documents.factories import make_person
from tests.partners.factories import OrganisationFactory
from tests.programme.drafts import loose_nodes

LABEL = "Notes de l’échange"
INCLUDE = "documents/includes/note_editor.html"


def read_seed(state: bytes) -> Any:
    return normalise(opened(read_nodes(state, FRAGMENT_NAME)))


@settings(max_examples=200)
@given(st.lists(loose_nodes, max_size=4))
def test_any_first_text_is_read_back_in_its_canonical_form(nodes):
    assert read_seed(seed_note(tuple(nodes))) == normalise(nodes)


@settings(max_examples=100)
@given(st.lists(loose_nodes, max_size=4).map(normalise))
def test_a_text_read_and_seeded_again_says_the_same(blocks):
    assert read_seed(seed_note(read_seed(seed_note(blocks)))) == blocks


@pytest.mark.django_db
def test_a_new_note_holds_its_first_text_and_opens_to_nobody():
    blocks = (paragraph("Ordre du jour"), bullet_list(["Budget", "Calendrier"]))

    note = create_note("Réunion", blocks=blocks, acting_user=make_person())

    assert read_note(note.pk) == normalise(blocks)
    assert not Access.objects.exists()


@pytest.mark.django_db
def test_an_empty_note_keeps_a_line_to_write_in_and_says_nothing():
    note = create_note("Réunion", acting_user=None)

    assert read_note(note.pk) == ()
    assert [node["type"] for node in read_nodes(services.current_state(note.pk), FRAGMENT_NAME)] == ["paragraph"]


@pytest.fixture
def note(db: None) -> Document:
    return create_note("Échange", blocks=(paragraph("Ce qui fut dit"),), acting_user=None)


def data_for(note: Document, person: Any, organisation: Any = None, path: str = "/echanges/1") -> dict[str, Any]:
    request = RequestFactory().get(path)
    request.user = person
    return note_data(request, note, speaks_for=organisation, label=LABEL)


def someone_who_may(note: Document, level: Level) -> User:
    person = make_person()
    services.set_accesses(note, {person.pk: level})
    return person


def test_who_may_write_gets_the_editor_in_the_name_of_their_organisation(note):
    person = someone_who_may(note, Level.WRITE)
    organisation = OrganisationFactory(local=True, acronym="ADF")

    data = data_for(note, person, organisation)

    assert data["mayWrite"]
    assert data["editor"] == {
        "documentId": str(note.pk),
        "socketPath": f"/ws/documents/{note.pk}",
        "mayWrite": True,
        "person": {
            "id": person.pk,
            "name": person.name,
            "organisation": "ADF",
            "college": "collectivites",
            "appearance": 2,
        },
        "label": LABEL,
        "language": "fr",
    }


@pytest.mark.parametrize("level", [Level.READ, Level.COMMENT, Level.SUGGEST])
def test_who_may_only_read_sees_it_live_and_cannot_write(note, level):
    data = data_for(note, someone_who_may(note, level))

    assert (data["mayRead"], data["mayWrite"], data["editor"]["mayWrite"]) == (True, False, False)


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_who_has_no_right_gets_the_committed_text_alone(note, is_signed_in):
    data = data_for(note, make_person() if is_signed_in else AnonymousUser())

    assert (data["mayRead"], data["mayWrite"], data["editor"]) == (False, False, None)
    assert data["blocks"] == (paragraph("Ce qui fut dit"),)


def test_who_must_sign_in_again_comes_back_to_this_page(note):
    data = data_for(note, someone_who_may(note, Level.WRITE), path="/echanges/1?onglet=notes")

    assert data["signIn"] == "/connexion?next=%2Fechanges%2F1%3Fonglet%3Dnotes"


def test_the_page_shows_the_committed_text_before_and_without_the_editor(note):
    html = render_to_string(INCLUDE, {"note": data_for(note, someone_who_may(note, Level.WRITE))})

    assert "<p>Ce qui fut dit</p>" in html
    assert "<noscript>" in html


def test_the_page_hands_the_data_under_the_name_the_editor_looks_for(note):
    person = someone_who_may(note, Level.WRITE)
    person.name = "</script><script>alert(1)"

    html = render_to_string(INCLUDE, {"note": data_for(note, person)})

    name = re.search(r'data-note="([^"]+)"', html)
    data = re.search(r'<script id="([^"]+)" type="application/json">(.*?)</script>', html)
    assert name
    assert data
    assert name[1] == data[1]
    assert json.loads(data[2])["person"]["name"] == person.name


def test_without_a_right_the_page_holds_no_editor(note):
    html = render_to_string(INCLUDE, {"note": data_for(note, AnonymousUser())})

    assert "<p>Ce qui fut dit</p>" in html
    assert "data-note" not in html
    assert "<script" not in html


def test_an_empty_note_says_so_where_one_may_not_write():
    html = render_to_string(
        INCLUDE,
        {"note": {"elementId": "note", "label": LABEL, "blocks": (), "mayWrite": False, "editor": None, "signIn": ""}},
    )

    assert "Rien n’est encore écrit." in html


def test_on_an_english_page_the_text_is_said_to_be_french(note):
    with translation.override("en"):
        html = render_to_string(INCLUDE, {"note": data_for(note, AnonymousUser())})

    assert 'lang="fr"' in html
