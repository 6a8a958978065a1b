"""Pages of meetings, per role and per publicity: who sees what, who may do what."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerte.governance.services import (
    join_paper,
    take_minutes_position,
)
from tests.governance.factories import (
    AgendaItemFactory,
    MeetingFactory,
    assembly,
    held,
    put_to_approval,
)

pytestmark = pytest.mark.django_db

INSIDE = {
    "secretary",
    "state_holder",
    "state_substitute",
    "local_holder",
    "local_representative",
    "local_contributor",
    "observer",
}
EVERYBODY = [*sorted(INSIDE), "neighbour", "administrator", "stranger", "anonymous"]
COLLEGES = INSIDE | {"neighbour"}
SEEN_BY = {"public": set(EVERYBODY), "colleges": COLLEGES, "sides": INSIDE}
PDF = b"%PDF-1.7 une note"


def client_of(at, role):
    client = Client()
    if role != "anonymous":
        client.force_login(at.people()[role])
    return client


def get(client, name, *args):
    return client.get(reverse(f"governance:{name}", args=args))


def post(client, name, *args, **data):
    return client.post(reverse(f"governance:{name}", args=args), data)


def those_for_whom(at, holds, roles=EVERYBODY):
    """The roles for whom something holds of their client."""
    return {role for role in roles if holds(client_of(at, role))}


@pytest.mark.parametrize("publicity", SEEN_BY)
@pytest.mark.parametrize("name", ["meeting", "meeting_data", "meeting_calendar"])
def test_a_convened_meeting_is_seen_as_far_as_its_publicity_goes(publicity, name):
    at = assembly(publicity=publicity)
    meeting = MeetingFactory(body=at.body, to_come=True)

    answers = {role: get(client_of(at, role), name, meeting.pk).status_code for role in EVERYBODY}

    assert answers == {role: 200 if role in SEEN_BY[publicity] else 404 for role in EVERYBODY}


@pytest.mark.parametrize("publicity", SEEN_BY)
@pytest.mark.parametrize("name", ["body", "meetings"])
def test_the_meetings_of_a_body_are_listed_as_far_as_their_publicity_goes(publicity, name):
    at = assembly(publicity=publicity)
    MeetingFactory(body=at.body, to_come=True, title="Revue d’automne")

    told = those_for_whom(at, lambda client: "Revue d’automne" in get(client, name, "cos").content.decode())

    assert told == SEEN_BY[publicity]


def test_a_meeting_in_preparation_is_seen_from_inside_only():
    at = assembly()
    meeting = MeetingFactory(body=at.body)

    assert those_for_whom(at, lambda client: get(client, "meeting", meeting.pk).status_code == 200) == INSIDE


def test_somebody_of_a_former_member_is_outside():
    at = assembly(publicity="sides")
    at.local_seat.ends_on = timezone.localdate()
    at.local_seat.save()
    meeting = MeetingFactory(body=at.body, to_come=True)

    assert get(client_of(at, "local_holder"), "meeting", meeting.pk).status_code == 404


@pytest.mark.parametrize("name", ["meeting", "meeting_calendar"])
def test_the_connection_address_is_shown_inside_only(name):
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True, link="https://visio.exemple.fr/secret")

    def holds(client):
        return "visio.exemple.fr" in get(client, name, meeting.pk).content.decode().replace("\r\n ", "")

    assert those_for_whom(at, holds) == INSIDE


@pytest.mark.parametrize("is_restricted", [True, False])
def test_a_paper_is_named_and_given_to_who_may_read_it(is_restricted):
    at = assembly()
    item = AgendaItemFactory(meeting=MeetingFactory(body=at.body, to_come=True))
    upload = SimpleUploadedFile("note.pdf", PDF)
    paper = join_paper(item, upload=upload, is_restricted=is_restricted, acting_user=at.secretary)

    given = those_for_whom(at, lambda client: get(client, "paper", paper.pk).status_code == 200)
    named = those_for_whom(at, lambda client: "note.pdf" in get(client, "meeting", item.meeting_id).content.decode())

    assert given == named == (INSIDE if is_restricted else set(EVERYBODY))


@pytest.mark.parametrize("publicity", SEEN_BY)
def test_minutes_are_read_by_those_who_sit_then_as_far_as_the_publicity_goes(publicity):
    at = assembly(publicity=publicity)
    meeting = put_to_approval(at)

    before = those_for_whom(at, lambda client: get(client, "minutes", meeting.pk).status_code == 200)
    for person in (at.state_holder, at.local_holder):
        take_minutes_position(meeting, kind="approval", digest=meeting.minutes_digest, acting_user=person)
    after = those_for_whom(at, lambda client: get(client, "minutes", meeting.pk).status_code == 200)
    data = those_for_whom(at, lambda client: get(client, "minutes_data", meeting.pk).status_code == 200)

    assert before == {"secretary", "state_holder", "state_substitute", "local_holder", "observer"}
    assert after == data == SEEN_BY[publicity]


@pytest.mark.parametrize(
    "name", ["edit_meeting", "convene", "cancel_meeting", "new_item", "edit_item", "withdraw_item", "new_paper"]
)
def test_only_the_secretariat_opens_the_forms_of_a_meeting(name):
    at = assembly()
    item = AgendaItemFactory(meeting=MeetingFactory(body=at.body, to_come=True))
    key = item.pk if name in ("edit_item", "withdraw_item", "new_paper") else item.meeting_id

    answers = {role: get(client_of(at, role), name, key).status_code for role in EVERYBODY}

    assert answers == dict.fromkeys(EVERYBODY, 403) | {"anonymous": 302, "secretary": 200}


@pytest.mark.parametrize("name", ["open_meeting", "close_meeting", "put_minutes", "move_item", "settle_item"])
def test_only_the_secretariat_pushes_the_buttons_of_a_meeting(name):
    at = assembly()
    item = held(at).items.get()
    key = item.pk if name in ("move_item", "settle_item") else item.meeting_id

    answers = {role: post(client_of(at, role), name, key).status_code for role in EVERYBODY}

    assert answers == dict.fromkeys(EVERYBODY, 403) | {"anonymous": 302, "secretary": 302}


@pytest.mark.parametrize("name", ["open_meeting", "close_meeting", "put_minutes", "answer_minutes"])
def test_reading_an_address_changes_nothing(name):
    at = assembly()
    meeting = MeetingFactory(body=at.body, convened=True)

    answer = get(client_of(at, "secretary"), name, meeting.pk)

    meeting.refresh_from_db()
    assert answer.status_code == 405
    assert meeting.status == "convened"


def test_presence_is_noted_by_the_secretariat_and_by_each_organisation_for_itself():
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)
    answers = {role: get(client_of(at, role), "attendance", meeting.pk) for role in EVERYBODY}

    noted = {
        role: len([form for _side, forms in answer.context["sides"] for form in forms])
        for role, answer in answers.items()
        if answer.status_code == 200
    }

    own = ("state_holder", "state_substitute", "local_holder", "local_representative", "observer")
    assert noted == {"secretary": 3, **dict.fromkeys(own, 1)}
    assert answers["anonymous"].status_code == 302
    assert answers["neighbour"].status_code == 403
