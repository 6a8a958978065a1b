"""The largest load a server sustains: nothing lost, 99 % of the updates delivered within a tenth of a second."""

from dataclasses import dataclass
from typing import Any

from bench import cost
from bench.generator import Answer, load
from bench.servers import SITUATIONS, Server
from bench.session import Session, next_seed

P99_LIMIT_MS = 100.0
LATE_LIMIT_MS = 50.0  # of the generator itself: beyond, it is the one that cannot follow
WARM_SECONDS, WINDOW_SECONDS, DRAIN_SECONDS = 1.0, 3.0, 2.0
PROBE_SECONDS = 6.0  # all in all
FIRST_PROBES, LATER_PROBES = 7, 4
MOST_PROBES = 12
FIRST_STEP, LATER_STEP = 2.0, 1.25  # from the first run, the next ones start near what it found
PRECISION = 1.1
RUNS = 3

TARGETS = {
    "S1": ("concerte", "hocuspocus"),
    "S2": ("concerte", "hocuspocus", "picows-relay"),
    "S3": ("concerte", "hocuspocus"),
}
FIRST_RATES = {"S1": 400.0, "S2": 30.0, "S3": 40.0}  # updates a second of each writer


@dataclass
class Found:
    """The largest rate that held, the smallest that did not, and every probe."""

    rate: float
    too_much: float
    probes: list[Answer]


def deliveries_per_second(situation: str, rate: float) -> float:
    each = SITUATIONS[situation]
    return each.documents * each.writers * (each.people - 1) * rate


def holds(result: Answer) -> bool:
    """Everyone stayed, everything came, in time. Nothing else counts."""
    stayed = not result["closed"] and result["not_synced"] == 0
    came = result["missing"] == 0 and result["malformed"] == 0 and result["window"]["sent"] > 0
    return stayed and came and result["latency_ms"]["p99"] < P99_LIMIT_MS


def probe(session: Session, server: Server, situation: str, rate: float) -> Answer:
    plan = server.plan(situation)
    result = load(
        server,
        plan,
        rate=rate,
        seconds=WINDOW_SECONDS,
        warm=WARM_SECONDS,
        drain=DRAIN_SECONDS,
        seed=next_seed(),
    )
    result["held"] = holds(result)
    result["generator_limited"] = result["late_ms"]["p99"] > LATE_LIMIT_MS
    session.say(
        f"{situation} {server.name:14} {rate:8.1f}/s each  {deliveries_per_second(situation, rate):9.0f}/s  "
        f"{'held' if result['held'] else '–':4} {cost.line(result)}"
        + ("  (generator late)" if result["generator_limited"] else ""),
        did=PROBE_SECONDS,
    )
    if not cost.settle(server):  # still busy with what it was sent, or dead: a new one for the next probe
        cost.start_again(server)
    return result


def bracket(session: Session, server: Server, situation: str, start: float, step: float) -> Found:
    """From a rate, up or down by `step` until one holds and the next does not; then between them."""
    found = Found(0.0, float("inf"), [])
    rate = start
    while len(found.probes) < MOST_PROBES:
        result = probe(session, server, situation, rate)
        found.probes.append(result)
        if result["held"]:
            found.rate = max(found.rate, rate)
        else:
            found.too_much = min(found.too_much, rate)
        if found.rate == 0:
            rate /= step
        elif found.too_much == float("inf"):
            rate *= step
        elif found.too_much / found.rate < PRECISION:
            break
        else:
            rate = (found.rate * found.too_much) ** 0.5
    return found


def expected_seconds(session: Session) -> float:
    searches = sum(len(session.chosen(names)) for names in TARGETS.values())
    later = max(0, min(RUNS, session.runs) - 1)
    return searches * PROBE_SECONDS * (FIRST_PROBES + later * LATER_PROBES)


def run(session: Session) -> None:
    names = session.chosen(dict.fromkeys(name for names in TARGETS.values() for name in names))
    last: dict[tuple[str, str], float] = {}
    results: dict[str, dict[str, list[Found]]] = {}
    with cost.Fleet(session, names) as fleet:
        for number in range(min(RUNS, session.runs)):
            for situation, wanted in TARGETS.items():
                for server in fleet.servers:
                    if server.name not in wanted:
                        continue
                    start = last.get((situation, server.name), FIRST_RATES[situation])
                    server.resume()
                    found = bracket(session, server, situation, start, LATER_STEP if number else FIRST_STEP)
                    server.pause()
                    last[situation, server.name] = found.rate or start / 2
                    results.setdefault(situation, {}).setdefault(server.name, []).append(found)
    session.found["search"] = {
        situation: {server: summary(situation, found) for server, found in by_server.items()}
        for situation, by_server in results.items()
    }


def summary(situation: str, found: list[Found]) -> dict[str, Any]:
    each = [deliveries_per_second(situation, one.rate) for one in found]
    return {
        "runs": len(found),
        "deliveries_per_second": cost.median(each),
        "each": [round(value) for value in each],
        "probes": sum(len(one.probes) for one in found),
        # The first rate that failed did so while the generator itself was late: the server may do more.
        "generator_limited": any(
            result["generator_limited"] for one in found for result in one.probes if not result["held"]
        ),
    }
