"""What the calendar changes is applied when the site opens and at each midnight."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from concerte.cli.daily import follow_the_calendar, seconds_to_midnight
from concerte.documents.models import Access
from concerte.partners.models import Membership
from tests.programme.factories import workshop

PARIS = ZoneInfo("Europe/Paris")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(PARIS)))  # noqa: DTZ001
def test_the_next_round_is_within_a_day_and_on_another_day(now):
    seconds = seconds_to_midnight(now)

    assert 0 < seconds <= 24 * 3600 + 1


def test_the_next_round_is_just_after_midnight():
    assert seconds_to_midnight(datetime(2026, 11, 22, 23, 59, 0, tzinfo=UTC)) == 61


@pytest.mark.django_db(transaction=True)
def test_a_role_that_ended_while_the_site_was_stopped_no_longer_opens_the_draft():
    person = workshop().contributor
    had_access = Access.objects.filter(person=person).exists()
    Membership.objects.filter(person=person).update(ends_on=timezone.localdate())

    follow_the_calendar()

    assert had_access
    assert not Access.objects.filter(person=person).exists()
