"""Selecting programmes, proposals and editions."""

from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles
from concerte.programme.errors import EditionRefused

if TYPE_CHECKING:
    from concerte.programme.models import Edition, Programme, Proposal  # noqa: F401  named in the bases


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The programmes whose workshop (draft, checks, proposals) the person may enter today."""
        if not person.is_authenticated:
            return self.none()
        held = memberships_in_circles(timezone.localdate()).filter(person=person)
        return self.filter(Exists(held.filter(participation_circle=OuterRef("circle"))))

    def writable_by(self, person: User | AnonymousUser) -> Self:
        """The programmes whose draft the person may write today."""
        if not person.is_authenticated:
            return self.none()
        held = memberships_in_circles(timezone.localdate()).filter(person=person, role__in=WRITING_ROLES)
        return self.filter(Exists(held.filter(participation_circle=OuterRef("circle"))))


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """The proposals of the programmes whose workshop the person may enter today, closed ones too."""
        if not person.is_authenticated:
            return self.none()
        held = memberships_in_circles(timezone.localdate()).filter(person=person)
        return self.filter(Exists(held.filter(participation_circle=OuterRef("programme__circle"))))

    def open(self) -> Self:
        return self.filter(state=self.model.State.OPEN)


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions are added, never changed: the roads of Django that would are closed one by one."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise EditionRefused(_("Une édition publiée ne change jamais."), code="immutable")

    def delete(self) -> NoReturn:
        raise EditionRefused(_("Une édition publiée ne s’efface pas."), code="immutable")
