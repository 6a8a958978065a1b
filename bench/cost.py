"""What a delivered update costs the server, and how long it takes, at human rates and under load."""

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench import processes
from bench.generator import Answer, load
from bench.servers import Server
from bench.session import Session, next_seed

REST_SECONDS = 60.0
SETTLE_SECONDS = 5.0  # at most, until a server whose people left uses nothing
WARM_RATE, WARM_SECONDS = 100.0, 2.0  # once after its start: engines that compile while they run have done so
OVERHEAD_SECONDS = 2.0  # of one measure: connecting, warming up, draining, leaving


@dataclass(frozen=True)
class Cell:
    """A situation at a rate (updates a second, of each writer), watched for some seconds after a short warm-up."""

    name: str
    situation: str
    rate: float
    seconds: float = 4.0
    many_documents: bool = False  # so many that what a server does later for each of them weighs


CELLS = {
    cell.name: cell
    for cell in (
        Cell("S1@5", "S1", 5, 5),
        Cell("S2@2", "S2", 2, many_documents=True),
        Cell("S3@1", "S3", 1),
        Cell("S1@100", "S1", 100),
        Cell("S2@10", "S2", 10, many_documents=True),
        Cell("S3@10", "S3", 10),
    )
}
SERVERS = ("concerte", "hocuspocus", "y-websocket-server", "pycrdt-websocket", "c-relay")
SCALE_SERVERS = ("concerte-pg", "concerte-2")
SCALE_CELLS = ("S1@100", "S2@10", "S3@10")


def window(session: Session, server: Server, cell: Cell) -> float:
    """Seconds. With many documents, long enough to hold what the server does later for each: storing it whole."""
    if session.quick:
        return 3.0
    return max(cell.seconds, server.deferred_seconds) if cell.many_documents else cell.seconds


def settle(server: Server) -> bool:
    """Wait until a server that serves nobody uses less than 2 % of a core for a quarter of a second; False: it never
    did, or it died."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        before = processes.usage(server.pids())
        time.sleep(0.25)
        if processes.cpu_seconds(before, processes.usage(server.pids())) < 0.005:
            return server.is_alive()
    return False


def rest(server: Server) -> None:
    """Wait until it used nothing for two seconds on end, at most a minute."""
    quiet, deadline = 0, time.monotonic() + REST_SECONDS
    while quiet < 4 and time.monotonic() < deadline:
        before = processes.usage(server.pids())
        time.sleep(0.5)
        is_quiet = processes.cpu_seconds(before, processes.usage(server.pids())) < 0.01
        quiet = quiet + 1 if is_quiet else 0


def start_again(server: Server) -> None:
    """Of a server that died, or does not come to rest."""
    server.kill()
    server.start()
    warm_up(server)


def warm_up(server: Server) -> None:
    load(server, server.plan("S1"), rate=WARM_RATE, seconds=WARM_SECONDS, warm=0, seed=next_seed())
    settle(server)


def measure(server: Server, cell: Cell, seconds: float) -> Answer:
    """One window, with its usual warm-up: two updates of each writer, at most a second and a half."""
    warm = max(0.7, min(1.5, 2 / cell.rate))
    result = load(server, server.plan(cell.situation), rate=cell.rate, seconds=seconds, warm=warm, seed=next_seed())
    result["cell"], result["server"] = cell.name, server.name
    return result


class Fleet:
    """Servers that are all started, and all frozen but the one that is measured."""

    def __init__(self, session: Session, names: Iterable[str]) -> None:
        self.session = session
        self.servers = [session.make(name) for name in names]

    def __enter__(self) -> "Fleet":
        try:
            for server in self.servers:
                self.session.say(f"starting {server.name}")
                server.prepare()
                server.start()
                warm_up(server)
                server.pause()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        for server in self.servers:
            server.discard()

    def measure(self, server: Server, cell: Cell) -> Answer:
        server.resume()
        try:
            time.sleep(0.1)
            result = measure(server, cell, window(self.session, server, cell))
            settle(server)
            result["died"] = not server.is_alive()
            if result["died"]:
                self.session.say(f"{server.name} died: {server.log.read_text()[-400:]}")
                start_again(server)
        finally:
            server.pause()
        return result


def expected_seconds(session: Session, cells: Iterable[str], names: Iterable[str]) -> float:
    servers = [session.make(name) for name in names]
    windows = (window(session, server, CELLS[cell]) + OVERHEAD_SECONDS for cell in cells for server in servers)
    return session.runs * sum(windows) + 8 * len(servers)


def run(session: Session, section: str, cells: Iterable[str], names: list[str]) -> None:
    """All cells; in each, every server in turn, again and again."""
    results: dict[str, dict[str, list[Answer]]] = {}
    with Fleet(session, names) as fleet:
        for cell in cells:
            for _ in range(session.runs):
                for server in fleet.servers:
                    result = fleet.measure(server, CELLS[cell])
                    results.setdefault(cell, {}).setdefault(server.name, []).append(result)
                    did = window(session, server, CELLS[cell]) + OVERHEAD_SECONDS
                    session.say(f"{cell:7} {server.name:20} {line(result)}", did=did)
    session.found[section] = {
        cell: {server: summary(found) for server, found in by_server.items()} for cell, by_server in results.items()
    }


def line(result: Answer) -> str:
    latency = result["latency_ms"]
    names = ("missing", "not_synced", "closed", "malformed", "impossible")
    trouble = [f"{name} {result[name]}" for name in names if result[name]]
    return (
        f"{result['us_per_delivery']!s:>8} µs  p50 {latency['p50']:8.2f}  p99 {latency['p99']:8.2f} ms  "
        f"others {result['disturbance']['others']:.0%}  " + " ".join(trouble)
    )


def median(values: Iterable[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return round(statistics.median(found), 3) if found else None


def summary(results: list[Answer]) -> dict[str, Any]:
    """The medians of the runs of one server in one cell. Times in milliseconds; shares: 1 is all cores."""
    windows = [each["window"] for each in results if each["window"]["delivered"]]
    return {
        "runs": len(results),
        "seconds": results[0]["seconds"],
        "us_per_delivery": median(each["us_per_delivery"] for each in results),
        "us_per_delivery_each": [each["us_per_delivery"] for each in results],
        "p50_ms": median(each["latency_ms"]["p50"] for each in results),
        "p99_ms": median(each["latency_ms"]["p99"] for each in results),
        "p99_ms_each": [each["latency_ms"]["p99"] for each in results],
        "delivered": sum(each["delivered"] for each in results),
        "missing": sum(each["missing"] for each in results),
        "frames_per_delivery": median(each["frames"] / each["delivered"] for each in windows),
        "generator_us_per_delivery": median(each["cpu_s"] * 1e6 / each["delivered"] for each in windows),
        "generator_late_p99_ms": median(each["late_ms"]["p99"] for each in results),
        "not_synced": sum(each["not_synced"] for each in results),
        "closed": sum(sum(each["closed"].values()) for each in results),
        "malformed": sum(each["malformed"] for each in results),
        "died": sum(each["died"] for each in results),
        **{share: median(each["disturbance"][share] for each in results) for share in ("others", "stolen", "waiting")},
    }
