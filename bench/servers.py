"""The servers under test, each behind the same few words: prepare, start, plan of clients, stop, kill."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import place, processes

SOURCE = Path(os.environ.get("BENCH_SOURCE", place.ROOT)).resolve()
START_SECONDS = 60
# The load search asks one person for more than a person types; the memory test waits for what leaves memory.
LIMITS = "FRAMES_PER_SECOND=1000000,FRAMES_BURST=1000000,BYTES_PER_SECOND=1000000000,BYTES_BURST=1000000000"


@dataclass(frozen=True)
class Situation:
    """A number of documents with as many people in each, of whom some write."""

    documents: int
    people: int
    writers: int


SITUATIONS = {
    "S1": Situation(1, 50, 5),
    "S2": Situation(200, 3, 3),
    "S3": Situation(1, 500, 10),
    "hold": Situation(500, 1, 1),
    "kill": Situation(20, 3, 3),
    "trace": Situation(2, 1, 1),
    "storm": Situation(1, 500, 500),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server in a folder of its own. It may be stopped or killed, and started again over the same folder."""

    name = ""
    is_hocuspocus = False
    keeps = True  # what it was told is still there after a restart

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"

    def prepare(self) -> None:
        """Make its folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def command(self) -> list[str | Path]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def working_folder(self) -> Path:
        return place.PLACE

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command()],
                cwd=self.working_folder(),
                env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")

    def pids(self) -> list[int]:
        return processes.tree_of(self.process.pid) if self.process is not None else []

    def signal_all(self, number: int) -> None:
        for pid in self.pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def pause(self) -> None:
        """Freeze it while another is measured: it then uses nothing, and keeps what it has compiled and cached."""
        self.signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal_all(signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut would."""
        self.signal_all(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        self.process = None

    def stop(self) -> None:
        """As a restart does; killed if it takes longer than 20 seconds."""
        if self.process is None:
            return
        self.resume()
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.kill()

    def paths(self, name: str) -> list[tuple[str, list[str]]]:
        """For each document of a situation: its name, and the path each of its people opens."""
        situation = SITUATIONS[name]
        return [(f"{name}-{number}", [f"/{name}-{number}"] * situation.people) for number in range(situation.documents)]

    def plan(self, name: str, documents: slice = slice(None), *, writers: int | None = None) -> str:
        """Lines for the load generator."""
        lines = []
        count = SITUATIONS[name].writers if writers is None else writers
        for document, paths in self.paths(name)[documents]:
            for rank, path in enumerate(paths):
                lines.append(f"{'w' if rank < count else 'r'} {self.port} {document} {path}\n")
        return "".join(lines)


class Concerte(Server):
    """Ours, one process, SQLite with synchronous=FULL: as `concerte serve` starts in an empty folder."""

    name = "concerte"

    def prepare(self) -> None:
        super().prepare()
        wanted = {name: (each.documents, each.people) for name, each in SITUATIONS.items()}
        (self.folder / "documents.json").write_text(json.dumps(wanted))
        self._run("manage", "migrate", "--verbosity", "0")
        self._run("fixtures", self.folder / "documents.json")

    def _run(self, what: str, *arguments: str | Path) -> None:
        script = ["-m", "concerte.cli.main"] if what == "manage" else [str(place.BENCH / "fixtures.py")]
        finished = subprocess.run(
            [str(part) for part in (place.OWN_PYTHON, *script, *arguments)],
            cwd=SOURCE,
            env={**os.environ, **self.environment()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            raise RuntimeError(f"{what}:\n{finished.stdout[-3000:]}")

    def environment(self) -> dict[str, str]:
        return {
            "CONCERTE_DATA": str(self.folder / "data"),
            "CONCERTE_DOCUMENT_LIMITS": LIMITS,
            "CONCERTE_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(SOURCE),
        }

    def working_folder(self) -> Path:
        return SOURCE

    def command(self) -> list[str | Path]:
        return [place.OWN_PYTHON, "-m", "concerte.cli.main", "serve", "--port", str(self.port)]

    def paths(self, name: str) -> list[tuple[str, list[str]]]:
        documents = json.loads((self.folder / "tokens.json").read_text())[name]
        return [
            (each["id"], [f"/ws/documents/{each['id']}?token={token}" for token in each["tokens"]])
            for each in documents
        ]


class Hocuspocus(Server):
    name = "hocuspocus"
    is_hocuspocus = True

    def command(self) -> list[str | Path]:
        return [place.node(), place.PLACE / "hocuspocus.mjs", str(self.port), self.folder]

    def prepare(self) -> None:
        super().prepare()
        shutil.copyfile(place.PEERS / "hocuspocus.mjs", place.PLACE / "hocuspocus.mjs")  # beside its packages


class YWebsocketServer(Server):
    name = "y-websocket-server"

    def command(self) -> list[str | Path]:
        return [place.node(), place.PLACE / "node_modules/@y/websocket-server/src/server.js"]

    def environment(self) -> dict[str, str]:
        return {"HOST": "127.0.0.1", "PORT": str(self.port), "YPERSISTENCE": str(self.folder / "leveldb")}


class PycrdtWebsocket(Server):
    name = "pycrdt-websocket"

    def command(self) -> list[str | Path]:
        return [place.PYTHON, place.PEERS / "pycrdt_server.py", str(self.port), self.folder]


class CRelay(Server):
    name = "c-relay"
    keeps = False

    def command(self) -> list[str | Path]:
        return [place.RELAY, str(self.port)]


class PicowsRelay(Server):
    name = "picows-relay"
    keeps = False

    def command(self) -> list[str | Path]:
        return [place.PYTHON, place.PEERS / "picows_relay.py", str(self.port)]


KINDS: dict[str, type[Server]] = {
    kind.name: kind for kind in (Concerte, Hocuspocus, YWebsocketServer, PycrdtWebsocket, CRelay, PicowsRelay)
}


@contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    """A server in a fresh folder, stopped at the end."""
    server = KINDS[name](folder / name)
    server.prepare()
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(server.folder, ignore_errors=True)
