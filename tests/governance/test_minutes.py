"""Minutes: put to those who sit, sent back by an objection, fixed once each college approved, never changed after."""

import json

import pytest

from concerte.common.canonical import digest_of
from concerte.documents.models import Level
from concerte.documents.rules import level_of
from concerte.documents.services import append_update
from concerte.governance.errors import MeetingRefused
from concerte.governance.models import MinutesPosition
from concerte.governance.services import put_minutes_to_approval, record_attendance, settle_item, take_minutes_position
from concerte.governance.services.minutes import colleges_awaited
from tests.documents.factories import text_update
from tests.governance.factories import SeatFactory, assembly, held, opened, put_to_approval
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def answer(meeting, person, kind="approval", **changes):
    facts = {"kind": kind, "digest": meeting.minutes_digest, "acting_user": person}
    return take_minutes_position(meeting, **(facts | changes))


def test_minutes_are_put_to_approval_as_they_are_read_and_closed_to_writing():
    at = assembly()
    meeting = held(at, "Feuille de route")

    put = put_minutes_to_approval(meeting, acting_user=at.secretary)

    content = json.loads(put.minutes_content)
    assert put.minutes_digest == digest_of(content)
    assert [item["title"] for item in content["agenda"]] == ["Feuille de route"]
    assert content["text"][0]["content"][0]["text"] == "1. Feuille de route"
    assert level_of(at.local_holder, put.minutes_id) == Level.READ


def test_minutes_say_who_came_by_organisation_and_name_nobody():
    at = assembly()
    meeting = held(at)
    record_attendance(meeting, at.local_seat, state="present", person=at.local_holder, acting_user=at.secretary)

    put = put_minutes_to_approval(meeting, acting_user=at.secretary)

    content = json.loads(put.minutes_content)
    assert content["attendance"][0]["organisation"] == "association-d-essai"
    assert content["quorum"]["colleges"][1] == {
        "college": "collectivites",
        "seats": 1,
        "present": 1,
        "represented": 0,
        "needed": 1,
        "is_met": True,
    }
    assert at.local_holder.name not in put.minutes_content


@pytest.mark.parametrize("role", ["state_holder", "local_holder", "observer", "administrator"])
def test_only_the_secretariat_puts_minutes_to_approval(role):
    at = assembly()

    with pytest.raises(MeetingRefused) as refusal:
        put_minutes_to_approval(held(at), acting_user=at.people()[role])

    assert refusal.value.code == "not-allowed"


@pytest.mark.parametrize("situation", [opened, put_to_approval])
def test_minutes_are_put_once_the_meeting_is_over_and_while_they_are_written(situation):
    at = assembly()

    with pytest.raises(MeetingRefused) as refusal:
        put_minutes_to_approval(situation(at), acting_user=at.secretary)

    assert refusal.value.code == "not-writing"


def test_minutes_are_fixed_once_each_college_approved():
    at = assembly()
    meeting = put_to_approval(at)

    answer(meeting, at.state_holder)
    meeting.refresh_from_db()
    after_one = meeting.minutes_state
    answer(meeting, at.local_substitute)

    meeting.refresh_from_db()
    assert (after_one, meeting.minutes_state) == ("approval", "fixed")
    assert meeting.minutes_fixed_at is not None


def test_several_approvals_of_one_college_do_not_make_up_for_the_other():
    at = assembly()
    meeting = put_to_approval(at)
    SeatFactory(body=at.body, organisation=OrganisationFactory())

    answer(meeting, at.state_holder)

    assert [college.slug for college in colleges_awaited(meeting)] == ["collectivites"]


def test_an_objection_sends_the_minutes_back_and_a_new_version_is_asked_of_everybody():
    at = assembly()
    meeting = put_to_approval(at)
    answer(meeting, at.state_holder)

    answer(meeting, at.local_holder, "objection", reasons="Il manque notre réserve.")

    meeting.refresh_from_db()
    assert meeting.minutes_state == "writing"
    assert level_of(at.local_holder, meeting.minutes_id) == Level.WRITE
    settle_item(meeting.items.get(), outcome="treated", acting_user=at.secretary)
    again = put_minutes_to_approval(meeting, acting_user=at.secretary)
    assert again.minutes_round == 2
    assert len(colleges_awaited(again)) == 2


@pytest.mark.parametrize(
    ("role", "changes", "code"),
    [
        ("observer", {}, "not-seated"),
        ("secretary", {}, "not-seated"),
        ("local_representative", {}, "not-seated"),
        ("administrator", {}, "not-seated"),
        ("local_holder", {"digest": "sha256:" + "0" * 64}, "stale"),
        ("local_holder", {"kind": "objection", "reasons": "  "}, "no-reason"),
    ],
)
def test_a_position_that_does_not_count_is_refused(role, changes, code):
    at = assembly()
    meeting = put_to_approval(at)

    with pytest.raises(MeetingRefused) as refusal:
        answer(meeting, at.people()[role], **changes)

    assert refusal.value.code == code
    assert not MinutesPosition.objects.exists()


def test_holder_and_substitute_speak_once_for_their_organisation():
    at = assembly()
    meeting = put_to_approval(at)
    answer(meeting, at.local_holder)

    with pytest.raises(MeetingRefused) as refusal:
        answer(meeting, at.local_substitute, "objection", reasons="Non.")

    assert refusal.value.code == "already-answered"
    assert MinutesPosition.objects.count() == 1


def test_fixed_minutes_take_no_position_any_more():
    at = assembly()
    meeting = put_to_approval(at)
    answer(meeting, at.local_holder)
    answer(meeting, at.state_holder)

    with pytest.raises(MeetingRefused) as refusal:
        answer(meeting, at.state_substitute, "objection", reasons="Trop tard.")

    assert refusal.value.code == "not-in-approval"


def test_fixed_minutes_stay_what_they_were_whatever_happens_to_the_note():
    at = assembly()
    meeting = put_to_approval(at)
    answer(meeting, at.local_holder)
    answer(meeting, at.state_holder)
    before = (meeting.minutes_content, meeting.minutes_digest)

    append_update(meeting.minutes_id, text_update("Après coup"), acting_user=None)

    meeting.refresh_from_db()
    assert (meeting.minutes_content, meeting.minutes_digest) == before
