"""Circles, needs and themes, by situation."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from concerte.accounts.models import User
from concerte.concertation.models import Need, NeedSupport, PriorityRound, Theme, Urgency
from concerte.concertation.needs_index import index_needs
from concerte.lineage import references
from concerte.lineage.references import Shown, Viewer
from concerte.partners.models import Circle, Membership, Organisation, Participation
from tests.partners.factories import MembershipFactory, OrganisationFactory


class CircleFactory(factory.django.DjangoModelFactory[Circle]):
    class Meta:
        model = Circle

    slug = factory.Sequence(lambda rank: f"programme-{rank}")
    name = factory.Sequence(lambda rank: f"Programme {rank}")


class ParticipationFactory(factory.django.DjangoModelFactory[Participation]):
    """An organisation takes part since a year ago. coordinating: it coordinates. ended: no more, since yesterday."""

    class Meta:
        model = Participation

    class Params:
        coordinating = factory.Trait(is_coordinator=True)
        ended = factory.Trait(ends_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)))

    circle = factory.SubFactory(CircleFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=365))


def participant(circle: Circle, *, role: str = Membership.Role.REPRESENTATIVE, **of_organisation: Any) -> Membership:
    """Somebody who speaks, in a role, for an organisation that takes part in the circle."""
    part = ParticipationFactory(circle=circle, organisation=OrganisationFactory(**of_organisation))
    return MembershipFactory(organisation=part.organisation, role=role)


def coordinator(circle: Circle) -> User:
    part = ParticipationFactory(circle=circle, coordinating=True)
    return MembershipFactory(organisation=part.organisation, coordination=True).person


def person_of(organisation: Organisation, role: str = Membership.Role.REPRESENTATIVE) -> User:
    return MembershipFactory(organisation=organisation, role=role).person


class NeedFactory(factory.django.DjangoModelFactory[Need]):
    """Raised by an organisation that takes part in the circle, shown to the colleges, found by its words."""

    class Meta:
        model = Need

    class Params:
        public = factory.Trait(visibility="public")
        sides = factory.Trait(visibility="sides")
        withdrawn = factory.Trait(closed_at=factory.LazyFunction(timezone.now), closed_because="Résolu.")

    circle = factory.SubFactory(CircleFactory)
    organisation = factory.LazyAttribute(
        lambda made: ParticipationFactory(circle=made.circle, organisation__local=True).organisation
    )
    title = factory.Sequence(lambda rank: f"Besoin {rank}")
    difficulty = "Rien ne marche."
    urgency = Urgency.YEAR

    @classmethod
    def _create(cls, model_class: type[Need], *args: Any, **kwargs: Any) -> Need:
        need = model_class.objects.create(*args, **kwargs)
        NeedSupport.objects.create(need=need, organisation=need.organisation)
        index_needs([need])
        return need


class ThemeFactory(factory.django.DjangoModelFactory[Theme]):
    class Meta:
        model = Theme

    class Params:
        public = factory.Trait(visibility="public")

    circle = factory.SubFactory(CircleFactory)
    title = factory.Sequence(lambda rank: f"Thème {rank}")


class PriorityRoundFactory(factory.django.DjangoModelFactory[PriorityRound]):
    """closed: since now."""

    class Meta:
        model = PriorityRound

    class Params:
        closed = factory.Trait(closed_at=factory.LazyFunction(timezone.now))

    circle = factory.SubFactory(CircleFactory)
    number = 1


def show_everything_of(kind: str) -> None:
    """Register a kind of which everybody sees everything; unregister it at the end of the test."""

    def shown(ids: Collection[str], _viewer: Viewer) -> dict[str, Shown]:
        return {each: Shown(label=f"{kind} {each}") for each in ids}

    references.register(kind, label=kind, plural=kind, resolver=shown)
