"""Working groups as somebody reads them: cards, seats, the space of one group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse

from concerte.concertation.models import (
    GroupFile,
    GroupMeeting,
    GroupMembership,
    GroupPilot,
    GroupSeat,
    Idea,
    WorkingGroup,
)
from concerte.concertation.rules.groups import InGroup, in_group
from concerte.documents.notes import read_note
from concerte.documents.rich_text import Blocks
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference, Shown, Viewer, show
from concerte.partners.models import Organisation

IDEAS_SHOWN = 30
MEETINGS_SHOWN = 30  # of those that are over


@dataclass(frozen=True, kw_only=True)
class ShownSeat:
    """The place of a co-pilot; pilot: None when it is empty today."""

    seat: GroupSeat
    pilot: GroupPilot | None


@dataclass(frozen=True, kw_only=True)
class GroupCard:
    group: WorkingGroup
    seats: tuple[ShownSeat, ...]
    member_count: int

    @property
    def empty_seats(self) -> tuple[ShownSeat, ...]:
        """Those that call for somebody: none of a group that has ended."""
        if self.group.has_ended:
            return ()
        return tuple(each for each in self.seats if each.pilot is None)


@dataclass(frozen=True, kw_only=True)
class GroupSpace:
    """What is inside, for those who may read it. members: nobody for the public, who reads organisations only."""

    notes: Blocks
    members: tuple[GroupMembership, ...]
    organisations: tuple[Organisation, ...]
    files: tuple[GroupFile, ...]
    withdrawn_files: tuple[GroupFile, ...]
    ideas: tuple[Idea, ...]
    idea_count: int
    own_meetings: tuple[GroupMeeting, ...]  # the next first, then those that are over or cancelled
    meetings: tuple[Shown, ...]


@dataclass(frozen=True, kw_only=True)
class ShownGroup:
    """me: what the person is to the group. space: None for those who do not read it."""

    card: GroupCard
    me: InGroup
    space: GroupSpace | None


def group_cards(groups: Iterable[WorkingGroup]) -> list[GroupCard]:
    """The cards of several groups, in three queries."""
    found = list(groups)
    ids = [group.pk for group in found]
    seats: dict[int, list[GroupSeat]] = {}
    for seat in GroupSeat.objects.filter(group__in=ids).select_related("college").order_by("college__position", "pk"):
        seats.setdefault(seat.group_id, []).append(seat)
    pilots = {
        pilot.seat_id: pilot
        for pilot in GroupPilot.objects.in_place()
        .filter(seat__group__in=ids)
        .select_related("person", "organisation")
        .order_by("pk")
    }
    counts = dict(
        GroupMembership.objects.standing()
        .filter(group__in=ids)
        .order_by()
        .values_list("group")
        .annotate(count=Count("pk"))
    )
    return [
        GroupCard(
            group=group,
            seats=tuple(ShownSeat(seat=seat, pilot=pilots.get(seat.pk)) for seat in seats.get(group.pk, ())),
            member_count=counts.get(group.pk, 0),
        )
        for group in found
    ]


def shown_group(group: WorkingGroup, viewer: Viewer) -> ShownGroup:
    me = in_group(viewer, group)
    is_readable = WorkingGroup.objects.readable_by(viewer).filter(pk=group.pk).exists()
    return ShownGroup(
        card=group_cards([group])[0],
        me=me,
        space=_space(group, viewer, sees_people=me.circle.may_read) if is_readable else None,
    )


def _space(group: WorkingGroup, viewer: Viewer, *, sees_people: bool) -> GroupSpace:
    members = list(
        GroupMembership.objects.standing()
        .filter(group=group)
        .select_related("person", "organisation__college")
        .order_by("organisation__name", "person__name", "pk")
    )
    files = list(group.files.select_related("stored", "organisation")) if sees_people else []
    ideas = Idea.objects.visible_to(viewer).filter(group=group)
    return GroupSpace(
        notes=read_note(group.note_id),
        members=tuple(members) if sees_people else (),
        organisations=tuple({each.organisation_id: each.organisation for each in members}.values()),
        files=tuple(each for each in files if each.withdrawn_at is None),
        withdrawn_files=tuple(each for each in files if each.withdrawn_at is not None),
        ideas=tuple(ideas.order_by("-pk")[:IDEAS_SHOWN]),
        idea_count=ideas.count(),
        own_meetings=_own_meetings(group),
        meetings=_meetings(group, viewer),
    )


def _own_meetings(group: WorkingGroup) -> tuple[GroupMeeting, ...]:
    to_come = list(group.meetings.to_come().select_related("organisation"))
    known = {meeting.pk for meeting in to_come}
    others = group.meetings.exclude(pk__in=known).select_related("organisation")[:MEETINGS_SHOWN]
    return (*to_come, *others)


def _meetings(group: WorkingGroup, viewer: Viewer) -> tuple[Shown, ...]:
    """The meetings that examined what the group does: they live in another room, which links them to the group."""
    examined = Link.objects.standing().out_of(Reference.to(group)).filter(relation=Relation.DISCUSSED).order_by("pk")
    outcomes = [each.outcome for each in examined]
    shown = show(outcomes, viewer)
    return tuple(shown[outcome] for outcome in outcomes if outcome in shown)


def card_data(card: GroupCard) -> dict[str, Any]:
    """A card as data: organisations, no person."""
    group = card.group
    return {
        "name": group.name,
        "purpose": group.purpose,
        "is_open": group.is_open,
        "published_at": group.published_at.isoformat() if group.published_at else None,
        "ended_at": group.ended_at.isoformat() if group.ended_at else None,
        "ended_because": group.ended_because,
        "seats": [
            {"college": each.seat.college.slug, "organisation": each.pilot.organisation.slug if each.pilot else None}
            for each in card.seats
        ],
        "member_count": card.member_count,
        "origin": group.origin,
    }


def group_data(shown: ShownGroup, *, slug: str) -> dict[str, Any]:
    """A group as data, its space for those who read it."""
    space = shown.space
    inside: dict[str, Any] | None = None
    if space is not None:
        inside = {
            "notes": list(space.notes),
            "organisations": [each.slug for each in space.organisations],
            "meetings": [
                {
                    "starts_at": each.starts_at.isoformat(),
                    "purpose": each.purpose,
                    "place": each.place,
                    "cancelled_at": each.cancelled_at.isoformat() if each.cancelled_at else None,
                    "cancelled_because": each.cancelled_because,
                }
                for each in space.own_meetings
            ],
            "ideas": [
                {
                    "title": each.title,
                    "state": each.state,
                    "address": reverse("concertation:idea", args=[slug, each.pk]),
                }
                for each in space.ideas
            ],
        }
    return {**card_data(shown.card), "space": inside}


def taken_people(seats: Sequence[ShownSeat]) -> set[int]:
    """The people who hold a seat already."""
    return {each.pilot.person_id for each in seats if each.pilot is not None}
