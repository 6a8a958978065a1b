"""Signing in with a code sent by e-mail."""

from smtplib import SMTPException

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from concerte.accounts.models import User
from tests.accounts.conftest import ask, code_in, give, signed_in_as
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return UserFactory(email="claire@mairie.exemple")


def test_the_code_sent_by_mail_opens_the_space(client: Client, person: User, mailoutbox: list[EmailMessage]):
    asked = ask(client, "claire@mairie.exemple")
    given = give(client, code_in(mailoutbox[0]))

    assert (asked.status_code, asked["Location"]) == (302, "/connexion/code")
    assert (given.status_code, given["Location"]) == (302, "/mon-espace")
    assert mailoutbox[0].to == ["claire@mairie.exemple"]
    assert signed_in_as(client) == str(person.pk)


def test_the_code_is_taken_with_spaces_or_full_width_figures(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    code = code_in(mailoutbox[0]).replace("-", "\u00a0")

    give(client, f" {code.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})}\u200b")

    assert signed_in_as(client) == str(person.pk)


@pytest.mark.parametrize("typed", [" Claire@Mairie.Exemple ", "CLAIRE@MAIRIE.EXEMPLE", "claire@mairie.exemple\u200b"])
def test_an_address_is_known_however_it_is_typed(client: Client, person: User, mailoutbox, typed):
    ask(client, typed)

    assert mailoutbox[0].to == [person.email]
    assert code_in(mailoutbox[0])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "claire",
        "claire@",
        "claire @mairie.exemple",
        "claire@mairie.exemple\nBcc: tous@mairie.exemple",
        "claire@mairie.exemple\r\nSubject: autre",
        "claire@mairie.exemple,tous@mairie.exemple",
        "claire@mairie.exemple\x00",
        f"{'c' * 300}@mairie.exemple",
        "a" * 200_000,
        "é\u0301@mairie.exemple",
        "<script>@mairie.exemple",
    ],
)
def test_an_odd_address_is_refused_and_nothing_is_sent(client: Client, mailoutbox, typed):
    response = ask(client, typed)

    assert response.status_code == 400
    assert "adresse" in response.content.decode()
    assert mailoutbox == []


def test_an_unknown_address_gets_the_very_same_answer(person: User, mailoutbox):
    known, unknown = Client(), Client()

    answers = [ask(known, person.email), ask(unknown, "personne@mairie.exemple")]
    pages = [visitor.get("/connexion/code").content.decode() for visitor in (known, unknown)]
    wrong = [give(visitor, "000-000-000") for visitor in (known, unknown)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/connexion/code")}
    blank = [page.replace(person.email, "…").replace("personne@mairie.exemple", "…") for page in pages]
    assert without_tokens(blank[0]) == without_tokens(blank[1])
    assert [answer.status_code for answer in wrong] == [400, 400]
    assert [len(message.to) for message in mailoutbox] == [1, 1]


def without_tokens(page: str) -> str:
    """The page without what is drawn at random for each visitor."""
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line and "nonce" not in line)


def test_an_unknown_address_is_told_so_by_mail_only(client: Client, mailoutbox: list[EmailMessage]):
    ask(client, "personne@mairie.exemple")

    assert mailoutbox[0].to == ["personne@mairie.exemple"]
    assert "n’a pas de compte ouvert" in mailoutbox[0].body


def test_a_closed_account_gets_no_code(client: Client, mailoutbox):
    closed = UserFactory(inactive=True)

    ask(client, closed.email)

    assert "n’a pas de compte ouvert" in mailoutbox[0].body


