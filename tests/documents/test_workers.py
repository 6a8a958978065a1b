"""Several workers over a real PostgreSQL and a real Valkey: see workers_scenarios.py."""

from tests.servers import run_tests


def test_people_do_not_notice_that_there_are_several_workers(postgresql_url: str) -> None:
    run_tests(["tests/documents/workers_scenarios.py"], postgresql_url)
