"""What processes use, from /proc: CPU time, memory, and how disturbed the machine was."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def tree_of(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents[int(entry.name)] = int(fields[1])
    tree = [root] if root in parents else []
    for pid in tree:
        tree.extend(child for child, parent in parents.items() if parent == pid)
    return tree


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat after the name of the program."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@dataclass
class Usage:
    """CPU time of some processes at one moment. threads: nanoseconds of each living thread; ticks: of each process,
    with the threads that ended and the children it waited for."""

    threads: dict[int, dict[int, int]] = field(default_factory=dict)
    ticks: dict[int, int] = field(default_factory=dict)


def usage(pids: list[int]) -> Usage:
    found = Usage()
    for pid in pids:
        fields = _stat(pid)
        if not fields:
            continue
        found.ticks[pid] = sum(int(value) for value in fields[11:15])
        threads = found.threads[pid] = {}
        for task in (PROC / str(pid) / "task").glob("*/schedstat"):
            try:
                threads[int(task.parent.name)] = int(task.read_text().split()[0])
            except OSError:
                continue
    return found


def cpu_seconds(before: Usage, after: Usage) -> float:
    """User and system time between two moments.

    From the scheduler's nanoseconds where the same threads lived all along (a tick of /proc/PID/stat is 10 ms, a lot
    beside what a good server uses at typing rates), else from the ticks."""
    total = 0.0
    for pid, ticks in after.ticks.items():
        first, last = before.threads.get(pid, {}), after.threads.get(pid, {})
        in_ticks = (ticks - before.ticks.get(pid, 0)) / TICKS
        if first.keys() <= last.keys() and last:
            in_nanoseconds = sum(spent - first.get(thread, 0) for thread, spent in last.items()) / 1e9
            # Children that ended are in the ticks only.
            total += in_nanoseconds if in_ticks - in_nanoseconds < 3 / TICKS else in_ticks
        else:
            total += in_ticks
    return total


def memory_kb(pids: list[int]) -> int:
    """Proportional set size, swap included: what these processes add to the machine."""
    total = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(size) for size in re.findall(r"^(?:Pss|SwapPss):\s+(\d+) kB", text, re.MULTILINE))
    return total


def go_ahead(pid: int) -> None:
    """Before all others on this machine, where root may say so: the scheduler shares the cores between sessions."""
    (PROC / str(pid) / "autogroup").write_text("-20")


@dataclass
class Machine:
    """Ticks of the whole machine: all, idle, stolen by other machines, waiting for a disk."""

    total: int
    idle: int
    stolen: int
    waiting: int

    @classmethod
    def now(cls) -> "Machine":
        values = [int(value) for value in (PROC / "stat").read_text().splitlines()[0].split()[1:9]]
        return cls(sum(values), values[3], values[7], values[4])


def disturbance(before: Machine, after: Machine, ours: float, seconds: float) -> dict[str, float]:
    """Shares of the machine (1: all its cores) that were stolen, waited for a disk, or were used by others than us.

    ours: CPU seconds of the server and of the generator. seconds: the length of the window."""
    total = max(1, after.total - before.total)
    cores = os.cpu_count() or 1
    stolen, waiting = after.stolen - before.stolen, after.waiting - before.waiting
    busy = total - (after.idle - before.idle) - stolen - waiting
    others = busy / total - ours / (seconds * cores)
    return {
        "stolen": round(stolen / total, 4),
        "waiting": round(waiting / total, 4),
        "others": round(max(0.0, others), 4),
    }
