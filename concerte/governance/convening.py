"""Being convened, as a letter: those who sit on the day of a meeting are written to when it is convened, when its
moment or its place changes, when it is cancelled. The meeting is attached, for calendars (`calendars.invitation_of`).

Being convened is a formal act: it does not wait for the rhythm of reminders (`accounts.letters`). Who asked for no
message at all gets none: the secretariat is shown whom it has to reach otherwise.

A letter is of a round of its meeting (`Meeting.convening_round`). What has become of a round before another began is
told by the other alone, and nothing is told once the meeting has begun. The agenda and the attachment are those of the
moment the letter leaves, so that nothing old is sent; who is given a mandate after the convening is convened then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.mime.text import MIMEText

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.letters import Letter, receives_letters
from concerte.accounts.models import Notice, User
from concerte.common.templatetags.typography import day, partial_date
from concerte.governance.calendars import file_name_of, invitation_of, method_of, told
from concerte.governance.models import Mandate, Meeting
from concerte.governance.templatetags.meeting_words import clock, paris_clock
from concerte.governance.time_zones import zone_label

NAME = "governance.convening"
MOST_ITEMS = 30  # of an agenda; the page shows the rest
Status = Meeting.Status


def key_of(meeting: Meeting) -> str:
    return f"{NAME}:{meeting.pk}:{meeting.convening_round}"


def due_letters(now: datetime) -> Iterator[tuple[int, str]]:
    """Everyone who is to be told where a meeting to come stands, told already or not. One query, one per meeting."""
    for meeting in _to_tell(now).select_related("body"):
        for mandate in convened_to(meeting):
            yield mandate.person_id, key_of(meeting)


def letter_to(person: User, key: str, now: datetime) -> Letter | None:
    """The letter of that key; None when another round has begun, the meeting too, or the person sits there no more."""
    number = key.split(":")[1]
    meeting = told(_to_tell(now).filter(pk=int(number))).first()
    if meeting is None or key_of(meeting) != key:
        return None
    mandate = convened_to(meeting).filter(person=person).first()
    if mandate is None:
        return None
    earlier = Notice.objects.filter(person=person, key__startswith=f"{NAME}:{meeting.pk}:").exclude(key=key)
    was_told = earlier.exclude(message__sent_at=None).exists()
    return Letter(
        subject=_subject(meeting, was_told=was_told),
        template="governance/email/convening",
        context=_context(meeting, mandate, was_told=was_told),
        attached=(_attached(meeting, mandate),),
    )


def convened_to(meeting: Meeting) -> QuerySet[Mandate]:
    """Holders and substitutes on the day of the meeting, observers included; a holder before a substitute."""
    held = Mandate.objects.held_on(meeting.day).filter(seat__body=meeting.body_id)
    return held.select_related("person", "seat__organisation").order_by("is_substitute", "pk")


def has_letter(meeting: Meeting) -> bool:
    """Whether those who sit are told of this meeting by a letter: those convened before letters were sent are not."""
    return meeting.convening_round > 0


def is_convened(mandate: Mandate, meeting: Meeting) -> bool:
    """The same of one loaded mandate, with its seat."""
    is_held = mandate.is_held_on(meeting.day) and mandate.seat.is_held_on(meeting.day)
    return is_held and mandate.seat.body_id == meeting.body_id


@dataclass(frozen=True)
class Delivery:
    """How many letters of the last round have left, how many are about to; who has to be reached otherwise: they want
    no message, or their address is refused."""

    sent: int
    waiting: int
    unreached: tuple[User, ...]


def delivery_of(meeting: Meeting) -> Delivery | None:
    """Where the letters of a meeting stand; None when there are none to send. Two queries."""
    if not has_letter(meeting):
        return None
    people = {mandate.person_id: mandate.person for mandate in convened_to(meeting)}
    notices = Notice.objects.filter(key=key_of(meeting), person__in=people).select_related("message")
    messages = {notice.person_id: notice.message for notice in notices}
    sent = [pk for pk in people if pk in messages and messages[pk].sent_at]
    lost = [
        pk
        for pk, person in people.items()
        if pk not in sent and (not receives_letters(person) or (pk in messages and messages[pk].given_up_at))
    ]
    is_over = meeting.starts_at is None or meeting.starts_at <= timezone.now()
    waiting = 0 if is_over else len(people) - len(sent) - len(lost)
    return Delivery(sent=len(sent), waiting=waiting, unreached=tuple(people[pk] for pk in lost))


def _to_tell(now: datetime) -> QuerySet[Meeting]:
    states = (Status.CONVENED, Status.CANCELLED)
    return Meeting.objects.filter(convening_round__gt=0, status__in=states, starts_at__gt=now).order_by("pk")


def _subject(meeting: Meeting, *, was_told: bool) -> str:
    """The body and the day, which is what one looks for; not what is spoken of: locked screens show it."""
    if meeting.status == Status.CANCELLED:
        words = _("Réunion annulée\u00a0: %(body)s, le %(day)s")
    elif was_told:
        words = _("Réunion modifiée\u00a0: %(body)s, le %(day)s")
    else:
        words = _("Convocation\u00a0: %(body)s, le %(day)s")
    return words % {"body": meeting.body, "day": day(meeting.day)}


def _context(meeting: Meeting, mandate: Mandate, *, was_told: bool) -> dict[str, object]:
    agenda = meeting.agenda  # type: ignore[attr-defined]  # by `told`
    return {
        "meeting": meeting,
        "is_cancelled": meeting.status == Status.CANCELLED,
        "was_told": was_told,
        "when": _when(meeting),
        "organisation": mandate.seat.organisation,
        "is_substitute": mandate.is_substitute,
        "items": [(rank, item) for rank, item in enumerate(agenda[:MOST_ITEMS], start=1)],
        "others": len(agenda[MOST_ITEMS:]),
        "page": settings.BASE_URL + reverse("governance:meeting", args=[meeting.pk]),
        "excuses": settings.BASE_URL + reverse("governance:attendance", args=[meeting.pk]),
    }


def _when(meeting: Meeting) -> str:
    start, end = meeting.local_start, meeting.local_end
    words = partial_date(meeting.day_text)
    if start is not None:
        words = f"{words}, {clock(start)}"
        if end is not None:
            words = f"{words} – {clock(end)}"
        if meeting.time_zone != settings.TIME_ZONE:
            # The words of the page (governance/includes/meeting_when.html).
            there = _("heure du lieu\u00a0: %(zone)s\u202f; %(hour)s à Paris")
            words = f"{words} ({there % {'zone': zone_label(meeting.time_zone), 'hour': paris_clock(start)}})"
    return words


def _attached(meeting: Meeting, mandate: Mandate) -> MIMEText:
    name = file_name_of(meeting)
    part = MIMEText(invitation_of(meeting, mandate).decode(), "calendar", "utf-8")
    # Programs look for the method here too (RFC 6047, section 2.4).
    part.set_param("method", method_of(meeting))
    part.set_param("name", name)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part
