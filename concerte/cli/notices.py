"""The rounds of messages: what waits for people is told, and what could not leave is tried again."""

import asyncio
import logging
from datetime import datetime, timedelta

from django.db import close_old_connections, connections
from django.utils import timezone

from concerte.accounts.models import Rhythm
from concerte.accounts.notices import due_rhythms, prepare_notices, rounds_done
from concerte.accounts.outbox import send_outbox
from concerte.cli.alone import unless_another_does
from concerte.governance.services import close_due_decisions
from concerte.journal.models import Entry

logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(hours=1)  # what begins to wait by the calendar alone leaves no line in the journal


class Rounds:
    """What one process remembers between two minutes: when it last looked, and how far the journal went."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None
        self._last_entry: int | None = None
        self._must_look_again = True

    def tell(self, now: datetime) -> int:
        """One round; how many messages left. Another process that is at it is left alone.

        Looking at what waits for everyone costs some queries each: it is done when a line was added to the journal
        (every change is there), when an hour has passed, and when a day or a week begins."""
        with unless_another_does() as is_ours:
            if not is_ours:
                return 0
            close_due_decisions(now)  # first: what they came to is part of what is told
            last_entry = Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
            has_changed = last_entry != self._last_entry
            if has_changed or self._must_look_again or self._is_time(now):
                prepare_notices(now)
                # Once more next time: a line with a lower number may have been committed after this one.
                self._looked_at, self._last_entry, self._must_look_again = now, last_entry, has_changed
            return send_outbox(now)

    def _is_time(self, now: datetime) -> bool:
        if self._looked_at is None or now - self._looked_at >= LOOK_AGAIN:
            return True
        return due_rhythms(now, rounds_done(now)) != {Rhythm.AT_ONCE.value}


def _round(rounds: Rounds) -> None:
    """In a thread of its own: a mail server may be slow, and no page waits for it."""
    close_old_connections()
    try:
        rounds.tell(timezone.now())
    finally:
        connections.close_all()


async def tell_what_waits_every_minute() -> None:
    """For as long as the server runs."""
    rounds = Rounds()
    while True:
        await asyncio.sleep(seconds_to_next_minute(timezone.now()))
        try:
            await asyncio.to_thread(_round, rounds)
        except Exception:  # a database that is away this minute must not end the rounds
            logger.exception("what waits could not be told")


def seconds_to_next_minute(now: datetime) -> float:
    """From an instant to just after the next full minute, in seconds."""
    return 60 - now.second - now.microsecond / 1_000_000 + 0.5
