"""Which meetings a person may see, which items wait for another meeting."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.models.bodies import Body, Mandate, Seat
from concerte.partners.circles import READING_ROLES, circles_of
from concerte.partners.models import Membership, Organisation

if TYPE_CHECKING:  # named in strings below, which ruff does not read
    from concerte.governance.models import AgendaItem, Meeting  # noqa: F401


def bodies_from_inside(person: User | AnonymousUser) -> Q:
    """The condition on a body: the person sits on it, speaks for one that does, or keeps its secretariat."""
    if not isinstance(person, User) or not person.is_active:
        return Q(pk__in=())
    today = timezone.localdate()
    seats = Seat.objects.held_on(today)
    mandates = Mandate.objects.held_by(person, today)
    own = Organisation.objects.existing_on(today).where_person_is(person, *READING_ROLES)
    return (
        Q(pk__in=mandates.values("seat__body"))
        | Q(pk__in=seats.filter(organisation__in=own).values("body"))
        | Q(secretariat__in=Organisation.objects.where_person_is(person, Membership.Role.COORDINATION))
    )


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, person: User | AnonymousUser) -> Self:
        """What this person may know of: from inside the body everything; others, what was convened or documented, as
        far as the publicity of the meeting goes. Administration sees no more than anybody: it has no voice here."""
        told = Q(status__in=("convened", "open", "held")) | Q(status="cancelled", convened_at__isnull=False)
        seen = told & Q(publicity="public")
        if isinstance(person, User) and person.is_active:
            seen |= told & Q(publicity="colleges", body__in=Body.objects.filter(circles__in=circles_of(person)))
            seen |= Q(body__in=Body.objects.filter(bodies_from_inside(person)))
        return self.filter(seen)

    def public(self) -> Self:
        """What anybody may know of."""
        return self.visible_to(AnonymousUser())

    def from_inside(self, person: User | AnonymousUser) -> Self:
        """Those of the bodies the person sits on, speaks for an organisation of, or keeps the secretariat of."""
        return self.filter(body__in=Body.objects.filter(bodies_from_inside(person)))

    def to_come(self, now: datetime | None = None) -> Self:
        """Not over yet, not cancelled, the next one first."""
        instant = now or timezone.now()
        still = Q(ends_at__gt=instant) | Q(ends_at=None, starts_at__gt=instant) | Q(status="open")
        return self.filter(still, status__in=("planned", "convened", "open")).order_by("starts_at", "pk")

    def with_times(self) -> Self:
        """Those that a calendar can show."""
        return self.exclude(starts_at=None)


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def left_over(self) -> Self:
        """Those that their meeting left without a decision, put off, or was cancelled with, and that no other meeting
        took up."""
        undecided = Q(meeting__status="held") & (Q(outcome="postponed") | Q(outcome="", kind="decision"))
        return self.standing().filter(undecided | Q(meeting__status="cancelled"), carried_to=None)
