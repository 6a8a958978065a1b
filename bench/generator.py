"""Runs the load generator against a server, and takes the server's CPU time during its window."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench import place, processes
from bench.servers import Server

Answer = dict[str, Any]

# The generator has the last core; servers may use all of them, the same for all.
PINNED = ["taskset", "-c", str((os.cpu_count() or 1) - 1)]


def command(server: Server, mode: str, plan: Path, **options: object) -> list[str]:
    words = [*PINNED, str(place.LOAD), mode, "--plan", str(plan)]
    if server.is_hocuspocus:
        words.append("--hocuspocus")
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return words


class Run:
    """One run of the generator, read line by line."""

    def __init__(self, server: Server, mode: str, plan: str, **options: object) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".plan", delete=False) as file:
            file.write(plan)
        self.plan = Path(file.name)
        self.process = subprocess.Popen(
            command(server, mode, self.plan, **options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def next(self) -> Answer:
        """Its next line; a generator that ended early is an error."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load generator ended: {self.process.wait()}")
        answer: Answer = json.loads(line)
        return answer

    def until(self, event: str) -> Answer:
        while (answer := self.next())["event"] != event:
            pass
        return answer

    def close(self) -> None:
        """Let it end: `hold` stays until its input does."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.plan.unlink(missing_ok=True)


def drive(server: Server, mode: str, plan: str, **options: object) -> Answer:
    """Run to the end; its result."""
    run = Run(server, mode, plan, **options)
    try:
        return run.until("result")
    finally:
        run.close()


def load(server: Server, plan: str, *, rate: float, seconds: float, **options: object) -> Answer:
    """Writers write; the result, with the server's CPU time in the window and what disturbed it."""
    run = Run(server, "load", plan, rate=rate, seconds=seconds, **options)
    at_start = at_end = moment(server)
    try:
        while (result := run.next())["event"] != "result":
            if result["event"] == "start":
                at_start = moment(server)
            elif result["event"] == "end":
                at_end = moment(server)
    finally:
        run.close()
    spent = processes.cpu_seconds(at_start[0], at_end[0])
    delivered = result["window"]["delivered"]
    result["server_cpu_s"] = round(spent, 4)
    result["us_per_delivery"] = round(spent * 1e6 / delivered, 2) if delivered else None
    ours = spent + result["window"]["cpu_s"]
    result["disturbance"] = processes.disturbance(at_start[1], at_end[1], ours, seconds)
    return result


def moment(server: Server) -> tuple[processes.Usage, processes.Machine]:
    return processes.usage(server.pids()), processes.Machine.now()
