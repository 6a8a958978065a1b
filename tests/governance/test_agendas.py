"""Agendas: put, ordered, withdrawn, settled, carried to the next meeting, with their papers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from concerte.governance.errors import MeetingRefused
from concerte.governance.models import AgendaItem, AgendaPaper
from concerte.governance.services import (
    add_item,
    cancel_meeting,
    carry_over,
    close_meeting,
    join_paper,
    move_item,
    settle_item,
    update_item,
    withdraw_item,
    withdraw_paper,
)
from concerte.lineage.references import Reference
from tests.governance.factories import AgendaItemFactory, MeetingFactory, assembly, held, opened

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 une note"


def titles(meeting):
    return list(meeting.items.standing().values_list("title", flat=True))


def test_items_are_put_in_order_with_what_they_concern():
    at = assembly()
    meeting = MeetingFactory(body=at.body)

    add_item(meeting, title=" Premier ", acting_user=at.secretary)
    second = add_item(
        meeting,
        title="Deuxième",
        kind="decision",
        reference=Reference("programme.action", "7"),
        rapporteur=at.association,
        acting_user=at.secretary,
    )

    assert titles(meeting) == ["Premier", "Deuxième"]
    assert (second.reference, second.rapporteur) == (Reference("programme.action", "7"), at.association)


@pytest.mark.parametrize("role", ["state_holder", "local_holder", "observer", "neighbour", "administrator"])
def test_only_the_secretariat_changes_the_agenda(role):
    at = assembly()
    item = AgendaItemFactory(meeting__body=at.body)
    person, meeting = at.people()[role], item.meeting
    acts = [
        lambda: add_item(meeting, title="Autre", acting_user=person),
        lambda: update_item(item, title="Autre", acting_user=person),
        lambda: move_item(item, up=True, acting_user=person),
        lambda: withdraw_item(item, reason="Non.", acting_user=person),
        lambda: settle_item(item, outcome="treated", acting_user=person),
        lambda: join_paper(item, upload=SimpleUploadedFile("note.pdf", PDF), acting_user=person),
    ]

    codes = []
    for act in acts:
        with pytest.raises(MeetingRefused) as refusal:
            act()
        codes.append(refusal.value.code)

    assert codes == ["not-allowed"] * 6
    assert titles(meeting) == [item.title]


@pytest.mark.parametrize(("facts", "code"), [({"title": " "}, "no-title"), ({"kind": "lunaire"}, "bad-kind")])
def test_an_item_that_makes_no_sense_is_refused(facts, code):
    at = assembly()
    meeting = MeetingFactory(body=at.body)

    with pytest.raises(MeetingRefused) as refusal:
        add_item(meeting, **({"title": "Point"} | facts), acting_user=at.secretary)

    assert refusal.value.code == code
    assert not meeting.items.exists()


def test_the_agenda_of_a_meeting_that_is_over_does_not_change():
    at = assembly()
    meeting = held(at)

    with pytest.raises(MeetingRefused) as refusal:
        add_item(meeting, title="Oublié", acting_user=at.secretary)

    assert refusal.value.code == "agenda-closed"


def test_a_change_of_agenda_is_told_to_calendars_once_the_meeting_is_convened():
    at = assembly()
    planned, convened = MeetingFactory(body=at.body), MeetingFactory(body=at.body, to_come=True)

    for meeting in (planned, convened):
        add_item(meeting, title="Point", acting_user=at.secretary)
        meeting.refresh_from_db()

    assert (planned.sequence, convened.sequence) == (0, 1)


def test_a_withdrawn_item_stays_with_its_reason_and_changes_no_more():
    at = assembly()
    item = AgendaItemFactory(meeting__body=at.body)

    withdraw_item(item, reason="Reporté par le ministre.", acting_user=at.secretary)
    with pytest.raises(MeetingRefused) as refusal:
        update_item(item, title="Autre", acting_user=at.secretary)

    item.refresh_from_db()
    assert item.withdrawn_because == "Reporté par le ministre."
    assert refusal.value.code == "already-withdrawn"
    assert titles(item.meeting) == []


class Moves(TestCase):
    @settings(max_examples=25)
    @given(moves=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=8))
    def test_moving_items_is_moving_them_in_a_list(self, moves):
        at = assembly()
        meeting = MeetingFactory(body=at.body)
        items = [AgendaItemFactory(meeting=meeting, title=str(rank)) for rank in range(4)]
        plain = [item.title for item in items]

        for rank, up in moves:
            move_item(items[rank], up=up, acting_user=at.secretary)
            here = plain.index(str(rank))
            there = here - 1 if up else here + 1
            if 0 <= there < len(plain):
                plain[here], plain[there] = plain[there], plain[here]

        assert titles(meeting) == plain


def test_what_became_of_an_item_is_said_from_the_opening_on():
    at = assembly()
    early = AgendaItemFactory(meeting__body=at.body)
    item = opened(at).items.get()

    with pytest.raises(MeetingRefused) as refusal:
        settle_item(early, outcome="decided", acting_user=at.secretary)
    settle_item(item, outcome="decided", acting_user=at.secretary)

    item.refresh_from_db()
    assert refusal.value.code == "not-open"
    assert item.outcome == "decided"


def test_items_without_decision_or_put_off_are_left_over():
    at = assembly()
    meeting = opened(at, "Décidé", "Sans suite", "Reporté", "Retiré")
    decided, undecided, postponed, withdrawn = meeting.items.all()
    informed = AgendaItemFactory(meeting=meeting, kind="information", title="Information")
    settle_item(decided, outcome="decided", acting_user=at.secretary)
    settle_item(postponed, outcome="postponed", acting_user=at.secretary)
    withdraw_item(withdrawn, reason="Non.", acting_user=at.secretary)
    assert not AgendaItem.objects.left_over().exists()

    close_meeting(meeting, acting_user=at.secretary)

    assert list(AgendaItem.objects.left_over()) == [undecided, postponed]
    assert informed.outcome == ""


def test_the_whole_agenda_of_a_cancelled_meeting_is_left_over():
    at = assembly()
    item = AgendaItemFactory(meeting__body=at.body, kind="information")

    cancel_meeting(item.meeting, reason="Grève.", acting_user=at.secretary)

    assert list(AgendaItem.objects.left_over()) == [item]


def test_what_is_left_over_goes_to_the_next_agenda_once_and_says_where_it_comes_from():
    at = assembly()
    left = held(at, "Feuille de route").items.get()
    following = MeetingFactory(body=at.body)

    made = carry_over(left, meeting=following, acting_user=at.secretary)
    with pytest.raises(MeetingRefused) as refusal:
        carry_over(left, meeting=following, acting_user=at.secretary)

    assert (made.title, made.kind, made.carried_from) == ("Feuille de route", "decision", left)
    assert refusal.value.code == "not-left-over"
    assert titles(following) == ["Feuille de route"]


def test_an_item_is_carried_within_its_body():
    at = assembly()
    left = held(at).items.get()
    elsewhere = MeetingFactory(body__secretariat=at.state)

    with pytest.raises(MeetingRefused) as refusal:
        carry_over(left, meeting=elsewhere, acting_user=at.secretary)

    assert refusal.value.code == "another-body"
    assert not elsewhere.items.exists()


def test_a_paper_is_joined_and_taken_back_with_a_reason():
    at = assembly()
    item = AgendaItemFactory(meeting__body=at.body)

    paper = join_paper(item, upload=SimpleUploadedFile("note.pdf", PDF), acting_user=at.secretary)
    withdraw_paper(paper, reason="Mauvaise version.", acting_user=at.secretary)

    paper.refresh_from_db()
    assert (paper.stored.name, paper.is_restricted) == ("note.pdf", True)
    assert paper.withdrawn_because == "Mauvaise version."


def test_a_file_that_is_not_what_it_says_is_refused():
    at = assembly()
    item = AgendaItemFactory(meeting__body=at.body)

    with pytest.raises(MeetingRefused) as refusal:
        join_paper(item, upload=SimpleUploadedFile("note.pdf", b"MZ"), acting_user=at.secretary)

    assert refusal.value.code == "file-refused"
    assert not AgendaPaper.objects.exists()
