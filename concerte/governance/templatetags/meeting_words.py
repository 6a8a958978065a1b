"""How meetings are said: states, hours on the clocks of a place."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from concerte.governance.models import Meeting
from concerte.governance.time_zones import zone_label

register = template.Library()

_KINDS = {
    Meeting.Status.PLANNED: "neutral",
    Meeting.Status.CONVENED: "info",
    Meeting.Status.OPEN: "warning",
    Meeting.Status.HELD: "success",
    Meeting.Status.CANCELLED: "error",
}


@register.filter
def state_kind(meeting: Meeting) -> str:
    """The kind of tag the state of a meeting is shown with."""
    return _KINDS[Meeting.Status(meeting.status)]


@register.filter(expects_localtime=False)
def clock(instant: datetime) -> str:
    """« 9 h 30 », on the clocks the instant is given in."""
    return f"{instant.hour}\u00a0h\u00a0{instant.minute:02}" if instant.minute else f"{instant.hour}\u00a0h"


@register.filter
def paris_clock(instant: datetime) -> str:
    return clock(instant.astimezone(ZoneInfo("Europe/Paris")))


@register.filter
def machine_instant(instant: datetime) -> str:
    """What the `datetime` attribute takes, with the offset of the place."""
    return instant.isoformat(timespec="minutes")


@register.filter
def zone_words(name: str) -> str:
    return zone_label(name)
