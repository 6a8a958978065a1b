"""A program that has everything imported and forks at each order: a server's life then costs 50 ms, not a second.

One order a line on standard input, one answer a line on standard output, both JSON. It forks before any thread or
database connection exists, so that each child is what a server started from nothing would be. It ends with its input,
and kills what it started.
"""

import importlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from uuid import UUID

import django
import uvicorn
from django.conf import settings
from django.core.management import call_command

from tests.documents.board import Board

PEOPLE = ("anne", "bruno", "reader")  # of each document: two who write, one who reads

# --- In a child -----------------------------------------------------------------------------------------------------


def serve(port: int) -> None:
    """What `concerte serve` runs, without its preparation. The listening socket is the child's own: it dies with it."""
    import concerte.config.asgi  # noqa: F401, PLC0415 - once the applications are loaded
    from concerte.config.server import server_config  # noqa: PLC0415

    uvicorn.Server(server_config(port=port)).run()


def prepare(count: int) -> list[dict[str, str]]:
    """A migrated database with so many documents: for each, its id, and a token (for an hour) and a session (for two
    weeks) of who may open it."""
    from tests.documents.factories import make_situation, sign_in  # noqa: PLC0415 - once the applications are loaded

    call_command("migrate", verbosity=0, interactive=False)
    situations = [make_situation() for _ in range(count)]
    return [
        {
            "document": str(each.document.pk),
            **{name: each.token(getattr(each, name)) for name in PEOPLE},
            **{f"{name}-session": sign_in(getattr(each, name)) for name in PEOPLE},
        }
        for each in situations
    ]


def stored_text(document_id: str) -> str:
    """What the database holds of a document, read by a process that never spoke to the server."""
    from concerte.documents import services  # noqa: PLC0415 - once the applications are loaded
    from tests.documents.factories import text_of  # noqa: PLC0415

    return text_of(services.current_state(UUID(document_id)))


def bend_clock(board: Board) -> None:
    """Shift the wall clock by what the board says, at each reading. The monotonic clock stays, as when a clock is set.

    Everything of ours and of Django that asks for the time goes through these three names."""
    from django.utils import timezone  # noqa: PLC0415

    real_time, real_time_ns = time.time, time.time_ns

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=board.clock_shift)

    time.time = lambda: real_time() + board.clock_shift
    time.time_ns = lambda: real_time_ns() + int(board.clock_shift * 1e9)
    timezone.datetime = Shifted  # type: ignore[attr-defined]


def bound_file(board: Board) -> None:
    """Let SQLite find the disk full (SQLITE_FULL) at as many pages as the board says; 0: as many as it likes."""
    from django.db.backends.signals import connection_created  # noqa: PLC0415

    from concerte.documents.statements import Sqlite  # noqa: PLC0415

    def bound(connection: Any, **_: Any) -> None:
        applied = 0

        def look(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal applied
            if board.page_limit != applied:
                applied = board.page_limit
                connection.connection.execute(f"PRAGMA max_page_count = {applied or 2**32 - 2}")
            return execute(*arguments)

        connection.execute_wrappers.append(look)

    connection_created.connect(bound, weak=False)

    # What is committed on the event loop passes by Django's cursors.
    write_here = Sqlite.write_here

    def write_within_bounds(statements: Sqlite, *arguments: Any) -> Any:
        if statements._lent is not None:
            statements._lent.execute(f"PRAGMA max_page_count = {board.page_limit or 2**32 - 2}")
        return write_here(statements, *arguments)

    setattr(Sqlite, "write_here", write_within_bounds)  # noqa: B010 - a name that a checker takes for another kind


BENDS = {"clock": bend_clock, "pages": bound_file}


# --- In the parent --------------------------------------------------------------------------------------------------


class Children:
    """What was forked and has not ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pids: set[int] = set()

    def serve(self, port: int, bends: list[str]) -> int:
        """Fork a server; its pid."""
        with self._fork() as is_child:
            if is_child:
                for bend in bends:
                    BENDS[bend](Board(self._folder / "board"))
                serve(port)
        return self._last

    def call(self, function: str, arguments: list[Any]) -> Any:
        """What a function gives, in a child of its own: this process never opens the database."""
        reading, writing = os.pipe()
        with self._fork() as is_child:
            if is_child:
                module, _, name = function.partition(":")
                result = getattr(importlib.import_module(module), name)(*arguments)
                with os.fdopen(writing, "w") as pipe:
                    json.dump(result, pipe)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
        if self.wait(self._last) != 0:
            raise RuntimeError(f"{function} failed: see the log")
        return json.loads(answer)

    def wait(self, pid: int) -> int:
        """Until it has ended; its exit status, or minus the signal that ended it."""
        _, status = os.waitpid(pid, 0)
        self._pids.discard(pid)
        return os.waitstatus_to_exitcode(status)

    def end(self) -> None:
        for pid in list(self._pids):
            os.kill(pid, signal.SIGKILL)
            self.wait(pid)

    @contextmanager
    def _fork(self) -> Iterator[bool]:
        """The body runs on both sides; the child never leaves it."""
        assert threading.active_count() == 1
        sys.stdout.flush()
        self._last = os.fork()
        if self._last:
            self._pids.add(self._last)
            yield False
            return
        status = 1
        try:
            log = os.open(self._folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((nothing, 0), (log, 1), (log, 2)):
                os.dup2(source, target)
            yield True
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(status)


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    django.setup()
    importlib.import_module("concerte.config.asgi")
    importlib.import_module("uvicorn.protocols.websockets.websockets_sansio_impl")
    importlib.import_module("uvicorn.protocols.http.httptools_impl")
    children = Children(folder)
    _say("ready")
    try:
        for line in sys.stdin:
            order = json.loads(line)
            try:
                answer = {"answer": getattr(children, order.pop("do"))(**order)}
            except Exception as error:  # the test is told, and goes on or fails
                answer = {"error": f"{type(error).__name__}: {error}"}
            _say(answer)
    finally:
        children.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
