"""What working groups and ideas wait for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from concerte.common.templatetags.typography import day
from concerte.concertation.groups_reading import group_cards
from concerte.concertation.models import GroupMeeting, GroupMembership, GroupPilot, Idea, WorkingGroup
from concerte.partners.circles import circles_of, memberships_in_circles
from concerte.partners.models import Membership

MANY = 50  # of each kind shown at once, the oldest first


def groups_waiting_for(person: User) -> Iterator[WaitingItem]:
    """Invitations, requests to answer, meetings to come, empty seats of co-pilots, ideas without an answer."""
    yield from _invitations(person)
    yield from _requests(person)
    yield from _meetings(person)
    yield from _empty_seats(person)
    yield from _ideas(person)


def _invitations(person: User) -> Iterator[WaitingItem]:
    waiting = GroupMembership.objects.waiting("invited").filter(person=person, group__ended_at=None)
    for invited in waiting.select_related("group__circle", "organisation").order_by("pk"):
        yield WaitingItem(
            title=_("Vous êtes invité ou invitée dans un groupe de travail"),
            detail=_("%(group)s, pour %(organisation)s")
            % {"group": invited.group.name, "organisation": invited.organisation},
            address=_address(invited.group),
            since=invited.begun_at,
            key=f"concertation.groupmembership:{invited.pk}:invited",
        )


def _requests(person: User) -> Iterator[WaitingItem]:
    """For the co-pilots; for the coordination too, where no co-pilot is there to answer."""
    led = _led_by(person)
    waiting = GroupMembership.objects.waiting("asked").filter(group__in=led)
    for asked in waiting.select_related("group__circle", "organisation", "person").order_by("pk")[:MANY]:
        yield WaitingItem(
            title=_("%(name)s demande à entrer dans un groupe") % {"name": asked.person.name},
            detail=_("%(group)s, pour %(organisation)s")
            % {"group": asked.group.name, "organisation": asked.organisation},
            address=_address(asked.group),
            since=asked.begun_at,
            key=f"concertation.groupmembership:{asked.pk}:asked:{person.pk}",
        )


def _meetings(person: User) -> Iterator[WaitingItem]:
    """Of the groups one is in."""
    member = GroupMembership.objects.standing().filter(group=OuterRef("group"), person=person)
    pilot = GroupPilot.objects.in_place().filter(seat__group=OuterRef("group"), person=person)
    to_come = GroupMeeting.objects.to_come().filter(Exists(member) | Exists(pilot), group__ended_at=None)
    for meeting in to_come.select_related("group__circle")[:MANY]:
        local = timezone.localtime(meeting.starts_at, ZoneInfo(settings.TIME_ZONE))
        yield WaitingItem(
            title=_("Votre groupe de travail se réunit le %(day)s, à %(hour)s")
            % {"day": day(local.date()), "hour": date_format(local, "G:i")},
            detail=_("%(group)s\u00a0: %(purpose)s") % {"group": meeting.group.name, "purpose": meeting.purpose},
            address=_address(meeting.group),
            since=meeting.planned_at,
            key=f"concertation.groupmeeting:{meeting.pk}:{person.pk}",
        )


def _empty_seats(person: User) -> Iterator[WaitingItem]:
    """For the coordination, and for those who represent the college of the seat."""
    circles = circles_of(person)
    held = list(
        memberships_in_circles(timezone.localdate())
        .filter(
            Q(role=Membership.Role.REPRESENTATIVE)
            | Q(role=Membership.Role.COORDINATION, participation_coordinates=True),
            person=person,
        )
        .values_list("participation_circle", "organisation__college", "role")
    )
    if not held:
        return
    coordinated = {circle for circle, _college, role in held if role == Membership.Role.COORDINATION}
    represented = {(circle, college) for circle, college, role in held if role == Membership.Role.REPRESENTATIVE}
    groups = WorkingGroup.objects.under_way().filter(circle__in=circles).select_related("circle").order_by("pk")
    for card in group_cards(groups):
        for each in card.empty_seats:
            if card.group.circle_id not in coordinated and (
                (card.group.circle_id, each.seat.college_id) not in represented
            ):
                continue
            last = each.seat.pilots.order_by("-pk").first()
            yield WaitingItem(
                title=_("Un siège de copilote est vacant"),
                detail=_("%(group)s, collège %(college)s")
                % {"group": card.group.name, "college": each.seat.college.short_name},
                address=_address(card.group),
                since=last.ended_at if last is not None else each.seat.created_at,
                key=f"concertation.groupseat:{each.seat.pk}:{last.pk if last is not None else 0}:{person.pk}",
            )


def _ideas(person: User) -> Iterator[WaitingItem]:
    """Ideas without an answer, for the co-pilots of their group; outside groups, for the coordination."""
    led = _led_by(person)
    alone = Q(group=None, circle__in=_coordinated_by(person))
    unanswered = Idea.objects.unanswered().filter(Q(group__in=led, group__ended_at=None) | alone)
    for idea in unanswered.select_related("circle").order_by("pk")[:MANY]:
        yield WaitingItem(
            title=_("Une idée attend une réponse"),
            detail=idea.title,
            address=reverse("concertation:idea", args=[idea.circle.slug, idea.pk]),
            since=idea.created_at,
            key=f"concertation.idea:{idea.pk}:{person.pk}",
        )


def _led_by(person: User) -> QuerySet[WorkingGroup]:
    """The groups the person co-pilots, and those without any co-pilot that they coordinate."""
    pilots = GroupPilot.objects.in_place().filter(seat__group=OuterRef("pk"))
    mine = Q(Exists(pilots.filter(person=person)))
    orphans = ~Q(Exists(pilots)) & Q(circle__in=_coordinated_by(person))
    return WorkingGroup.objects.filter(mine | orphans)


def _coordinated_by(person: User) -> list[int]:
    held = memberships_in_circles(timezone.localdate()).filter(
        person=person, role=Membership.Role.COORDINATION, participation_coordinates=True
    )
    return list(held.values_list("participation_circle", flat=True))


def _address(group: WorkingGroup) -> str:
    return reverse("concertation:group", args=[group.circle.slug, group.pk])
