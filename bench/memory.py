"""What an open idle document of 20 kB adds to memory, what is left when it is closed, and what closed ones cost."""

import shutil
import time
from typing import Any

from bench import cost, processes, traces
from bench.generator import Run, drive
from bench.own import CLOSED_DOCUMENTS, LIMITS, Concerte
from bench.servers import SITUATIONS, Server
from bench.session import Session

SERVERS = ("concerte", "hocuspocus", "y-websocket-server", "pycrdt-websocket")
ROOM_IDLE_SECONDS = 5  # of ours, shortened for this measure: 60 by default
OPEN_SECONDS = 15.0  # open and idle; memory is the least of what is seen in the last third
CLOSED_SECONDS = 10.0
STEP_SECONDS = 1.0
PREPARE_SECONDS, RUN_SECONDS = 45.0, 40.0


class WithShortDelay(Concerte):
    limits = {**LIMITS, "ROOM_IDLE_SECONDS": ROOM_IDLE_SECONDS}


class WithClosedDocuments(WithShortDelay):
    """Beside the others: nobody opens its ten thousand documents."""

    name = "concerte-closed"
    closed_documents = CLOSED_DOCUMENTS
    _template = None


def least_kb(servers: list[Server], seconds: float) -> list[int]:
    """The memory of each, after a time: the least seen in its last third, as garbage comes and goes."""
    time.sleep(seconds * 2 / 3)
    found = [processes.memory_kb(server.pids()) for server in servers]
    deadline = time.monotonic() + seconds / 3
    while time.monotonic() < deadline:
        time.sleep(STEP_SECONDS)
        found = [min(kb, processes.memory_kb(server.pids())) for kb, server in zip(found, servers, strict=True)]
    return found


def make_servers(session: Session) -> list[Server]:
    """The servers, each with its 500 pages typed by real clients, then stopped."""
    names = session.chosen(SERVERS)
    servers: list[Server] = []
    for name in names:
        kind = WithShortDelay if name == "concerte" else None
        server = kind(session.folder / name) if kind else session.make(name)
        servers.append(server)
        session.say(f"memory: writing {SITUATIONS['pages'].documents} pages into {name}")
        server.prepare()
        server.start()
        typed = drive(
            server, "type", server.plan("pages"), updates=traces.path_of("page"), at_once=50, patience=60, seed=1
        )
        if typed["whole"] != SITUATIONS["pages"].documents:
            raise RuntimeError(f"{name} kept {typed['whole']} pages only")
        cost.settle(server)
        server.stop()
    if "concerte" in names:
        closed = WithClosedDocuments(session.folder / "concerte-closed")
        closed.prepare()
        servers.append(closed)
    return servers


def expected_seconds(session: Session) -> float:
    return PREPARE_SECONDS + session.runs * RUN_SECONDS


def run(session: Session) -> None:
    """All servers at once: what is measured is not time."""
    servers = make_servers(session)
    session.spent += PREPARE_SECONDS
    pages = SITUATIONS["pages"].documents
    found: dict[str, list[dict[str, float]]] = {server.name: [] for server in servers}
    try:
        for _ in range(session.runs):
            for server in servers:
                server.start()
                cost.warm_up(server)
            base = least_kb(servers, 6.0)
            held = [server for server in servers if server.name != WithClosedDocuments.name]
            runs = [Run(server, "hold", server.plan("pages"), seed=1) for server in held]
            answers = [run_.until("result") for run_ in runs]
            synced = [answer["not_synced"] == 0 and not answer["closed"] for answer in answers]
            opened = least_kb(held, OPEN_SECONDS)
            for run_ in runs:
                run_.close()
            left = least_kb(held, CLOSED_SECONDS)
            for server in servers:
                server.kill()
            for rank, server in enumerate(held):
                if not synced[rank]:
                    raise RuntimeError(f"{server.name} did not open all pages")
                found[server.name].append(
                    {
                        "base_mb": base[rank] / 1024,
                        "kb_per_open": (opened[rank] - base[rank]) / pages,
                        "kb_per_closed": (left[rank] - base[rank]) / pages,
                    }
                )
            if len(servers) > len(held):
                found[servers[-1].name].append({"base_mb": base[-1] / 1024})
            session.say(
                "memory  "
                + "  ".join(f"{name} {each[-1].get('kb_per_open', 0):.0f} kB" for name, each in found.items()),
                did=RUN_SECONDS,
            )
    finally:
        for server in servers:
            server.discard()
            shutil.rmtree(server.folder, ignore_errors=True)
    session.found["memory"] = {name: summary(each) for name, each in found.items()}


def summary(each: list[dict[str, float]]) -> dict[str, Any]:
    return {"runs": len(each), **{key: cost.median(one[key] for one in each) for key in each[0]}}
