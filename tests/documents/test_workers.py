"""Several workers over a real PostgreSQL and a real Valkey: see workers_scenarios.py."""

import os
import subprocess
import sys

from tests.servers import ROOT

SCENARIOS = ROOT / "tests" / "documents" / "workers_scenarios.py"


def test_people_do_not_notice_that_there_are_several_workers(postgresql_url: str) -> None:
    """In a test run of its own: a process speaks to one database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CONCERTE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", str(SCENARIOS)],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": postgresql_url},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
