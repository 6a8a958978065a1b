"""Who is here: relayed, never stored; nobody speaks for somebody else."""

from concerte.documents import protocol
from concerte.documents.models import ClientOwner
from concerte.documents.presence import PresenceBook
from concerte.documents.protocol import GONE, Sign
from tests.documents.clients import Client
from tests.documents.conftest import Live, in_database
from tests.documents.factories import text_update

ANNE, BRUNO = 1, 2


async def announce(client: Client, clock: int = 1, state: bytes = b'{"user":{"name":"Anne"}}') -> Sign:
    sign = Sign(client.doc.client_id, clock, state)
    await client.send(protocol.presence_frame([sign]))
    return sign


async def test_others_see_who_arrives_and_who_leaves(live: Live) -> None:
    async with await live.client_of(live.situation.bruno) as bruno:
        async with await live.client_of(live.situation.anne) as anne:
            sign = await announce(anne)
            await bruno.until(lambda: bruno.signs.get(sign.client_id) == sign)
        await bruno.until(lambda: bruno.signs[sign.client_id].state == GONE)


async def test_who_arrives_later_sees_who_is_here(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        sign = await announce(anne)
        await anne.round_trip()
        async with await live.client_of(live.situation.bruno) as bruno:
            await bruno.until(lambda: bruno.signs.get(sign.client_id) == sign)


async def test_readers_are_seen_too(live: Live) -> None:
    async with await live.client_of(live.situation.reader) as reader, await live.client_of(live.situation.anne) as anne:
        sign = await announce(reader)

        await anne.until(lambda: anne.signs.get(sign.client_id) == sign)


async def test_nobody_speaks_for_a_client_that_is_here(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        sign = await announce(anne)
        await bruno.until(lambda: sign.client_id in bruno.signs)
        await bruno.send(protocol.presence_frame([Sign(sign.client_id, 9, b'{"user":{"name":"Faux"}}')]))
        later = await announce(anne, clock=2)
        await bruno.until(lambda: bruno.signs[sign.client_id].clock >= 2)

        assert bruno.signs[sign.client_id] == later


async def test_nobody_speaks_for_a_client_that_wrote_and_left(live: Live) -> None:
    async with await live.client_of(live.situation.bruno) as bruno:
        async with await live.client_of(live.situation.anne) as anne:
            await anne.write("d’Anne")
            await anne.until_saved()
            client_id = anne.doc.client_id
        async with await live.client_of(live.situation.reader) as reader:
            await reader.send(protocol.presence_frame([Sign(client_id, 5, b"{}"), Sign(424242, 1, b"{}")]))
            await bruno.until(lambda: 424242 in bruno.signs)

            assert client_id not in bruno.signs


async def test_who_comes_back_with_an_old_clock_is_told_to_count_on(live: Live) -> None:
    """As stock clients do: their clock has not moved while they were away, and others would not listen."""
    async with await live.client_of(live.situation.bruno) as bruno:
        anne = await live.client_of(live.situation.anne)
        async with anne:
            sign = await announce(anne, clock=4)
            await bruno.until(lambda: sign.client_id in bruno.signs)
        await bruno.until(lambda: bruno.signs[sign.client_id].state == GONE)
        async with anne:
            await announce(anne, clock=4)

            await anne.until(lambda: anne.signs.get(sign.client_id) == Sign(sign.client_id, 4, GONE))


async def test_announcing_oneself_is_using_a_client_id(live: Live) -> None:
    """Otherwise whoever sees it could write under it first, and shut out the one it belongs to."""
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        sign = await announce(anne)
        await bruno.until(lambda: sign.client_id in bruno.signs)
        await bruno.send(protocol.update_frame(text_update("volé", client_id=sign.client_id)))

        assert await bruno.until_closed() == 4409
        await anne.write("d’Anne")
        await anne.until_saved()


async def test_what_readers_announce_is_not_kept(live: Live) -> None:
    async with await live.client_of(live.situation.reader) as reader, await live.client_of(live.situation.anne) as anne:
        sign = await announce(reader)
        await anne.until(lambda: sign.client_id in anne.signs)

        assert not await in_database(ClientOwner.objects.exists)


def book_with_anne() -> PresenceBook:
    book = PresenceBook()
    book.take(Sign(10, 3, b"{}"), ANNE, person_id=100, now=0)
    return book


def test_an_echo_is_no_news() -> None:
    book = book_with_anne()

    assert not book.take(Sign(10, 3, b"{}"), ANNE, person_id=100, now=0)
    assert not book.may_claim(Sign(10, 3, b"{}"), BRUNO, person_id=200)


def test_an_echo_does_not_bring_back_who_left() -> None:
    book = book_with_anne()
    book.take(Sign(11, 1, b"{}"), BRUNO, person_id=100, now=0)

    assert book.leave(ANNE) == [10]
    assert not book.may_claim(Sign(10, 3, b"{}"), BRUNO, person_id=100)
    assert [sign.client_id for sign in book.signs()] == [11]


def test_a_client_of_a_process_that_died_expires() -> None:
    book = PresenceBook()
    book.take(Sign(10, 1, b"{}"), "other-process", None, now=5)

    assert book.expire(before=5) == []
    assert book.expire(before=6) == [10]
    assert book.signs() == []


def test_news_of_another_process_do_not_take_a_client_that_moved_here() -> None:
    book = PresenceBook()
    book.take(Sign(10, 1, b"{}"), "other-process", None, now=0)
    assert book.may_claim(Sign(10, 1, b"{}"), ANNE, person_id=100)
    book.take(Sign(10, 1, b"{}"), ANNE, person_id=100, now=0)

    assert not book.take(Sign(10, 1, GONE), "other-process", None, now=0)
    assert not book.take(Sign(10, 1, b"{}"), "other-process", None, now=0)
    assert book.held_by([ANNE]) == [10]
