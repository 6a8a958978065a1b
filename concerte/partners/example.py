"""The people of example mode: one per example role, in the organisations the caller names."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.example import ROLES
from concerte.accounts.models import User
from concerte.accounts.services import create_person
from concerte.partners.errors import MembershipRefused
from concerte.partners.models import Organisation
from concerte.partners.rules import Role
from concerte.partners.services import grant_membership

# What each example role is, in the words of memberships.
MEMBERSHIP_ROLES = {
    "coordination": Role.COORDINATION,
    "pilot": Role.REPRESENTATIVE,
    "representative": Role.REPRESENTATIVE,
    "contributor": Role.CONTRIBUTOR,
    "reader": Role.READER,
    "administrator": Role.ADMINISTRATOR,
}
ORGANISATIONS: Mapping[str, Sequence[str]] = {
    "coordination": ("dinum", "dinsic"),
    "pilot": ("dinum",),
    "representative": ("amf",),
    "contributor": ("amf",),
    "reader": ("france-urbaine",),
    "administrator": ("dinum",),
}


@transaction.atomic
def create_example_people(
    organisations: Mapping[str, Sequence[str]] = ORGANISATIONS, *, acting_user: User | None
) -> dict[str, User]:
    """Make the example people and what they hold; what is there already is left alone. Returns them by role.

    organisations: slugs by key of example role; those that do not exist are passed over. acting_user: None from the
    command, which may also give a role in an organisation that has ended (DINSIC coordinated the first programme)."""
    by_slug = Organisation.objects.in_bulk(
        {slug for slugs in organisations.values() for slug in slugs}, field_name="slug"
    )
    people = {}
    for role in ROLES:
        person = User.objects.filter(email=role.address).first()
        person = person or create_person(role.address, role.name, acting_user=acting_user)
        for slug in organisations.get(role.key, ()):
            if slug in by_slug:
                _give(person, by_slug[slug], MEMBERSHIP_ROLES[role.key], acting_user)
        person.refresh_from_db()
        people[role.key] = person
    return people


def _give(person: User, organisation: Organisation, role: Role, acting_user: User | None) -> None:
    try:
        grant_membership(person, organisation, role=role, title=_("Rôle d’exemple"), acting_user=acting_user)
    except MembershipRefused as refusal:
        if refusal.code != "already-held":
            raise
