"""A code made by an operator, for someone whose mail does not arrive."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from concerte.accounts.errors import CodeRefused
from concerte.accounts.models import OperatorCode
from concerte.accounts.services import make_operator_code
from concerte.journal.models import Entry
from tests.accounts.conftest import ask, code_in, give, signed_in_as
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_code_opens_the_account_of_the_address_given_before(client: Client, mailoutbox):
    person = UserFactory()
    code = make_operator_code(person)

    ask(client, person.email)
    response = give(client, code)

    assert response.status_code == 302
    assert signed_in_as(client) == str(person.pk)


def test_the_mailed_code_still_works_beside_it(client: Client, mailoutbox):
    person = UserFactory()
    make_operator_code(person)

    ask(client, person.email)
    give(client, code_in(mailoutbox[0]))

    assert signed_in_as(client) == str(person.pk)


def test_the_code_serves_once(mailoutbox):
    person = UserFactory()
    code = make_operator_code(person)
    first, second = Client(), Client()
    for client in (first, second):
        ask(client, person.email)

    give(first, code)
    again = give(second, code)

    assert again.status_code == 400
    assert "a déjà servi" in again.content.decode()
    assert signed_in_as(second) is None


def test_the_code_expires(client: Client, mailoutbox):
    person = UserFactory()
    code = make_operator_code(person, minutes=5)
    OperatorCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    ask(client, person.email)

    response = give(client, code)

    assert response.status_code == 400
    assert "a expiré" in response.content.decode()
    assert signed_in_as(client) is None


def test_the_code_of_someone_else_is_refused_and_counts_as_an_attempt(client: Client, mailoutbox):
    person, other = UserFactory(), UserFactory()
    code = make_operator_code(other)
    ask(client, person.email)

    response = give(client, code)

    assert "Il reste 4 essais." in response.content.decode()
    assert signed_in_as(client) is None
    assert OperatorCode.objects.get().used_at is None


def test_the_code_is_not_kept_in_clear():
    code = make_operator_code(UserFactory())

    kept = OperatorCode.objects.get()
    assert code not in kept.hashed
    assert code.replace("-", "") not in kept.hashed


def test_making_and_using_a_code_is_written_in_the_journal(client: Client, mailoutbox):
    person = UserFactory()
    code = make_operator_code(person)
    ask(client, person.email)

    give(client, code)

    acts = list(Entry.objects.about(person).order_by("pk").values_list("act", "actor_id"))
    assert acts == [("accounts.operator_code_made", None), ("accounts.operator_code_used", person.pk)]


def test_a_closed_account_gets_no_code():
    person = UserFactory(inactive=True)

    with pytest.raises(CodeRefused) as refusal:
        make_operator_code(person)

    assert refusal.value.code == "inactive"
    assert not OperatorCode.objects.exists()


def test_the_command_prints_a_code_that_works(client: Client, mailoutbox):
    person = UserFactory(email="claire@mairie.exemple", name="Claire")
    output = StringIO()

    call_command("sign-in-code", " Claire@MAIRIE.exemple", stdout=output)

    code = output.getvalue().splitlines()[0].rsplit(" ", 1)[-1]
    ask(client, person.email)
    give(client, code)
    assert signed_in_as(client) == str(person.pk)


@pytest.mark.parametrize("address", ["personne@mairie.exemple", "pas une adresse", ""])
def test_the_command_says_when_nobody_has_the_address(address):
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("sign-in-code", address)

    assert not OperatorCode.objects.exists()


def test_the_command_refuses_a_closed_account_and_an_endless_code():
    person = UserFactory(inactive=True)

    with pytest.raises(CommandError, match="désactivé"):
        call_command("sign-in-code", person.email)
    with pytest.raises(CommandError, match="de 1 à 1440 minutes"):
        call_command("sign-in-code", person.email, "--minutes", "100000")
