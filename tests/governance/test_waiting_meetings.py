"""What bodies and meetings wait for, per person; told once, told again when it is another request."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerte.governance.models import Mandate
from concerte.governance.services import end_mandate, give_mandate, take_minutes_position, update_meeting
from concerte.governance.waiting_meetings import waiting_for
from tests.governance.factories import AgendaItemFactory, MeetingFactory, SeatFactory, assembly, held, put_to_approval

pytestmark = pytest.mark.django_db


def keys(person):
    return {item.key.split(":")[0] for item in waiting_for(person)}


def test_those_who_sit_and_the_secretariat_are_told_of_meetings_to_come():
    at = assembly()
    MeetingFactory(body=at.body, to_come=True)
    MeetingFactory(body=at.body)

    told = {name for name, person in at.people().items() if "governance.meeting" in keys(person)}

    assert told == {"secretary", "state_holder", "state_substitute", "local_holder", "local_substitute", "observer"}
    assert len(list(waiting_for(at.local_holder))) == 1


def test_a_meeting_that_moves_is_another_request_and_one_that_only_changes_place_is_not():
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)
    (first,) = [item.key for item in waiting_for(at.local_holder)]

    update_meeting(meeting, place="Ailleurs", acting_user=at.secretary)
    (same,) = [item.key for item in waiting_for(at.local_holder)]
    update_meeting(meeting, starts_at=meeting.starts_at + timedelta(hours=1), ends_at=None, acting_user=at.secretary)
    (moved,) = [item.key for item in waiting_for(at.local_holder)]

    assert first == same != moved


def test_minutes_wait_for_those_who_vote_until_their_organisation_has_answered():
    at = assembly()
    meeting = put_to_approval(at)
    before = {name for name, person in at.people().items() if "governance.minutes" in keys(person)}

    take_minutes_position(meeting, kind="approval", digest=meeting.minutes_digest, acting_user=at.local_holder)

    after = {name for name, person in at.people().items() if "governance.minutes" in keys(person)}
    assert before == {"state_holder", "state_substitute", "local_holder", "local_substitute"}
    assert after == {"state_holder", "state_substitute"}


def test_an_empty_seat_waits_for_the_secretariat_and_again_when_it_is_empty_again():
    at = assembly()
    mandate = Mandate.objects.get(person=at.local_holder)

    end_mandate(mandate, reason="Fin.", acting_user=None)
    (first,) = [item.key for item in waiting_for(at.secretary)]
    again = give_mandate(at.local_seat, person=at.local_contributor, acting_user=None)
    filled = list(waiting_for(at.secretary))
    end_mandate(again, reason="Fin.", acting_user=None)
    (second,) = [item.key for item in waiting_for(at.secretary)]

    assert filled == []
    assert first != second
    assert "governance.empty_seat" not in keys(at.state_holder)


def test_a_body_that_has_ended_waits_for_nobody():
    at = assembly(ends_on=timezone.localdate(), ended_because="Fin.")
    SeatFactory(body=at.body)

    assert list(waiting_for(at.secretary)) == []


def test_what_was_left_over_waits_for_the_secretariat_and_is_never_mailed():
    at = assembly()
    held(at, "Un point", "Un autre")

    left = [item for item in waiting_for(at.secretary) if "points attendent" in item.title]

    assert [item.key for item in left] == [""]


def test_asking_what_waits_is_a_few_queries_however_much_waits(django_assert_max_num_queries):
    at = assembly()
    for _rank in range(10):
        MeetingFactory(body=at.body, to_come=True)
        AgendaItemFactory(meeting=MeetingFactory(body=at.body, status="held"), decision=True)
        SeatFactory(body=at.body)

    with django_assert_max_num_queries(8):
        found = list(waiting_for(at.secretary))

    assert len(found) == 21


@pytest.mark.parametrize("role", ["secretary", "local_substitute", "observer", "stranger"])
def test_my_space_says_where_one_sits(role):
    at = assembly()
    client = Client()
    client.force_login(at.people()[role])

    html = client.get(reverse("accounts:my_space")).content.decode()

    assert ("Commission d’essai" in html) == (role != "stranger")
    assert "Suivre mes réunions dans mon agenda" in html
