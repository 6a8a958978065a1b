"""The meetings of a working group: planned, read, taken to a calendar, cancelled; by whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from concerte.accounts.waiting import items_for
from concerte.concertation.errors import GroupRefused
from concerte.concertation.models import GroupMeeting
from concerte.concertation.services import (
    cancel_group_meeting,
    decide_publication,
    end_group,
    plan_group_meeting,
)
from concerte.journal.models import Entry
from tests.concertation.factories_exchanges import table

pytestmark = pytest.mark.django_db

TO_COME = datetime(2999, 7, 1, 8, 0, tzinfo=UTC)
ASKED = {
    "purpose": "Le guide",
    "day": "2999-07-01",
    "begins": "10:00",
    "place": "Mairie",
    "link": "https://visio.exemple",
}


def address(name, *args):
    return reverse(f"concertation:{name}", args=["essai", *args])


def planned(group, person, **facts):
    return plan_group_meeting(group, **{"starts_at": TO_COME, "purpose": "Le guide"} | facts, acting_user=person)


def refused(code, act):
    with pytest.raises(GroupRefused) as refusal:
        act()
    assert refusal.value.code == code


def test_a_co_pilot_plans_a_meeting_in_the_name_of_the_organisation_and_the_journal_says_so():
    at = table()

    meeting = planned(at.group(), at.agent)

    assert (meeting.organisation, meeting.planned_by) == (at.state, at.agent)
    assert Entry.objects.about(meeting).get().act == "concertation.group_meeting_planned"


@pytest.mark.parametrize("who", ["coordinator", "reader", "neighbour", "stranger"])
def test_who_is_not_in_the_group_plans_nothing(client, who):
    at = table()
    group = at.group()

    refused("not-a-member", lambda: planned(group, getattr(at, who)))

    client.force_login(getattr(at, who))
    assert client.post(address("plan_group_meeting", group.pk), ASKED).status_code in {403, 404}
    assert not GroupMeeting.objects.exists()


def test_a_meeting_is_to_come_and_about_something():
    at = table()
    group = at.group()

    refused("in-the-past", lambda: planned(group, at.agent, starts_at=timezone.now() - timedelta(minutes=1)))
    refused("no-purpose", lambda: planned(group, at.agent, purpose="  "))


def test_a_group_that_has_ended_meets_no_more():
    at = table()
    group = at.group()
    end_group(group, because="Travail rendu.", acting_user=at.agent)

    refused("ended", lambda: planned(group, at.agent))


def test_it_is_planned_from_the_page_of_the_group_at_the_hour_of_paris(client):
    at = table()
    group = at.group()
    client.force_login(at.agent)

    answer = client.post(address("plan_group_meeting", group.pk), ASKED, follow=True)

    assert "Le guide" in answer.content.decode()
    assert GroupMeeting.objects.get().starts_at == TO_COME


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"day": "2026-03-29", "begins": "02:30"}, 400), ({"day": "2001-01-01"}, 409), ({"link": "javascript:x"}, 400)],
)
def test_a_wrong_moment_or_address_comes_back_with_what_was_typed(client, wrong, status):
    at = table()
    client.force_login(at.agent)

    answer = client.post(address("plan_group_meeting", at.group().pk), ASKED | wrong)

    assert answer.status_code == status
    assert "Le guide" in answer.content.decode()
    assert not GroupMeeting.objects.exists()


def test_both_co_pilots_see_it_in_their_space_until_it_is_cancelled():
    at = table()
    meeting = planned(at.group(), at.agent)

    def seen(person):
        return [item for item in items_for(person) if item.key.startswith("concertation.groupmeeting")]

    assert [len(seen(person)) for person in (at.agent, at.delegate, at.reader)] == [1, 1, 0]
    assert "1 juillet 2999, à 10:00" in seen(at.delegate)[0].title.replace("\u00a0", " ").replace("1er", "1")

    cancel_group_meeting(meeting, because="Reporté.", acting_user=at.delegate)
    assert seen(at.agent) == []


def test_who_planned_it_or_leads_the_group_cancels_it_with_a_reason(client):
    at = table()
    group = at.group()
    meeting = planned(group, at.agent)

    refused("no-reason", lambda: cancel_group_meeting(meeting, because=" ", acting_user=at.delegate))
    refused("not-allowed", lambda: cancel_group_meeting(meeting, because="Non.", acting_user=at.reader))
    client.force_login(at.delegate)
    page = client.post(address("cancel_group_meeting", group.pk, meeting.pk), {"because": "Salle prise"}, follow=True)

    assert "Salle prise." in page.content.decode()
    refused("cancelled", lambda: cancel_group_meeting(meeting, because="Encore.", acting_user=at.agent))


def test_what_has_begun_is_not_cancelled():
    at = table()
    meeting = planned(at.group(), at.agent)
    GroupMeeting.objects.update(starts_at=timezone.now() - timedelta(hours=1))

    refused("over", lambda: cancel_group_meeting(meeting, because="Trop tard.", acting_user=at.agent))


@pytest.mark.parametrize(("who", "status"), [(None, 404), ("stranger", 404), ("neighbour", 404), ("delegate", 200)])
def test_a_calendar_takes_it_for_those_who_read_the_space(client, who, status):
    at = table()
    group = at.group()
    meeting = planned(group, at.agent, link="https://visio.exemple/salle")
    if who:
        client.force_login(getattr(at, who))

    answer = client.get(address("group_meeting_calendar", group.pk, meeting.pk))

    assert answer.status_code == status
    if status == 200:
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event.decoded("dtstart") == TO_COME
        assert event["status"] == "CONFIRMED"


def test_the_public_of_a_published_group_reads_when_it_meets_and_not_how_to_join(client):
    at = table()
    group = at.group()
    decide_publication(group, wants=True, acting_user=at.agent)
    decide_publication(group, wants=True, acting_user=at.delegate)
    planned(group, at.agent, link="https://visio.exemple/salle")

    page = client.get(address("group", group.pk)).content.decode()
    data = client.get(address("group_data", group.pk)).json()

    assert "Le guide" in page
    assert "visio.exemple" not in page
    assert data["space"]["meetings"][0]["purpose"] == "Le guide"
    assert "visio.exemple" not in str(data)
