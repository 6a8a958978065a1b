"""Servers that are killed and started again many times, each over a database of its own: see preloaded.py."""

import asyncio
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.documents.board import Board
from tests.documents.clients import Client, Pass
from tests.documents.typists import Typist
from tests.servers import PATIENCE, ROOT, free_port

PAGE_SECONDS = 15.0  # for a page to answer, be it an error


class Preloaded:
    """The parent of the servers of a test, over one database."""

    def __init__(self, folder: Path, database_url: str, **environment: str) -> None:
        self.folder = folder
        self.board = Board(folder / "board")
        self._log = (folder / "parent-log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.documents.preloaded", str(folder)],
            cwd=ROOT,
            env={
                **os.environ,
                "CONCERTE_DATA": str(folder),
                "DATABASE_URL": database_url,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        assert self._hear() == "ready"

    def log(self) -> str:
        logs = [self.folder / "parent-log", self.folder / "log"]
        return "\n".join(log.read_text() for log in logs if log.exists())

    def order(self, do: str, **order: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **order}).encode() + b"\n")
        self._process.stdin.flush()
        heard = self._hear()
        if "error" in heard:
            raise RuntimeError(f"{heard['error']}\n{self.log()[-4000:]}")
        return heard["answer"]

    def prepare(self, count: int) -> list[dict[str, str]]:
        """Migrate, and make so many documents; see preloaded.prepare."""
        made: list[dict[str, str]] = self.order("call", function="tests.documents.preloaded:prepare", arguments=[count])
        return made

    async def stored_words(self, document: dict[str, str]) -> list[str]:
        """What the database holds of a document, whatever the server says."""
        asked = {"function": "tests.documents.preloaded:stored_text", "arguments": [document["document"]]}
        return str(await asyncio.to_thread(self.order, "call", **asked)).split()

    def end(self) -> None:
        self._process.communicate()
        self._log.close()

    def _hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The parent of the servers ended:\n{self.log()[-4000:]}")
        return json.loads(line)


class Server:
    """One server, of several lives, always on the same port."""

    def __init__(self, parent: Preloaded, *, bends: tuple[str, ...] = ()) -> None:
        self.parent = parent
        self.port = free_port()
        self.pid = 0
        self._bends = bends

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns at once; clients come back when they can, as people's do."""
        self.pid = self.parent.order("serve", port=self.port, bends=self._bends)

    def kill(self) -> None:
        """As a power cut would: no time to say anything."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.parent.order("wait", pid=self.pid) == -signal.SIGKILL

    def stop(self) -> int:
        """Ask it to end, as a restart does; its exit status."""
        os.kill(self.pid, signal.SIGTERM)
        status: int = self.parent.order("wait", pid=self.pid)
        return status

    async def until_open(self) -> None:
        """Until it takes connections."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                        return
                await asyncio.sleep(0.01)  # there is nothing to wait on but the port

    async def fetch(self, path: str) -> int:
        """The HTTP status of a page. Raises TimeoutError when it hangs."""
        return await asyncio.to_thread(self._fetch, path)

    def _fetch(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=PAGE_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@dataclass
class Site:
    """A running server, its parent, and the documents of its database."""

    server: Server
    parent: Preloaded
    documents: list[dict[str, str]]

    def typist(
        self, name: str, index: int = 0, *, entry: Pass | None = None, draw: random.Random | None = None
    ) -> Typist:
        """Somebody who may open one of the documents, by a token of theirs; not connected yet."""
        document = self.documents[index]
        return Typist(self.server.address, document["document"], entry or Pass(token=document[name]), name, draw)

    def session_of(self, name: str, index: int = 0) -> Pass:
        """How a browser comes in: by the session of the person, from a page of this site."""
        key = self.documents[index][f"{name}-session"]
        return Pass(session_key=key, origin=f"http://{self.server.address}")

    def client(self, name: str, index: int = 0) -> Client:
        document = self.documents[index]
        return Client(self.server.address, document["document"], Pass(token=document[name]))

    async def newcomer(self, index: int = 0) -> Client:
        """What somebody is served who opens a document now, and leaves."""
        async with self.client("reader", index) as newcomer:
            await newcomer.until_synced()
        return newcomer


@asynccontextmanager
async def site(
    folder: Path, database_url: str, *, documents: int = 1, bends: tuple[str, ...] = (), **environment: str
) -> AsyncIterator[Site]:
    """A server over a new database, and what it wrote in its log should the test fail."""
    parent = Preloaded(folder, database_url, **environment)
    try:
        made = await asyncio.to_thread(parent.prepare, documents)
        server = Server(parent, bends=bends)
        server.start()
        await server.until_open()
        yield Site(server, parent, made)
    except BaseException:
        print(parent.log()[-6000:])  # noqa: T201 - pytest shows it beside the failure
        raise
    finally:
        parent.end()


def sqlite_url(folder: Path) -> str:
    """The address of a file of its own: nothing but the server has it open."""
    return f"sqlite:///{folder / 'documents.sqlite3'}"


@contextmanager
def postgresql_database(server_url: str) -> Iterator[str]:
    """The address of a new database of a running PostgreSQL, dropped at the end."""
    name = f"durable_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield server_url.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def a_while(seconds: float) -> None:
    """Let people act for so long: the moment of a kill, the pace of a hand have no condition to wait on."""
    await asyncio.sleep(seconds)


def chance(above: random.Random | None = None) -> random.Random:
    """Where the moments of a test come from. Its seed is shown with a failure, and taken from CONCERTE_TEST_SEED."""
    if above is not None:
        return random.Random(above.random())  # noqa: S311 - any moment must do
    seed = int(os.environ.get("CONCERTE_TEST_SEED", secrets.randbits(32)))
    print(f"CONCERTE_TEST_SEED={seed}")  # noqa: T201 - pytest shows it beside the failure
    return random.Random(seed)  # noqa: S311
