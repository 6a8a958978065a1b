"""Telling people by e-mail what waits for them: each thing once, at the rhythm they chose.

What is told goes through an outbox (`outbox.py`). A message holds keys, not words: it is written when it leaves, from
what waits then. Each key is claimed for its person by a row under a unique constraint, in the transaction that makes
the message: two processes that look at the same moment tell it once."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from concerte.accounts.errors import AccountRefused
from concerte.accounts.letters import prepare_letters
from concerte.accounts.models import Notice, NoticeRound, OutgoingMessage, Rhythm, User
from concerte.accounts.waiting import WaitingItem, items_for
from concerte.journal.services import record

logger = logging.getLogger(__name__)

ROUND_AT = time(7)  # in the time zone of the site
ROUNDS = (Rhythm.DAILY.value, Rhythm.WEEKLY.value)
_KEY_LENGTH = 200


def prepare_notices(now: datetime) -> int:
    """Put in the outbox the letters that are due, and what waits and was not told yet to those whose time it is; how
    many messages were made or completed. Done again, or by several at once, it tells nothing twice."""
    letters = prepare_letters(now)
    due = due_rhythms(now, rounds_done(now))
    people = list(User.objects.that_receive().filter(notice_rhythm__in=due).order_by("pk"))
    count = letters
    for person in people:
        try:
            count += prepare_for(person, now)
        except Exception:  # one of the rooms fails for one person: all others are told all the same
            logger.exception("what waits for person %s could not be told", person.pk)
    # At the end: a round that was cut short is done again, and only tells what was left.
    NoticeRound.objects.filter(rhythm__in=due).update(done_on=last_round(Rhythm.DAILY, now))
    return count


def last_round(rhythm: str, now: datetime) -> date:
    """The last day at 7 o'clock of which people of a rhythm were to be told: today or yesterday, or a Monday."""
    local = timezone.localtime(now)
    day = local.date() if local.time() >= ROUND_AT else local.date() - timedelta(days=1)
    return day - timedelta(days=day.weekday()) if rhythm == Rhythm.WEEKLY else day


def due_rhythms(now: datetime, done: Mapping[str, date]) -> set[str]:
    """Whose time it is: at any moment those told at once; the others from 7 o'clock of their day on, once.

    done: the last day of each other round. A server that was stopped at 7 o'clock catches up when it is back."""
    return {Rhythm.AT_ONCE.value} | {rhythm for rhythm in ROUNDS if done[rhythm] < last_round(rhythm, now)}


def rounds_done(now: datetime) -> dict[str, date]:
    """The first start of all tells nobody at an odd hour: the rounds begin with the next 7 o'clock."""
    return {
        rhythm: NoticeRound.objects.get_or_create(rhythm=rhythm, defaults={"done_on": last_round(rhythm, now)})[
            0
        ].done_on
        for rhythm in ROUNDS
    }


def prepare_for(person: User, now: datetime) -> bool:
    """Put in the outbox what this person was not told yet; whether there was anything.

    It joins a message that has not left (a mail server that is down must not make a pile of them)."""
    waiting = set(items_to_tell(person))
    known = set(Notice.objects.filter(person=person).values_list("key", flat=True))
    if waiting <= known:
        return False
    with transaction.atomic():
        # Two processes wait for each other here, and the second sees what the first has claimed.
        locked = User.objects.that_receive().select_for_update(of=("self",)).filter(pk=person.pk).first()
        if locked is None or locked.notice_rhythm == Rhythm.NONE:
            return False
        fresh = waiting - set(Notice.objects.filter(person=person).values_list("key", flat=True))
        if not fresh:
            return False
        open_messages = OutgoingMessage.objects.waiting().unclaimed_at(now).select_for_update(of=("self",))
        message = open_messages.filter(person=person, letter="").order_by("pk").first()
        if message is None:
            message = OutgoingMessage.objects.create(person=person, made_at=now, next_try_at=now)
        Notice.objects.bulk_create(Notice(person=person, key=key, message=message) for key in sorted(fresh))
    return True


def items_to_tell(person: User) -> dict[str, WaitingItem]:
    """What waits for a person and is told in reminders, by key, in the person's language."""
    with translation.override(person.notice_language):
        return {_stored_key(item.key): item for item in items_for(person) if item.key and not item.has_letter}


def _stored_key(key: str) -> str:
    return key if len(key) <= _KEY_LENGTH else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


@transaction.atomic
def choose_rhythm(
    person: User, *, rhythm: str, language: str | None = None, acting_user: User | None, one_click: bool = False
) -> User:
    """Say how often this person is written to, and in which language. language: None to leave it.

    one_click: by the way out of a message, without a session. Raises AccountRefused ("not-allowed", "unknown-rhythm",
    "unknown-language"); nothing is then written. Saying the same again changes nothing."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if acting_user != person or not person.is_active:
        raise AccountRefused(_("Chaque personne choisit pour elle-même."), code="not-allowed")
    if rhythm not in Rhythm.values:
        raise AccountRefused(_("Ce rythme n’existe pas."), code="unknown-rhythm")
    new_language = person.notice_language if language is None else language
    if new_language not in dict(User._meta.get_field("notice_language").choices or ()):
        raise AccountRefused(_("Cette langue n’est pas proposée."), code="unknown-language")
    if (rhythm, new_language) == (person.notice_rhythm, person.notice_language):
        return person
    person.notice_rhythm, person.notice_language = rhythm, new_language
    person.save(update_fields=["notice_rhythm", "notice_language"])
    details = {"rhythm": rhythm, "language": new_language, "one_click": one_click}
    record("accounts.notice_rhythm_chosen", actor=acting_user, subject=person, details=details)
    return person
