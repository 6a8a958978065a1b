"""Selecting exchanges and what follows them."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles

if TYPE_CHECKING:
    from concerte.concertation.models.exchanges import Exchange, FollowUp  # noqa: F401  named in the bases


def _at_the_table(person: User, *roles: str) -> Exists:
    """Whether the person speaks today, in the circle, for an organisation that took part in the exchange."""
    held = memberships_in_circles(timezone.localdate()).filter(person=person)
    held = held.filter(role__in=roles) if roles else held
    return Exists(
        held.filter(participation_circle=OuterRef("circle"), organisation__exchange_parties__exchange=OuterRef("pk"))
    )


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """What the person may read today. Before both sides confirmed it, an exchange is read by the two sides only,
        whatever its visibility: nobody else reads what one side alone has written."""
        is_fixed = Q(fixed_at__isnull=False)
        public = is_fixed & Q(visibility="public")
        if not isinstance(person, User):
            return self.filter(public)
        held = memberships_in_circles(timezone.localdate()).filter(person=person)
        in_circle = Q(Exists(held.filter(participation_circle=OuterRef("circle"))))
        return self.filter(public | Q(_at_the_table(person)) | (is_fixed & Q(visibility="colleges") & in_circle))

    def correctable_by(self, person: User | AnonymousUser) -> Self:
        """Those the person may write in and confirm, as one of the two sides, while they are not fixed."""
        if not isinstance(person, User):
            return self.none()
        return self.filter(_at_the_table(person, *WRITING_ROLES), fixed_at=None)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> Self:
        return self.filter(state="open")

    def owned_by(self, person: User) -> Self:
        """Those the person is to do, or an organisation they may write for in that circle today."""
        held = memberships_in_circles(timezone.localdate()).filter(person=person, role__in=WRITING_ROLES)
        of_organisation = held.filter(
            participation_circle=OuterRef("exchange__circle"), organisation=OuterRef("organisation")
        )
        return self.filter(Q(person=person) | Q(Exists(of_organisation)))
