"""Being convened by e-mail: who is written to, once, and what their calendar is sent."""

from datetime import UTC, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from concerte.accounts import letters
from concerte.accounts.models import Notice, OutgoingMessage, Rhythm
from concerte.accounts.notices import choose_rhythm, prepare_notices
from concerte.accounts.outbox import send_outbox
from concerte.governance.calendars import calendar_of
from concerte.governance.models import Mandate, Meeting
from concerte.governance.services import (
    add_item,
    cancel_meeting,
    convene_meeting,
    end_mandate,
    give_mandate,
    update_meeting,
)
from tests.accounts.smtp_sink import mail_server
from tests.accounts.test_outbox import use
from tests.governance import factories
from tests.governance.factories import AgendaItemFactory, MeetingFactory

pytestmark = pytest.mark.django_db
SITTING = ("state_holder", "state_substitute", "local_holder", "local_substitute", "observer")
LINK = "https://visio.exemple/cos"


def assembly():
    """A body at work, whose people may be written to: the addresses of tests receive nothing."""
    at = factories.assembly()
    for name, person in at.people().items():
        person.email = f"{name}@mairie.exemple"
        person.save(update_fields=["email"])
    return at


def convened(at, **facts):
    """In thirty days, convened now."""
    meeting = MeetingFactory(body=at.body, link=LINK, **facts)
    AgendaItemFactory(meeting=meeting, title="Feuille de route, bilan", decision=True)
    return convene_meeting(meeting, acting_user=at.secretary)


def tell(now=None):
    now = now or timezone.now()
    prepare_notices(now)
    return send_outbox(now)


def told(mailoutbox):
    """To whom, under which subject."""
    return {message.to[0]: message.subject.split("\u00a0")[0] for message in mailoutbox}


def addresses(at, *roles):
    return {at.people()[role].email for role in roles}


def invitation(message):
    """What is attached to a message that Django has not sent yet."""
    (part,) = message.attachments
    return part, Calendar.from_ical(part.get_payload(decode=True))


def test_a_real_mail_server_takes_the_convening_with_the_meeting_for_the_calendar(settings):
    at = assembly()
    meeting = convened(at, time_zone="Indian/Reunion")
    settings.DEFAULT_FROM_EMAIL = "Concerté <ne-pas-repondre@concerte.exemple>"

    with mail_server() as sink:
        use(settings, sink)
        count = tell()
        again = tell()

    (mail,) = [message for message in sink.received if str(message["To"]) == at.local_holder.email]
    (part,) = mail.iter_attachments()
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.events
    (shown,) = Calendar.from_ical(calendar_of([meeting], name="", with_links=True)).events
    text = mail.get_body(("plain",)).get_content()
    assert (count, again) == (5, 0)
    assert {str(message["To"]) for message in sink.received} == addresses(at, *SITTING)
    assert mail["Subject"].strip().startswith("Convocation\u00a0: Commission d’essai, le ")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Feuille de route, bilan" in text
    assert LINK in text
    assert reverse("governance:meeting", args=[meeting.pk]) in text
    assert part.get_content_type() == "text/calendar"
    assert (part.get_param("method"), str(calendar["method"])) == ("REQUEST", "REQUEST")
    assert part.get_filename() == f"cos-{meeting.day_text}.ics"
    assert (event["uid"], event["sequence"]) == (shown["uid"], meeting.sequence)
    assert event.start.astimezone(UTC) == meeting.starts_at.replace(microsecond=0)
    assert str(event["organizer"]) == "mailto:ne-pas-repondre@concerte.exemple"
    assert str(event["attendee"]) == f"mailto:{at.local_holder.email}"
    assert event["attendee"].params["RSVP"] == "FALSE"
    assert b"TZID:Indian/Reunion" in part.get_content().encode()


