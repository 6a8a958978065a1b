"""Opening a long document that nobody has open: until all of it came, what it cost, and what stays in memory."""

import time
from pathlib import Path
from typing import Any

from bench import cost, processes, traces
from bench.generator import Answer, drive
from bench.servers import PycrdtWebsocket, Server
from bench.session import Session

SERVERS = ("concerte", "hocuspocus", "y-websocket-server", "pycrdt-websocket")
TRACES = ("long", "friends")
WRITE_SECONDS, OPEN_SECONDS = 30.0, 5.0
PATIENCE_SECONDS = 400


def write_both(session: Session, name: str) -> Path:
    """A folder where both documents were written: typed by a real client, one update for each key press, but where
    only the server's own store can take so many."""
    server = session.make(name)
    server.prepare()
    for trace in TRACES:
        started = time.monotonic()
        if isinstance(server, PycrdtWebsocket):
            server.write_into_store(trace, traces.path_of(trace))
        else:
            type_in(server, trace)
        open_once(server, trace)  # some put their files in order when they open a document: that is not of every day
        session.say(f"cold    {name}: wrote “{trace}” in {time.monotonic() - started:.1f} s")
    kept = server.folder.with_name(f"{name}-written")
    server.folder.rename(kept)
    return kept


def type_in(server: Server, trace: str) -> None:
    server.start()
    updates = traces.path_of(trace)
    typed = drive(server, "type", server.plan(trace), updates=updates, patience=PATIENCE_SECONDS, seed=1)
    if typed["whole"] != 1:
        raise RuntimeError(f"{server.name} does not serve all of “{trace}”: {typed}")
    cost.rest(server)  # until it has written, and folded, what it was told
    server.stop()


def open_once(server: Server, trace: str) -> Answer:
    """From a start of the server to all of the document."""
    server.start()
    try:
        cost.warm_up(server)
        pids = server.pids()
        memory, before = processes.memory_kb(pids), processes.usage(pids)
        result = drive(server, "open", server.plan(trace), expect=traces.clocks_of(trace), patience=60)
        after = processes.usage(server.pids())
        result["server_cpu_s"] = processes.cpu_seconds(before, after)
        result["added_mb"] = (processes.memory_kb(server.pids()) - memory) / 1024
        cost.rest(server)
    finally:
        server.kill()
    return result


def expected_seconds(session: Session) -> float:
    names = session.chosen(SERVERS)
    return len(names) * (WRITE_SECONDS + session.runs * len(TRACES) * OPEN_SECONDS)


def run(session: Session) -> None:
    results: dict[str, dict[str, list[Answer]]] = {trace: {} for trace in TRACES}
    sources = {}
    for name in session.chosen(SERVERS):
        sources[name] = write_both(session, name)
        session.spent += WRITE_SECONDS
    for trace in TRACES:
        for _ in range(session.runs):
            for name, source in sources.items():
                server = session.make(name)
                server.prepare(source)
                result = open_once(server, trace)
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
