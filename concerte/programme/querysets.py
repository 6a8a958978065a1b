"""Selecting programmes, participations, proposals and editions."""

from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict, cast

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.partners.models import Membership, Organisation
from concerte.programme.errors import EditionRefused

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from concerte.programme.models import Edition, Participation, Programme, Proposal  # noqa: F401  named in the bases

READING_ROLES = (
    Membership.Role.REPRESENTATIVE,
    Membership.Role.CONTRIBUTOR,
    Membership.Role.READER,
    Membership.Role.COORDINATION,
)
WRITING_ROLES = (Membership.Role.REPRESENTATIVE, Membership.Role.CONTRIBUTOR, Membership.Role.COORDINATION)


class InProgramme(TypedDict):
    """What is known besides a membership: the programme it counts in, and whether its organisation coordinates it."""

    participation_programme: int
    participation_coordinates: bool


def memberships_in_programmes(day: date) -> "models.QuerySet[WithAnnotations[Membership, InProgramme]]":
    """The memberships that count in a programme on a day: held, in an organisation that exists and takes part.

    One row per membership and participation. Ask further about that participation through `participation_programme`
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
            participation_programme=models.F("organisation__participations__programme"),
            participation_coordinates=models.F("organisation__participations__is_coordinator"),
        )
    )
    return cast("models.QuerySet[WithAnnotations[Membership, InProgramme]]", held)


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The programmes whose workshop (draft, checks, proposals) the person may enter today."""
        if not person.is_authenticated:
            return self.none()
        held = memberships_in_programmes(timezone.localdate()).filter(person=person)
        return self.filter(Exists(held.filter(participation_programme=OuterRef("pk"))))

    def writable_by(self, person: User | AnonymousUser) -> Self:
        """The programmes whose draft the person may write today."""
        if not person.is_authenticated:
            return self.none()
        held = memberships_in_programmes(timezone.localdate()).filter(person=person, role__in=WRITING_ROLES)
        return self.filter(Exists(held.filter(participation_programme=OuterRef("pk"))))


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def held_on(self, day: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The proposals of the programmes whose workshop the person may enter today, closed ones too."""
        if not person.is_authenticated:
            return self.none()
        held = memberships_in_programmes(timezone.localdate()).filter(person=person)
        return self.filter(Exists(held.filter(participation_programme=OuterRef("programme"))))

    def open(self) -> Self:
        return self.filter(state=self.model.State.OPEN)


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions are added, never changed: the roads of Django that would are closed one by one."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise EditionRefused(_("Une édition publiée ne change jamais."), code="immutable")

    def delete(self) -> NoReturn:
        raise EditionRefused(_("Une édition publiée ne s’efface pas."), code="immutable")
