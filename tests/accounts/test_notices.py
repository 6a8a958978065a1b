"""What is told by e-mail: to whom, when, and once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.accounts import waiting
from concerte.accounts.errors import AccountRefused
from concerte.accounts.models import Notice, OutgoingMessage, Rhythm, User
from concerte.accounts.notices import ROUNDS, choose_rhythm, due_rhythms, last_round, prepare_notices
from concerte.accounts.outbox import send_outbox
from concerte.accounts.services import pseudonymise, update_person
from concerte.accounts.waiting import WaitingItem
from concerte.journal.models import Entry
from tests.accounts.factories import UserFactory

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=PARIS)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(PARIS))  # noqa: DTZ001


class Desk:
    """What waits, for whom: changed by the tests."""

    def __init__(self) -> None:
        self.items: dict[int, list[WaitingItem]] = {}

    def __call__(self, person: User) -> Iterator[WaitingItem]:
        yield from self.items.get(person.pk, [])

    def put(self, person: User, *keys: str) -> None:
        self.items[person.pk] = [WaitingItem(f"Voter {key}", "Comité", f"/votes/{key}", MONDAY, key) for key in keys]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(waiting, "_providers", [])
    desk = Desk()
    waiting.register(desk)
    return desk


def someone(rhythm: str = Rhythm.AT_ONCE, **facts: object) -> User:
    name = facts.setdefault("name", "Claire")
    return UserFactory(email=f"{name}@mairie.exemple".lower(), notice_rhythm=rhythm, **facts)


def begin_rounds() -> None:
    """As on a site that is in use: the rounds of the day before are done."""
    prepare_notices(MONDAY - timedelta(days=1))


def tell(now: datetime) -> int:
    prepare_notices(now)
    return send_outbox(now)


# --- Rhythms ----------------------------------------------------------------------------------------------------------
@given(instants, st.integers(0, 400), st.sampled_from(ROUNDS))
def test_a_round_is_done_once_and_not_before_the_next_seven_o_clock(now, hours, rhythm):
    done = {each: last_round(each, now) for each in ROUNDS}
    later = now + timedelta(hours=hours)

    is_due = rhythm in due_rhythms(later, done)

    starts = [now + timedelta(hours=hour) for hour in range(hours + 1)]
    began = any(last_round(rhythm, start) > done[rhythm] for start in starts)
    assert is_due == began


@pytest.mark.parametrize(
    ("moment", "daily", "weekly"),
    [
        (datetime(2026, 3, 2, 6, 59, tzinfo=PARIS), date(2026, 3, 1), date(2026, 2, 23)),
        (datetime(2026, 3, 2, 7, 0, tzinfo=PARIS), date(2026, 3, 2), date(2026, 3, 2)),
        (datetime(2026, 3, 2, 6, 0, tzinfo=UTC), date(2026, 3, 2), date(2026, 3, 2)),  # seven in Paris
        (datetime(2026, 3, 4, 12, 0, tzinfo=PARIS), date(2026, 3, 4), date(2026, 3, 2)),
        (datetime(2026, 3, 29, 7, 0, tzinfo=PARIS), date(2026, 3, 29), date(2026, 3, 23)),  # clocks went forward
    ],
)
def test_rounds_begin_at_seven_in_the_time_zone_of_the_site(moment, daily, weekly):
    assert (last_round(Rhythm.DAILY, moment), last_round(Rhythm.WEEKLY, moment)) == (daily, weekly)


@pytest.mark.django_db
def test_each_is_told_at_their_rhythm(desk, mailoutbox):
    begin_rounds()
    people = {rhythm: someone(rhythm, name=rhythm) for rhythm in Rhythm.values}
    for person in people.values():
        desk.put(person, "vote:1")
    told: dict[str, list[str]] = {}
    moments = {
        "lundi 6 h 59": datetime(2026, 3, 2, 6, 59, tzinfo=PARIS),
        "lundi 7 h": datetime(2026, 3, 2, 7, 0, tzinfo=PARIS),
        "mardi 6 h 59": datetime(2026, 3, 3, 6, 59, tzinfo=PARIS),
    }

    for name, now in moments.items():
        mailoutbox.clear()
        tell(now)
        told[name] = sorted(message.to[0].split("@")[0] for message in mailoutbox)

    assert told == {"lundi 6 h 59": ["at_once"], "lundi 7 h": ["daily", "weekly"], "mardi 6 h 59": []}


@pytest.mark.django_db
def test_a_site_that_begins_waits_for_seven_o_clock(desk, mailoutbox):
    desk.put(someone(Rhythm.DAILY), "vote:1")

    tell(MONDAY)
    at_first = len(mailoutbox)
    tell(MONDAY + timedelta(days=1))

    assert (at_first, len(mailoutbox)) == (0, 1)


@pytest.mark.django_db
def test_a_server_that_was_stopped_catches_up_once(desk, mailoutbox):
    begin_rounds()
    desk.put(someone(Rhythm.WEEKLY), "vote:1")
    wednesday = MONDAY + timedelta(days=2)

    tell(wednesday)
    tell(wednesday + timedelta(minutes=1))

    assert len(mailoutbox) == 1


# --- Once -------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_thing_is_told_once_and_a_new_one_alone(desk, mailoutbox):
    person = someone()
    desk.put(person, "vote:1")
    tell(MONDAY)
    tell(MONDAY + timedelta(minutes=1))
    desk.put(person, "vote:1", "vote:2")

    tell(MONDAY + timedelta(minutes=2))

    assert [message.subject for message in mailoutbox] == ["Concerté\u00a0: 1 point vous attend"] * 2
    assert "Voter vote:2" in mailoutbox[1].body
    assert "Voter vote:1" not in mailoutbox[1].body


@pytest.mark.django_db
def test_what_has_no_key_is_never_told(desk, mailoutbox):
    desk.put(someone(), "")

    tell(MONDAY)

    assert mailoutbox == []
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_what_waits_no_longer_when_the_message_leaves_is_not_told(desk, mailoutbox):
    person = someone()
    desk.put(person, "vote:1", "vote:2")
    prepare_notices(MONDAY)
    desk.put(person, "vote:2")

    send_outbox(MONDAY)

    assert "Voter vote:1" not in mailoutbox[0].body
    assert set(Notice.objects.values_list("key", flat=True)) == {"vote:2"}


@pytest.mark.django_db
def test_a_message_with_nothing_left_to_tell_does_not_leave(desk, mailoutbox):
    person = someone()
    desk.put(person, "vote:1")
    prepare_notices(MONDAY)
    desk.put(person)

    send_outbox(MONDAY)

    assert mailoutbox == []
    assert not OutgoingMessage.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_room_that_fails_for_one_person_leaves_the_others_their_message(desk, mailoutbox, caplog):
    broken = someone(name="Anne")
    desk.put(someone(name="Bruno"), "vote:1")

    def provider(person: User) -> list[WaitingItem]:
        if person == broken:
            raise RuntimeError("no")
        return []

    waiting.register(provider)
    tell(MONDAY)

    assert [message.to for message in mailoutbox] == [["bruno@mairie.exemple"]]
    assert f"person {broken.pk} could not be told" in caplog.text


@pytest.mark.django_db
def test_a_key_longer_than_its_column_is_told_once_too(desk, mailoutbox):
    desk.put(someone(), "x" * 500)

    tell(MONDAY)
    tell(MONDAY + timedelta(minutes=1))

    assert len(mailoutbox) == 1


# --- To whom ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("when", ["before it is made", "before it leaves"])
@pytest.mark.parametrize("what", ["closed out", "erased", "wants none"])
def test_nobody_who_is_gone_or_wants_none_is_written_to(desk, mailoutbox, what, when):
    person = someone()
    desk.put(person, "vote:1")
    if when == "before it leaves":
        prepare_notices(MONDAY)
    if what == "closed out":
        update_person(person, email=person.email, name=person.name, is_active=False, acting_user=None)
    elif what == "erased":
        pseudonymise(person, acting_user=None)
    else:
        choose_rhythm(person, rhythm=Rhythm.NONE, acting_user=person)

    tell(MONDAY)

    assert mailoutbox == []
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_erasing_a_person_erases_what_they_were_told_and_were_to_be(desk):
    person, other = someone(name="Anne"), someone(name="Bruno")
    for each in (person, other):
        desk.put(each, "vote:1")
    tell(MONDAY)
    desk.put(person, "vote:2")
    prepare_notices(MONDAY)

    pseudonymise(person, acting_user=None)

    assert set(OutgoingMessage.objects.values_list("person", flat=True)) == {other.pk}
    assert set(Notice.objects.values_list("person", flat=True)) == {other.pk}


@pytest.mark.django_db
def test_an_address_that_receives_nothing_is_not_written_to(desk, mailoutbox):
    desk.put(UserFactory(email="coordination@exemple.invalid", notice_rhythm=Rhythm.AT_ONCE), "vote:1")

    tell(MONDAY)

    assert mailoutbox == []


# --- What it says -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_message_leads_to_what_waits_and_out(desk, mailoutbox, settings):
    person = someone(name="Claire <b>")
    person.email = "claire@mairie.exemple"
    person.save()
    desk.put(person, "vote:1")

    tell(MONDAY)

    message = mailoutbox[0]
    html = message.alternatives[0][0]
    stop = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop.startswith(f"{settings.BASE_URL}/mon-espace/courriels/arret/")
    for text in (message.body, html):
        assert f"{settings.BASE_URL}/votes/vote:1" in text
        assert f"{settings.BASE_URL}/mon-espace/courriels" in text
        assert stop in text
        assert "Depuis le 2\u00a0mars 2026" in text
    assert "Bonjour Claire <b>," in message.body
    assert "Bonjour Claire &lt;b&gt;," in html
    assert "Voter" not in message.subject


@pytest.mark.django_db
def test_the_message_is_in_the_language_of_the_person(desk, mailoutbox, settings):
    person = someone()
    choose_rhythm(person, rhythm=Rhythm.AT_ONCE, language="en", acting_user=person)
    desk.put(person, "vote:1")

    tell(MONDAY)

    assert '<html lang="en">' in mailoutbox[0].alternatives[0][0]
    assert f"{settings.BASE_URL}/en/mon-espace/courriels/arret/" in mailoutbox[0].body


@pytest.mark.django_db
def test_a_long_list_is_cut_and_counted(desk, mailoutbox):
    desk.put(someone(), *(f"vote:{rank}" for rank in range(42)))

    tell(MONDAY)

    assert mailoutbox[0].subject == "Concerté\u00a0: 42 points vous attendent"
    assert mailoutbox[0].body.count("Voter vote:") == 30
    assert "Et 12 autres" in mailoutbox[0].body


# --- Choosing ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rhythm", "language", "by_another", "code"),
    [
        ("hourly", "fr", False, "unknown-rhythm"),
        (Rhythm.WEEKLY, "de", False, "unknown-language"),
        (Rhythm.WEEKLY, "fr", True, "not-allowed"),
    ],
)
def test_a_choice_that_is_none_is_refused(rhythm, language, by_another, code):
    person = someone()
    acting_user = someone(name="Bruno") if by_another else person

    with pytest.raises(AccountRefused) as refusal:
        choose_rhythm(person, rhythm=rhythm, language=language, acting_user=acting_user)

    assert refusal.value.code == code
    person.refresh_from_db()
    assert (person.notice_rhythm, person.notice_language) == (Rhythm.AT_ONCE, "fr")
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_the_same_choice_again_leaves_no_line():
    person = someone()

    for _rank in range(2):
        choose_rhythm(person, rhythm=Rhythm.WEEKLY, acting_user=person)

    entry = Entry.objects.get()
    assert entry.act == "accounts.notice_rhythm_chosen"
    assert entry.details == {"rhythm": "weekly", "language": "fr", "one_click": False}
