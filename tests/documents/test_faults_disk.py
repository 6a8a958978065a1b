"""A disk that is full, a file that was being written: whoever types is told, nobody sees what is not kept."""

import asyncio
import resource
import struct
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.documents.killing import Site, site, sqlite_url
from tests.documents.typists import NOT_SAVED, Typist, check_all_arrived, check_kept, connected, words

Fault = Callable[[Site, bool], None]


def file_size(place: Site, is_full: bool) -> None:
    """The system refuses to make any file longer (SQLite sees an I/O error), or no longer does."""
    limit = 64 * 1024 if is_full else resource.RLIM_INFINITY
    resource.prlimit(place.server.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def pages(place: Site, is_full: bool) -> None:
    """SQLite finds no room for one page more (SQLITE_FULL, what it makes of a full disk), or finds it again."""
    place.parent.board.page_limit = 1 if is_full else 0  # below what is there: nothing may be added


@pytest.mark.parametrize("fault", [file_size, pages])
async def test_a_full_disk_is_told_to_who_types_and_forgotten_once_there_is_room(fault: Fault, tmp_path: Path) -> None:
    async with site(tmp_path, sqlite_url(tmp_path), bends=("pages",)) as place:
        anne, bruno, reader = (place.typist(name) for name in ("anne", "bruno", "reader"))
        async with connected(anne, bruno, reader):
            for typist in (anne, bruno):
                for _ in range(5):
                    await typist.type_word()
                await typist.until_in_step()
            fault(place, True)
            await anne.type_until_refused()
            await bruno.type_until_refused()
            for typist in (anne, bruno):
                await typist.type_word()  # with the page that says "not saved"
                await typist.until_refused_again()
            stored = await place.parent.stored_words(place.documents[0])

            assert anne.typed - set(stored)
            assert bruno.typed - set(stored)
            assert set(words(reader)) <= set(stored)
            assert reader.is_here
            assert words(await place.newcomer()) == stored

            fault(place, False)
            await check_all_arrived([anne, bruno, reader])
            for typist in (anne, bruno):
                await typist.until_in_step()
            assert set(anne.closings + bruno.closings) == {NOT_SAVED}
            assert reader.closings == []
            check_kept(await place.newcomer(), [anne, bruno, reader])


# --- Half-written files ---------------------------------------------------------------------------------------------
# The write-ahead log of SQLite is a header, then frames: a page, preceded by its number, the size of the database if
# the frame ends a transaction, the salts of the header and a checksum over all frames so far. On opening, SQLite reads
# up to the last frame that ends a transaction and whose checksum holds (https://www.sqlite.org/fileformat2.html#walformat).

WAL_HEADER = 32
FRAME_HEADER = 24


def end_of_frames(wal: bytes) -> tuple[int, int]:
    """Where the frames written since the log was last begun end, and how long one is; in bytes."""
    length = FRAME_HEADER + struct.unpack_from(">I", wal, 8)[0]
    end = WAL_HEADER
    while wal[end + 8 : end + 16] == wal[16:24]:  # the salts of the header
        end += length
    return end, length


def torn_in_the_middle(wal: bytes) -> bytes:
    """One frame more was being written when the power went: half of it is there."""
    end, length = end_of_frames(wal)
    return wal[:end] + wal[end - length : end - length // 2]


def torn_out_of_order(wal: bytes) -> bytes:
    """The system wrote the pages of a frame in no order: its length is right, its content is not."""
    end, length = end_of_frames(wal)
    return wal[:end] + wal[end - length : end - length // 2] + bytes(length - length // 2)


def cut_in_the_last_commit(wal: bytes) -> bytes:
    """What no disk may do: the end of what it had said to be written is not there."""
    end, length = end_of_frames(wal)
    return wal[: end - length // 2]


async def type_then_kill(place: Site, people: list[Typist]) -> Path:
    """Everybody has received everything when the power goes, each word in a commit of its own; the log it leaves."""
    for number in range(20):
        typist = people[number % 2]
        await typist.type_word()
        await typist.until_in_step()
    await check_all_arrived(people)
    await asyncio.to_thread(place.server.kill)
    for typist in people:
        await typist.until(lambda typist=typist: not typist.is_here)  # type: ignore[misc]
    return place.parent.folder / "documents.sqlite3-wal"


@pytest.mark.parametrize("tear", [torn_in_the_middle, torn_out_of_order])
async def test_a_frame_that_was_being_written_takes_nothing_with_it(
    tear: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    may_come = asyncio.Event()
    may_come.set()
    async with site(tmp_path, sqlite_url(tmp_path)) as place:
        people = [place.typist(name) for name in ("anne", "bruno", "reader")]
        async with connected(*people, may_come=may_come):
            may_come.clear()
            wal = await type_then_kill(place, people)
            wal.write_bytes(tear(wal.read_bytes()))
            place.server.start()
            await place.server.until_open()

            assert check_kept(await place.newcomer(), people) == 20 + 2 * 10
            may_come.set()
            await check_all_arrived(people)


@pytest.mark.parametrize("order", [("bruno", "anne"), ("anne", "bruno")], ids=["author-first", "author-last"])
async def test_what_a_lying_disk_forgot_comes_back_with_who_typed_it(order: tuple[str, str], tmp_path: Path) -> None:
    """Also what happens once an older copy of the database was put back: open pages hold more than the server."""
    async with site(tmp_path, sqlite_url(tmp_path)) as place, AsyncExitStack() as stack:
        people = [place.typist(name) for name in ("anne", "bruno", "reader")]
        gates = {typist.name: asyncio.Event() for typist in people}
        for typist in people:
            gates[typist.name].set()
            await stack.enter_async_context(connected(typist, may_come=gates[typist.name]))
        for gate in gates.values():
            gate.clear()
        wal = await type_then_kill(place, people)
        typed = words(people[0])
        wal.write_bytes(cut_in_the_last_commit(wal.read_bytes()))
        place.server.start()
        await place.server.until_open()

        assert words(await place.newcomer()) == typed[:-1]
        by_name = {typist.name: typist for typist in people}
        for name in order:
            gates[name].set()
            typist = by_name[name]
            await typist.until(lambda typist=typist: typist.is_here and typist.was_greeted)  # type: ignore[misc]
        for typist in people[:2]:
            await typist.until_in_step()
        assert words(await place.newcomer()) == typed
