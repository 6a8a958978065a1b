"""A meeting as somebody may see it: its notice, its agenda, who came, its minutes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from concerte.documents.rich_text import Blocks
from concerte.governance.models import AgendaItem, AgendaPaper, Attendance, Meeting, Seat
from concerte.governance.quorum import CollegePresence, is_quorate, presence_by_college, seats_of
from concerte.lineage import references
from concerte.lineage.references import Shown, Viewer
from concerte.partners.models import College


@dataclass(frozen=True, kw_only=True)
class Notice:
    """How a meeting stands to the notice of its body. days_before: how many days before it was convened, or would be
    today."""

    days: int
    days_before: int
    convene_before: date

    @property
    def is_met(self) -> bool:
        return self.days_before >= self.days


@dataclass(frozen=True, kw_only=True)
class ItemShown:
    """about: what it concerns, as the viewer may see it; None when there is nothing, or nothing for them to see."""

    item: AgendaItem
    rank: int | None  # None for one that was withdrawn
    about: Shown | None
    kind_of_about: str
    papers: Sequence[AgendaPaper]
    carried_to: AgendaItem | None  # on the agenda of another meeting
    settled_at: datetime | None  # on the clocks of the place


@dataclass(frozen=True)
class Row:
    """How one organisation was there; None: nothing said."""

    seat: Seat
    attendance: Attendance | None


@dataclass(frozen=True)
class Side:
    """The organisations of one college; presence: None for one where nobody votes."""

    college: College
    presence: CollegePresence | None
    rows: list[Row] = field(default_factory=list)


def notice_of(meeting: Meeting) -> Notice:
    convened = (meeting.convened_at or timezone.now()).astimezone(meeting.zone).date()
    return Notice(
        days=meeting.notice_days,
        days_before=max(0, (meeting.day - convened).days),
        convene_before=meeting.convene_before,
    )


def agenda_of(meeting: Meeting, viewer: Viewer, *, with_restricted: bool) -> list[ItemShown]:
    """All the items in their order, withdrawn ones last. with_restricted: the papers kept for those inside too."""
    papers = AgendaPaper.objects.select_related("stored")
    if not with_restricted:
        papers = papers.filter(is_restricted=False)
    items = list(
        meeting.items.select_related("rapporteur", "carried_from__meeting", "carried_to__meeting").prefetch_related(
            Prefetch("papers", queryset=papers)
        )
    )
    shown = references.show((item.reference for item in items if item.reference), viewer)
    standing = [item for item in items if item.withdrawn_at is None]
    ranks = {item.pk: rank for rank, item in enumerate(standing, start=1)}
    return [
        ItemShown(
            item=item,
            rank=ranks.get(item.pk),
            about=shown.get(item.reference) if item.reference else None,
            kind_of_about=references.kind_label(item.reference_kind) if item.reference else "",
            papers=list(item.papers.all()),
            carried_to=getattr(item, "carried_to", None),
            settled_at=item.settled_at.astimezone(meeting.zone) if item.settled_at else None,
        )
        for item in sorted(items, key=lambda item: item.withdrawn_at is not None)
    ]


def attendance_of(meeting: Meeting) -> list[Side]:
    """Each college with its count, and its organisations, observers last. Two queries."""
    seats = seats_of(meeting)
    noted = meeting.attendances.select_related("meeting", "person", "proxy_to__organisation")
    said = {attendance.seat_id: attendance for attendance in noted}
    counts = {side.college.pk: side for side in presence_by_college(seats, said, meeting.quorum_percent)}
    sides: dict[int, Side] = {}
    for seat in sorted(seats, key=lambda seat: not seat.is_voting):
        side = sides.setdefault(seat.college_id, Side(seat.college, counts.get(seat.college_id)))
        side.rows.append(Row(seat, said.get(seat.pk)))
    return sorted(sides.values(), key=lambda side: (side.college.position, side.college.pk))


def quorum_is_met(sides: Sequence[Side]) -> bool:
    return is_quorate(side.presence for side in sides if side.presence is not None)


def colleges_gone(sides: Sequence[Side]) -> list[College]:
    """The colleges that lost their quorum during the meeting."""
    return [side.college for side in sides if side.presence is not None and side.presence.is_lost]


def minutes_text(meeting: Meeting) -> Blocks:
    """What the minutes said when they were put to approval last; () before."""
    if not meeting.minutes_content:
        return ()
    return tuple(json.loads(meeting.minutes_content)["text"])


def meeting_as_data(meeting: Meeting, viewer: Viewer) -> dict[str, Any]:
    """What the page of a meeting says to everyone who may see it; unknown stays null."""
    agenda = agenda_of(meeting, viewer, with_restricted=False)
    sides = attendance_of(meeting)
    return {
        "id": meeting.pk,
        "address": _address("governance:meeting", meeting),
        "body": meeting.body.slug,
        "title": meeting.title,
        "status": meeting.status,
        "day": meeting.day_text,  # a partial date
        "starts_at": meeting.local_start.isoformat() if meeting.local_start else None,
        "ends_at": meeting.local_end.isoformat() if meeting.local_end else None,
        "time_zone": meeting.time_zone if meeting.starts_at else None,
        "place": meeting.place or None,
        "convened_at": meeting.convened_at.isoformat() if meeting.convened_at else None,
        "urgent_because": meeting.urgent_because or None,
        "cancelled_because": meeting.cancelled_because or None,
        "agenda": [_item_as_data(shown) for shown in agenda if shown.rank],
        "attendance": [_row_as_data(row) for side in sides for row in side.rows if row.attendance],
        "quorum": [_presence_as_data(side.presence) for side in sides if side.presence],
        "minutes": {"digest": meeting.minutes_digest, "address": _address("governance:minutes_data", meeting)}
        if meeting.minutes_state == Meeting.Minutes.FIXED
        else None,
        "sources": meeting.origin.get("sources", []) if isinstance(meeting.origin, dict) else [],
    }


def _item_as_data(shown: ItemShown) -> dict[str, Any]:
    item = shown.item
    return {
        "rank": shown.rank,
        "title": item.title,
        "kind": item.kind,
        "summary": item.summary,
        "outcome": item.outcome or None,
        "settled_at": item.settled_at.isoformat() if item.settled_at else None,
        "was_quorate": item.was_quorate,
        "about": {"kind": item.reference_kind, "label": shown.about.label, "address": shown.about.address}
        if shown.about
        else None,
        "rapporteur": item.rapporteur.slug if item.rapporteur else None,
        "carried_from_meeting": item.carried_from.meeting_id if item.carried_from else None,
        "papers": [
            {"name": paper.stored.name, "digest": paper.stored.digest}
            for paper in shown.papers
            if paper.withdrawn_at is None
        ],
    }


def _row_as_data(row: Row) -> dict[str, Any]:
    attendance = row.attendance
    left_at = attendance.local_left_at if attendance else None
    # Said of those who left only: of all others it would only say that they stayed.
    return ({"left_at": left_at.isoformat()} if left_at else {}) | {
        "organisation": row.seat.organisation.slug,
        "college": row.seat.college.slug,
        "is_voting": row.seat.is_voting,
        "state": attendance.state if attendance else None,
        "proxy_to": attendance.proxy_to.organisation.slug if attendance and attendance.proxy_to else None,
    }


def _presence_as_data(presence: CollegePresence) -> dict[str, Any]:
    return {
        "college": presence.college.slug,
        "seats": presence.seats,
        "present": presence.present,
        "represented": presence.represented,
        "needed": presence.needed,
        "is_met": presence.is_met,
    }


def _address(name: str, meeting: Meeting) -> str:
    return settings.BASE_URL + reverse(name, args=[meeting.pk])
