"""What a delivered update costs the server, and how long it takes, at human rates and under load."""

import itertools
import shutil
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import processes
from bench.generator import Answer, load
from bench.servers import KINDS, Server

SETTLE_SECONDS = 5.0  # at most, until a server whose people left uses nothing
WARM_RATE, WARM_SECONDS = 100.0, 2.0  # once after its start: every engine that compiles while it runs has done so


@dataclass(frozen=True)
class Cell:
    """A situation at a rate (updates a second, of each writer), watched for some seconds after a short warm-up."""

    name: str
    situation: str
    rate: float
    seconds: float


CELLS = {
    cell.name: cell
    for cell in (
        Cell("S1@5", "S1", 5, 5),
        Cell("S2@2", "S2", 2, 4),
        Cell("S3@1", "S3", 1, 4),
        Cell("S1@100", "S1", 100, 4),
        Cell("S2@10", "S2", 10, 4),
        Cell("S3@10", "S3", 10, 4),
    )
}
QUICK_SECONDS = 3.0
_seeds = itertools.count(int(time.time()) % 1_000_000 * 1000)


def settle(server: Server) -> None:
    """Wait until a server that serves nobody uses less than 2 % of a core for a quarter of a second."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        before = processes.usage(server.pids())
        time.sleep(0.25)
        if processes.cpu_seconds(before, processes.usage(server.pids())) < 0.005:
            return


def measure(server: Server, cell: Cell, seconds: float) -> Answer:
    plan = server.plan(cell.situation)
    warm = max(0.7, min(1.5, 1.5 / cell.rate))
    result = load(server, plan, rate=cell.rate, seconds=seconds, warm=warm, seed=next(_seeds))
    result["cell"], result["server"] = cell.name, server.name
    return result


class Fleet:
    """Servers that are all started, and all frozen but the one that is measured."""

    def __init__(self, names: Iterable[str], folder: Path) -> None:
        self.servers = [KINDS[name](folder / name) for name in names]

    def __enter__(self) -> "Fleet":
        try:
            for server in self.servers:
                print(f"• {server.name}…", flush=True)
                server.prepare()
                server.start()
                load(server, server.plan("S1"), rate=WARM_RATE, seconds=WARM_SECONDS, warm=0, seed=next(_seeds))
                settle(server)
                server.pause()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        for server in self.servers:
            server.kill()
            shutil.rmtree(server.folder, ignore_errors=True)

    def measure(self, server: Server, cell: Cell, seconds: float) -> Answer:
        server.resume()
        try:
            time.sleep(0.1)
            result = measure(server, cell, seconds)
            settle(server)
        finally:
            server.pause()
        return result


def summary(results: list[Answer]) -> dict[str, Any]:
    """The medians of the runs of one server in one cell."""

    def median(values: Iterable[float | None]) -> float | None:
        found = [value for value in values if value is not None]
        return round(statistics.median(found), 3) if found else None

    costs = [each["us_per_delivery"] for each in results]
    return {
        "runs": len(results),
        "us_per_delivery": median(costs),
        "us_per_delivery_each": costs,
        "p50_ms": median(each["latency_ms"]["p50"] for each in results),
        "p99_ms": median(each["latency_ms"]["p99"] for each in results),
        "p99_ms_each": [each["latency_ms"]["p99"] for each in results],
        "delivered": sum(each["delivered"] for each in results),
        "missing": sum(each["missing"] for each in results),
        "frames_per_delivery": median(
            each["window"]["frames"] / each["window"]["delivered"] for each in results if each["window"]["delivered"]
        ),
        "generator_us_per_delivery": median(
            each["window"]["cpu_s"] * 1e6 / each["window"]["delivered"]
            for each in results
            if each["window"]["delivered"]
        ),
        "generator_late_p99_ms": median(each["late_ms"]["p99"] for each in results),
        "others": median(each["disturbance"]["others"] for each in results),
        "stolen": median(each["disturbance"]["stolen"] for each in results),
        "not_synced": sum(each["not_synced"] for each in results),
        "closed": sum(sum(each["closed"].values()) for each in results),
    }
