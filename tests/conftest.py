"""What all tests share: the database of the product, and real servers for those that ask for them."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings

from tests import servers
from tests.partners.factories import college

LOOPBACK = ("127.", "localhost", "::1")

# A slow machine is no defect of what is tested: speed is measured in bench/, never here.
hypothesis.settings.register_profile("concerte", deadline=None)
hypothesis.settings.load_profile("concerte")

# The folder of static files, which a deployment has before it starts; the ASGI application warns when it lacks.
Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A SQLite file of our own per test process, as in production: in memory, the threads of the engine would not
    wait for each other. PostgreSQL, when DATABASE_URL names one, gets a database per test process."""
    values = settings.DATABASES["default"]
    worker = tmp_path_factory.getbasetemp().name
    test = values.setdefault("TEST", {})
    if values["ENGINE"].endswith("sqlite3"):
        test["NAME"] = str(tmp_path_factory.getbasetemp() / "tests.sqlite3")
    else:
        test["NAME"] = f"test_{values['NAME']}_{worker.replace('-', '_')}"


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL, for this test process."""
    with servers.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Valkey, for this test process."""
    with servers.valkey() as url:
        yield url


@pytest.fixture
def server_process(transactional_db: None, tmp_path: Path) -> Iterator[servers.ServerProcess]:
    """Our server in another process, over the database of this test."""
    server = servers.ServerProcess(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.end()


@pytest.fixture(autouse=True)
def two_colleges(request: pytest.FixtureRequest) -> None:
    """The colleges a migration adds: a test with real transactions empties every table behind itself."""
    asked = [name for name in ("transactional_db", "db") if name in request.fixturenames]
    for name in asked[:1]:
        request.getfixturevalue(name)
    if asked or request.node.get_closest_marker("django_db"):
        college("etat")
        college("collectivites")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Only this machine may be spoken to."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"the network is not for tests: {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_here)
        yield
