"""Five hundred people in one document, twenty of whom write; those whose network is slow; all who come back at once."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from concerte.documents import services
from tests.documents.clients import Client, Pass
from tests.documents.conftest import in_database
from tests.documents.factories import text_of
from tests.documents.meeting import (
    Hall,
    Straggler,
    all_are_here,
    all_have,
    connect_all,
    cpu_seconds,
    gathered,
    resident_bytes,
    type_at,
    until,
)
from tests.servers import ServerProcess

PEOPLE, WRITERS, KEYS = 500, 20, 10
SERVED_SECONDS = 5.0  # issue 3, goal 6


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return Hall.prepare(PEOPLE)


async def test_five_hundred_people_see_each_other_and_all_that_twenty_write(
    server_process: ServerProcess, hall: Hall
) -> None:
    attendees = hall.attendees(server_process.address)
    page = Client(server_process.address, hall.document_id, Pass(token=hall.tokens[0]), query="")
    async with gathered(attendees), page:
        frames = sum(each.presence_frames for each in attendees)
        await type_at(attendees[:WRITERS], KEYS, keys_per_second=5)
        written = {each.client_id: KEYS for each in attendees[:WRITERS]}
        await until(lambda: all_have(attendees, written), "everybody has all the text")
        await page.until_length(KEYS * WRITERS)
        carets = {each.client_id: each.clock for each in attendees[:WRITERS]}
        await until(
            lambda: all(carets.items() <= each.heard.items() | {(each.client_id, each.clock)} for each in attendees),
            "and all the carets",
        )
        frames = sum(each.presence_frames for each in attendees) - frames

    assert text_of(await in_database(services.current_state, hall.document_id)) == str(page.text)
    assert frames / PEOPLE <= 20  # in two seconds, 200 moves of a caret: a frame each 250 ms, and those that follow


async def test_all_who_come_back_at_once_after_a_restart_are_served(server_process: ServerProcess, hall: Hall) -> None:
    attendees = hall.attendees(server_process.address)
    async with gathered(attendees):
        await type_at(attendees[:WRITERS], 1, keys_per_second=5)
        written = {each.client_id: 1 for each in attendees[:WRITERS]}
        await until(lambda: all_have(attendees, written), "everybody has all the text")
        await asyncio.to_thread(server_process.kill)
        await until(lambda: all(each.close_code for each in attendees), "everybody is cut off")
        await asyncio.to_thread(server_process.start)

        # The processor's time, not the clock's: other tests and the five hundred themselves run on the same cores.
        seconds = -cpu_seconds(server_process.pid)
        await connect_all(attendees)
        await until(lambda: all_are_here(attendees), "everybody sees everybody again")
        seconds += cpu_seconds(server_process.pid)
        assert all_have(attendees, written)
    assert seconds < SERVED_SECONDS


@pytest.fixture
def stragglers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


async def test_who_does_not_read_neither_slows_the_others_nor_fills_the_memory(
    server_process: ServerProcess, transactional_db: None, stragglers: ExitStack
) -> None:
    """Sixteen megabytes pass; ten people read nothing of them, one reads a thousand bytes a second."""
    hall = await in_database(Hall.prepare, 16)
    attendees = hall.attendees(server_process.address)[:5]
    late = [Straggler(server_process.address, hall.document_id, token) for token in hall.tokens[5:]]
    for straggler in late:
        stragglers.callback(straggler.close)
        await straggler.connect()
    slow = asyncio.create_task(late[0].read(bytes_per_second=1_000))
    async with gathered(attendees):
        before = resident_bytes(server_process.pid)
        for number in range(1, 41):
            for writer in attendees[:2]:
                writer.paste_and_undo(200_000)
            written = {writer.client_id: 200_000 * number for writer in attendees[:2]}
            await until(partial(all_have, attendees, written), "the quick ones have all the text")
        grown = resident_bytes(server_process.pid) - before

    slow.cancel()
    readings = [asyncio.create_task(straggler.read()) for straggler in late]
    await until(lambda: all(each.clocks == written or each.close_code for each in late), "the slow ones catch up")
    for reading in readings:
        reading.cancel()
    assert {each.close_code for each in late} == {None}
    assert not any(each.has_hole for each in late)
    assert grown < 100_000_000  # eleven times what passed would be more
