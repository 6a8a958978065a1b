"""Bodies by situation: who sits, who keeps the secretariat, who looks on."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.models import AgendaItem, Body, Mandate, Meeting, Seat
from concerte.governance.services import close_meeting, open_meeting, put_minutes_to_approval
from concerte.partners.models import Circle, College, Membership, Organisation, Participation
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

Role = Membership.Role


def long_ago() -> date:
    """A year ago: before anything these situations do."""
    return timezone.localdate() - timedelta(days=365)


def independent_college() -> College:
    """A third college, beside the two that are always there: independent authorities, vendors."""
    return College.objects.get_or_create(
        slug="independants",
        defaults={
            "name": "Autorités indépendantes et éditeurs",
            "short_name": "Indépendants",
            "position": 3,
            "appearance": 3,
        },
    )[0]


class CircleFactory(factory.django.DjangoModelFactory[Circle]):
    class Meta:
        model = Circle

    slug = factory.Sequence(lambda rank: f"programme-{rank}")
    name = factory.Sequence(lambda rank: f"Programme {rank}")


class BodyFactory(factory.django.DjangoModelFactory[Body]):
    """A steering body without anyone. notice_days: 15, quorum_percent: 50, as a new one has."""

    class Meta:
        model = Body
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda rank: f"instance-{rank}")
    name = factory.Sequence(lambda rank: f"Instance {rank}")
    level = Body.Level.STEERING
    purpose = "Arrêter la feuille de route."


class SeatFactory(factory.django.DjangoModelFactory[Seat]):
    """A voting seat since a year ago. observer: without a vote. ended: yesterday was its last day."""

    class Meta:
        model = Seat

    class Params:
        observer = factory.Trait(is_voting=False)
        ended = factory.Trait(ends_on=factory.LazyFunction(timezone.localdate), ended_because="Retrait.")

    body = factory.SubFactory(BodyFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    college = factory.LazyAttribute(lambda seat: seat.organisation.college)
    starts_on = factory.LazyFunction(long_ago)


class MandateFactory(factory.django.DjangoModelFactory[Mandate]):
    """The holder of a seat since a year ago, who speaks for the organisation. substitute: the holder's substitute.
    ended: yesterday was the last day."""

    class Meta:
        model = Mandate

    class Params:
        substitute = factory.Trait(is_substitute=True)
        ended = factory.Trait(ends_on=factory.LazyFunction(timezone.localdate), ended_because="Fin de mandat.")

    seat = factory.SubFactory(SeatFactory)
    person = factory.SubFactory(UserFactory)
    title = "Déléguée générale"
    starts_on = factory.LazyFunction(long_ago)

    @classmethod
    def _create(cls, model_class: type[Mandate], *_args: Any, **kwargs: Any) -> Mandate:
        held = {"person": kwargs["person"], "organisation": kwargs["seat"].organisation}
        if not Membership.objects.filter(**held).exists():
            MembershipFactory(**held, role=Role.CONTRIBUTOR)
        return model_class.objects.create(**kwargs)


class MeetingFactory(factory.django.DjangoModelFactory[Meeting]):
    """A meeting in preparation, in thirty days, in Paris. convened: an hour ago was its time, so that it may be opened.
    to_come: convened, in thirty days. documented: a date is all that is known."""

    class Meta:
        model = Meeting

    class Params:
        convened = factory.Trait(
            status=Meeting.Status.CONVENED,
            starts_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1)),
            convened_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=20)),
        )
        to_come = factory.Trait(status=Meeting.Status.CONVENED, convened_at=factory.LazyFunction(timezone.now))
        documented = factory.Trait(
            status=Meeting.Status.HELD, starts_at=None, ends_at=None, known_as="2021-01", place=""
        )

    body = factory.SubFactory(BodyFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at and meeting.starts_at + timedelta(hours=2))
    place = "Salle des fêtes"
    publicity = factory.LazyAttribute(lambda meeting: meeting.body.publicity)


class AgendaItemFactory(factory.django.DjangoModelFactory[AgendaItem]):
    """An item to discuss. decision: to decide on."""

    class Meta:
        model = AgendaItem

    class Params:
        decision = factory.Trait(kind=AgendaItem.Kind.DECISION)

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda rank: rank + 1)
    title = factory.Sequence(lambda rank: f"Point {rank}")


@dataclass(frozen=True)
class Assembly:
    """A body at work: a State service and an association vote, another organisation observes, one takes part in the
    programme without sitting."""

    circle: Circle
    body: Body
    state_seat: Seat
    local_seat: Seat
    observer_seat: Seat
    secretary: User  # coordination of the secretariat, which is the State service
    state_holder: User
    state_substitute: User
    local_holder: User
    local_substitute: User
    local_representative: User  # of the association, without a mandate
    local_contributor: User  # of the association, without a mandate
    observer: User
    neighbour: User  # of an organisation that takes part in the programme and does not sit
    administrator: User
    stranger: User

    @property
    def state(self) -> Organisation:
        return self.state_seat.organisation

    @property
    def association(self) -> Organisation:
        return self.local_seat.organisation

    def people(self) -> dict[str, User]:
        """Everybody, by what they are here."""
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def participation(circle: Circle, organisation: Organisation, **changes: Any) -> Participation:
    return Participation.objects.create(circle=circle, organisation=organisation, starts_on=long_ago(), **changes)


def member(organisation: Organisation, role: str, **changes: Any) -> User:
    """Somebody new who holds this role."""
    person: User = MembershipFactory(organisation=organisation, role=role, **changes).person
    return person


def assembly(**changes: Any) -> Assembly:
    """A body at work. changes: to the body (publicity="sides", notice_days=0…)."""
    state = OrganisationFactory(slug="service-d-essai", name="Service d’essai")
    association = OrganisationFactory(slug="association-d-essai", name="Association d’essai", local=True)
    authority = OrganisationFactory(slug="autorite-d-essai", name="Autorité d’essai", college=independent_college())
    elsewhere = OrganisationFactory(slug="commune-d-essai", name="Commune d’essai", local=True)
    circle = CircleFactory(slug="essai", name="Programme d’essai")
    body = BodyFactory(**{"slug": "cos", "name": "Commission d’essai", "secretariat": state, **changes})
    body.circles.add(circle)
    for each in (state, association, authority, elsewhere):
        participation(circle, each, is_coordinator=each == state)
    state_seat, local_seat = (
        SeatFactory(body=body, organisation=state),
        SeatFactory(body=body, organisation=association),
    )
    observer_seat = SeatFactory(body=body, organisation=authority, observer=True)
    return Assembly(
        circle=circle,
        body=body,
        state_seat=state_seat,
        local_seat=local_seat,
        observer_seat=observer_seat,
        secretary=member(state, Role.COORDINATION),
        state_holder=MandateFactory(seat=state_seat, title="Directrice").person,
        state_substitute=MandateFactory(seat=state_seat, substitute=True).person,
        local_holder=MandateFactory(seat=local_seat, title="Maire de Villeneuve").person,
        local_substitute=MandateFactory(seat=local_seat, substitute=True).person,
        local_representative=member(association, Role.REPRESENTATIVE),
        local_contributor=member(association, Role.CONTRIBUTOR),
        observer=MandateFactory(seat=observer_seat, title="Commissaire").person,
        neighbour=member(elsewhere, Role.REPRESENTATIVE),
        administrator=UserFactory(administrator=True),
        stranger=UserFactory(),
    )


def opened(at: Assembly, *titles: str, **changes: Any) -> Meeting:
    """A meeting that is going on. titles: of its items, all for decision. changes: to the meeting."""
    meeting = MeetingFactory(body=at.body, convened=True, **changes)
    for title in titles or ("Feuille de route",):
        AgendaItemFactory(meeting=meeting, title=title, decision=True)
    return open_meeting(meeting, acting_user=at.secretary)


def held(at: Assembly, *titles: str, **changes: Any) -> Meeting:
    """A meeting that is over, its minutes still being written."""
    return close_meeting(opened(at, *titles, **changes), acting_user=at.secretary)


def put_to_approval(at: Assembly, *titles: str, **changes: Any) -> Meeting:
    """A meeting whose minutes wait for those who sit."""
    return put_minutes_to_approval(held(at, *titles, **changes), acting_user=at.secretary)
