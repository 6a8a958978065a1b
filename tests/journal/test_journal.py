"""The journal: appended by services, read by administrators, changed by nobody."""

import pytest
from django.test import Client

from concerte.journal.models import Entry
from concerte.journal.services import record
from concerte.partners.models import Organisation
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_a_line_keeps_plain_values_of_what_happened():
    person, organisation = UserFactory(), OrganisationFactory()

    line = record("partners.tried", actor=person, subject=organisation, organisation="dinum", details={"a": [1]})

    kept = Entry.objects.get(pk=line.pk)
    assert (kept.actor_id, kept.organisation, kept.details) == (person.pk, "dinum", {"a": [1]})
    assert (kept.subject_kind, kept.subject_id) == ("partners.organisation", str(organisation.pk))


def test_lines_are_found_by_subject_actor_and_organisation():
    person, one, two = UserFactory(), OrganisationFactory(), OrganisationFactory()
    first = record("partners.tried", actor=person, subject=one, organisation="dinum")
    second = record("partners.tried", actor=None, subject=two)

    assert list(Entry.objects.about(one)) == [first]
    assert list(Entry.objects.by(person)) == [first]
    assert list(Entry.objects.by(None)) == [second]
    assert list(Entry.objects.in_the_name_of("dinum")) == [first]
    assert list(Entry.objects.of_kind(Organisation)) == [second, first]


def test_administrators_read_it_and_nobody_changes_it(client: Client):
    client.force_login(UserFactory(administrator=True))
    line = record("partners.tried", actor=None, subject=OrganisationFactory())

    assert client.get("/admin/journal/entry/").status_code == 200
    assert client.get(f"/admin/journal/entry/{line.pk}/change/").status_code == 200
    assert client.post(f"/admin/journal/entry/{line.pk}/change/", {"act": "autre"}).status_code == 403
    assert client.post(f"/admin/journal/entry/{line.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/journal/entry/add/").status_code == 403


def test_the_coordination_does_not_read_it(client: Client):
    client.force_login(MembershipFactory(coordination=True).person)

    assert client.get("/admin/journal/entry/").status_code == 302
