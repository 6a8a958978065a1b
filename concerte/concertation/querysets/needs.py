"""Selecting needs and those who share them."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.circles import READING_ROLES, circles_of
from concerte.partners.models import Organisation

if TYPE_CHECKING:
    from concerte.concertation.models.needs import Need, NeedSupport  # noqa: F401  named in the bases


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """What this person may read today: what is public; what is for the colleges, in the circles they are part of;
        what the organisations they belong to raised or share, whatever its visibility."""
        public = Q(visibility="public")
        if not isinstance(person, User) or not person.is_active:
            return self.filter(public)
        # None of these conditions looks at the row: each is worked out once, not once for each of ten thousand needs.
        mine = Organisation.objects.existing_on(timezone.localdate()).where_person_is(person, *READING_ROLES)
        shared: Any = mine.filter(supported_needs__isnull=False, supported_needs__withdrawn_at=None)
        return self.filter(
            public
            | Q(visibility="colleges", circle__in=circles_of(person))
            | Q(organisation__in=mine)
            | Q(pk__in=shared.values("supported_needs__need"))
        )

    def open(self) -> Self:
        """Neither withdrawn nor merged."""
        return self.filter(closed_at=None)

    def about(self, stratum: str) -> Self:
        """Those that concern this class of authorities."""
        return self.filter(strata_text__contains=f" {stratum} ")


class NeedSupportQuerySet(models.QuerySet["NeedSupport"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)
