"""Who leaves during a meeting, and what a quorum lost in the middle prevents."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from concerte.common.errors import DomainError
from concerte.governance.errors import MeetingRefused
from concerte.governance.forms.meetings import LeavingForm
from concerte.governance.models import AgendaItem, Attendance, Meeting
from concerte.governance.quorum import is_quorate, presence_of
from concerte.governance.services import (
    close_meeting,
    put_minutes_to_approval,
    record_attendance,
    record_leaving,
    record_return,
    settle_item,
)
from concerte.journal.models import Entry
from tests.governance.factories import MandateFactory, MeetingFactory, SeatFactory, assembly, held, opened
from tests.governance.test_attendance import another_local_seat
from tests.partners.factories import OrganisationFactory


def both_present(at, *titles, **facts):
    """A meeting that is going on since an hour, both organisations there."""
    meeting = opened(at, *titles, **facts)
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=timezone.now() - timedelta(hours=1))
    for seat, person in ((at.state_seat, at.state_holder), (at.local_seat, at.local_holder)):
        record_attendance(meeting, seat, state="present", person=person, acting_user=at.secretary)
    meeting.refresh_from_db()
    return meeting


def page(at, role, name, *args):
    client = Client()
    client.force_login(at.people()[role])
    return client.get(reverse(f"governance:{name}", args=args)).content.decode()


def send(at, role, name, *args, **data):
    client = Client()
    client.force_login(at.people()[role])
    return client.post(reverse(f"governance:{name}", args=args), data)


@pytest.mark.django_db
def test_who_leaves_counts_no_more_until_they_are_back_and_the_journal_says_both():
    at = assembly()
    meeting = both_present(at)

    record_leaving(meeting, at.local_seat, acting_user=at.secretary)
    without = is_quorate(presence_of(meeting))
    lost = [side.college.slug for side in presence_of(meeting) if side.is_lost]
    record_return(meeting, at.local_seat, acting_user=at.secretary)

    acts = list(Entry.objects.filter(act__startswith="governance.attendance_").values_list("act", flat=True))
    assert (without, lost) == (False, ["collectivites"])
    assert is_quorate(presence_of(meeting))
    assert Attendance.objects.get(seat=at.local_seat).left_at is None
    assert {"governance.attendance_left", "governance.attendance_back"} <= set(acts)


@pytest.mark.django_db
def test_a_proxy_held_by_one_who_left_counts_no_more():
    at = assembly()
    other = another_local_seat(at)
    meeting = both_present(at)
    record_attendance(meeting, other, state="proxy", proxy_to=at.local_seat, acting_user=at.secretary)
    before = {side.college.slug: side.counted for side in presence_of(meeting)}

    record_leaving(meeting, at.local_seat, acting_user=at.secretary)

    (local,) = [side for side in presence_of(meeting) if side.college.slug == "collectivites"]
    assert before == {"etat": 1, "collectivites": 2}
    assert (local.present, local.represented, local.left, local.came) == (0, 0, 1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("situation", "role", "code"),
    [
        ("convened", "secretary", "not-open"),
        ("closed", "secretary", "not-open"),
        ("open", "local_holder", "not-allowed"),
        ("open", "administrator", "not-allowed"),
        ("excused", "secretary", "not-present"),
        ("nothing said", "secretary", "not-present"),
        ("before the opening", "secretary", "bad-hour"),
        ("to come", "secretary", "bad-hour"),
    ],
)
def test_a_leaving_that_cannot_be_is_refused(situation, role, code):
    at = assembly()
    meeting = both_present(at) if situation != "convened" else MeetingFactory(body=at.body, to_come=True)
    left_at = None
    if situation == "closed":
        close_meeting(meeting, acting_user=at.secretary)
    elif situation == "excused":
        record_attendance(meeting, at.local_seat, state="excused", acting_user=at.secretary)
    elif situation == "nothing said":
        Attendance.objects.all().delete()
    elif situation == "before the opening":
        left_at = meeting.opened_at - timedelta(minutes=2)
    elif situation == "to come":
        left_at = timezone.now() + timedelta(minutes=2)

    with pytest.raises(MeetingRefused) as refusal:
        record_leaving(meeting, at.local_seat, left_at=left_at, acting_user=at.people()[role])

    assert refusal.value.code == code
    assert not Attendance.objects.exclude(left_at=None).exists()


@pytest.mark.django_db
def test_nobody_comes_back_who_has_not_left():
    at = assembly()
    meeting = both_present(at)

    with pytest.raises(MeetingRefused) as refusal:
        record_return(meeting, at.local_seat, acting_user=at.secretary)

    assert refusal.value.code == "not-gone"


@pytest.mark.django_db
def test_the_database_knows_that_only_who_was_present_leaves():
    at = assembly()
    both_present(at)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.filter(seat=at.local_seat).update(state="excused", left_at=timezone.now())


@pytest.mark.django_db
def test_another_name_brings_nobody_back_and_another_state_forgets_the_leaving():
    at = assembly()
    meeting = both_present(at)
    record_leaving(meeting, at.local_seat, acting_user=at.secretary)

    same = record_attendance(
        meeting, at.local_seat, state="present", person=at.local_substitute, acting_user=at.secretary
    )
    other = record_attendance(meeting, at.local_seat, state="absent", acting_user=at.secretary)

    assert same.left_at is not None
    assert other.left_at is None


@pytest.mark.django_db
def test_nothing_is_decided_while_the_quorum_is_lost_and_what_was_before_stays():
    at = assembly()
    meeting = both_present(at, "Avant", "Pendant")
    before, during = meeting.items.all()
    settle_item(before, outcome="decided", acting_user=at.secretary)
    record_leaving(meeting, at.local_seat, acting_user=at.secretary)

    with pytest.raises(MeetingRefused) as refusal:
        settle_item(during, outcome="decided", acting_user=at.secretary)
    settle_item(during, outcome="postponed", acting_user=at.secretary)

    for item in (before, during):
        item.refresh_from_db()
    assert refusal.value.code == "no-quorum"
    assert (before.outcome, before.was_quorate) == ("decided", True)
    assert (during.outcome, during.was_quorate) == ("postponed", False)
    close_meeting(meeting, acting_user=at.secretary)
    assert list(AgendaItem.objects.left_over()) == [during]


@pytest.mark.django_db
def test_after_the_meeting_a_decision_is_believed_if_there_was_a_quorum_before_anybody_left():
    at = assembly()
    left = both_present(at, "Feuille de route")
    record_leaving(left, at.local_seat, acting_user=at.secretary)
    close_meeting(left, acting_user=at.secretary)
    never = held(at)
    record_attendance(never, at.local_seat, state="absent", acting_user=at.secretary)

    believed = settle_item(left.items.get(), outcome="decided", acting_user=at.secretary)
    with pytest.raises(MeetingRefused) as refusal:
        settle_item(never.items.get(), outcome="decided", acting_user=at.secretary)

    assert (believed.outcome, believed.was_quorate) == ("decided", None)
    assert refusal.value.code == "no-quorum"


@pytest.mark.django_db
def test_minutes_say_who_left_and_when_on_the_clocks_of_the_place():
    at = assembly()
    meeting = both_present(at, time_zone="Indian/Reunion")
    left_at = timezone.now().replace(second=0, microsecond=0)
    record_leaving(meeting, at.local_seat, left_at=left_at, acting_user=at.secretary)
    close_meeting(meeting, acting_user=at.secretary)

    content = json.loads(put_minutes_to_approval(meeting, acting_user=at.secretary).minutes_content)

    local = left_at.astimezone(meeting.zone)
    said = {row["organisation"]: row["left_at"] for row in content["attendance"]}
    words = [block["content"][0]["text"] for block in content["text"]][-2:]
    hour = f"{local.hour}\u00a0h\u00a0{local.minute:02}" if local.minute else f"{local.hour}\u00a0h"
    assert said == {"association-d-essai": local.isoformat(), "service-d-essai": None}
    assert [side["is_met"] for side in content["quorum"]["colleges"]] == [True, False]
    assert [side["is_met"] for side in content["quorum"]["before_leavings"]] == [True, True]
    assert words == ["Départs en cours de réunion", f"Association d’essai\u00a0: {hour}"]


@pytest.mark.django_db
def test_the_pages_say_who_left_and_that_the_quorum_is_lost():
    at = assembly()
    meeting = both_present(at)

    answer = send(at, "secretary", "leaving", meeting.pk, at.local_seat.pk)
    seen = page(at, "observer", "meeting", meeting.pk)
    noting = page(at, "secretary", "attendance", meeting.pk)
    data = Client().get(reverse("governance:meeting_data", args=[meeting.pk])).json()
    back = send(at, "secretary", "back_in_meeting", meeting.pk, at.local_seat.pk)

    assert (answer.status_code, back.status_code) == (302, 302)
    assert "quorum perdu en séance" in seen
    assert "partie à" in seen
    assert "De retour" in noting
    assert "Noter le départ" in noting
    assert [row["organisation"] for row in data["attendance"] if "left_at" in row] == ["association-d-essai"]
    assert "quorum atteint dans chaque collège" in page(at, "observer", "meeting", meeting.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "typed", "status"), [("present", "25:61", 400), ("absent", "09:00", 409)])
def test_a_leaving_that_is_refused_gives_back_the_hour_beside_the_organisation(state, typed, status):
    at = assembly()
    meeting = both_present(at)
    seat = at.local_seat.pk
    Attendance.objects.filter(seat=seat).update(state=state, person=None)  # meanwhile, by somebody else

    answer = send(at, "secretary", "leaving", meeting.pk, seat, **{f"depart-{seat}-left_at": typed})

    assert answer.status_code == status
    assert f'value="{typed}' in answer.content.decode()
    assert not Attendance.objects.exclude(left_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["leaving", "back_in_meeting"])
def test_only_the_secretariat_notes_who_leaves(name):
    at = assembly()
    meeting = both_present(at)

    answers = {role: send(at, role, name, meeting.pk, at.local_seat.pk).status_code for role in at.people()}

    assert answers == dict.fromkeys(at.people(), 403) | {"secretary": 302}


def test_after_midnight_an_hour_not_come_yet_is_one_of_the_evening_before(monkeypatch):
    now = datetime(2026, 3, 4, 0, 20, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    meeting = Meeting(starts_at=datetime(2026, 3, 3, 20, tzinfo=UTC), time_zone="Europe/Paris")

    form = LeavingForm({"left_at": "23:50"}, meeting=meeting)

    assert form.is_valid()
    assert form.cleaned_data["left_at"] == datetime(2026, 3, 3, 22, 50, tzinfo=UTC)


# --- Against a plain reference ----------------------------------------------------------------------------------------
ACTS = st.tuples(
    st.sampled_from(["present", "absent", "excused", "leave", "back", "proxy"]), st.integers(0, 4), st.integers(0, 4)
)


class Comings(TestCase):
    @settings(max_examples=12, deadline=None)
    @given(acts=st.lists(ACTS, max_size=14), percent=st.sampled_from([0, 34, 50, 67, 100]))
    def test_the_quorum_is_what_a_list_of_who_is_in_the_room_gives(self, acts, percent):
        at = assembly()
        seats = [at.state_seat, at.local_seat]
        seats += [
            SeatFactory(body=at.body, organisation=OrganisationFactory(local=local)) for local in (True, True, False)
        ]
        people = [at.state_holder, at.local_holder, *(MandateFactory(seat=seat).person for seat in seats[2:])]
        meeting = opened(at, quorum_percent=percent)
        Meeting.objects.filter(pk=meeting.pk).update(max_proxies=2)
        room: set[int] = set()
        came: set[int] = set()
        proxies: dict[int, int] = {}

        for act, who, to in acts:
            seat = seats[who]
            facts = {"person": people[who]} if act == "present" else {"proxy_to": seats[to]} if act == "proxy" else {}
            try:
                if act == "leave":
                    record_leaving(meeting, seat, acting_user=at.secretary)
                elif act == "back":
                    record_return(meeting, seat, acting_user=at.secretary)
                else:
                    record_attendance(meeting, seat, state=act, acting_user=at.secretary, **facts)
            except DomainError:
                continue  # what the rules refuse changes nothing
            if act == "leave":
                room.discard(who)
            elif act == "back":
                room.add(who)
            elif act == "present":
                room |= set() if who in came else {who}  # noting another name brings nobody back
                came.add(who)
            else:
                room.discard(who)
                came.discard(who)
            if act not in ("leave", "back"):
                proxies.pop(who, None)
            if act == "proxy":
                proxies[who] = to

        for side in presence_of(meeting):
            own = {rank for rank, seat in enumerate(seats) if seat.college_id == side.college.pk}
            spoken_for = {giver for giver, holder in proxies.items() if giver in own and holder in room}
            assert (side.present, side.represented) == (len(own & room), len(spoken_for))
            assert side.left == len(own & (came - room))
            assert side.is_met == (100 * len(own & room | spoken_for) >= percent * len(own))
            assert side.came == len(
                own & came | {giver for giver, holder in proxies.items() if giver in own and holder in came}
            )
