"""Clocks of a place, and the instants they show."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def instant_of(day: date, clock: time, zone: str) -> datetime:
    """The instant (UTC) when a clock of the place shows that hour. In autumn, of an hour shown twice, the first.

    Raises ValueError for an hour the clocks jump over in spring."""
    local = datetime.combine(day, clock, tzinfo=ZoneInfo(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"no such time: {day} {clock} in {zone}")
    return instant
