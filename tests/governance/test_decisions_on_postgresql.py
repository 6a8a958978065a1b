"""The same tests of decisions, on a real PostgreSQL."""

import os
import subprocess
import sys

from tests.servers import ROOT

THE_SAME = (
    "test_open_decision.py",
    "test_cast_vote.py",
    "test_close_decision.py",
    "test_objections.py",
    "test_decisions_many_votes.py",
)


def test_decisions_hold_on_postgresql(postgresql_url: str) -> None:
    """In a test run of its own: a process speaks to one database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CONCERTE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
        + [f"tests/governance/{name}" for name in THE_SAME],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": postgresql_url},
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
    )

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
