"""All measures, or some of them.

make bench                                                    all, five runs each: about fifty minutes
make bench SHORT=1                                            in twenty: fewer peers, no kills, all but cost once
make bench QUICK=1                                            one run of short windows, to tune
python bench/run.py --only S1@100,search --servers concerte,hocuspocus --runs 1

--only: cells (S1@5 …), or sections: cost, search, memory, cold, scale, kills, storm. The results are printed, and
written in bench/results/latest.json when nothing was left out, in short.json or partial.json beside it otherwise.
BENCH_SOURCE: another working copy whose server is measured. BENCH_PYTHON: another interpreter for our own server, in an
environment with what requirements/serve.txt names."""

import argparse
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import cold, cost, kills, memory, place, processes, report, search
from bench.kinds import KINDS
from bench.servers import Server
from bench.session import Session
from bench.surroundings import describe

RESULTS = place.BENCH / "results"
LEFT_OUT = ("y-websocket-server", "pycrdt-websocket")  # of a short run: dearer than the first peer in every cell
SECTIONS = ("cost", "search", "memory", "cold", "scale", "kills", "storm")


def read_arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="cells or sections, separated by commas")
    parser.add_argument("--servers", default="", help=f"among: {', '.join(KINDS)}")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--ahead", action="store_true", help="before all else on a busy machine, to tune (root only)")
    parser.add_argument("--short", action="store_true", help="fewer peers, no kills, all but cost once")
    parser.add_argument("--quick", action="store_true", help="one run of short windows")
    options = parser.parse_args(words)
    options.only = [word for word in options.only.split(",") if word]
    options.servers = [word for word in options.servers.split(",") if word]
    if options.short and not options.servers:
        options.servers = [name for name in KINDS if name not in LEFT_OUT]
    unknown = [word for word in options.only if word not in (*SECTIONS, *cost.CELLS)]
    unknown += [word for word in options.servers if word not in KINDS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    return options


def planned(session: Session, only: list[str], *, short: bool = False) -> list[tuple[float, Callable[[], None]]]:
    """What to do, in order, with the seconds each should take. short: see `--short`."""
    cells = [cell for cell in cost.CELLS if not only or cell in only or "cost" in only]
    steps: list[tuple[float, Callable[[], None]]] = []

    def is_wanted(section: str) -> bool:
        return not only or section in only

    names = session.chosen(cost.SERVERS)
    if cells and names:
        expected = cost.expected_seconds(session, cells, names)
        steps.append((expected, partial(cost.run, session, "cost", cells, names)))
    if short:
        session = session.once()
    if is_wanted("search"):
        steps.append((search.expected_seconds(session), partial(search.run, session)))
    if is_wanted("memory"):
        steps.append((memory.expected_seconds(session), partial(memory.run, session)))
    if is_wanted("cold"):
        steps.append((cold.expected_seconds(session), partial(cold.run, session)))
    scaled = session.chosen(cost.SCALE_SERVERS)
    if is_wanted("scale") and scaled:
        expected = cost.expected_seconds(session, cost.SCALE_CELLS, scaled)
        steps.append((expected, partial(cost.run, session, "scale", cost.SCALE_CELLS, scaled)))
    if is_wanted("kills") and (only or not short):
        steps.append((kills.expected_seconds(session), partial(kills.run, session)))
    if is_wanted("storm"):
        steps.append((kills.expected_storm_seconds(session), partial(kills.run_storms, session)))
    return steps


def main() -> int:
    options = read_arguments(sys.argv[1:])
    if options.ahead:
        processes.go_ahead(os.getpid())
        Server.goes_ahead = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers are ended and folders removed all the same
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))  # for the servers: some open a file for each document
    place.prepare(set(options.servers) or set(KINDS))
    session = Session(
        folder=Path(tempfile.mkdtemp(prefix="bench-")),
        runs=1 if options.quick else options.runs,
        quick=options.quick,
        servers=frozenset(options.servers or KINDS),
    )
    found: dict[str, Any] = {
        "surroundings": describe(),
        "runs": session.runs,
        "quick": session.quick,
        "ahead": options.ahead,
    }
    steps = planned(session, options.only, short=options.short)
    session.expected = sum(expected for expected, _ in steps)
    try:
        for _, measure in steps:
            measure()
    finally:
        shutil.rmtree(session.folder, ignore_errors=True)
        found["measures"] = session.found
        found["minutes"] = session.minutes()
        is_whole = not (options.only or options.servers or options.quick or options.ahead)
        name = "short.json" if options.short and not options.only else "partial.json"
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / ("latest.json" if is_whole else name)
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\n" + report.tables(found))
    print(f"→ {path.relative_to(place.ROOT)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except place.SetUpError as reason:
        sys.exit(f"✗ {reason}")
