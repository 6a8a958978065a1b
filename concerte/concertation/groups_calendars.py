"""The meetings of groups as calendars read them: iCalendar, RFC 5545."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from concerte.concertation.models import GroupMeeting

PRODUCT = "-//Concerté//Réunions des groupes//FR"
USUAL_LENGTH = timedelta(hours=1, minutes=30)  # nobody says when a group ends its meeting


def calendar_of(meeting: GroupMeeting) -> bytes:
    """One meeting of a group, in UTF-8."""
    entry = Event()
    entry.add("uid", f"group-meeting-{meeting.pk}@{settings.BASE_URL.split('://')[-1]}")
    entry.add("dtstamp", meeting.cancelled_at or meeting.planned_at)
    entry.add("dtstart", meeting.starts_at)
    entry.add("dtend", meeting.starts_at + USUAL_LENGTH)
    entry.add("summary", f"{meeting.group.name} – {meeting.purpose}")
    entry.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    entry.add("sequence", 1 if meeting.cancelled_at else 0)
    if meeting.place or meeting.link:
        entry.add("location", meeting.place or meeting.link)
    address = reverse("concertation:group", args=[meeting.group.circle.slug, meeting.group_id])
    entry.add("url", settings.BASE_URL + address)
    if meeting.link:
        entry.add("description", meeting.link)
    whole = Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add_component(entry)
    return bytes(whole.to_ical())
