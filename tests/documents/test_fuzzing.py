"""Hostile frames by the hundred thousand, given to real rooms over a real database: nothing breaks, nothing changes
that may not, nothing grows; and what is let through, stock clients read alike.

`make fuzz` gives a million. FUZZ_FRAMES: how many. FUZZ_SEED: another attack; a failure names the seed that repeats it.
"""

import asyncio
import gc
import logging
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from concerte.documents import limits, typing_updates
from concerte.documents.engine import Engine
from tests.documents.fuzzing import (
    FRAMES_PER_ROUND,
    REFUSALS,
    Attack,
    Complaints,
    memory,
    one_after_the_other,
    replay,
    without_pairs,
)
from tests.documents.reading_again import Kept

PARTS = 4
FRAMES = int(os.environ.get("FUZZ_FRAMES", "200000"))
SEED = os.environ.get("FUZZ_SEED", "20181")
ROUNDS = max(1, FRAMES // PARTS // FRAMES_PER_ROUND)
WARM_UP = 6  # rounds until every bounded memory is full
# What may stay of one part: a leak of a single block for each frame would be ten times as much. The library lets go of
# nothing that panicked, which the bytes allow for.
GROWTH_BLOCKS = 6_000 + FRAMES // PARTS // 10
GROWTH_BYTES = 24 * 1024 * 1024 + 250 * FRAMES // PARTS

# The library fails on what browsers place: such a line is kept from it, and handed on as it was written (state.Copy).
EXPECTED_COMPLAINT = "handed on as it is"


@pytest.fixture
async def engine(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """An engine whose bounded memories fill at once."""
    monkeypatch.setattr(limits, "JOINED_LINES", 1_000_000)  # each line is compared with what was sent
    monkeypatch.setattr(limits, "KNOWN_OWNERS", 500)
    monkeypatch.setattr(limits, "KNOWN_CLOCKS", 2)
    monkeypatch.setattr(typing_updates, "_CACHED_NUMBERS", 500)
    engine = Engine()
    await engine.start()
    gc.freeze()  # what was there before is not looked through again each round
    try:
        yield engine
    finally:
        gc.unfreeze()
        await engine.stop()


@pytest.fixture
async def complaints(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Complaints]:
    """What goes wrong beside the frames: errors logged, callbacks that failed."""
    complaints = Complaints()
    asyncio.get_running_loop().set_exception_handler(complaints.heard)
    logger = logging.getLogger("concerte.documents")
    logger.addHandler(complaints)
    monkeypatch.setattr(logger, "propagate", False)  # pytest keeps every record, and all that its traceback holds
    try:
        yield complaints
    finally:
        logger.removeHandler(complaints)


@pytest.mark.parametrize("part", range(PARTS))
async def test_hostile_frames_do_no_harm(engine: Engine, complaints: Complaints, tmp_path: Path, part: int) -> None:
    seed = f"{SEED}/{part}"
    attack, kept = Attack(engine, seed), Kept(tmp_path / "rounds")
    outcomes: Counter[str] = Counter()
    held: list[tuple[int, int]] = []
    for number in range(ROUNDS):
        try:
            done = await attack.round()
        except BaseException as error:
            error.add_note(f"seed {seed!r}, round {number}, frame {attack.frame.hex()}")
            raise
        outcomes += done.outcomes
        kept.add(done.left)
        held.append(memory())
    sys.stdout.write(f"seed {seed!r}, {ROUNDS * FRAMES_PER_ROUND} frames: {dict(outcomes)}; {held[0]} to {held[-1]}\n")

    assert [each for each in complaints.lines if EXPECTED_COMPLAINT not in each] == []
    assert outcomes.keys() - {"taken"} <= REFUSALS
    assert outcomes["taken"] > 0.02 * ROUNDS * FRAMES_PER_ROUND < outcomes["malformed"]
    if len(held) > WARM_UP:
        blocks, size = zip(*held, strict=True)
        assert max(blocks[-3:]) - max(blocks[:WARM_UP]) < GROWTH_BLOCKS, blocks
        assert max(size[-3:]) - max(size[:WARM_UP]) < GROWTH_BYTES, size
    assert len(kept.as_pycrdt_reads()) == ROUNDS  # its process lived through it


async def test_what_is_let_through_is_read_alike_by_who_was_there_and_who_comes_later(
    engine: Engine, complaints: Complaints, tmp_path: Path
) -> None:
    attack, kept = Attack(engine, f"{SEED}/alike", without_pairs), Kept(tmp_path / "rounds")
    for _ in range(8):
        done = await attack.round()
        lines = one_after_the_other(done.left.lines)
        assert len(lines) > 100
        kept.add(await replay(engine, lines))

    for number, readings in enumerate(kept.as_yjs_reads()):
        assert [each.failed for each in readings.values()] == [[], [], [], []]
        assert len({each.view for each in readings.values()}) == 1, number
