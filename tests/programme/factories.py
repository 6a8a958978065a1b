"""Programmes by situation: who takes part, what the text says, where the decision stands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import factory
from django.utils import timezone
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from concerte.accounts.models import User
from concerte.documents.services import append_update, current_state
from concerte.partners.models import Membership, Organisation, Participation
from concerte.programme.draft import Draft
from concerte.programme.models import Position, Programme, Proposal
from concerte.programme.reading import FRAGMENT_NAME
from concerte.programme.seeding import seed
from concerte.programme.services import (
    add_participation,
    create_programme,
    freeze_proposal,
    register_action,
    take_position,
)
from tests.partners.factories import college
from tests.programme.drafts import complete_action, draft_of

SEMESTER = "2026-S2"
Role = Membership.Role


class PersonFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    class Params:
        administrator = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda rank: f"personne-{rank}@example.org")
    name = factory.Sequence(lambda rank: f"Personne {rank}")


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    class Params:
        local = factory.Trait(college=factory.LazyFunction(lambda: college("collectivites")))
        ended = factory.Trait(ends_on=factory.LazyFunction(timezone.localdate))

    slug = factory.Sequence(lambda rank: f"organisation-{rank}")
    name = factory.Sequence(lambda rank: f"Organisation {rank}")
    college = factory.LazyFunction(lambda: college("etat"))


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    class Params:
        ended = factory.Trait(ends_on=factory.LazyFunction(timezone.localdate))

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.REPRESENTATIVE
    starts_on = date(2026, 1, 1)


@dataclass(frozen=True)
class Workshop:
    """A programme at work: an organisation of each college, and somebody in each role."""

    programme: Programme
    state: Organisation
    association: Organisation
    coordinator: User
    state_representative: User
    pilot: User
    representative: User
    contributor: User
    reader: User
    administrator: User
    stranger: User

    def freeze(self, **changes: Any) -> Proposal:
        facts = {"semester": SEMESTER, "message": "", "acting_user": self.coordinator}
        return freeze_proposal(self.programme, **(facts | changes))

    def approve(self, proposal: Proposal, *, by: User, organisation: Organisation) -> Position:
        return take_position(
            proposal,
            organisation=organisation,
            kind=Position.Kind.APPROVAL,
            digest=proposal.digest,
            acting_user=by,
        )

    def adopted(self) -> Proposal:
        """A proposal that both colleges approve."""
        proposal = self.freeze()
        self.approve(proposal, by=self.state_representative, organisation=self.state)
        self.approve(proposal, by=self.representative, organisation=self.association)
        return proposal

    def write(self, words: str) -> None:
        """Somebody goes on writing: one more paragraph in the preamble."""
        doc: Doc[Any] = Doc()
        fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
        doc.apply_update(current_state(self.programme.draft_id))
        before = doc.get_state()
        preamble = next(child for child in fragment.children if getattr(child, "tag", "") == "preamble")
        with doc.transaction():
            paragraph = preamble.children.append(XmlElement("paragraph"))
            paragraph.children.append(XmlText(words))
        append_update(self.programme.draft_id, doc.get_update(before), acting_user=None)


def member(organisation: Organisation, role: str, **changes: Any) -> User:
    """Somebody new who holds this role."""
    return MembershipFactory(organisation=organisation, role=role, **changes).person


def workshop(draft: Draft | None = None, **changes: Any) -> Workshop:
    """A programme ready to be put to the colleges. draft: another text than the complete one; changes: to its frame."""
    state = OrganisationFactory(slug="service-d-essai", name="Service d’essai")
    association = OrganisationFactory(slug="association-d-essai", name="Association d’essai", local=True)
    people = {
        "coordinator": member(state, Role.COORDINATION),
        "state_representative": member(state, Role.REPRESENTATIVE),
        "pilot": member(state, Role.CONTRIBUTOR),
        "representative": member(association, Role.REPRESENTATIVE),
        "contributor": member(association, Role.CONTRIBUTOR),
        "reader": member(association, Role.READER),
    }
    programme = founded(draft=draft, **changes)
    register_action(programme, acting_user=None)
    add_participation(programme, organisation=state, is_coordinator=True, acting_user=None)
    add_participation(programme, organisation=association, acting_user=None)
    return Workshop(
        programme=programme,
        state=state,
        association=association,
        administrator=PersonFactory(administrator=True),
        stranger=PersonFactory(),
        **people,
    )


def founded(draft: Draft | None = None, **changes: Any) -> Programme:
    """A programme nobody takes part in yet, whose text is complete unless another is given."""
    college("etat")
    college("collectivites")
    return create_programme(**(frame(draft) | changes))


def frame(draft: Draft | None = None) -> dict[str, Any]:
    """What `create_programme` asks for."""
    return {
        "slug": "essai",
        "title": "Programme d’essai",
        "acronym": "EXO",
        "code_prefix": "EXO",
        "summary": "Un programme pour essayer.",
        "starts_on": "2026",
        "ends_on": "2027",
        "seed": seed(draft or draft_of(complete_action())),
        "acting_user": None,
    }


def participation(programme: Programme, organisation: Organisation, **changes: Any) -> Participation:
    """A participation written as it is, whatever the rules of the services."""
    return Participation.objects.create(circle=programme.circle, organisation=organisation, **changes)
