"""Meetings as calendars read them: iCalendar, RFC 5545. The same meetings always give the same bytes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur

from concerte.governance.models import AgendaItem, Mandate, Meeting
from concerte.governance.time_zones import zone_label

PRODUCT = "-//Concerté//Réunions des instances//FR"
REFRESH = timedelta(hours=4)  # how often calendars are asked to come back
# Where clocks change, the days they do and since which year; the hours are those of the time zone database. Calendar
# programs want the rule and not a list of days, which the library would write.
_RULES: dict[str, tuple[int, dict[str, Any], dict[str, Any]]] = {
    # The last Sundays of March and October, at 1:00 UTC (directive 2000/84/CE; so since 1996).
    "Europe/Paris": (1996, {"bymonth": 3, "byday": "-1SU"}, {"bymonth": 10, "byday": "-1SU"}),
    # The second Sunday of March and the first of November, at 2:00 (as in North America since 2007).
    "America/Miquelon": (2007, {"bymonth": 3, "byday": "2SU"}, {"bymonth": 11, "byday": "1SU"}),
}
_AGENDA = Prefetch("items", queryset=AgendaItem.objects.filter(withdrawn_at=None), to_attr="agenda")
_LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001  a VTIMEZONE tells when it begins on the clocks it is about
_STATUSES = {
    Meeting.Status.PLANNED: "TENTATIVE",
    Meeting.Status.CONVENED: "CONFIRMED",
    Meeting.Status.OPEN: "CONFIRMED",
    Meeting.Status.HELD: "CONFIRMED",
    Meeting.Status.CANCELLED: "CANCELLED",
}


def told(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """With what calendars tell, in an order that stays."""
    return meetings.select_related("body").prefetch_related(_AGENDA).order_by("pk")


def calendar_of(meetings: Iterable[Meeting], *, name: str, with_links: bool) -> bytes:
    """A calendar, in UTF-8. meetings: with their body, and their items under `agenda` when they are to be told; those
    without a known hour are left out. with_links: whether the connection addresses may be read here."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    # A calendar has one language and one address per meeting, whoever reads the page beside it.
    with translation.override(settings.LANGUAGE_CODE):
        timed = [meeting for meeting in meetings if meeting.starts_at is not None]
        for zone in sorted({meeting.time_zone for meeting in timed}):
            calendar.add_component(time_zone_component(zone))
        for meeting in timed:
            calendar.add_component(_event(meeting, with_links=with_links))
    content: bytes = calendar.to_ical()
    return content


def invitation_of(meeting: Meeting, mandate: Mandate) -> bytes:
    """The same meeting as somebody who sits is sent it (iTIP, RFC 5546): REQUEST, or CANCEL once it is cancelled. UID
    and SEQUENCE are those of the calendars above, so that a program puts the meeting right and does not double it.

    mandate: through which they sit; the only person it names, for addresses are not told from one to another. No answer
    is asked for (RSVP=FALSE): it would go to a machine, and organisations excuse themselves on the page."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method_of(meeting))
    with translation.override(settings.LANGUAGE_CODE):
        event = _event(meeting, with_links=True)
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = meeting.body.name
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{mandate.person.email}")
    is_holder = mandate.seat.is_voting and not mandate.is_substitute
    attendee.params.update(
        {
            "CN": mandate.person.name,
            "ROLE": "REQ-PARTICIPANT" if is_holder else "OPT-PARTICIPANT",
            "PARTSTAT": "NEEDS-ACTION",
            "RSVP": "FALSE",
        }
    )
    event.add("attendee", attendee)
    calendar.add_component(time_zone_component(meeting.time_zone))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def method_of(meeting: Meeting) -> str:
    return "CANCEL" if meeting.status == Meeting.Status.CANCELLED else "REQUEST"


def file_name_of(meeting: Meeting) -> str:
    return f"{meeting.body.slug}-{meeting.day_text}.ics"


def _event(meeting: Meeting, *, with_links: bool) -> Event:
    event = Event()
    address = settings.BASE_URL + reverse("governance:meeting", args=[meeting.pk])
    event.add("uid", f"reunion-{meeting.uid}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", _to_the_second(meeting.changed_at))
    event.add("last-modified", _to_the_second(meeting.changed_at))
    event.add("created", _to_the_second(meeting.created_at))
    event.add("dtstart", meeting.local_start)
    event.add("dtend", meeting.local_end or meeting.local_start)
    event.add("summary", f"{meeting.body}\u00a0: {meeting.title}" if meeting.title else str(meeting.body))
    event.add("status", _STATUSES[Meeting.Status(meeting.status)])
    event.add("url", address)
    link = meeting.link if with_links else ""
    if meeting.place or link:
        event.add("location", meeting.place or link)
    event.add("description", _description(meeting, address, link))
    return event


def _description(meeting: Meeting, address: str, link: str) -> str:
    lines = [meeting.body.name]
    if meeting.cancelled_because:
        lines.append(_("Annulée\u00a0: %(reason)s") % {"reason": meeting.cancelled_because})
    if meeting.time_zone != settings.TIME_ZONE:
        lines.append(_("À l’heure du lieu\u00a0: %(zone)s") % {"zone": zone_label(meeting.time_zone)})
    agenda: list[AgendaItem] = getattr(meeting, "agenda", [])
    lines += [f"{rank}. {item.title}" for rank, item in enumerate(agenda, start=1)]
    if link:
        lines.append(_("Se connecter\u00a0: %(link)s") % {"link": link})
    return "\n".join([*lines, address])


@lru_cache(maxsize=32)
def time_zone_component(name: str) -> Timezone:
    """The VTIMEZONE of a zone: its two rules where clocks change, its one offset elsewhere.

    Where they change, the hour is told on the clocks of the day before, as RFC 5545 asks (3.6.5)."""
    component = Timezone()
    component.add("tzid", name)
    if name not in _RULES:
        now = datetime(2026, 1, 1, tzinfo=ZoneInfo(name))
        component.add_component(_observance(TimezoneStandard(), _LONG_AGO, now, now))
        return component
    first_year, spring, autumn = _RULES[name]
    for kind, rule in ((TimezoneDaylight(), spring), (TimezoneStandard(), autumn)):
        before, after = _change(name, first_year, rule["bymonth"])
        observance = _observance(kind, before.replace(tzinfo=None) + timedelta(seconds=1), before, after)
        observance.add("rrule", vRecur({"freq": "yearly", **rule}))
        component.add_component(observance)
    return component


def _observance(
    kind: TimezoneStandard | TimezoneDaylight, onset: datetime, before: datetime, after: datetime
) -> TimezoneStandard | TimezoneDaylight:
    kind.add("dtstart", onset)
    kind.add("tzoffsetfrom", before.utcoffset())
    kind.add("tzoffsetto", after.utcoffset())
    kind.add("tzname", after.tzname())
    return kind


def _change(name: str, year: int, month: int) -> tuple[datetime, datetime]:
    """The last second before the clocks change that month, and the first after, in local time."""
    zone, utc = ZoneInfo(name), ZoneInfo("UTC")
    low = datetime(year, month, 1, tzinfo=utc)
    high = datetime(year, month, 28, tzinfo=utc) + timedelta(days=4)
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return low.astimezone(zone), high.astimezone(zone)


def _to_the_second(instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo("UTC")).replace(microsecond=0)
