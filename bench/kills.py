"""What others had received, and is not served any more after the server was killed under load; and a meeting of 500
that comes back at once after a restart."""

import random
import threading
import time
from pathlib import Path
from typing import Any

from bench import cost
from bench.generator import Answer, Run, drive
from bench.servers import SITUATIONS, Server
from bench.session import Session, next_seed

SERVERS = ("concerte", "hocuspocus", "y-websocket-server", "pycrdt-websocket")
RATE = 10.0  # updates a second of each writer
EARLIEST, LATEST = 0.5, 1.5  # seconds of load before the kill
KILLS, KILLS_OF_PEERS, QUICK_KILLS = 20, 5, 3
PATIENCE_SECONDS = 8  # for what was seen to be served again
KILL_SECONDS = 6.0
STORMS, STORM_SECONDS = 3, 12.0


def kill_once(server: Server, draw: random.Random, seen: Path) -> Answer:
    """Load, a kill at some moment, a restart; how much of what was seen is served."""
    run = Run(server, "load", server.plan("kills"), rate=RATE, seconds=30, warm=0, drain=0, seed=next_seed(), seen=seen)
    try:
        run.until("start")
        time.sleep(draw.uniform(EARLIEST, LATEST))
        server.kill()
        loaded = run.until("result")
    finally:
        run.close()
    server.start()
    readers = server.plan("kills", writers=0, people=1)
    served = drive(server, "open", readers, must=seen, patience=PATIENCE_SECONDS)
    return {
        "seen": loaded["seen"],
        "delivered": loaded["delivered"],
        "lost": served["missing"],
        "documents_not_loaded": SITUATIONS["kills"].documents - served["synced_ms"]["count"],
    }


def kills_of(session: Session, server: Server, found: dict[str, list[Answer]]) -> None:
    draw = random.Random()
    count = KILLS if server.name.startswith("concerte") else KILLS_OF_PEERS
    server.prepare()
    server.start()
    try:
        for number in range(QUICK_KILLS if session.quick else count):
            result = kill_once(server, draw, session.folder / f"{server.name}.seen")
            found[server.name].append(result)
            session.say(
                f"kills   {server.name:20} {number + 1:2}  seen {result['seen']:6}  lost {result['lost']}",
                did=KILL_SECONDS if server.name.startswith("concerte") else 0,
            )
    finally:
        server.discard()


def expected_seconds(session: Session) -> float:
    return (QUICK_KILLS if session.quick else KILLS) * KILL_SECONDS


def run(session: Session) -> None:
    """All servers at the same time: what is counted is not time."""
    servers = [session.make(name) for name in session.chosen(SERVERS)]
    found: dict[str, list[Answer]] = {server.name: [] for server in servers}
    failures: list[BaseException] = []

    def guarded(server: Server) -> None:
        try:
            kills_of(session, server, found)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    session.found["kills"] = {name: summary(each) for name, each in found.items()}


def summary(results: list[Answer]) -> dict[str, Any]:
    return {
        "kills": len(results),
        "seen": sum(each["seen"] for each in results),
        "lost": sum(each["lost"] for each in results),
        "lost_each": [each["lost"] for each in results],
        "documents_not_loaded": sum(each["documents_not_loaded"] for each in results),
    }


def storm_once(server: Server, vectors: Path) -> Answer:
    """Five hundred people write a little; the server restarts; all come back at once, each one update behind."""
    server.prepare()
    server.start()
    try:
        drive(server, "load", server.plan("storm"), rate=1, seconds=2, warm=0, seed=next_seed())
        drive(server, "open", server.plan("storm", writers=0, people=1), vectors=vectors, expect=500, patience=10)
        cost.settle(server)
        server.stop()
        server.start()
        cost.warm_up(server)
        return drive(server, "storm", server.plan("storm"), vectors=vectors, back=1, patience=20)
    finally:
        server.discard()


def expected_storm_seconds(session: Session) -> float:
    return min(session.runs, STORMS) * len(session.chosen(SERVERS)) * STORM_SECONDS


def run_storms(session: Session) -> None:
    results: dict[str, list[Answer]] = {}
    for _ in range(min(session.runs, STORMS)):
        for name in session.chosen(SERVERS):
            result = storm_once(session.make(name), session.folder / f"{name}.vectors")
            results.setdefault(name, []).append(result)
            session.say(f"storm   {name:20} {result['synced_ms']}  closed {result['closed']}", did=STORM_SECONDS)
    session.found["storm"] = {
        name: {
            "runs": len(each),
            "last_ms": cost.median(one["synced_ms"]["max"] for one in each),
            "p50_ms": cost.median(one["synced_ms"]["p50"] for one in each),
            "synced": min(one["synced_ms"]["count"] for one in each),
        }
        for name, each in results.items()
    }
