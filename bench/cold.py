"""Opening a long document that nobody has open: until all of it came, what it cost, and what stays in memory."""

from pathlib import Path
from typing import Any

from bench import cost, processes, traces
from bench.generator import Answer, drive
from bench.servers import Server
from bench.session import Session

SERVERS = ("concerte", "hocuspocus", "y-websocket-server", "pycrdt-websocket")
TRACES = ("long", "friends")
TYPE_SECONDS, OPEN_SECONDS = 60.0, 5.0
PATIENCE_SECONDS = 400


def type_in(session: Session, name: str) -> tuple[Path, dict[str, int]]:
    """A folder where both documents were typed by a real client, one update for each key press; and their clocks."""
    server = session.make(name)
    server.prepare()
    server.start()
    clocks = {}
    for trace in TRACES:
        typed = drive(
            server,
            "type",
            server.plan(trace),
            updates=traces.path_of(trace),
            patience=PATIENCE_SECONDS,
            seed=1,
        )
        session.say(f"cold    {name}: typed “{trace}” in {typed['seconds']:.1f} s")
        if typed["whole"] != 1:
            raise RuntimeError(f"{name} does not serve all of “{trace}”: {typed}")
        clocks[trace] = typed["clocks"]
        cost.settle(server)
    server.stop()
    kept = server.folder.with_name(f"{name}-typed")
    server.folder.rename(kept)
    return kept, clocks


def open_once(server: Server, trace: str, clocks: int) -> Answer:
    server.start()
    try:
        cost.warm_up(server)
        pids = server.pids()
        memory, before = processes.memory_kb(pids), processes.usage(pids)
        result = drive(server, "open", server.plan(trace), expect=clocks, patience=30)
        after = processes.usage(server.pids())
        result["server_cpu_s"] = processes.cpu_seconds(before, after)
        result["added_mb"] = (processes.memory_kb(server.pids()) - memory) / 1024
    finally:
        server.kill()
    return result


def expected_seconds(session: Session) -> float:
    names = session.chosen(SERVERS)
    return len(names) * (TYPE_SECONDS + session.runs * len(TRACES) * OPEN_SECONDS)


def run(session: Session) -> None:
    results: dict[str, dict[str, list[Answer]]] = {trace: {} for trace in TRACES}
    sources = {}
    for name in session.chosen(SERVERS):
        sources[name] = type_in(session, name)
        session.spent += TYPE_SECONDS
    for trace in TRACES:
        for _ in range(session.runs):
            for name, (source, clocks) in sources.items():
                server = session.make(name)
                server.prepare(source)
                result = open_once(server, trace, clocks[trace])
                server.discard()
                results[trace].setdefault(name, []).append(result)
                session.say(
                    f"cold    {trace:8} {name:20} {result['whole_ms']['max']:8.1f} ms  "
                    f"{result['server_cpu_s']:.3f} s  {result['added_mb']:6.1f} MB  missing {result['missing']}",
                    did=OPEN_SECONDS,
                )
    session.found["cold"] = {
        trace: {name: summary(each) for name, each in by_name.items()} for trace, by_name in results.items()
    }


def summary(results: list[Answer]) -> dict[str, Any]:
    whole = [each["whole_ms"]["max"] if each["whole_ms"]["count"] else None for each in results]
    return {
        "runs": len(results),
        "whole_ms": cost.median(whole),
        "whole_ms_each": whole,
        "cpu_ms": cost.median(each["server_cpu_s"] * 1000 for each in results),
        "added_mb": cost.median(each["added_mb"] for each in results),
        "received_kb": cost.median(each["bytes_received"] / 1024 for each in results),
        "missing": sum(each["missing"] for each in results),
    }
