"""The servers under test behind the same few words: prepare, start, plan of clients, pause, stop, kill."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench import place, processes

START_SECONDS, STOP_SECONDS = 60, 20


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
    "pages": Situation(500, 1, 1),
    "kills": Situation(20, 3, 3),
    "storm": Situation(1, 500, 500),
    "long": Situation(1, 1, 1),
    "friends": Situation(1, 1, 1),
}


_ports = itertools.count(20_000 + os.getpid() % 10_000)


def free_port() -> int:
    """Below those the system gives to clients: a server that is killed must find its port free again."""
    for port in _ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no port is free")


class Server:
    """A server in a folder of its own. It may be stopped or killed, and started again over the same folder."""

    name = ""
    is_hocuspocus = False  # its frames name the document
    is_durable = True  # what it was told should still be there after a restart
    goes_ahead = False
    deferred_seconds = 0.0  # how late it may do work that an update causes: a window must hold all of it

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"

    def prepare(self, source: Path | None = None) -> None:
        """Make its folder, empty or as a copy of another folder of the same kind of server."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if source is not None:
            shutil.copytree(source, self.folder)
        else:
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
        if self.goes_ahead:
            processes.go_ahead(self.process.pid)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def own_pids(self) -> list[int]:
        return processes.tree_of(self.process.pid) if self.process is not None else []

    def pids(self) -> list[int]:
        """All processes that serve: its own, and those of its database and message store."""
        return self.own_pids()

    def _signal(self, pids: list[int], number: int) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def pause(self) -> None:
        """Freeze it while another is measured: it then uses nothing, and keeps what it has compiled and cached."""
        self._signal(self.pids(), signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(self.pids(), signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut would."""
        self._signal(self.own_pids(), signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        self.process = None

    def stop(self) -> None:
        """As a restart does; killed if it takes too long."""
        if self.process is not None:
            self.resume()
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self.kill()

    def discard(self) -> None:
        """End it, and remove what it left."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def paths(self, situation: str) -> list[tuple[str, list[str]]]:
        """For each document of a situation: its name, and the path each of its people opens."""
        found = SITUATIONS[situation]
        names = [f"{situation}-{number}" for number in range(found.documents)]
        return [(name, [f"/{name}"] * found.people) for name in names]

    def plan(self, situation: str, *, writers: int | None = None, people: int | None = None) -> str:
        """Lines for the load generator. people: at most so many in each document."""
        count = SITUATIONS[situation].writers if writers is None else writers
        lines = []
        for document, paths in self.paths(situation):
            for rank, path in enumerate(paths[:people]):
                lines.append(f"{'w' if rank < count else 'r'} {self.port} {document} {path}\n")
        return "".join(lines)


class Hocuspocus(Server):
    name = "hocuspocus"
    is_hocuspocus = True
    deferred_seconds = 10.0  # maxDebounce: a document that changes all the time is stored every ten seconds

    def prepare(self, source: Path | None = None) -> None:
        super().prepare(source)
        shutil.copyfile(place.PEERS / "hocuspocus.mjs", place.PLACE / "hocuspocus.mjs")  # beside its packages

    def command(self) -> list[str | Path]:
        return [place.node(), place.PLACE / "hocuspocus.mjs", str(self.port), self.folder]


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

    def write_into_store(self, situation: str, log: Path) -> None:
        """While it is stopped. Its store names documents by their path."""
        ((_, paths),) = self.paths(situation)
        script = place.PEERS / "pycrdt_load.py"
        subprocess.run([place.PYTHON, script, self.folder, paths[0], log], check=True, cwd=place.PLACE)


class CRelay(Server):
    name = "c-relay"
    is_durable = False

    def command(self) -> list[str | Path]:
        return [place.RELAY, str(self.port)]


class PicowsRelay(Server):
    name = "picows-relay"
    is_durable = False

    def command(self) -> list[str | Path]:
        return [place.PYTHON, place.PEERS / "picows_relay.py", str(self.port)]
