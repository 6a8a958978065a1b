"""Seconds of a machine that does nothing else: what people are promised is asserted, however busy the machine is."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


class Stopwatch:
    """Started when it is made. pids: the processes that answer, beside the one of the test.

    Left out is the time during which one of them was ready to go on and other programs had the processors, as Linux
    counts it for each thread. The test and the slowest of those that answer work one after the other: hence their sum.
    """

    def __init__(self, pids: Iterable[int] = ()) -> None:
        self._began_at = time.monotonic()
        self._own = _held_up(os.getpid())
        self._others = {pid: _held_up(pid) for pid in pids}

    def seconds(self) -> float:
        elapsed = time.monotonic() - self._began_at
        others = (_held_up(pid) - before for pid, before in self._others.items())
        held_up = _held_up(os.getpid()) - self._own + max(others, default=0.0)
        return max(elapsed - max(held_up, 0.0), 0.0)


def _held_up(pid: int) -> float:
    """Seconds that the threads of a process have waited for a processor; 0 where nobody counts, and once it ended."""
    waited = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):  # it ended meanwhile
            waited += int(thread.read_text(encoding="ascii").split()[1])
    return waited / 1e9
