"""Who holds which role where, today."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from concerte.partners.models import Organisation
from concerte.partners.rules import Role, holds_role, may_give, may_manage
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_a_role_is_held_where_it_was_given():
    held = MembershipFactory(contributor=True)
    elsewhere = OrganisationFactory()

    assert holds_role(held.person, Role.CONTRIBUTOR)
    assert holds_role(held.person, Role.CONTRIBUTOR, organisation=held.organisation)
    assert holds_role(held.person, organisation=held.organisation)
    assert not holds_role(held.person, Role.CONTRIBUTOR, organisation=elsewhere)
    assert not holds_role(held.person, Role.REPRESENTATIVE, Role.READER)
    assert list(Organisation.objects.where_person_is(held.person, Role.CONTRIBUTOR)) == [held.organisation]


@pytest.mark.parametrize("trait", ["ended", "future"])
def test_a_role_counts_from_its_first_day_to_the_day_before_its_last(trait):
    held = MembershipFactory(**{trait: True})

    assert not holds_role(held.person)
    assert holds_role(held.person, on=held.starts_on)
    assert held.is_held_on(held.starts_on)
    assert not held.is_held_on(timezone.localdate())


def test_a_closed_account_and_a_visitor_hold_nothing():
    closed = MembershipFactory(coordination=True, person__is_active=False).person

    assert not holds_role(closed)
    assert not may_manage(closed)
    assert not holds_role(AnonymousUser())
    assert not may_manage(AnonymousUser())
    assert not may_give(AnonymousUser(), Role.READER)
    assert not Organisation.objects.where_person_is(AnonymousUser()).exists()


def test_who_may_give_which_role():
    coordinator = MembershipFactory(coordination=True).person
    administrator = UserFactory(administrator=True)

    assert [may_give(coordinator, role) for role in (Role.COORDINATION, Role.ADMINISTRATOR)] == [True, False]
    assert [may_give(administrator, role) for role in (Role.COORDINATION, Role.ADMINISTRATOR)] == [True, True]
    assert may_give(None, Role.ADMINISTRATOR)
    assert not may_give(MembershipFactory().person, Role.READER)
