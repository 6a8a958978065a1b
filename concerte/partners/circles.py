"""What a person is to a circle today: the memberships that count there, and what they allow."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.models import Circle, Membership, Organisation

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

READING_ROLES = (
    Membership.Role.REPRESENTATIVE,
    Membership.Role.CONTRIBUTOR,
    Membership.Role.READER,
    Membership.Role.COORDINATION,
)
WRITING_ROLES = (Membership.Role.REPRESENTATIVE, Membership.Role.CONTRIBUTOR, Membership.Role.COORDINATION)
_SPEAKING_ORDER: list[str] = [
    Membership.Role.REPRESENTATIVE,
    Membership.Role.COORDINATION,
    Membership.Role.CONTRIBUTOR,
    Membership.Role.READER,
]


class InCircle(TypedDict):
    """What is known besides a membership: the circle it counts in, and whether its organisation coordinates it."""

    participation_circle: int
    participation_coordinates: bool


def memberships_in_circles(day: date) -> "models.QuerySet[WithAnnotations[Membership, InCircle]]":
    """The memberships that count in a circle on a day: held, in an organisation that exists and takes part.

    One row per membership and participation. Ask further about that participation through `participation_circle`
    and `participation_coordinates` only: a condition on `organisation__participations__…` in a later `filter` would be
    about any participation of the organisation, an ended one included.
    """
    held: Any = (
        Membership.objects.held_on(day)
        .filter(organisation__in=Organisation.objects.existing_on(day), person__is_active=True, role__in=READING_ROLES)
        .filter(
            Q(organisation__participations__ends_on=None) | Q(organisation__participations__ends_on__gt=day),
            organisation__participations__starts_on__lte=day,
        )
        .annotate(
            participation_circle=models.F("organisation__participations__circle"),
            participation_coordinates=models.F("organisation__participations__is_coordinator"),
        )
    )
    return cast("models.QuerySet[WithAnnotations[Membership, InCircle]]", held)


@dataclass(frozen=True)
class Standing:
    """What a person is to one circle today. memberships: those that count there, with their organisation.

    coordinating: the organisation, among those that coordinate, in whose name the person does."""

    memberships: tuple[Membership, ...] = ()
    coordinating: Organisation | None = None

    @property
    def may_read(self) -> bool:
        return bool(self.memberships)

    @property
    def may_write(self) -> bool:
        return any(membership.role in WRITING_ROLES for membership in self.memberships)

    @property
    def may_coordinate(self) -> bool:
        return self.coordinating is not None

    @property
    def coordinating_slug(self) -> str:
        return self.coordinating.slug if self.coordinating else ""

    @cached_property
    def represented(self) -> tuple[Organisation, ...]:
        """The organisations in whose name the person may approve or object."""
        return tuple(
            membership.organisation
            for membership in self.memberships
            if membership.role == Membership.Role.REPRESENTATIVE
        )

    @cached_property
    def writing_for(self) -> tuple[Organisation, ...]:
        """The organisations in whose name the person may contribute, each once, in the order of their names."""
        return tuple(
            {
                membership.organisation_id: membership.organisation
                for membership in self.memberships
                if membership.role in WRITING_ROLES
            }.values()
        )

    @cached_property
    def organisations(self) -> tuple[Organisation, ...]:
        """Those the person belongs to, whatever as, each once, in the order of their names."""
        return tuple({each.organisation_id: each.organisation for each in self.memberships}.values())

    @property
    def spokesperson(self) -> Membership:
        """The membership shown beside the name of someone who may read: the one that lets them do most."""
        return min(self.memberships, key=lambda membership: _SPEAKING_ORDER.index(membership.role))


def standing_in(person: User | AnonymousUser, circle_id: int) -> Standing:
    """One query, whatever is asked of it afterwards. circle_id: the key of a Circle."""
    if not person.is_authenticated:
        return Standing()
    held = tuple(
        memberships_in_circles(timezone.localdate())
        .filter(person=person, participation_circle=circle_id)
        .select_related("organisation__college")
        .order_by("organisation__name", "pk")
    )
    coordinating = (
        membership.organisation
        for membership in held
        if membership.role == Membership.Role.COORDINATION and membership.participation_coordinates
    )
    return Standing(memberships=held, coordinating=next(coordinating, None))


def circles_of(person: User | AnonymousUser) -> models.QuerySet[Circle]:
    """The circles the person is part of today, through an organisation."""
    if not person.is_authenticated:
        return Circle.objects.none()
    held = memberships_in_circles(timezone.localdate()).filter(person=person)
    return Circle.objects.filter(pk__in=held.values("participation_circle"))
