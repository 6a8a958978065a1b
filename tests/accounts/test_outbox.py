"""The outbox: once, whatever happens to the mail server or beside us."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from concerte.accounts import waiting
from concerte.accounts.models import Notice, OutgoingMessage, User
from concerte.accounts.notices import prepare_notices
from concerte.accounts.outbox import CLAIM, DELAYS, REFUSALS_BORNE, send_outbox
from concerte.accounts.waiting import WaitingItem
from tests.accounts.smtp_sink import Sink, mail_server
from tests.accounts.test_notices import MONDAY, Desk, desk, someone

__all__ = ["desk"]
MINUTE = timedelta(minutes=1)


def use(settings: Any, sink: Sink) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def addresses(sink: Sink) -> list[str]:
    return sorted(str(message["To"]) for message in sink.received)


@pytest.fixture
def three(db: None, desk: Desk) -> list[User]:
    people = [someone(name=name) for name in ("Anne", "Bruno", "Chloé")]
    for rank, person in enumerate(people):
        person.email = f"p{rank}@mairie.exemple"
        person.save()
        desk.put(person, "vote:1")
    return people


def test_a_real_mail_server_takes_the_message_as_it_was_written(three, settings):
    prepare_notices(MONDAY)

    with mail_server() as sink:
        use(settings, sink)
        count = send_outbox(MONDAY)

    message = sink.received[0]
    assert count == 3
    assert addresses(sink) == ["p0@mairie.exemple", "p1@mairie.exemple", "p2@mairie.exemple"]
    assert message["Subject"] == "Concerté\u00a0: 1 point vous attend"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_body(("plain",)).get_content().startswith("Bonjour ")  # type: ignore[union-attr]
    assert not OutgoingMessage.objects.waiting().exists()


def test_a_server_that_is_down_then_back_loses_nothing_and_doubles_nothing(three, settings):
    with mail_server() as gone:
        use(settings, gone)
    prepare_notices(MONDAY)

    while_down = [send_outbox(MONDAY + rank * MINUTE) for rank in range(5)]
    errors = set(OutgoingMessage.objects.exclude(last_error="").values_list("person", flat=True))
    with mail_server(gone.port) as back:
        for rank in range(5, 30):
            prepare_notices(MONDAY + rank * MINUTE)
            send_outbox(MONDAY + rank * MINUTE)

    assert while_down == [0] * 5
    assert errors
    assert addresses(back) == ["p0@mairie.exemple", "p1@mairie.exemple", "p2@mairie.exemple"]
    assert not OutgoingMessage.objects.waiting().exists()


def test_while_it_is_down_a_person_has_one_message_that_grows(three, desk, settings):
    with mail_server() as gone:
        use(settings, gone)
    prepare_notices(MONDAY)
    send_outbox(MONDAY)
    desk.put(three[0], "vote:1", "vote:2")

    prepare_notices(MONDAY + MINUTE)

    message = OutgoingMessage.objects.get(person=three[0])
    assert set(message.notices.values_list("key", flat=True)) == {"vote:1", "vote:2"}


def test_tries_come_later_and_later_and_never_end(three, settings):
    with mail_server() as gone:
        use(settings, gone)
    OutgoingMessage.objects.exclude(person=three[0]).delete()
    prepare_notices(MONDAY)
    Notice.objects.exclude(person=three[0]).delete()
    OutgoingMessage.objects.exclude(person=three[0]).delete()
    waits, now = [], MONDAY

    for _rank in range(9):
        send_outbox(now)
        next_try_at = OutgoingMessage.objects.get().next_try_at
        waits.append(next_try_at - now)
        now = next_try_at

    assert waits == [*DELAYS, DELAYS[-1], DELAYS[-1], DELAYS[-1]]
    assert OutgoingMessage.objects.waiting().exists()


def test_one_address_that_is_refused_does_not_hold_up_the_others(three, settings):
    prepare_notices(MONDAY)

    with mail_server() as sink:
        use(settings, sink)
        sink.refused = {"p1@mairie.exemple"}
        count = send_outbox(MONDAY)

    assert count == 2
    assert addresses(sink) == ["p0@mairie.exemple", "p2@mairie.exemple"]
    assert OutgoingMessage.objects.waiting().get().last_error.startswith("SMTPRecipientsRefused")


def test_an_address_refused_for_good_is_given_up(three, settings):
    prepare_notices(MONDAY)
    now = MONDAY

    with mail_server() as sink:
        use(settings, sink)
        sink.refused = {"p1@mairie.exemple"}
        for _rank in range(REFUSALS_BORNE + 2):
            send_outbox(now)
            now += DELAYS[-1]

    given_up = OutgoingMessage.objects.exclude(given_up_at=None).get()
    assert (given_up.person, given_up.tries) == (three[1], REFUSALS_BORNE)


def test_a_server_that_breaks_off_ends_the_round_and_is_asked_again(three, settings):
    prepare_notices(MONDAY)

    with mail_server() as sink:
        use(settings, sink)
        sink.hangs_up_after_taking = True
        first = send_outbox(MONDAY)
        tried = OutgoingMessage.objects.filter(tries=1).count()
        sink.hangs_up_after_taking = False
        later = send_outbox(MONDAY + MINUTE)

    assert (first, tried, later) == (0, 1, 3)
    assert not OutgoingMessage.objects.waiting().exists()


def test_a_message_taken_by_a_process_that_was_killed_leaves_when_its_claim_ends(three, settings):
    prepare_notices(MONDAY)
    OutgoingMessage.objects.update(claimed_until=MONDAY + CLAIM)

    with mail_server() as sink:
        use(settings, sink)
        during = send_outbox(MONDAY + CLAIM - MINUTE)
        after = send_outbox(MONDAY + CLAIM)

    assert (during, after) == (0, 3)


def test_what_comes_while_a_message_is_leaving_gets_a_message_of_its_own(three, desk):
    prepare_notices(MONDAY)
    OutgoingMessage.objects.filter(person=three[0]).update(claimed_until=MONDAY + CLAIM)
    desk.put(three[0], "vote:1", "vote:2")

    prepare_notices(MONDAY)

    keys = [set(message.notices.values_list("key", flat=True)) for message in three[0].outgoing_messages.order_by("pk")]
    assert keys == [{"vote:1"}, {"vote:2"}]


def test_a_room_that_fails_when_one_message_is_written_leaves_the_others_theirs(three, settings, caplog):
    prepare_notices(MONDAY)

    def provider(person: User) -> list[WaitingItem]:
        if person == three[0]:
            raise RuntimeError("no")
        return []

    waiting.register(provider)
    with mail_server() as sink:
        use(settings, sink)
        count = send_outbox(MONDAY)
        waiting.unregister(provider)
        later = send_outbox(MONDAY + MINUTE)

    assert (count, later) == (2, 1)
    assert "could not be written" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_many_who_prepare_and_send_at_once_tell_each_thing_once(desk, settings):
    people = [someone(name=f"personne-{rank}") for rank in range(12)]
    for person in people:
        desk.put(person, "vote:1", "vote:2")
    workers = 4
    start = Barrier(workers)

    def work() -> int:
        try:
            start.wait(20)
            prepare_notices(MONDAY)
            return send_outbox(MONDAY)
        finally:
            connections.close_all()

    with mail_server() as sink:
        use(settings, sink)
        with ThreadPoolExecutor(workers) as pool:
            counts = [future.result(60) for future in [pool.submit(work) for _rank in range(workers)]]

    told = [message.get_body(("plain",)).get_content() for message in sink.received]  # type: ignore[union-attr]
    assert sum(counts) == len(told)
    for key in ("vote:1", "vote:2"):
        assert sum(text.count(f"Voter {key}") for text in told) == len(people)
    assert Notice.objects.count() == 2 * len(people)
    assert not OutgoingMessage.objects.waiting().exists()
