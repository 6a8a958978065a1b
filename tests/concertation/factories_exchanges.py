"""Exchanges, groups and ideas, by situation."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from concerte.accounts.models import User
from concerte.common.canonical import digest_of
from concerte.concertation.exchanges_content import current_content
from concerte.concertation.models import Exchange, GroupPilot, Idea, WorkingGroup
from concerte.concertation.services import confirm_exchange, create_group, fill_seat, propose_idea, record_exchange
from concerte.documents.models import Document
from concerte.documents.notes import FRAGMENT_NAME
from concerte.documents.services import append_update, current_state
from concerte.partners.models import Circle, College, Membership, Organisation, Participation
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

Role = Membership.Role
STARTS = date(2026, 1, 1)


@dataclass(frozen=True)
class Table:
    """A circle with an organisation of each college, another local one, and somebody in each role."""

    circle: Circle
    state: Organisation
    association: Organisation
    federation: Organisation
    coordinator: User
    agent: User  # represents the State's organisation
    delegate: User  # represents the association
    contributor: User  # of the association
    reader: User  # of the association
    neighbour: User  # represents the federation, which is of the circle
    stranger: User

    def record(self, **changes: Any) -> Exchange:
        facts: dict[str, Any] = {
            "title": "Les données des communes",
            "held_on": "2026-03-12",
            "organisations": [self.state, self.association],
            "acting_user": self.agent,
        }
        return record_exchange(self.circle, **(facts | changes))

    def confirm(self, exchange: Exchange, *, by: User, organisation: Organisation) -> Any:
        return confirm_exchange(
            exchange, organisation=organisation, digest=digest_of(current_content(exchange)), acting_user=by
        )

    def fixed(self, **changes: Any) -> Exchange:
        """An exchange both sides confirmed."""
        exchange = self.record(**changes)
        self.confirm(exchange, by=self.agent, organisation=self.state)
        self.confirm(exchange, by=self.delegate, organisation=self.association)
        exchange.refresh_from_db()
        return exchange

    def group(self, *, piloted: bool = True, **changes: Any) -> WorkingGroup:
        """A group of the two colleges, its seats filled by the agent and the delegate."""
        facts: dict[str, Any] = {
            "name": "Identité des agents",
            "purpose": "Une seule identité pour tous les outils.",
            "colleges": list(College.objects.order_by("position")),
            "acting_user": self.coordinator,
        }
        group = create_group(self.circle, **(facts | changes))
        if piloted:
            self.pilot(group, self.state, self.agent)
            self.pilot(group, self.association, self.delegate)
        return group

    def pilot(self, group: WorkingGroup, organisation: Organisation, person: User) -> GroupPilot:
        seat = group.seats.get(college=organisation.college)
        return fill_seat(seat, person=person, organisation=organisation, acting_user=self.coordinator)

    def idea(self, **changes: Any) -> Idea:
        """An idea of the contributor of the association, for the whole circle."""
        facts: dict[str, Any] = {
            "title": "Un guichet commun",
            "text": "Un seul guichet.\n\nOuvert à toutes les communes.",
            "organisation": self.association,
            "visibility": "colleges",
            "acting_user": self.contributor,
        }
        return propose_idea(self.circle, **(facts | changes))


def table() -> Table:
    circle = Circle.objects.create(slug="essai", name="Programme d’essai")
    return seated(circle)


def seated(circle: Circle) -> Table:
    """The people of a circle that has nobody yet."""
    state = OrganisationFactory(slug="service", name="Service d’essai")
    association = OrganisationFactory(slug="association", name="Association d’essai", local=True)
    federation = OrganisationFactory(slug="federation", name="Fédération d’essai", local=True)
    for organisation in (state, association, federation):
        Participation.objects.create(
            circle=circle, organisation=organisation, starts_on=STARTS, is_coordinator=organisation == state
        )
    return Table(
        circle=circle,
        state=state,
        association=association,
        federation=federation,
        coordinator=member(state, Role.COORDINATION),
        agent=member(state, Role.REPRESENTATIVE),
        delegate=member(association, Role.REPRESENTATIVE),
        contributor=member(association, Role.CONTRIBUTOR),
        reader=member(association, Role.READER),
        neighbour=member(federation, Role.REPRESENTATIVE),
        stranger=UserFactory(),
    )


def member(organisation: Organisation, role: str) -> User:
    return MembershipFactory(organisation=organisation, role=role).person


def write_note(note: Document, words: str, person: User | None = None) -> None:
    """Somebody goes on writing in a note."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    doc.apply_update(current_state(note.pk))
    before = doc.get_state()
    with doc.transaction():
        fragment.children.append(XmlElement("paragraph")).children.append(XmlText(words))
    append_update(note.pk, doc.get_update(before), acting_user=person)
