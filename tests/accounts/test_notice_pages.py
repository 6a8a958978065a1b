"""The page where one chooses, and the way out in each message."""

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerte.accounts.models import OutgoingMessage, Rhythm, User
from concerte.accounts.notice_links import way_out
from concerte.accounts.services import pseudonymise
from concerte.journal.models import Entry
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/courriels"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def person() -> User:
    return UserFactory(email="claire@mairie.exemple")


def rhythm_of(person: User) -> str:
    return User.objects.get(pk=person.pk).notice_rhythm


def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def test_a_visitor_signs_in_first(client: Client):
    response = client.get(PAGE)

    assert (response.status_code, response["Location"]) == (302, f"/connexion?next={PAGE}")


def test_the_page_shows_today_s_choice_and_keeps_another(client: Client, person: User):
    client.force_login(person)
    before = client.get(PAGE).content.decode()

    response = client.post(PAGE, {"rhythm": "weekly", "language": "en"}, follow=True)

    assert '<input type="radio" name="rhythm" value="daily"' in before
    assert "claire@mairie.exemple" in before
    assert "Votre choix est enregistré." in response.content.decode()
    person.refresh_from_db()
    assert (person.notice_rhythm, person.notice_language) == (Rhythm.WEEKLY, "en")


@pytest.mark.parametrize("given", [{"rhythm": "hourly", "language": "fr"}, {"language": "fr"}, {"rhythm": "none"}])
def test_a_choice_that_is_none_is_shown_again(client: Client, person: User, given):
    client.force_login(person)

    response = client.post(PAGE, given)

    assert response.status_code == 400
    assert rhythm_of(person) == Rhythm.DAILY


def test_one_is_told_that_a_message_did_not_leave(client: Client, person: User):
    now = timezone.now()
    OutgoingMessage.objects.create(person=person, made_at=now, next_try_at=now, last_error="SMTPServerDisconnected: x")
    client.force_login(person)

    page = client.get(PAGE).content.decode()

    assert "Un courriel n’est pas encore parti" in page
    assert "SMTPServerDisconnected" not in page


def test_opening_the_way_out_changes_nothing(person: User):
    response = strict().get(way_out(person))

    assert response.status_code == 200
    assert 'method="post"' in response.content.decode()
    assert person.email not in response.content.decode()
    assert rhythm_of(person) == Rhythm.DAILY
    assert not Entry.objects.exists()


@pytest.mark.parametrize("given", [ONE_CLICK, {}], ids=["a mail program", "the button of the page"])
def test_one_click_stops_the_messages_without_a_session(person: User, given):
    response = strict().post(way_out(person), given)

    assert response.status_code == 200
    assert "Vous ne recevrez plus" in response.content.decode()
    assert rhythm_of(person) == Rhythm.NONE
    assert Entry.objects.get().details == {"rhythm": "none", "language": "fr", "one_click": True}


def test_two_clicks_are_one(person: User):
    for _rank in range(2):
        response = strict().post(way_out(person), ONE_CLICK)

    assert response.status_code == 200
    assert Entry.objects.count() == 1


def test_the_way_out_is_of_one_person_even_for_somebody_signed_in(client: Client, person: User):
    other = UserFactory(email="bruno@mairie.exemple")
    client.force_login(other)

    client.post(way_out(person), ONE_CLICK)

    assert (rhythm_of(person), rhythm_of(other)) == (Rhythm.NONE, Rhythm.DAILY)


@pytest.mark.parametrize("token", ["1", "1:faux", "x", "1:", "{pk}", "{pk}:{pk}", "{other}"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_bad_link_stops_nothing(person: User, token, method):
    other = Signer(salt="something else").sign(str(person.pk))
    path = reverse("accounts:stop_notices", args=[token.format(pk=person.pk, other=other)])

    response = getattr(strict(), method)(path)

    assert response.status_code == 404
    assert rhythm_of(person) == Rhythm.DAILY


def test_the_link_of_someone_erased_leads_nowhere(person: User):
    path = way_out(person)
    pseudonymise(person, acting_user=None)

    assert strict().post(path, ONE_CLICK).status_code == 404


def test_the_address_of_nobody_is_in_the_link(person: User):
    assert "claire" not in way_out(person)
    assert "mairie" not in way_out(person)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_other_method_does_anything(client: Client, person: User, method):
    client.force_login(person)

    assert getattr(client, method)(PAGE).status_code == 405
    assert getattr(client, method)(way_out(person)).status_code == 405
