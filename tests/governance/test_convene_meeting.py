"""Meetings: prepared, convened in time or urgently, moved, cancelled, opened and closed by the secretariat."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from concerte.documents.models import Level
from concerte.documents.notes import read_note
from concerte.documents.rich_text import plain_text
from concerte.documents.rules import level_of
from concerte.governance.errors import MeetingRefused
from concerte.governance.models import AgendaItem, Mandate, Meeting
from concerte.governance.services import (
    cancel_meeting,
    close_meeting,
    convene_meeting,
    end_mandate,
    open_meeting,
    prepare_meeting,
    settle_item,
    update_meeting,
)
from concerte.governance.time_zones import ZONES, instant_of
from concerte.journal.models import Entry
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from tests.governance.factories import AgendaItemFactory, MeetingFactory, assembly, held, opened

pytestmark = pytest.mark.django_db

OTHERS = [
    "state_holder",
    "local_holder",
    "local_substitute",
    "local_representative",
    "observer",
    "neighbour",
    "administrator",
    "stranger",
]


def in_days(days):
    return timezone.now() + timedelta(days=days)


def with_agenda(at, **changes):
    meeting = MeetingFactory(body=at.body, **changes)
    AgendaItemFactory(meeting=meeting)
    return meeting


def test_a_meeting_takes_the_rules_the_zone_and_the_publicity_of_its_body():
    at = assembly(notice_days=7, quorum_percent=40, max_proxies=2, time_zone="Indian/Reunion", publicity="sides")

    made = prepare_meeting(at.body, starts_at=in_days(30), title="Deuxième réunion", acting_user=at.secretary)

    assert (made.notice_days, made.quorum_percent, made.max_proxies) == (7, 40, 2)
    assert (made.time_zone, made.publicity, made.status) == ("Indian/Reunion", "sides", "planned")


@pytest.mark.parametrize("role", OTHERS)
def test_only_the_secretariat_prepares_and_changes_meetings(role):
    at = assembly()
    person, meeting = at.people()[role], with_agenda(at)
    acts = [
        lambda: prepare_meeting(at.body, starts_at=in_days(30), acting_user=person),
        lambda: update_meeting(meeting, title="Autre", acting_user=person),
        lambda: convene_meeting(meeting, acting_user=person),
        lambda: cancel_meeting(meeting, reason="Non.", acting_user=person),
        lambda: open_meeting(meeting, acting_user=person),
        lambda: close_meeting(meeting, acting_user=person),
    ]

    codes = []
    for act in acts:
        with pytest.raises(MeetingRefused) as refusal:
            act()
        codes.append(refusal.value.code)

    assert codes == ["not-allowed"] * 6
    assert Meeting.objects.get().status == "planned"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_at": datetime(2020, 1, 1, 9, tzinfo=UTC)}, "in-the-past"),
        ({"ends_at": datetime(2020, 1, 1, 9, tzinfo=UTC)}, "ends-before-start"),
        ({"time_zone": "America/New_York"}, "bad-time-zone"),
    ],
)
def test_a_meeting_that_makes_no_sense_is_refused(changes, code):
    at = assembly()

    with pytest.raises(MeetingRefused) as refusal:
        prepare_meeting(at.body, **({"starts_at": in_days(30)} | changes), acting_user=at.secretary)

    assert refusal.value.code == code
    assert not Meeting.objects.exists()


def test_a_body_that_ends_holds_no_meeting_after():
    at = assembly(ends_on=timezone.localdate() + timedelta(days=10), ended_because="Fin.")

    with pytest.raises(MeetingRefused) as refusal:
        prepare_meeting(at.body, starts_at=in_days(30), acting_user=at.secretary)

    assert refusal.value.code == "body-ended"


def test_a_meeting_is_convened_in_time():
    at = assembly()
    meeting = with_agenda(at)

    convened = convene_meeting(meeting, acting_user=at.secretary)

    assert (convened.status, convened.urgent_because, convened.sequence) == ("convened", "", 1)
    assert Entry.objects.about(meeting).first().organisation == "service-d-essai"


@pytest.mark.parametrize("days", [15, 16])
def test_the_notice_counts_days_where_the_meeting_is_held(days):
    at = assembly()
    meeting = with_agenda(at, time_zone="Pacific/Noumea", starts_at=in_days(days))

    convened = convene_meeting(meeting, acting_user=at.secretary)

    assert (convened.day - timezone.now().astimezone(meeting.zone).date()).days == days


def test_a_meeting_convened_too_late_is_refused():
    at = assembly()
    meeting = with_agenda(at, starts_at=in_days(14))

    with pytest.raises(MeetingRefused) as refusal:
        convene_meeting(meeting, urgent_because="  ", acting_user=at.secretary)

    meeting.refresh_from_db()
    assert refusal.value.code == "too-late"
    assert "Il manque 1 jour" in refusal.value.message
    assert meeting.status == "planned"


def test_a_meeting_is_convened_late_when_it_is_urgent_and_said_why():
    at = assembly()
    meeting = with_agenda(at, starts_at=in_days(3))

    convened = convene_meeting(meeting, urgent_because="Le décret paraît lundi.", acting_user=at.secretary)

    assert (convened.status, convened.urgent_because) == ("convened", "Le décret paraît lundi.")


@pytest.mark.parametrize(
    ("changes", "has_item", "code"),
    [
        ({}, False, "no-agenda"),
        ({"place": ""}, True, "no-place"),
        ({"convened": True}, True, "not-planned"),
        ({"starts_at": datetime(2020, 1, 1, tzinfo=UTC)}, True, "in-the-past"),
    ],
)
def test_a_meeting_that_is_not_ready_is_not_convened(changes, has_item, code):
    at = assembly()
    meeting = MeetingFactory(body=at.body, **changes)
    if has_item:
        AgendaItemFactory(meeting=meeting)

    with pytest.raises(MeetingRefused) as refusal:
        convene_meeting(meeting, acting_user=at.secretary)

    assert refusal.value.code == code


def test_changing_the_rules_of_the_body_does_not_change_what_was_convened():
    at = assembly(quorum_percent=50)
    meeting = convene_meeting(with_agenda(at), acting_user=at.secretary)

    at.body.quorum_percent = 10
    at.body.save()

    meeting.refresh_from_db()
    assert meeting.quorum_percent == 50


def test_a_convened_meeting_moved_closer_asks_for_the_notice_again():
    at = assembly()
    meeting = convene_meeting(with_agenda(at), acting_user=at.secretary)

    with pytest.raises(MeetingRefused) as refusal:
        update_meeting(meeting, starts_at=in_days(5), ends_at=None, acting_user=at.secretary)
    moved = update_meeting(
        meeting, starts_at=in_days(5), ends_at=None, urgent_because="Grève.", acting_user=at.secretary
    )

    assert refusal.value.code == "too-late"
    assert (moved.sequence, moved.urgent_because) == (2, "Grève.")


def test_a_change_that_changes_nothing_leaves_calendars_alone():
    at = assembly()
    meeting = with_agenda(at)

    update_meeting(meeting, place=meeting.place, acting_user=at.secretary)

    meeting.refresh_from_db()
    assert meeting.sequence == 0


def test_a_cancelled_meeting_says_why_and_is_told_to_those_who_were_convened_only():
    at = assembly()
    planned = cancel_meeting(with_agenda(at), reason="Trop tôt.", acting_user=at.secretary)
    convened = convene_meeting(with_agenda(at), acting_user=at.secretary)

    cancelled = cancel_meeting(convened, reason="Grève.", acting_user=at.secretary)

    assert (cancelled.status, cancelled.cancelled_because, cancelled.sequence) == ("cancelled", "Grève.", 2)
    assert list(Meeting.objects.visible_to(AnonymousUser())) == [cancelled]
    assert set(Meeting.objects.visible_to(at.local_contributor)) == {planned, cancelled}


@pytest.mark.parametrize(("reason", "status", "code"), [("", "planned", "no-reason"), ("Si.", "held", "not-alive")])
def test_a_cancellation_has_a_reason_and_comes_before_the_meeting(reason, status, code):
    at = assembly()
    meeting = with_agenda(at, status=status)

    with pytest.raises(MeetingRefused) as refusal:
        cancel_meeting(meeting, reason=reason, acting_user=at.secretary)

    meeting.refresh_from_db()
    assert refusal.value.code == code
    assert meeting.status == status


def test_opening_prepares_minutes_from_the_agenda():
    at = assembly()

    meeting = opened(at, "Feuille de route", "Budget")

    text = plain_text(read_note(meeting.minutes_id))
    assert text.splitlines() == [
        "1. Feuille de route",
        "Échanges\u00a0:",
        "Décision\u00a0:",
        "2. Budget",
        "Échanges\u00a0:",
        "Décision\u00a0:",
    ]


def test_those_who_sit_and_the_secretariat_write_the_minutes_and_nobody_else_opens_them():
    at = assembly()

    meeting = opened(at)

    levels = {name: level_of(person, meeting.minutes_id) for name, person in at.people().items()}
    writers = {name for name, level in levels.items() if level == Level.WRITE}
    assert writers == {"secretary", "state_holder", "state_substitute", "local_holder", "local_substitute"}
    assert {name for name, level in levels.items() if level == Level.READ} == {"observer"}


def test_a_mandate_that_ends_closes_the_minutes_to_who_held_it():
    at = assembly()
    meeting = opened(at)

    end_mandate(Mandate.objects.get(person=at.local_holder), reason="Fin.", acting_user=at.secretary)

    assert level_of(at.local_holder, meeting.minutes_id) is None


@pytest.mark.parametrize(("changes", "code"), [({}, "not-convened"), ({"to_come": True}, "too-early")])
def test_a_meeting_is_opened_on_its_day_once_convened(changes, code):
    at = assembly()
    meeting = with_agenda(at, **changes)

    with pytest.raises(MeetingRefused) as refusal:
        open_meeting(meeting, acting_user=at.secretary)

    meeting.refresh_from_db()
    assert refusal.value.code == code
    assert meeting.minutes is None


def test_what_the_agenda_points_at_was_discussed_once_the_meeting_is_closed():
    at = assembly()
    meeting = opened(at, "Une action", "Une autre")
    first, second = meeting.items.all()
    AgendaItem.objects.filter(pk=first.pk).update(reference_kind="programme.action", reference_id="7")
    AgendaItem.objects.filter(pk=second.pk).update(reference_kind="programme.action", reference_id="8")
    settle_item(second, outcome="postponed", acting_user=at.secretary)
    assert not Link.objects.exists()

    close_meeting(meeting, acting_user=at.secretary)

    made = Link.objects.get()
    assert (made.origin, made.outcome) == (Reference("programme.action", "7"), Reference.to(meeting))
    assert made.relation == Relation.DISCUSSED


def test_a_meeting_closes_even_when_it_gave_birth_to_what_it_discussed():
    at = assembly()
    meeting = opened(at)
    thing = Reference("programme.action", "7")
    meeting.items.update(reference_kind=thing.kind, reference_id=thing.id)
    link(Reference.to(meeting), thing, Relation.DECIDED, acting_user=None)

    closed = close_meeting(meeting, acting_user=at.secretary)

    assert closed.status == "held"
    assert Link.objects.count() == 1


def test_a_meeting_is_closed_once():
    at = assembly()
    meeting = held(at)

    with pytest.raises(MeetingRefused) as refusal:
        close_meeting(meeting, acting_user=at.secretary)

    assert refusal.value.code == "not-open"


def test_an_hour_is_that_of_the_place():
    assert instant_of(date(2026, 7, 1), time(9), "Europe/Paris") == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert instant_of(date(2026, 7, 1), time(9), "America/Cayenne") == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert instant_of(date(2026, 7, 1), time(9), "Pacific/Wallis") == datetime(2026, 6, 30, 21, tzinfo=UTC)


def test_an_hour_the_clocks_jump_over_is_refused():
    with pytest.raises(MeetingRefused) as refusal:
        instant_of(date(2026, 3, 29), time(2, 30), "Europe/Paris")

    assert refusal.value.code == "no-such-time"


def test_every_zone_that_is_offered_exists():
    assert all(instant_of(date(2026, 1, 1), time(9), zone) for zone in ZONES)