def test_an_account_closed_after_the_code_was_sent_does_not_open(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    User.objects.update(is_active=False)

    response = give(client, code_in(mailoutbox[0]))

    assert response.status_code == 403
    assert signed_in_as(client) is None


def test_a_wrong_code_says_how_many_attempts_are_left(client: Client, person: User, mailoutbox):
    ask(client, person.email)

    response = give(client, "000-000-000")

    assert response.status_code == 400
    assert "Il reste 4 essais." in response.content.decode()
    assert signed_in_as(client) is None


def test_after_five_wrong_codes_the_right_one_is_refused_too(client: Client, person: User, mailoutbox):
    ask(client, person.email)

    answers = [give(client, "000-000-000").status_code for _attempt in range(5)]
    late = give(client, code_in(mailoutbox[0]))

    assert answers == [400, 400, 400, 400, 429]
    assert late.status_code == 410
    assert signed_in_as(client) is None


def test_an_expired_code_says_so_and_leads_back(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= 15 * 60 + 1
    session.save()

    response = give(client, code_in(mailoutbox[0]))

    assert response.status_code == 410
    assert "n’est plus valable" in response.content.decode()
    assert 'href="/connexion"' in response.content.decode()
    assert signed_in_as(client) is None


def test_a_code_that_served_opens_nothing_elsewhere(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    give(client, code_in(mailoutbox[0]))
    client.post("/deconnexion")

    again = give(client, code_in(mailoutbox[0]))

    assert again.status_code == 410
    assert signed_in_as(client) is None


def test_a_code_only_serves_the_browser_that_asked(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    other = Client()

    response = give(other, code_in(mailoutbox[0]))

    assert response.status_code == 410
    assert signed_in_as(other) is None


def test_a_newer_code_replaces_the_one_before(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    ask(client, person.email)

    first = give(client, code_in(mailoutbox[0]))
    second = give(client, code_in(mailoutbox[1]))

    assert first.status_code == 400
    assert second.status_code == 302


def test_asking_too_often_for_one_address_is_slowed_down(person: User, mailoutbox):
    answers = [ask(Client(REMOTE_ADDR=f"192.0.2.{rank}"), person.email) for rank in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert "Attendez une minute" in answers[-1].content.decode()
    assert len(mailoutbox) == 3


def test_asking_too_often_from_one_machine_is_slowed_down(mailoutbox):
    answers = [ask(Client(), f"personne-{rank}@mairie.exemple").status_code for rank in range(21)]

    assert answers == [302] * 20 + [429]


def test_trying_codes_too_often_from_one_machine_is_slowed_down(person: User, mailoutbox):
    answers = []
    for rank in range(7):
        client = Client()
        ask(client, f"personne-{rank}@mairie.exemple")
        answers += [give(client, "000-000-000").status_code for _attempt in range(5)]

    assert answers[:30].count(429) == 6
    assert set(answers[30:]) == {429}


def test_the_session_changes_its_key_when_somebody_signs_in(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    before = client.session.session_key

    give(client, code_in(mailoutbox[0]))

    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/organisations", "/organisations"),
        ("https://ailleurs.exemple/", "/mon-espace"),
        ("//ailleurs.exemple/", "/mon-espace"),
        ("http://127.0.0.1:9999/", "/mon-espace"),
        ("https:///ailleurs.exemple", "/mon-espace"),
        ("javascript:alert(1)", "/mon-espace"),
        ("/\\ailleurs.exemple", "/mon-espace"),
    ],
)
def test_signing_in_only_leads_to_this_site(client: Client, person: User, mailoutbox, wanted, reached):
    client.post("/connexion?" + f"next={wanted}", {"email": person.email})

    response = client.post("/connexion/code", {"code": code_in(mailoutbox[0]), "next": wanted})

    assert response["Location"] == reached


def test_the_wanted_page_follows_from_the_address_to_the_code(client: Client, person: User, mailoutbox):
    asked = client.post("/connexion?next=/organisations", {"email": person.email})

    given = client.post(asked["Location"], {"code": code_in(mailoutbox[0])})

    assert given["Location"] == "/organisations"


def test_mail_that_cannot_leave_is_said_whoever_asks(person: User, monkeypatch):
    def broken(*_args: object, **_options: object) -> int:
        raise SMTPException("no server")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)

    answers = [ask(Client(), address) for address in (person.email, "personne@mairie.exemple")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert "n’a pas pu partir" in answers[0].content.decode()


def test_the_mail_is_plain_short_and_never_names_the_host_of_the_request(person: User, mailoutbox):
    ask(Client(), person.email, HTTP_HOST="localhost")

    message = mailoutbox[0]
    assert code_in(message)
    assert "15 minutes" in message.body
    assert settings.BASE_URL in message.body
    assert "localhost/" not in message.body
    assert message.alternatives == []  # type: ignore[attr-defined]
    assert code_in(message) not in message.subject


def test_there_is_no_page_to_sign_up_nor_for_a_password(client: Client):
    pages = ["/signup", "/accounts/signup/", "/inscription", "/password/reset/", "/login", "/connexion/mot-de-passe"]

    assert {client.get(page).status_code for page in pages} == {404}


def test_who_is_signed_in_is_led_on(client: Client, person: User):
    client.force_login(person)

    assert client.get("/connexion")["Location"] == "/mon-espace"
    assert client.get("/connexion/code")["Location"] == "/mon-espace"


def test_the_code_page_asks_for_the_address_first(client: Client):
    assert client.get("/connexion/code")["Location"] == "/connexion"


def test_signing_out_is_a_post(client: Client, person: User):
    client.force_login(person)

    asked = client.get("/deconnexion")
    still = signed_in_as(client)
    left = client.post("/deconnexion")

    assert asked.status_code == 200
    assert still == str(person.pk)
    assert (left.status_code, left["Location"]) == (302, "/")
    assert signed_in_as(client) is None


def test_forms_of_other_sites_are_refused(person: User):
    strict = Client(enforce_csrf_checks=True)

    assert ask(strict, person.email).status_code == 403


def test_signing_in_writes_when(client: Client, person: User, mailoutbox):
    ask(client, person.email)
    before = timezone.now()

    give(client, code_in(mailoutbox[0]))

    person.refresh_from_db()
    assert person.last_login is not None
    assert person.last_login >= before


def test_pages_of_sign_in_are_never_kept_by_caches(client: Client, person: User, mailoutbox):
    ask(client, person.email)

    pages = [client.get("/connexion"), client.get("/connexion/code")]

    assert all("no-store" in page["Cache-Control"] for page in pages)
