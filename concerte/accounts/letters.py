"""Letters: a formal message of a room above, alone in its e-mail, with what is attached to it (being convened to a
meeting). What waits for a person is told elsewhere (`notices.py`), many things in one message.

They go through the same outbox, under the same rules: a message holds a key and is written when it leaves, from what is
true then, attachments included. A key that is due no more by then is not told; one that was told is never told again.

The rhythm a person chose is about reminders. A letter leaves at once for anyone who chose to be told something: one
that changes the hour of a meeting would come too late on Monday at seven. Who wants no message gets none."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.mime.base import MIMEBase
from typing import Any

from django.db import transaction

from concerte.accounts.models import Notice, OutgoingMessage, Rhythm, User

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """subject: shown on locked screens. template: its text and its page, without ".txt" and ".html"; both extend
    "accounts/email/letter". attached: whole parts, so that their type keeps its parameters (method=REQUEST)."""

    subject: str
    template: str
    context: Mapping[str, Any]
    attached: tuple[MIMEBase, ...] = ()


# To whom what is due at an instant: ids of people, keys ("governance.convening:12:1"). A few queries for everyone.
Due = Callable[[datetime], Iterable[tuple[int, str]]]
# The letter of a key to a person, in the language now in force; None when it is due no more at that instant.
Writer = Callable[[User, str, datetime], Letter | None]


@dataclass(frozen=True)
class _Source:
    due: Due
    write: Writer


_sources: dict[str, _Source] = {}


def register(name: str, *, due: Due, write: Writer) -> None:
    """Have letters sent. name: what its keys begin with, up to the first colon. Registering it again replaces it."""
    _sources[name] = _Source(due, write)


def unregister(name: str) -> None:
    _sources.pop(name, None)


def letter_of(person: User, key: str, now: datetime) -> Letter | None:
    """What a key has to say to a person now; None when there is nothing, or nobody to say it any more."""
    source = _sources.get(key.partition(":")[0])
    return source.write(person, key, now) if source is not None else None


def prepare_letters(now: datetime) -> int:
    """Put in the outbox the letters that are due and were not told yet; how many. Done again, or by several at once, it
    tells nothing twice."""
    count = 0
    for name, source in list(_sources.items()):
        try:
            count += _prepare(source, now)
        except Exception:  # one of the rooms fails: the others and the reminders are told all the same
            logger.exception("letters %s could not be prepared", name)
    return count


def receives_letters(person: User) -> bool:
    return person.receives_notices and person.notice_rhythm != Rhythm.NONE


def _prepare(source: _Source, now: datetime) -> int:
    due = set(source.due(now))
    told = set(Notice.objects.filter(key__in={key for _pk, key in due}).values_list("person", "key"))
    fresh = due - told
    people = User.objects.that_receive().filter(pk__in={pk for pk, _key in fresh})
    receiving = set(people.exclude(notice_rhythm=Rhythm.NONE).values_list("pk", flat=True))
    return sum(_claim(pk, key, now) for pk, key in sorted(fresh) if pk in receiving)


@transaction.atomic
def _claim(person_id: int, key: str, now: datetime) -> bool:
    # Two processes wait for each other here, and the second sees what the first has claimed.
    person = User.objects.that_receive().select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None or not receives_letters(person) or Notice.objects.filter(person=person, key=key).exists():
        return False
    message = OutgoingMessage.objects.create(person=person, letter=key, made_at=now, next_try_at=now)
    Notice.objects.create(person=person, key=key, message=message)
    return True
