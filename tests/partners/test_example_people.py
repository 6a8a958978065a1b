"""The people of example mode."""

import pytest
from django.utils import timezone

from concerte.accounts.models import User
from concerte.partners.example import create_example_people
from concerte.partners.models import Membership
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def held() -> set[tuple[str, str, str]]:
    rows = Membership.objects.held_on(timezone.localdate())
    return set(rows.values_list("person__email", "organisation__slug", "role"))


def test_each_role_gets_its_person_and_memberships():
    for slug in ("dinum", "amf", "france-urbaine"):
        OrganisationFactory(slug=slug)
    OrganisationFactory(slug="dinsic", ended=True)

    people = create_example_people(acting_user=None)

    assert held() == {
        ("coordination@exemple.invalid", "dinum", "coordination"),
        ("coordination@exemple.invalid", "dinsic", "coordination"),
        ("pilote@exemple.invalid", "dinum", "representative"),
        ("representante@exemple.invalid", "amf", "representative"),
        ("contributeur@exemple.invalid", "amf", "contributor"),
        ("lecteur@exemple.invalid", "france-urbaine", "reader"),
        ("administration@exemple.invalid", "dinum", "administrator"),
    }
    assert people["administrator"].is_staff
    assert all("(exemple)" in person.name for person in people.values())


def test_a_second_time_changes_nothing():
    OrganisationFactory(slug="dinum")
    first = create_example_people(acting_user=None)
    before = held()

    second = create_example_people(acting_user=None)

    assert second == first
    assert held() == before
    assert User.objects.count() == len(first)


def test_the_caller_names_the_organisations():
    OrganisationFactory(slug="service-essai")

    create_example_people({"pilot": ["service-essai", "inconnue"]}, acting_user=None)

    assert held() == {("pilote@exemple.invalid", "service-essai", "representative")}
