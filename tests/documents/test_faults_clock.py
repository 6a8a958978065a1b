"""A wall clock that is set while people write: rights that end by the clock follow it, nothing else does.

The clock is shifted inside the server's process, where ours and Django's code read it; the monotonic clock goes on, as
when a machine's clock is set. The database keeps the machine's time: nothing of the engine asks it for the time.
"""

import time
from pathlib import Path

import pytest

from concerte.documents.limits import RECHECK_SECONDS
from tests.documents.killing import Site, site, sqlite_url
from tests.documents.typists import Typist, check_all_arrived, check_kept, connected, words

DAY = 24 * 3600.0  # seconds
TOKEN_ENDED = 4401


async def type_through_a_check(people: list[Typist]) -> None:
    """Type for longer than two regular checks of rights are apart: one is done meanwhile. All of it passes."""
    started = time.monotonic()
    while time.monotonic() - started < RECHECK_SECONDS + 1:
        for typist in people[:2]:
            await typist.type_word()
            await typist.until_in_step()
    await check_all_arrived(people)


async def check_order(place: Site, people: list[Typist]) -> None:
    """What is stored, what is served and what people see is the same, whatever the clock said at each line."""
    check_kept(await place.newcomer(), people)
    assert await place.parent.stored_words(place.documents[0]) == words(people[0])


@pytest.mark.parametrize("shift", [DAY, -DAY], ids=["forward", "backward"])
async def test_a_clock_that_jumps_by_a_day_and_back_loses_nobody_and_nothing(shift: float, tmp_path: Path) -> None:
    async with site(tmp_path, sqlite_url(tmp_path), bends=("clock",)) as place:
        people = [place.typist(name, entry=place.session_of(name)) for name in ("anne", "bruno", "reader")]
        async with connected(*people):
            await people[0].type_word()
            place.parent.board.clock_shift = shift
            await type_through_a_check(people)
            place.parent.board.clock_shift = 0
            await type_through_a_check(people)

            await check_order(place, people)
            assert [typist.closings for typist in people] == [[], [], []]


async def test_a_token_follows_the_clock_as_it_is_set(tmp_path: Path) -> None:
    async with site(tmp_path, sqlite_url(tmp_path), bends=("clock",)) as place:
        anne, reader = place.typist("anne"), place.typist("reader", entry=place.session_of("reader"))
        async with connected(anne, reader):
            await anne.type_word()
            await anne.until_in_step()
            place.parent.board.clock_shift = DAY
            await anne.until(lambda: anne.closings)
            async with place.client("anne") as late:
                assert await late.until_closed() == TOKEN_ENDED
            place.parent.board.clock_shift = -DAY
            async with place.client("anne") as early:
                await early.until_synced()
                assert words(early) == words(anne)

            assert anne.closings == [TOKEN_ENDED]
            assert reader.closings == []
