"""The orchestration: searching a rate, reading CPU time, writing the tables."""

import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import cost, processes, report, search, traces
from bench.kinds import KINDS
from bench.run import planned
from bench.servers import SITUATIONS
from bench.session import Session


@given(limit=st.floats(2.0, 5_000.0), start=st.floats(10.0, 1_000.0), step=st.sampled_from((1.25, 2.0)))
def test_the_search_ends_just_below_what_a_server_holds(limit, start, step):
    def probe(session: Session, server: Any, situation: str, rate: float) -> dict[str, Any]:
        return {"held": rate <= limit, "generator_limited": False}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "probe", probe)
        patch.setattr(search, "MOST_PROBES", 60)
        found = search.bracket(None, None, "S1", start, step)  # type: ignore[arg-type]

    assert found.rate <= limit < found.too_much
    assert found.too_much / found.rate < search.PRECISION


def test_a_load_is_held_only_when_everyone_stayed_and_everything_came_in_time():
    held = {
        "closed": {},
        "not_synced": 0,
        "missing": 0,
        "malformed": 0,
        "window": {"sent": 10},
        "latency_ms": {"p99": 99.0},
    }

    assert search.holds(held)
    for key, value in (
        ("closed", {"1006": 1}),
        ("not_synced", 1),
        ("missing", 1),
        ("malformed", 1),
        ("window", {"sent": 0}),
        ("latency_ms", {"p99": 100.0}),
    ):
        assert not search.holds({**held, key: value})


def test_cpu_time_of_a_process_and_its_threads_is_what_it_used():
    work = "import threading,time\ndef spin():\n while time.thread_time() < 0.15: pass\n"
    work += "threads=[threading.Thread(target=spin) for _ in range(2)]\ninput()\n[t.start() for t in threads]\n"
    work += "[t.join() for t in threads]\nprint('done',flush=True)\ninput()\n"
    with subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        before = processes.usage(processes.tree_of(process.pid))
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"done\n"
        spent = processes.cpu_seconds(before, processes.usage(processes.tree_of(process.pid)))
        process.stdin.close()

    assert 0.28 < spent < 0.6


def test_the_tree_of_a_process_holds_its_children():
    script = "import subprocess,sys\np=subprocess.Popen([sys.executable,'-c','input()'],stdin=0)\n"
    script += "print(p.pid,flush=True)\np.wait()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        child = int(process.stdout.readline())
        tree = processes.tree_of(process.pid)
        memory = processes.memory_kb(tree)
        process.stdin.close()

    assert tree == [process.pid, child]
    assert memory > 5_000


def test_the_long_document_is_made_of_updates_that_lead_to_its_text(tmp_path, monkeypatch):
    monkeypatch.setattr(traces, "LONG_EDITS", 3_000)
    monkeypatch.setattr(traces.place, "PLACE", tmp_path)

    log = traces.path_of("long")

    assert len(traces.read(log)) == 3_000
    assert traces.clocks_of.__wrapped__("long") < 3_000


def test_the_trace_of_two_people_ends_with_its_own_text(tmp_path, monkeypatch):
    monkeypatch.setattr(traces.place, "PLACE", tmp_path)

    assert len(traces.read(traces.path_of("friends"))) == 26_078


def test_a_plan_names_each_person_of_each_document(tmp_path):
    for name, situation in SITUATIONS.items():
        plan = KINDS["c-relay"](tmp_path).plan(name).splitlines()

        assert len(plan) == situation.documents * situation.people
        assert sum(line.startswith("w") for line in plan) == situation.documents * situation.writers


def test_everything_is_planned_unless_something_is_asked_for(tmp_path):
    assert len(planned(Session(tmp_path), [])) == 7
    assert len(planned(Session(tmp_path), ["S1@100"])) == 1
    assert len(planned(Session(tmp_path, servers=frozenset({"concerte"})), ["search", "cold"])) == 2


def test_a_summary_keeps_every_run_and_tells_what_was_missing():
    def answer(us: float, missing: int) -> dict[str, Any]:
        return {
            "seconds": 4,
            "us_per_delivery": us,
            "latency_ms": {"p50": us / 10, "p99": us},
            "late_ms": {"p99": 0.1},
            "delivered": 100,
            "missing": missing,
            "not_synced": 0,
            "closed": {},
            "malformed": 0,
            "died": False,
            "window": {"delivered": 100, "frames": 50, "cpu_s": 0.001},
            "disturbance": {"others": 0.1, "stolen": 0, "waiting": 0},
        }

    found = cost.summary([answer(3, 0), answer(1, 2), answer(2, 0)])

    assert found["us_per_delivery"] == 2
    assert found["us_per_delivery_each"] == [3, 1, 2]
    assert found["missing"] == 2
    assert found["frames_per_delivery"] == 0.5


def test_a_table_has_a_ratio_to_the_peer():
    each = {"us_per_delivery": 3.0, "p50_ms": 1.0, "p99_ms": 12.0, "missing": 0, "closed": 0, "not_synced": 0}
    cell = {"concerte": each, "hocuspocus": {**each, "us_per_delivery": 12.0, "missing": 5}}

    shown = report.cost({"S1@5": cell})

    assert "| S1@5 | 3 | 12 | 0.25 |" in shown
    assert "S1@5 hocuspocus: 5" in shown


def test_a_server_at_rest_is_told_from_one_that_works(tmp_path):
    class Worker(KINDS["c-relay"]):  # type: ignore[misc]
        def is_alive(self) -> bool:
            return True

        def pids(self) -> list[int]:
            import os  # noqa: PLC0415

            return [os.getpid()]

    ending = threading.Event()

    def work() -> None:
        while not ending.is_set():
            pass

    thread = threading.Thread(target=work)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "SETTLE_SECONDS", 0.6)
        thread.start()
        started = time.monotonic()
        try:
            assert not cost.settle(Worker(tmp_path))
            assert time.monotonic() - started >= 0.6
        finally:
            ending.set()
            thread.join()
        assert cost.settle(Worker(tmp_path))
