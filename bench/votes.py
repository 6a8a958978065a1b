"""Many people vote within a short time, while others keep the page of the decision open.

python bench/votes.py                            500 voters within 60 s, then 5 s; 20 readers; both databases
python bench/votes.py --databases sqlite --voters 100 --windows 5

For each database, a server (`concerte serve`) in a folder of its own, a body of two colleges, and for each window a
decision it votes on. Prints what was accepted and how long it took, then checks that the result the server computed is
the plain count of what was sent. Ends with 1 when a vote is missing or a count is not the same."""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import place, processes
from bench.ballots import ACCEPTED, CHOICES, Ballot, Browser, Measured, hold_vote, percentile, plain_count
from bench.own import Concerte, ConcertePg
from bench.surroundings import commit, machine

FILE = "votes.json"


class _Voting:
    """The fixtures of a vote instead of those of documents."""

    voters, decisions, readers = 500, 1, 20

    def make_fixtures(self) -> None:
        self._run("-m", "concerte.cli.main", "migrate", "--verbosity", "0")
        path = self.folder / FILE
        self._run(place.BENCH / "votes_fixtures.py", path, *map(str, (self.voters, self.decisions, self.readers)))

    def environment(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self.port}"
        return {**super().environment(), "CONCERTE_BASE_URL": address}


class OnSqlite(_Voting, Concerte):
    name = "sqlite"


class OnPostgresql(_Voting, ConcertePg):
    name = "postgresql"


SERVERS: dict[str, type[Concerte]] = {each.name: each for each in (OnSqlite, OnPostgresql)}


def hold(server: Concerte, prepared: dict[str, Any], number: int, window: float) -> bool:
    """One vote, from opening the page to the computed result. Whether nothing is missing and all is counted."""
    draw = random.Random(number)
    ballots = [
        Ballot(session=voter["session"], college=voter["college"], choice=draw.choices(CHOICES, (6, 3, 1))[0])
        for voter in prepared["voters"]
    ]
    address, path = f"127.0.0.1:{server.port}", f"/decisions/{number}"
    before = processes.usage(server.pids())
    measured = hold_vote(address, path, ballots, within_seconds=window, readers=prepared["readers"], seed=number)
    cpu = processes.cpu_seconds(before, processes.usage(server.pids()))
    counted = _computed(address, path, prepared["secretary"])
    expected = plain_count(ballots)
    is_right = measured.accepted == len(ballots) and counted == expected
    _tell(server.name, window, measured, cpu, counted.total())
    if counted != expected:
        print(f"  ✗ counted {sorted(counted.items())}, sent {sorted(expected.items())}")
    return is_right


def _computed(address: str, path: str, secretary: str) -> Counter[tuple[str, str]]:
    """Close the vote as its secretariat does, and read the result anybody may download."""
    browser = Browser(address, secretary)
    _, page = browser.get(f"{path}/cloture")
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    status, _ = browser.post(f"{path}/cloture", [("csrfmiddlewaretoken", token)])
    if status != 302:
        raise RuntimeError(f"{path}: the vote is not closed ({status})")
    result = json.loads(Browser(address).get(f"{path}.json")[1])["result"]
    found = {
        (college["college"], choice): college[choice]["organisations"]
        for college in result["colleges"]
        for choice in CHOICES
    }
    return Counter({each: number for each, number in found.items() if number})


def _tell(name: str, window: float, measured: Measured, cpu: float, counted: int) -> None:
    refused = {status: number for status, number in measured.statuses.items() if status != ACCEPTED}
    print(
        f"{name}, {measured.statuses.total()} votes within {window:g} s, all answered after {measured.seconds:.1f} s:"
    )
    print(
        f"  accepted {measured.accepted}, refused {refused or 0}, lost {measured.accepted - counted}, counted {counted}"
    )
    for label, values in (
        ("vote", measured.voting),
        ("page after the vote", measured.turning),
        ("page for readers", measured.reading),
    ):
        p50, p95, most = (1000 * percentile(values, share) for share in (0.5, 0.95, 1.0))
        print(f"  {label}: {len(values)} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {most:.0f} ms")
    print(
        f"  pages not answered: {dict(measured.failed_pages) or 0}; page of {measured.page_bytes // 1000} kB", end="; "
    )
    print(f"server CPU {cpu:.1f} s, opening the page before included", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default=",".join(SERVERS))
    parser.add_argument("--voters", type=int, default=500)
    parser.add_argument("--windows", default="60,5", help="seconds, separated by commas")
    parser.add_argument("--readers", type=int, default=20)
    options = parser.parse_args()
    windows = [float(each) for each in options.windows.split(",")]
    folder = Path(tempfile.mkdtemp(prefix="votes-"))
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}. {machine()}.")
    is_right = True
    for name in options.databases.split(","):
        server = SERVERS[name](folder / name)
        _Voting.voters, _Voting.decisions, _Voting.readers = options.voters, len(windows), options.readers
        try:
            server.prepare()
            server.start()
            prepared = json.loads((server.folder / FILE).read_text())
            for number, window in zip(prepared["decisions"], windows, strict=True):
                is_right &= hold(server, prepared, number, window)
        finally:
            server.discard()
    shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
