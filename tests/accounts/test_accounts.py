"""Opening, correcting and closing accounts."""

import pytest
from django.db import IntegrityError

from concerte.accounts import hooks
from concerte.accounts.errors import AccountRefused
from concerte.accounts.models import User
from concerte.accounts.services import create_person, find_person, update_person
from concerte.journal.models import Entry
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_account_keeps_a_plain_address_and_name_and_no_password():
    author = UserFactory()

    person = create_person(" Claire@Mairie.Exemple ", "  Claire   Petit ", acting_user=author)

    assert (person.email, person.name) == ("claire@mairie.exemple", "Claire Petit")
    assert not person.has_usable_password()
    assert Entry.objects.get(act="accounts.person_created").actor_id == author.pk


@pytest.mark.parametrize(
    ("email", "name", "code"),
    [
        ("sans arobase", "Claire", "bad-address"),
        ("claire@mairie.exemple", "  ", "no-name"),
        ("pris@mairie.exemple", "Claire", "address-taken"),
    ],
)
def test_a_refused_account_leaves_nothing(email, name, code):
    UserFactory(email="pris@mairie.exemple")

    with pytest.raises(AccountRefused) as refusal:
        create_person(email, name, acting_user=None)

    assert refusal.value.code == code
    assert User.objects.count() == 1
    assert not Entry.objects.exists()


def test_the_database_itself_refuses_the_same_address_in_capitals():
    UserFactory(email="claire@mairie.exemple")

    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="Claire@Mairie.exemple", name="Autre")])


def test_someone_is_found_however_their_address_is_typed():
    person = UserFactory(email="claire@mairie.exemple")

    assert find_person("CLAIRE@mairie.exemple ") == person
    assert find_person("autre@mairie.exemple") is None
    assert find_person("rien") is None


def test_closing_an_account_tells_the_rooms_above_once():
    told: list[int] = []

    def listen(person: User) -> None:
        told.append(person.pk)

    person = UserFactory(name="Claire", email="claire@mairie.exemple")
    hooks.activity_changed.register(listen)
    try:
        update_person(person, email=person.email, name=person.name, is_active=False, acting_user=None)
        update_person(person, email=person.email, name="Claire Petit", is_active=False, acting_user=None)
    finally:
        hooks.activity_changed.unregister(listen)

    assert told == [person.pk]
    assert [entry.details for entry in Entry.objects.order_by("pk")] == [
        {"changed": ["is_active"]},
        {"changed": ["name"]},
    ]


def test_saving_without_a_change_writes_nothing():
    person = UserFactory()

    update_person(person, email=person.email.upper(), name=person.name, is_active=True, acting_user=None)

    assert not Entry.objects.exists()


def test_nobody_takes_the_address_of_another():
    person, other = UserFactory(), UserFactory()

    with pytest.raises(AccountRefused) as refusal:
        update_person(person, email=other.email, name=person.name, is_active=True, acting_user=None)

    assert refusal.value.code == "address-taken"
    person.refresh_from_db()
    assert person.email != other.email
