"""Selecting working groups, who pilots them, who is in them."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles

if TYPE_CHECKING:
    from concerte.concertation.models.groups import (  # noqa: F401  named in the bases
        GroupFile,
        GroupMeeting,
        GroupMembership,
        GroupPilot,
        WorkingGroup,
    )


def _speaks_today(circle: str, *roles: str) -> Exists:
    """Whether the person of a row still speaks today for its organisation in the circle. circle: the path to it."""
    held = memberships_in_circles(timezone.localdate())
    held = held.filter(role__in=roles) if roles else held
    return Exists(
        held.filter(
            person=OuterRef("person"), organisation=OuterRef("organisation"), participation_circle=OuterRef(circle)
        )
    )


class GroupPilotQuerySet(models.QuerySet["GroupPilot"]):
    def in_place(self) -> Self:
        """Those who hold a seat and may hold it today: who no longer writes for the organisation leaves it empty."""
        return self.filter(_speaks_today("seat__group__circle", *WRITING_ROLES), ended_at=None)


class GroupMembershipQuerySet(models.QuerySet["GroupMembership"]):
    def standing(self) -> Self:
        """Members who still speak today for the organisation they are in the group for."""
        return self.filter(_speaks_today("group__circle"), state="member", ended_at=None)

    def waiting(self, state: str) -> Self:
        return self.filter(_speaks_today("group__circle"), state=state, ended_at=None)


class GroupFileQuerySet(models.QuerySet["GroupFile"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


class GroupMeetingQuerySet(models.QuerySet["GroupMeeting"]):
    def to_come(self) -> Self:
        """Neither over nor cancelled; the next first."""
        return self.filter(cancelled_at=None, starts_at__gt=timezone.now()).order_by("starts_at", "pk")


class WorkingGroupQuerySet(models.QuerySet["WorkingGroup"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The groups whose card the person may read: those of their circles, and the published ones."""
        published = Q(published_at__isnull=False)
        if not isinstance(person, User):
            return self.filter(published)
        held = memberships_in_circles(timezone.localdate()).filter(person=person)
        return self.filter(published | Q(Exists(held.filter(participation_circle=OuterRef("circle")))))

    def readable_by(self, person: User | AnonymousUser) -> Self:
        """The groups whose space (notes, ideas) the person may read today: published ones; open ones of their circles;
        those they are in, pilot, or coordinate."""
        published = Q(published_at__isnull=False)
        if not isinstance(person, User):
            return self.filter(published)
        in_circle = memberships_in_circles(timezone.localdate()).filter(
            person=person, participation_circle=OuterRef("circle")
        )
        coordinates = in_circle.filter(role="coordination", participation_coordinates=True)
        mine = (
            apps.get_model("concertation", "GroupMembership")
            .objects.standing()
            .filter(group=OuterRef("pk"), person=person)
        )
        piloted = (
            apps.get_model("concertation", "GroupPilot")
            .objects.in_place()
            .filter(seat__group=OuterRef("pk"), person=person)
        )
        return self.filter(
            published
            | Q(Exists(in_circle), is_open=True)
            | Q(Exists(coordinates))
            | Q(Exists(mine))
            | Q(Exists(piloted))
        )

    def under_way(self) -> Self:
        return self.filter(ended_at=None)
