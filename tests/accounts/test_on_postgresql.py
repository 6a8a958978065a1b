"""What several machines at once may do to the outbox, on a real PostgreSQL."""

import os
import subprocess
import sys

from tests.servers import ROOT

THE_SAME = (
    "tests/accounts/test_outbox.py::test_many_who_prepare_and_send_at_once_tell_each_thing_once",
    "tests/accounts/test_outbox.py::test_a_server_that_is_down_then_back_loses_nothing_and_doubles_nothing",
    "tests/cli/test_alone.py",
)


def test_the_outbox_holds_on_postgresql(postgresql_url: str) -> None:
    """In a test run of its own: a process speaks to one database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CONCERTE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *THE_SAME],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": postgresql_url},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
