"""One session of measures: what was asked for, where it happens, what was found, and how far it is."""

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.kinds import KINDS
from bench.servers import Server

_seeds = itertools.count(int(time.time()) % 1_000_000 * 1000)


def next_seed() -> int:
    """Never the same twice, so that no client id is: a document keeps who used it first."""
    return next(_seeds)


@dataclass
class Session:
    """folder: emptied at the end. runs: of each measure. quick: short windows, one run, to tune. servers: their names;
    the measures take those they know."""

    folder: Path
    runs: int = 5
    quick: bool = False
    servers: frozenset[str] = frozenset(KINDS)
    found: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    expected: float = 0.0  # seconds that all measures together should take
    spent: float = 0.0  # of these, what is done

    def chosen(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name in self.servers]

    def make(self, name: str) -> Server:
        """A server of that kind, not prepared yet."""
        return KINDS[name](self.folder / name)

    def once(self) -> "Session":
        """The same session, in which each thing is measured once. What it finds is found in this one."""
        return replace(self, runs=1)

    def say(self, line: str, *, did: float = 0.0) -> None:
        """Print a line of progress. did: how many of the expected seconds that was."""
        self.spent += did
        elapsed = time.monotonic() - self.started
        left = (self.expected - self.spent) * (elapsed / self.spent if self.spent > 60 else 1.0)
        remaining = f"{max(0, left) / 60:3.0f} min left" if self.expected else ""
        print(f"{elapsed / 60:5.1f} min  {remaining}  {line}", flush=True)

    def minutes(self) -> float:
        return round((time.monotonic() - self.started) / 60, 1)
