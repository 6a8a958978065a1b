"""Erasing personal data: the person becomes a pseudonym, the organisation's acts stay."""

from io import StringIO

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from concerte.accounts.errors import AccountRefused
from concerte.accounts.models import OperatorCode, User
from concerte.accounts.services import make_operator_code, pseudonymise
from concerte.journal.models import Entry
from concerte.partners.models import Membership
from tests.accounts.conftest import ask, signed_in_as
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def test_nothing_left_says_who_it_was(client: Client, mailoutbox):
    of_others = set(Session.objects.values_list("pk", flat=True))
    person = UserFactory(pk=1234, name="Claire Petit", email="claire@mairie.exemple")
    MembershipFactory(person=person, title="Directrice du numérique")
    administrator = UserFactory(administrator=True)
    client.force_login(person)
    waiting = Client()
    ask(waiting, person.email)
    make_operator_code(person)
    LogEntry.objects.create(
        user=administrator,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr="Claire Petit",
        action_flag=CHANGE,
    )

    erased = pseudonymise(person, acting_user=administrator)

    assert (erased.name, erased.email) == (f"Personne n°\u00a0{person.pk}", f"personne-{person.pk}@efface.invalid")
    assert not erased.is_active
    assert Membership.objects.get().title == ""
    assert LogEntry.objects.get().object_repr == erased.name
    assert set(Session.objects.values_list("pk", flat=True)) == of_others
    assert not OperatorCode.objects.exists()
    assert not User.objects.filter(name__contains="Claire").exists()


def test_what_they_held_ends_and_stays_written():
    held = MembershipFactory()

    pseudonymise(held.person, acting_user=None)

    held.refresh_from_db()
    assert held.ends_on is not None
    assert held.ended_because == "Données personnelles effacées."
    acts = set(Entry.objects.values_list("act", flat=True))
    assert acts == {"accounts.person_pseudonymised", "partners.membership_ended"}


def test_they_cannot_come_back(client: Client, mailoutbox):
    person = UserFactory(email="claire@mairie.exemple")
    client.force_login(person)

    pseudonymise(person, acting_user=None)

    assert client.get("/mon-espace").status_code == 302
    ask(client, "claire@mairie.exemple")
    assert "n’a pas de compte ouvert" in mailoutbox[0].body


def test_sessions_of_others_go_on(client: Client):
    other = UserFactory()
    client.force_login(other)

    pseudonymise(UserFactory(), acting_user=None)

    assert signed_in_as(client) == str(other.pk)


@pytest.mark.parametrize("who", ["herself", "coordination"])
def test_only_the_administration_erases(who):
    person = UserFactory(name="Claire")
    acting_user = person if who == "herself" else MembershipFactory(coordination=True).person

    with pytest.raises(AccountRefused) as refusal:
        pseudonymise(person, acting_user=acting_user)

    assert refusal.value.code == "not-allowed"
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("Claire", True)


def test_nobody_is_erased_twice():
    person = pseudonymise(UserFactory(), acting_user=None)

    with pytest.raises(AccountRefused) as refusal:
        pseudonymise(person, acting_user=None)

    assert refusal.value.code == "already-erased"


def test_an_administrator_who_is_erased_administers_no_more():
    membership = MembershipFactory(administrator=True)

    erased = pseudonymise(membership.person, acting_user=None)

    assert (erased.is_staff, erased.is_superuser) == (False, False)


def test_the_command_asks_to_be_sure():
    person = UserFactory(name="Claire", email="claire@mairie.exemple")
    output = StringIO()

    with pytest.raises(CommandError, match="Rien n’est effacé"):
        call_command("erase-person", "claire@mairie.exemple")
    person.refresh_from_db()
    assert person.name == "Claire"

    call_command("erase-person", "claire@mairie.exemple", "--yes", stdout=output)
    person.refresh_from_db()
    assert person.is_pseudonym
    assert f"Personne n°\u00a0{person.pk}" in output.getvalue()


def test_the_command_says_when_nobody_has_the_address():
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("erase-person", "personne@mairie.exemple", "--yes")
