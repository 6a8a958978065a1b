"""What a day that begins changes by itself: roles, organisations and participations that begin or end."""

import asyncio
import logging
from datetime import datetime, time, timedelta

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone

from concerte.cli.alone import one_at_a_time
from concerte.governance.services import keep_every_minutes_access_true
from concerte.partners.services import apply_membership_dates
from concerte.programme.services import keep_every_access_true

logger = logging.getLogger(__name__)

DAYS_LOOKED_BACK_ON = 7  # a server that was stopped for a week misses nothing


def follow_the_calendar() -> None:
    """Bring the rights kept as rows in line with today's dates. Done twice, as by two machines, it changes nothing."""
    close_old_connections()
    try:
        with one_at_a_time():
            apply_membership_dates(days=DAYS_LOOKED_BACK_ON)
            keep_every_access_true()
            keep_every_minutes_access_true()
    finally:
        close_old_connections()


async def follow_the_calendar_every_day() -> None:
    """At each midnight of the site's time zone, for as long as the server runs."""
    while True:
        await asyncio.sleep(seconds_to_midnight(timezone.localtime()))
        try:
            await sync_to_async(follow_the_calendar)()
        except Exception:  # a database that is away tonight must not end tomorrow's round
            logger.exception("the dates of today could not be applied")


def seconds_to_midnight(now: datetime) -> float:
    """From an aware instant to the first second of the next day in its time zone, in seconds."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(0, 0, 1), tzinfo=now.tzinfo)
    return (tomorrow - now).total_seconds()
