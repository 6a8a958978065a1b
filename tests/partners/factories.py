"""Organisations and memberships, by situation."""

from datetime import timedelta

import factory
from django.utils import timezone

from concerte.partners.models import College, Membership, Organisation
from tests.accounts.factories import UserFactory


def college(slug: str) -> College:
    """One of the two colleges of the first start; made again when a test with real transactions emptied the tables."""
    facts = {
        "etat": {"name": "État", "short_name": "État", "position": 1, "appearance": 1},
        "collectivites": {
            "name": "Collectivités territoriales",
            "short_name": "Collectivités",
            "position": 2,
            "appearance": 2,
        },
    }
    return College.objects.get_or_create(slug=slug, defaults=facts[slug])[0]


def state_college() -> College:
    return college("etat")


def local_college() -> College:
    return college("collectivites")


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    """local: of the college of local authorities instead of the State's. ended: exists no more since a month ago."""

    class Meta:
        model = Organisation

    class Params:
        local = factory.Trait(college=factory.LazyFunction(local_college))
        ended = factory.Trait(ends_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30)))

    slug = factory.Sequence(lambda rank: f"organisation-{rank}")
    name = factory.Sequence(lambda rank: f"Organisation {rank}")
    college = factory.LazyFunction(state_college)


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A representative since a year ago. Traits: contributor, reader, coordination, administrator; ended: yesterday;
    future: from tomorrow."""

    class Meta:
        model = Membership

    class Params:
        contributor = factory.Trait(role=Membership.Role.CONTRIBUTOR)
        reader = factory.Trait(role=Membership.Role.READER)
        coordination = factory.Trait(role=Membership.Role.COORDINATION)
        administrator = factory.Trait(
            role=Membership.Role.ADMINISTRATOR, person=factory.SubFactory(UserFactory, administrator=True)
        )
        ended = factory.Trait(ends_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)))
        future = factory.Trait(starts_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=1)))

    person = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.REPRESENTATIVE
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=365))
