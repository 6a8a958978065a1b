"""Who may do what in a programme. Asked of today's memberships, never of what was true when a page was opened."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.models import Membership, Organisation
from concerte.programme.models import Programme
from concerte.programme.querysets import WRITING_ROLES, memberships_in_programmes

_SPEAKING_ORDER: list[str] = [
    Membership.Role.REPRESENTATIVE,
    Membership.Role.COORDINATION,
    Membership.Role.CONTRIBUTOR,
    Membership.Role.READER,
]


@dataclass(frozen=True)
class Standing:
    """What a person is to one programme today. memberships: those that count there, with their organisation.

    coordinating: the organisation, among those that coordinate the programme, in whose name the person does."""

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

    @property
    def spokesperson(self) -> Membership:
        """The membership shown beside the name of someone who may read: the one that lets them do most."""
        return min(self.memberships, key=lambda membership: _SPEAKING_ORDER.index(membership.role))


def standing(person: User | AnonymousUser, programme: Programme) -> Standing:
    """One query, whatever is asked of it afterwards."""
    if not person.is_authenticated:
        return Standing()
    held = tuple(
        memberships_in_programmes(timezone.localdate())
        .filter(person=person, participation_programme=programme.pk)
        .select_related("organisation__college")
        .order_by("organisation__name", "pk")
    )
    coordinating = (
        membership.organisation
        for membership in held
        if membership.role == Membership.Role.COORDINATION and membership.participation_coordinates
    )
    return Standing(memberships=held, coordinating=next(coordinating, None))


def may_read_draft(person: User | AnonymousUser, programme: Programme) -> bool:
    """Whoever holds a role in an organisation that takes part, administration set aside: it has no voice on texts."""
    return standing(person, programme).may_read


def may_write_draft(person: User | AnonymousUser, programme: Programme) -> bool:
    """Representatives, contributors and coordination of the organisations that take part."""
    return standing(person, programme).may_write


def may_coordinate(person: User | AnonymousUser, programme: Programme) -> bool:
    """The coordination role, in an organisation that coordinates this programme."""
    return standing(person, programme).may_coordinate


def organisations_represented_by(person: User | AnonymousUser, programme: Programme) -> tuple[Organisation, ...]:
    """The organisations in whose name the person may take a position: representatives only."""
    return standing(person, programme).represented


def may_found_programmes(person: User | None) -> bool:
    """Nobody in particular is the operator, from a command."""
    return person is None or (person.is_active and person.is_staff)
