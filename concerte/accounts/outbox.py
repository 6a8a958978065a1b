"""The outbox: messages leave once, and a mail server that is down loses none.

A sender claims a message in the database, writes it, hands it to the mail server, then notes that it left. Two senders
never take the same one. One risk is accepted: a process killed between the server's "250" and that note sends the
message again when its claim ends (`CLAIM`); the other order would lose it, and SMTP has no third one."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from types import TracebackType
from typing import Self

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import translation

from concerte.accounts.letters import letter_of, receives_letters
from concerte.accounts.models import Notice, OutgoingMessage, Rhythm
from concerte.accounts.notice_mail import written_letter, written_message
from concerte.accounts.notices import items_to_tell
from concerte.accounts.waiting import WaitingItem

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=10)  # far longer than a mail server is waited for (EMAIL_TIMEOUT, at each step)
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))  # before each new try, then the last
REFUSALS_BORNE = (
    5  # an address the server refuses for good is given up after so many tries; a server that is down never
)

NO_SERVER = (SMTPAuthenticationError, SMTPConnectError, SMTPHeloError)  # answers before any message
CLOSING = 421  # the server takes nothing more for now (RFC 5321, section 3.8)


class _Line:
    """The connection of one round: opened at the first message, again after an error."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.hang_up()

    def open(self) -> BaseEmailBackend:
        """Raises OSError (smtplib's errors are some) when nobody answers."""
        if self._connection is None:
            connection = get_connection()
            connection.open()
            self._connection = connection
        return self._connection

    def hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except OSError:
                logger.info("the mail server had hung up")


def send_outbox(now: datetime) -> int:
    """Send what is due; how many messages left. A server that does not answer ends the round: the next one tries again,
    later and later for the messages that were tried."""
    count = 0
    with _Line() as line:
        for message in _claimed(now):
            outcome = _send(message, line, now)
            count += outcome == "sent"
            if outcome == "no-server":
                break
    return count


def _claimed(now: datetime) -> Iterator[OutgoingMessage]:
    """Messages due, each claimed by us alone before it is given."""
    for pk in list(OutgoingMessage.objects.due_at(now).order_by("next_try_at", "pk").values_list("pk", flat=True)):
        claim = now + CLAIM
        # One UPDATE with its condition: of two senders, the second changes no row.
        if OutgoingMessage.objects.due_at(now).filter(pk=pk).update(claimed_until=claim, tries=F("tries") + 1):
            yield OutgoingMessage.objects.select_related("person").get(pk=pk)


def _send(message: OutgoingMessage, line: _Line, now: datetime) -> str:
    """One of "sent", "dropped" (nothing to tell any more), "refused" (this message) or "no-server"."""
    try:
        mail = _written(message, now)
    except Exception as error:  # a room above fails for this person: the messages of all others leave
        logger.exception("message %s could not be written", message.pk)
        _try_later(message, error, now)
        return "refused"
    if mail is None:
        message.delete()
        return "dropped"
    try:
        mail.connection = line.open()
        mail.send()
    except (OSError, ValueError) as error:  # smtplib's errors are the first; the second is an address that is none
        line.hang_up()
        _try_later(message, error, now)
        return "refused" if _is_about_the_message(error) else "no-server"
    OutgoingMessage.objects.filter(pk=message.pk).update(sent_at=now, claimed_until=None, last_error="")
    return "sent"


def _written(message: OutgoingMessage, now: datetime) -> EmailMultiAlternatives | None:
    """The message as it is to leave now; None when it has nothing to tell any more."""
    person = message.person
    if not message.letter:
        items = _still_waiting(message)
        return written_message(person, items) if items else None
    if not receives_letters(person):
        return None
    with translation.override(person.notice_language):
        letter = letter_of(person, message.letter, now)
        return written_letter(person, letter) if letter is not None else None


def _still_waiting(message: OutgoingMessage) -> list[WaitingItem]:
    """What this message has to tell now. What waits no longer is not told, and may be if it waits again."""
    person = message.person
    told = Notice.objects.filter(message=message)
    if not person.receives_notices or person.notice_rhythm == Rhythm.NONE:
        return []
    items = items_to_tell(person)
    keys = set(told.values_list("key", flat=True))
    told.exclude(key__in=keys & set(items)).delete()
    return [item for key, item in items.items() if key in keys]


def _is_about_the_message(error: Exception) -> bool:
    """This message or its address is what is not taken; others may be."""
    if isinstance(error, (SMTPRecipientsRefused, ValueError)):
        return True
    return isinstance(error, SMTPResponseException) and not isinstance(error, NO_SERVER) and error.smtp_code != CLOSING


def _is_refused_for_good(error: Exception) -> bool:
    """The address itself is refused by a permanent answer (5xx)."""
    return isinstance(error, SMTPRecipientsRefused) and all(code >= 500 for code, _said in error.recipients.values())


def _try_later(message: OutgoingMessage, error: Exception, now: datetime) -> None:
    is_given_up = _is_refused_for_good(error) and message.tries >= REFUSALS_BORNE
    message.next_try_at = now + DELAYS[min(message.tries, len(DELAYS)) - 1]
    message.claimed_until = None
    message.given_up_at = now if is_given_up else None
    message.last_error = f"{type(error).__name__}: {error}"[:300]
    message.save(update_fields=["next_try_at", "claimed_until", "given_up_at", "last_error"])
    # The class alone: what a server answers often holds the address.
    logger.warning("message %s did not leave (try %s): %s", message.pk, message.tries, type(error).__name__)
