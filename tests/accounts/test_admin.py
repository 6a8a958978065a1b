"""People in the admin: administrators only, through our own sign-in."""

import pytest
from django.test import Client
from django.utils import timezone

from concerte.accounts.models import OutgoingMessage, User
from concerte.journal.models import Entry
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administration(client: Client) -> Client:
    client.force_login(UserFactory(administrator=True))
    return client


def test_the_admin_sends_to_our_sign_in(client: Client):
    asked = client.get("/admin/", follow=True)

    assert asked.redirect_chain[-1][0].startswith("/connexion?next=")


@pytest.mark.parametrize("role", ["reader", "contributor", "coordination"])
def test_others_are_told_no(client: Client, role):
    client.force_login(MembershipFactory(**{role: True}).person)

    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/accounts/user/").status_code == 302


def test_a_person_is_added_and_corrected_without_a_password(administration: Client):
    added = administration.post(
        "/admin/accounts/user/add/", {"name": "Claire", "email": "Claire@mairie.exemple", "is_active": "on"}
    )
    person = User.objects.get(email="claire@mairie.exemple")
    page = administration.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
    changed = administration.post(
        f"/admin/accounts/user/{person.pk}/change/", {"name": "Claire Petit", "email": person.email}
    )

    assert (added.status_code, changed.status_code) == (302, 302)
    assert "password" not in page
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("Claire Petit", False)
    acts = list(Entry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["accounts.person_created", "accounts.person_updated"]


@pytest.mark.parametrize("email", ["pris@mairie.exemple", "PRIS@mairie.exemple", "rien"])
def test_a_bad_address_is_refused_in_the_form(administration: Client, email):
    UserFactory(email="pris@mairie.exemple")

    response = administration.post("/admin/accounts/user/add/", {"name": "Autre", "email": email, "is_active": "on"})

    assert response.status_code == 200
    assert not User.objects.filter(name="Autre").exists()


def test_nobody_is_deleted(administration: Client):
    person = UserFactory()

    assert administration.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=person.pk).exists()


def test_erasing_asks_first(administration: Client):
    person = UserFactory(name="Claire Petit")
    action = {"action": "erase_personal_data", "_selected_action": [person.pk]}

    asked = administration.post("/admin/accounts/user/", action)
    person.refresh_from_db()
    assert "Claire Petit" in asked.content.decode()
    assert not person.is_pseudonym

    administration.post("/admin/accounts/user/", {**action, "confirmed": "1"})
    person.refresh_from_db()
    assert person.is_pseudonym


def test_the_list_opens(administration: Client):
    assert administration.get("/admin/accounts/user/").status_code == 200


def test_what_has_not_left_is_seen_and_never_touched(administration: Client):
    now = timezone.now()
    person = UserFactory(email="claire@mairie.exemple", name="Claire")
    message = OutgoingMessage.objects.create(person=person, made_at=now, next_try_at=now, last_error="TimeoutError: x")

    page = administration.get("/admin/accounts/outgoingmessage/")
    deleted = administration.post(f"/admin/accounts/outgoingmessage/{message.pk}/delete/", {"post": "yes"})

    assert "TimeoutError" in page.content.decode()
    assert deleted.status_code == 403
    assert administration.get("/admin/accounts/outgoingmessage/add/").status_code == 403
    assert OutgoingMessage.objects.filter(pk=message.pk).exists()
