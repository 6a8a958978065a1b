"""The text of minutes: as it is prepared from an agenda, as it is fixed."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from concerte.common.canonical import canonical_json, digest_of
from concerte.documents.notes import read_note
from concerte.documents.rich_text import Blocks, Node, paragraph
from concerte.governance.models import AgendaItem, Attendance, Meeting
from concerte.governance.quorum import CollegePresence, presence_of
from concerte.governance.templatetags.meeting_words import clock

FORMAT = "concerte-releve/1"


def prepared_blocks(items: Iterable[AgendaItem]) -> Blocks:
    """What minutes hold before anybody wrote in them: a heading per item, and what to say under it."""
    blocks: list[Node] = []
    for rank, item in enumerate(items, start=1):
        words = f"{rank}. {item.title}"
        blocks.append({"type": "heading", "attrs": {"level": "3"}, "content": [{"type": "text", "text": words}]})
        if item.summary:
            blocks.append(paragraph(" ".join(item.summary.split())))
        blocks.append(paragraph(_("Échanges :")))
        if item.kind == AgendaItem.Kind.DECISION:
            blocks.append(paragraph(_("Décision :")))
    return tuple(blocks)


def leaving_blocks(attendances: Iterable[Attendance]) -> Blocks:
    """Who left during the meeting and when, on the clocks of the place: after what was written, as the minutes are put.
    Nothing when everybody stayed. attendances: with their seat, its organisation and their meeting."""
    gone = sorted((each for each in attendances if each.left_at), key=lambda each: (each.left_at, each.pk))
    if not gone:
        return ()
    with translation.override(settings.LANGUAGE_CODE):  # minutes have one language, whoever puts them
        title: Node = {"type": "text", "text": _("Départs en cours de réunion")}
        said = [_("%(organisation)s : %(hour)s") % _leaving(each) for each in gone]
    return ({"type": "heading", "attrs": {"level": "3"}, "content": [title]}, *(paragraph(words) for words in said))


def _leaving(attendance: Attendance) -> dict[str, str]:
    hour = clock(attendance.local_left_at) if attendance.local_left_at else ""
    return {"organisation": attendance.seat.organisation.name, "hour": hour}


def fixed_minutes(meeting: Meeting) -> tuple[str, str]:
    """The minutes as canonical JSON, and its digest. No person is named: who came is said by organisation, and names
    may be erased one day while the digest stays true."""
    items = list(meeting.items.standing().select_related("rapporteur", "carried_from"))
    attendances = list(
        meeting.attendances.select_related(
            "meeting", "seat__organisation", "seat__college", "proxy_to__organisation"
        ).order_by("seat__college__position", "seat__organisation__name", "pk")
    )
    sides = presence_of(meeting)
    content = {
        "format": FORMAT,
        "body": {"slug": meeting.body.slug, "name": meeting.body.name},
        "meeting": {
            "id": meeting.pk,
            "title": meeting.title,
            "starts_at": meeting.local_start.isoformat() if meeting.local_start else None,
            "time_zone": meeting.time_zone,
            "place": meeting.place,
            "opened_at": meeting.opened_at.astimezone(meeting.zone).isoformat() if meeting.opened_at else None,
            "closed_at": meeting.closed_at.astimezone(meeting.zone).isoformat() if meeting.closed_at else None,
        },
        # At the end of the meeting; and had nobody left, which is what decisions of before were taken with.
        "quorum": {
            "percent": meeting.quorum_percent,
            "colleges": [_side(each) for each in sides],
            "before_leavings": [
                {"college": each.college.slug, "counted": each.came, "is_met": each.came >= each.needed}
                for each in sides
            ],
        },
        "attendance": [_attendance(each) for each in attendances],
        "agenda": [_item(rank, item) for rank, item in enumerate(items, start=1)],
        "text": [*(read_note(meeting.minutes_id) if meeting.minutes_id else ()), *leaving_blocks(attendances)],
    }
    return canonical_json(content).decode(), digest_of(content)


def _side(side: CollegePresence) -> dict[str, Any]:
    return {
        "college": side.college.slug,
        "seats": side.seats,
        "present": side.present,
        "represented": side.represented,
        "needed": side.needed,
        "is_met": side.is_met,
    }


def _attendance(attendance: Attendance) -> dict[str, Any]:
    return {
        "organisation": attendance.seat.organisation.slug,
        "college": attendance.seat.college.slug,
        "is_voting": attendance.seat.is_voting,
        "state": attendance.state,
        "proxy_to": attendance.proxy_to.organisation.slug if attendance.proxy_to else None,
        "left_at": attendance.local_left_at.isoformat() if attendance.local_left_at else None,
    }


def _item(rank: int, item: AgendaItem) -> dict[str, Any]:
    return {
        "rank": rank,
        "title": item.title,
        "kind": item.kind,
        "outcome": item.outcome,
        "was_quorate": item.was_quorate,
        "about": str(item.reference) if item.reference else None,
        "rapporteur": item.rapporteur.slug if item.rapporteur else None,
        "carried_from_meeting": item.carried_from.meeting_id if item.carried_from else None,
    }
