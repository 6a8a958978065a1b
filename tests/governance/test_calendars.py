"""Calendars: the same instants read back, wherever; who may read which; kept and asked again as HTTP says."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from concerte.common.errors import DomainError
from concerte.governance.calendars import calendar_of, time_zone_component
from concerte.governance.models import Body, CalendarToken, Meeting
from concerte.governance.services import (
    cancel_meeting,
    convene_meeting,
    end_mandate,
    make_calendar_address,
    person_of_calendar,
    revoke_calendar_address,
    update_meeting,
)
from concerte.governance.time_zones import ZONES, instant_of
from tests.governance.factories import AgendaItemFactory, MeetingFactory, assembly

ZONE = st.sampled_from(sorted(ZONES))
DAY = st.dates(date(2024, 1, 1), date(2040, 12, 31))
CLOCK = st.times().map(lambda clock: clock.replace(microsecond=0))
# What people type, what breaks lines and separators of the format included.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80)


def events(content):
    return Calendar.from_ical(content).events


def body():
    return Body(slug="cos", name="Commission, d’essai; « tout »", acronym="COS")


def bare(zone, starts_at, ends_at=None, **facts):
    return Meeting(
        pk=1,
        body=body(),
        time_zone=zone,
        starts_at=starts_at,
        ends_at=ends_at,
        status="convened",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        changed_at=datetime(2026, 1, 2, tzinfo=UTC),
        **facts,
    )


@given(zone=ZONE, day=DAY, clock=CLOCK, minutes=st.integers(1, 600), words=st.tuples(WORDS, WORDS))
def test_reading_a_calendar_back_gives_the_same_instants_and_words(zone, day, clock, minutes, words):
    title, place = words
    try:
        starts_at = instant_of(day, clock, zone)
        ends_at = instant_of(day, clock, zone) + timedelta(minutes=minutes)
    except DomainError:
        return  # an hour the clocks jump over is no hour

    content = calendar_of([bare(zone, starts_at, ends_at, title=title, place=place)], name="Essai", with_links=False)

    event = events(content)[0]
    # An hour shown twice in autumn can only be told as the first of the two.
    told_end = ends_at.astimezone(ZoneInfo(zone)).replace(fold=0).astimezone(UTC)
    assert event.start.astimezone(UTC) == starts_at
    assert event.end.astimezone(UTC) == told_end
    assert str(event["summary"]) == (f"COS\u00a0: {title}" if title else "COS")
    assert str(event.get("location", "")) == place


@settings(max_examples=60)
@given(zone=ZONE, day=DAY, clock=CLOCK)
def test_a_program_that_knows_no_time_zone_reads_the_same_offsets_in_the_calendar(zone, day, clock):
    local = datetime.combine(day, clock)
    known = local.replace(tzinfo=ZoneInfo(zone))
    if known.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        return  # an hour that does not exist
    if known.utcoffset() != known.replace(fold=1).utcoffset():
        return  # an hour shown twice

    told = time_zone_component(zone).to_tz(lookup_tzid=False)

    assert local.replace(tzinfo=told).utcoffset() == known.utcoffset()


@pytest.mark.parametrize(
    ("day", "clock"), [(date(2026, 3, 29), time(3)), (date(2026, 3, 29), time(1, 59)), (date(2026, 10, 25), time(3))]
)
def test_the_hours_around_a_change_of_clocks_are_right(day, clock):
    starts_at = instant_of(day, clock, "Europe/Paris")

    content = calendar_of([bare("Europe/Paris", starts_at)], name="Essai", with_links=False)

    assert events(content)[0].start.astimezone(UTC) == starts_at
    assert b"TZID:Europe/Paris" in content
    assert b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in content


def test_lines_are_folded_and_ended_as_the_format_asks():
    content = calendar_of(
        [bare("Europe/Paris", instant_of(date(2026, 7, 1), time(9), "Europe/Paris"), title="é" * 150)],
        name="Essai",
        with_links=False,
    )

    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


def calendar(client, name, *args, **headers):
    return client.get(reverse(f"governance:{name}", args=args), headers=headers)


def with_agenda(at, **changes):
    item = AgendaItemFactory(meeting=MeetingFactory(body=at.body, **changes), title="Budget")
    return item.meeting


@pytest.mark.django_db
def test_the_calendar_of_a_body_holds_its_public_meetings_whoever_asks(client):
    at = assembly()
    shown = with_agenda(at, to_come=True)
    for hidden in ({"publicity": "sides", "to_come": True}, {"publicity": "colleges", "to_come": True}, {}):
        MeetingFactory(body=at.body, **hidden)
    client.force_login(at.secretary)

    answer = calendar(client, "body_calendar", "cos")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert [str(event["uid"]) for event in events(answer.content)] == [f"reunion-{shown.uid}"]
    assert "Budget" in str(events(answer.content)[0]["description"])


@pytest.mark.django_db
def test_a_documented_date_without_an_hour_is_in_no_calendar(client):
    at = assembly()
    MeetingFactory(body=at.body, documented=True)

    assert events(calendar(client, "body_calendar", "cos").content) == []


@pytest.mark.django_db
def test_the_name_of_an_event_stays_and_its_number_grows_with_each_change(client):
    at = assembly()
    meeting = convene_meeting(with_agenda(at), acting_user=at.secretary)
    seen = []
    changes = [
        lambda: None,
        lambda: update_meeting(meeting, place="Ailleurs", acting_user=at.secretary),
        lambda: update_meeting(
            meeting, starts_at=meeting.starts_at + timedelta(days=1), ends_at=None, acting_user=at.secretary
        ),
        lambda: cancel_meeting(meeting, reason="Grève.", acting_user=at.secretary),
    ]

    for change in changes:
        change()
        event = events(calendar(client, "body_calendar", "cos").content)[0]
        seen.append((str(event["uid"]), event["sequence"], str(event["status"])))

    assert len({uid for uid, _sequence, _status in seen}) == 1
    assert [sequence for _uid, sequence, _status in seen] == [1, 2, 3, 4]
    assert [status for _uid, _sequence, status in seen] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert "Grève." in str(event["description"])


@pytest.mark.django_db
def test_a_calendar_that_did_not_change_is_not_sent_again(client):
    at = assembly()
    meeting = with_agenda(at, to_come=True)
    first = calendar(client, "body_calendar", "cos")

    same = calendar(client, "body_calendar", "cos", **{"If-None-Match": first.headers["ETag"]})
    update_meeting(meeting, place="Ailleurs", acting_user=at.secretary)
    changed = calendar(client, "body_calendar", "cos", **{"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, same.status_code, changed.status_code) == (200, 304, 200)
    assert first.headers["Cache-Control"] == "public, max-age=900"
    assert "Last-Modified" in first.headers
    assert "Cookie" not in first.headers.get("Vary", "")


@pytest.mark.django_db
def test_a_secret_address_opens_the_meetings_its_person_may_see(client):
    at = assembly(publicity="sides")
    planned, convened = with_agenda(at), with_agenda(at, to_come=True, link="https://visio.exemple.fr/")
    elsewhere = MeetingFactory(to_come=True)
    token = make_calendar_address(at.local_holder, acting_user=at.local_holder)

    answer = calendar(client, "person_calendar", token)

    found = {str(event["uid"]): str(event["status"]) for event in events(answer.content)}
    assert found == {f"reunion-{planned.uid}": "TENTATIVE", f"reunion-{convened.uid}": "CONFIRMED"}
    assert str(elsewhere.uid) not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, max-age=300"


@pytest.mark.django_db
def test_who_sits_no_more_finds_nothing_more_at_their_address(client):
    at = assembly(publicity="sides")
    with_agenda(at, to_come=True)
    token = make_calendar_address(at.local_holder, acting_user=at.local_holder)
    at.local_holder.memberships.update(ends_on=timezone.localdate())

    end_mandate(at.local_seat.mandates.get(person=at.local_holder), reason="Fin.", acting_user=None)

    assert events(calendar(client, "person_calendar", token).content) == []


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["revoked", "replaced", "closed", "unknown"])
def test_an_address_that_opens_nothing_is_not_found(client, end):
    at = assembly()
    token = make_calendar_address(at.local_holder, acting_user=at.local_holder)
    if end == "revoked":
        revoke_calendar_address(at.local_holder, acting_user=at.local_holder)
    if end == "replaced":
        make_calendar_address(at.local_holder, acting_user=at.local_holder)
    if end == "closed":
        at.local_holder.is_active = False
        at.local_holder.save()

    answer = calendar(client, "person_calendar", "inconnue" if end == "unknown" else token)

    assert answer.status_code == 404


@pytest.mark.django_db
def test_a_secret_is_shown_once_and_kept_as_a_digest():
    at = assembly()
    client = Client()
    client.force_login(at.local_holder)

    made = client.post(reverse("governance:my_calendar")).context["address"]
    again = client.get(reverse("governance:my_calendar")).content.decode()

    token = made.rsplit("/", 1)[1].removesuffix(".ics")
    assert person_of_calendar(token) == at.local_holder
    assert token not in again
    assert token not in str(CalendarToken.objects.values())


@pytest.mark.django_db
def test_an_address_is_revoked_from_its_page():
    at = assembly()
    token = make_calendar_address(at.local_holder, acting_user=at.local_holder)
    client = Client()
    client.force_login(at.local_holder)

    client.post(reverse("governance:my_calendar"), {"revoke": "1"})

    assert person_of_calendar(token) is None
    assert revoke_calendar_address(at.local_holder, acting_user=at.local_holder) is False
