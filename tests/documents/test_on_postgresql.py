"""The same tests of the log, the services and the servers, on a real PostgreSQL."""

import os
import subprocess
import sys

import pytest

from tests.servers import ROOT

THE_SAME = (
    (
        "test_log.py",
        "test_folding.py",
        "test_writer.py",
        "test_two_processes.py",
        "test_services.py",
    ),
    ("test_rights_across_processes.py",),
)


@pytest.mark.parametrize("names", THE_SAME, ids=lambda names: names[-1])
def test_the_engine_holds_on_postgresql(postgresql_url: str, names: tuple[str, ...]) -> None:
    """In a test run of its own: a process speaks to one database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CONCERTE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
        + [f"tests/documents/{name}" for name in names],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": postgresql_url},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
