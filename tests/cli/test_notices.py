"""The rounds of messages: when everyone is looked at again, and the command beside them."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from concerte.accounts import waiting
from concerte.accounts.models import Rhythm, User
from concerte.accounts.waiting import WaitingItem
from concerte.cli import notices
from concerte.cli.notices import LOOK_AGAIN, Rounds, seconds_to_next_minute
from concerte.journal.services import record
from tests.accounts.factories import UserFactory

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def looks(db: None, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When everyone was looked at."""
    seen: list[datetime] = []
    real = notices.prepare_notices

    def looked(now: datetime) -> int:
        seen.append(now)
        return real(now)

    monkeypatch.setattr(notices, "prepare_notices", looked)
    return seen


def times(looks: list[datetime]) -> list[int]:
    return [int((look - NOW) / MINUTE) for look in looks]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_round_is_in_the_next_minute(now):
    then = now + timedelta(seconds=seconds_to_next_minute(now))

    assert then.replace(second=0, microsecond=0) - now.replace(second=0, microsecond=0) == MINUTE


def test_while_nothing_changes_everyone_is_looked_at_once_an_hour(looks):
    rounds = Rounds()

    for minute in range(130):
        rounds.tell(NOW + minute * MINUTE)

    assert timedelta(hours=1) == LOOK_AGAIN
    assert times(looks) == [0, 60, 120]


def test_a_change_is_looked_at_the_next_minute_and_once_more(looks):
    rounds = Rounds()
    rounds.tell(NOW)
    record("accounts.person_updated", actor=None, subject=UserFactory())

    for minute in range(1, 5):
        rounds.tell(NOW + minute * MINUTE)

    assert times(looks) == [0, 1, 2]


def test_seven_o_clock_is_not_missed(looks):
    rounds = Rounds()
    early = NOW.replace(hour=6, minute=58) + timedelta(days=1)

    for minute in range(5):
        rounds.tell(early + minute * MINUTE)

    assert [f"{look:%H:%M}" for look in looks] == ["06:58", "07:00"]


@pytest.mark.django_db
def test_the_command_sends_what_is_due_and_says_how_many(monkeypatch, mailoutbox):
    monkeypatch.setattr(waiting, "_providers", [])
    UserFactory(email="claire@mairie.exemple", notice_rhythm=Rhythm.AT_ONCE)

    def provider(person: User) -> list[WaitingItem]:
        return [WaitingItem("Voter", "", "/votes/1", key="vote:1")]

    waiting.register(provider)
    output = StringIO()

    for _rank in range(2):
        call_command("send-notices", stdout=output)

    assert output.getvalue().splitlines() == ["Courriels partis\u00a0: 1", "Courriels partis\u00a0: 0"]
    assert len(mailoutbox) == 1
