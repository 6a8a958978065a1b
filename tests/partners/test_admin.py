"""Colleges, organisations and memberships in the admin."""

import pytest
from django.test import Client
from django.utils import timezone

from concerte.journal.models import Entry
from concerte.partners.models import College, Membership, Organisation
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory, state_college

pytestmark = pytest.mark.django_db


@pytest.fixture
def administration(client: Client) -> Client:
    client.force_login(UserFactory(administrator=True))
    return client


def acts() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("act", flat=True))


@pytest.mark.parametrize("model", ["college", "organisation", "membership"])
def test_lists_and_forms_open_for_administrators_only(administration: Client, model):
    stranger = Client()
    stranger.force_login(MembershipFactory(coordination=True).person)

    pages = [f"/admin/partners/{model}/", f"/admin/partners/{model}/add/"]

    assert [administration.get(page).status_code for page in pages] == [200, 200]
    assert [stranger.get(page).status_code for page in pages] == [302, 302]


def test_a_college_is_added(administration: Client):
    administration.post(
        "/admin/partners/college/add/",
        {"slug": "autorites", "name": "Autorités", "short_name": "Autorités", "position": 3, "appearance": 3},
    )

    assert College.objects.filter(slug="autorites").exists()
    assert acts() == ["partners.college_created"]


def test_an_organisation_is_added_then_ended_through_the_services(administration: Client):
    known = {"name": "Service", "acronym": "", "college": state_college().pk, "kind": "", "starts_on": "", "note": ""}
    administration.post("/admin/partners/organisation/add/", {**known, "slug": "service", "ends_on": ""})
    made = Organisation.objects.get(slug="service")
    administration.post(
        f"/admin/partners/organisation/{made.pk}/change/",
        {**known, "ends_on": timezone.localdate().isoformat(), "ended_because": "Fusion"},
    )

    made.refresh_from_db()
    assert made.ended_because == "Fusion"
    assert acts() == ["partners.organisation_created", "partners.organisation_ended"]


def test_a_refusal_is_a_message_and_nothing_is_written(administration: Client):
    organisation = OrganisationFactory()
    known = {"name": "Autre nom", "acronym": "", "college": state_college().pk, "kind": "", "starts_on": "", "note": ""}

    response = administration.post(
        f"/admin/partners/organisation/{organisation.pk}/change/",
        {**known, "ends_on": timezone.localdate().isoformat(), "ended_because": ""},
        follow=True,
    )

    assert "Indiquez le motif" in response.content.decode()
    before = organisation.name
    organisation.refresh_from_db()
    assert (organisation.name, organisation.ends_on) == (before, None)
    assert acts() == []


def test_a_membership_is_given_and_ended_through_the_services(administration: Client):
    person, organisation = UserFactory(), OrganisationFactory()
    administration.post(
        "/admin/partners/membership/add/",
        {
            "person": person.pk,
            "organisation": organisation.pk,
            "role": "administrator",
            "title": "",
            "starts_on": timezone.localdate().isoformat(),
        },
    )
    made = Membership.objects.get()
    person.refresh_from_db()
    assert person.is_staff

    unchanged = administration.post(
        f"/admin/partners/membership/{made.pk}/change/", {"ends_on": "", "ended_because": ""}
    )
    assert unchanged.status_code == 200
    second = MembershipFactory(administrator=True)
    administration.post(
        f"/admin/partners/membership/{made.pk}/change/",
        {"ends_on": timezone.localdate().isoformat(), "ended_because": "Départ"},
    )

    person.refresh_from_db()
    assert not person.is_staff
    assert acts() == ["partners.membership_granted", "partners.membership_ended"]
    assert administration.post(f"/admin/partners/membership/{second.pk}/delete/", {"post": "yes"}).status_code == 403