def test_a_change_of_moment_or_place_is_told_and_then_the_cancelling_each_with_a_higher_sequence(mailoutbox):
    at = assembly()
    meeting = convened(at)
    tell()

    update_meeting(meeting, place="Ailleurs", acting_user=at.secretary)
    tell()
    update_meeting(meeting, title="Autrement dit", acting_user=at.secretary)
    add_item(meeting, title="Un de plus", acting_user=at.secretary)
    unchanged = tell()
    cancel_meeting(meeting, reason="Grève des trains.", acting_user=at.secretary)
    tell()

    mine = [message for message in mailoutbox if message.to == [at.local_holder.email]]
    calendars = [invitation(message)[1] for message in mine]
    sequences = [calendar.events[0]["sequence"] for calendar in calendars]
    assert [message.subject.split("\u00a0")[0] for message in mine] == [
        "Convocation",
        "Réunion modifiée",
        "Réunion annulée",
    ]
    assert unchanged == 0
    assert "Ailleurs" in mine[1].body
    assert "Grève des trains." in mine[2].body
    assert [str(calendar["method"]) for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    assert str(calendars[2].events[0]["status"]) == "CANCELLED"
    assert len({str(calendar.events[0]["uid"]) for calendar in calendars}) == 1
    assert sequences == sorted(set(sequences))


def test_a_server_that_was_down_is_told_what_holds_when_it_is_back_and_only_that(mailoutbox, settings):
    at = assembly()
    meeting = convened(at)
    with mail_server() as gone:
        use(settings, gone)
    tell()
    update_meeting(meeting, place="Ailleurs", acting_user=at.secretary)
    tell()

    with mail_server(gone.port) as back:
        for minutes in range(0, 30, 5):
            tell(timezone.now() + timedelta(minutes=minutes))

    texts = [message.get_body(("plain",)).get_content() for message in back.received]
    assert {str(message["To"]) for message in back.received} == addresses(at, *SITTING)
    assert len(texts) == 5
    assert all("Ailleurs" in text and "Salle des fêtes" not in text for text in texts)
    assert not OutgoingMessage.objects.waiting().exists()


def test_what_has_begun_or_was_never_convened_is_not_told(mailoutbox):
    at = assembly()
    MeetingFactory(body=at.body)
    cancel_meeting(MeetingFactory(body=at.body), reason="Doublon.", acting_user=at.secretary)
    meeting = convened(at)
    prepare_notices(timezone.now())

    sent = send_outbox(meeting.starts_at)

    assert sent == 0
    assert mailoutbox == []
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize(
    ("rhythm", "is_told"),
    [(Rhythm.AT_ONCE, True), (Rhythm.DAILY, True), (Rhythm.WEEKLY, True), (Rhythm.NONE, False)],
)
def test_a_convening_does_not_wait_for_a_rhythm_and_reaches_nobody_who_wants_nothing(mailoutbox, rhythm, is_told):
    at = assembly()
    choose_rhythm(at.local_holder, rhythm=rhythm, acting_user=at.local_holder)
    convened(at)

    tell()

    assert (at.local_holder.email in told(mailoutbox)) == is_told
    assert at.state_holder.email in told(mailoutbox)


def test_the_way_out_of_a_letter_stops_the_next_one(mailoutbox):
    at = assembly()
    meeting = convened(at)
    tell()
    (mine,) = [message for message in mailoutbox if message.to == [at.local_holder.email]]
    stop = mine.extra_headers["List-Unsubscribe"].strip("<>")

    answer = Client().post(stop, {"List-Unsubscribe": "One-Click"})
    cancel_meeting(meeting, reason="Grève.", acting_user=at.secretary)
    tell()

    assert answer.status_code == 200
    assert stop in mine.body
    assert told(mailoutbox)[at.local_holder.email] == "Convocation"
    assert told(mailoutbox)[at.state_holder.email] == "Réunion annulée"


def test_who_sits_that_day_is_convened_and_nobody_else(mailoutbox):
    at = assembly()
    leaving = Mandate.objects.get(person=at.local_holder)
    Mandate.objects.filter(pk=leaving.pk).update(ends_on=timezone.localdate() + timedelta(days=10))
    convened(at)
    tell()
    first = set(told(mailoutbox))
    substitute = Mandate.objects.get(person=at.local_substitute)
    end_mandate(substitute, reason="Fin.", acting_user=None)

    give_mandate(at.local_seat, person=at.local_contributor, is_substitute=True, acting_user=None)
    tell()

    assert first == addresses(at, "state_holder", "state_substitute", "local_substitute", "observer")
    assert set(told(mailoutbox)) - first == {at.local_contributor.email}


def test_english_readers_are_convened_in_english(mailoutbox):
    at = assembly()
    choose_rhythm(at.local_holder, rhythm=Rhythm.DAILY, language="en", acting_user=at.local_holder)
    meeting = convened(at, time_zone="Indian/Reunion")

    tell()

    (mine,) = [message for message in mailoutbox if message.to == [at.local_holder.email]]
    assert "local time" in mine.body
    assert mine.subject.startswith("Meeting notice: Commission d’essai, ")
    assert "Agenda:" in mine.body
    assert f"/en{reverse('governance:meeting', args=[meeting.pk])}" in mine.body
    assert '<html lang="en">' in mine.alternatives[0][0]


def test_a_reminder_does_not_say_what_a_letter_says(mailoutbox):
    at = assembly()
    choose_rhythm(at.local_holder, rhythm=Rhythm.AT_ONCE, acting_user=at.local_holder)
    choose_rhythm(at.secretary, rhythm=Rhythm.AT_ONCE, acting_user=at.secretary)
    convened(at)

    tell()

    subjects = [message.subject.split("\u00a0")[0] for message in mailoutbox if message.to == [at.local_holder.email]]
    assert subjects == ["Convocation"]
    assert told(mailoutbox)[at.secretary.email] == "Concerté"  # who convenes is reminded, as before


def test_letters_of_a_room_that_fails_leave_the_others_theirs(mailoutbox, caplog):
    at = assembly()
    convened(at)

    def due(_now):
        raise RuntimeError("no")

    letters.register("essai", due=due, write=lambda _person, _key, _now: None)
    try:
        tell()
    finally:
        letters.unregister("essai")

    assert set(told(mailoutbox)) == addresses(at, *SITTING)
    assert "letters essai could not be prepared" in caplog.text


@pytest.mark.parametrize("role", ["secretary", "local_holder"])
def test_the_secretariat_reads_who_was_reached_and_whom_to_reach_otherwise(role):
    at = assembly()
    choose_rhythm(at.observer, rhythm=Rhythm.NONE, acting_user=at.observer)
    meeting = convened(at)
    prepare_notices(timezone.now())
    for person in (at.state_holder, at.local_holder):
        Notice.objects.get(person=person)
        OutgoingMessage.objects.filter(person=person).update(sent_at=timezone.now())
    client = Client()
    client.force_login(at.people()[role])

    html = client.get(reverse("governance:meeting", args=[meeting.pk])).content.decode()

    is_secretary = role == "secretary"
    assert ("2 personnes convoquées par courriel" in html) == is_secretary
    assert ("2 courriels à partir" in html) == is_secretary
    assert ("À prévenir autrement" in html) == is_secretary


def test_a_meeting_convened_before_there_were_letters_is_not_convened_again(mailoutbox):
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)
    before = tell()

    cancel_meeting(meeting, reason="Grève.", acting_user=at.secretary)
    tell()

    assert before == 0
    assert set(told(mailoutbox).values()) == {"Réunion annulée"}
    assert Meeting.objects.get().convening_round == 1


def test_the_command_of_a_cron_convenes_too(mailoutbox):
    at = assembly()
    convened(at)

    call_command("send-notices")

    assert set(told(mailoutbox)) == addresses(at, *SITTING)
