"""The same tests of the log, the services and the servers, on a real PostgreSQL."""

import pytest

from tests.servers import run_tests

THE_SAME = (
    (
        "test_log.py",
        "test_folding.py",
        "test_writer.py",
        "test_two_processes.py",
        "test_services.py",
        "test_amendments.py",
    ),
    ("test_rights_across_processes.py",),
)


@pytest.mark.parametrize("names", THE_SAME, ids=lambda names: names[-1])
def test_the_engine_holds_on_postgresql(postgresql_url: str, names: tuple[str, ...]) -> None:
    run_tests([f"tests/documents/{name}" for name in names], postgresql_url)
