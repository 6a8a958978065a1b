"""The load generator counts what reaches people: through a relay, and through servers that merge, repeat or lose."""

import asyncio
import contextlib
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import websockets
from pycrdt import merge_updates

from bench import generator as harness
from bench.servers import CRelay
from tests.bench.changing_server import ASK, STEP_2, UPDATE, framed, serving

Answer = dict[str, Any]


async def load(program: Path, folder: Path, port: int, **options: object) -> Answer:
    """One document, four people of whom two write, for half a second."""
    plan = folder / "plan"
    plan.write_text("".join(f"{role} {port} d /d\n" for role in "wwrr"))
    words = [f"--{name}={value}".split("=") for name, value in {"rate": 100, "seconds": 0.4, **options}.items()]
    command = [program, "load", "--plan", plan, "--warm", "0.1", *(word for each in words for word in each)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    answer: Answer = json.loads(done.stdout.splitlines()[-1])
    return answer


async def test_merged_updates_are_all_counted_once(generator, tmp_path):
    def merge(updates: list[bytes]) -> list[bytes]:
        return [merge_updates(*updates)] if updates else []

    async with serving(merge) as port:
        answer = await load(generator, tmp_path, port)

    assert answer["sent"] >= 80
    assert answer["expected"] == answer["sent"] * 3
    assert answer["delivered"] == answer["expected"]
    assert answer["malformed"] == answer["impossible"] == 0
    assert answer["window"]["frames"] < answer["sent"] * 4
    assert 0 < answer["latency_ms"]["p50"] <= answer["latency_ms"]["p99"] < 5_000


async def test_repeated_updates_count_once(generator, tmp_path):
    def repeat(updates: list[bytes]) -> list[bytes]:
        return [merge_updates(*updates), *updates, *updates] if updates else []

    async with serving(repeat) as port:
        answer = await load(generator, tmp_path, port)

    assert answer["delivered"] == answer["expected"] == answer["sent"] * 3


async def test_lost_updates_are_missed_by_each_of_the_others(generator, tmp_path):
    lost = []

    def lose_one_in_five(updates: list[bytes]) -> list[bytes]:
        kept = []
        for update in updates:
            lose_one_in_five.count += 1
            (lost if lose_one_in_five.count % 5 == 0 else kept).append(update)
        return kept

    lose_one_in_five.count = 0
    async with serving(lose_one_in_five) as port:
        answer = await load(generator, tmp_path, port, drain=0.3)

    assert len(lost) >= 5
    assert answer["missing"] == len(lost) * 3


async def test_what_was_seen_is_what_others_received(generator, tmp_path):
    seen, lost = tmp_path / "seen", []

    def lose_the_tenth(updates: list[bytes]) -> list[bytes]:
        kept = []
        for update in updates:
            lose_the_tenth.count += 1
            (lost if lose_the_tenth.count == 10 else kept).append(update)
        return kept

    lose_the_tenth.count = 0
    async with serving(lose_the_tenth) as port:
        answer = await load(generator, tmp_path, port, drain=0.3, seen=seen)

    ranges = [line.split() for line in seen.read_text().splitlines()]
    assert len(lost) == 1
    assert sum(int(end) - int(start) for _, _, start, end in ranges) == answer["seen"] == answer["sent"] - 1
    assert len(ranges) == 3  # two writers, one of them with a hole


def test_the_relay_carries_everything_and_its_cpu_time_is_seen(generator, relay, tmp_path, monkeypatch):
    monkeypatch.setattr(harness.place, "LOAD", generator)
    monkeypatch.setattr(harness.place, "RELAY", relay)
    monkeypatch.setattr(harness.place, "PLACE", tmp_path)
    server = CRelay(tmp_path / "relay")
    server.prepare()
    server.start()
    try:
        started = time.monotonic()
        answer = harness.load(server, server.plan("S1"), rate=100, seconds=0.5, warm=0.1)
        wall = time.monotonic() - started
    finally:
        server.kill()

    assert answer["delivered"] == answer["expected"] == answer["sent"] * 49
    assert answer["sent"] >= 250
    assert 0 < answer["server_cpu_s"] < wall
    assert answer["us_per_delivery"] > 0


async def test_a_server_that_sends_everyone_away_ends_the_load(generator, tmp_path):
    people = []

    async def leave(socket: Any) -> None:
        people.append(socket)
        await socket.send(framed(ASK, b"\x00"))
        with contextlib.suppress(websockets.ConnectionClosed):
            async for frame in socket:
                if frame[:2] == ASK:
                    await socket.send(framed(STEP_2, b"\x00\x00"))
                elif frame[:2] == UPDATE:
                    for person in people:
                        await person.close(1011)

    async with websockets.serve(leave, "127.0.0.1", 0, compression=None) as listening:
        started = time.monotonic()
        answer = await load(generator, tmp_path, listening.sockets[0].getsockname()[1], seconds=60)

    assert time.monotonic() - started < 30  # it did not wait for people who had left
    assert answer["closed"] == {"1011": 4}
    assert answer["missing"] > 0
