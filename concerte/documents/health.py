"""Whether this process can do its work: read, write for good, reach the message store, keep some room on the disk.

Asked by load balancers and by people in trouble, often while something hangs. So: each kind of check runs in a thread
of its own, at most one at a time and one a second, whatever the number of askers; nobody waits for it longer than
PATIENCE_SECONDS. What is told is a few words, never an address, a path or the message of an error.
"""

import contextlib
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal

import redis
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from concerte.documents import metrics

PATIENCE_SECONDS = 2.5  # for all checks together: whoever asks has an answer within three
STATEMENT_SECONDS = 2  # for one statement, or for a lock
CONNECT_SECONDS = 2
FRESH_SECONDS = 1.0  # a result is told again during that time
DISK_LOW_BYTES = 1024**3
DISK_FULL_BYTES = 64 * 1024**2  # about four of the largest commits

Status = Literal["ok", "warning", "failed"]

_BEAT = (
    "INSERT INTO documents_heartbeat (id, beaten_at) VALUES (1, %s)"
    " ON CONFLICT (id) DO UPDATE SET beaten_at = excluded.beaten_at"
)
# What operators understand, by what the drivers call it (SQLite, then PostgreSQL by SQLSTATE or its class).
_WORDS = {
    "SQLITE_FULL": "disk full",
    "SQLITE_IOERR": "disk error",
    "SQLITE_READONLY": "read only",
    "SQLITE_BUSY": "busy",
    "SQLITE_CANTOPEN": "unreachable",
    "SQLITE_NOTADB": "damaged",
    "SQLITE_CORRUPT": "damaged",
    "53100": "disk full",
    "53": "out of resources",
    "25006": "read only",
    "55P03": "busy",
    "57014": "too slow",
    "57": "stopping",
    "08": "unreachable",
    "28": "refused",
    "42P01": "table missing",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One part that was tried. detail: a few words, for operators."""

    name: str
    status: Status
    detail: str = ""
    milliseconds: float = 0.0


class _Trouble(Exception):
    """What a check found. Its text is told to whoever asks."""

    def __init__(self, detail: str, status: Status = "failed") -> None:
        super().__init__(detail)
        self.status: Status = status


class _Lane:
    """Checks that run one after the other, in a thread of their own. A thread that hangs is not started again."""

    def __init__(self, names: Sequence[str], run: Callable[[], Iterator[Check]]) -> None:
        self._names = names
        self._run = run
        self._lock = threading.Lock()
        self._started_at = float("-inf")
        self._found: dict[str, Check] = {}
        self._is_done = threading.Event()
        self._is_done.set()

    def begin(self) -> None:
        """Run the checks, unless they are running, or ran a moment ago."""
        with self._lock:
            if not self._is_done.is_set() or time.monotonic() - self._started_at < FRESH_SECONDS:
                return
            self._started_at = time.monotonic()
            self._found, self._is_done = {}, threading.Event()
            # A daemon: a database that hangs must not keep the process from ending.
            threading.Thread(
                target=self._collect, args=(self._found, self._is_done), name="health", daemon=True
            ).start()

    def result(self, deadline: float) -> list[Check]:
        """What was found before this instant (of the monotonic clock)."""
        self._is_done.wait(max(0.0, deadline - time.monotonic()))
        waited = round((time.monotonic() - self._started_at) * 1000, 1)
        return [self._found.get(name) or Check(name, "failed", "no answer in time", waited) for name in self._names]

    def _collect(self, found: dict[str, Check], is_done: threading.Event) -> None:
        try:
            for check in self._run():
                found[check.name] = check
        finally:
            is_done.set()


def checks() -> list[Check]:
    """Try everything, or tell what was found less than a second ago. Takes at most PATIENCE_SECONDS."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    lanes = [_DATABASE, *([_STORE] if settings.REDIS_URL else []), *([_DISK] if _is_embedded() else [])]
    for lane in lanes:
        lane.begin()
    found = [check for lane in lanes for check in lane.result(deadline)]
    for check in found:
        metrics.health_found(check.name, is_ok=check.status == "ok")
    return found


def _tried(name: str, function: Callable[[], None]) -> Check:
    status: Status = "ok"
    detail = ""
    started = time.perf_counter()
    try:
        function()
    except _Trouble as trouble:
        status, detail = trouble.status, str(trouble)
    except Exception as error:  # whatever a driver raises: the answer is that it does not work
        status, detail = "failed", _word(error)
    return Check(name, status, detail, round((time.perf_counter() - started) * 1000, 1))


def _word(error: Exception) -> str:
    """A word for an error of a driver, whose message may name hosts, paths or values."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        return next((word for start, word in _WORDS.items() if name.startswith(start)), "failed")
    state = getattr(cause, "sqlstate", None)
    if state:
        return _WORDS.get(state) or _WORDS.get(state[:2], "failed")
    is_connection = isinstance(error, DatabaseError | redis.ConnectionError | redis.TimeoutError | OSError)
    return "unreachable" if is_connection else "failed"


# --- The database -----------------------------------------------------------------------------------------------------
def _try_database() -> Iterator[Check]:
    database = _own_connection()
    try:
        reading = _tried("database", partial(_read, database))
        yield reading
        if reading.status == "ok":
            yield _tried("writing", partial(_write, database))
            yield _tried("migrations", partial(_look_for_missing_migrations, database))
        else:  # each would wait as long for the same answer
            yield Check("writing", "failed", "not tried")
            yield Check("migrations", "failed", "not tried")
    finally:
        with contextlib.suppress(Exception):
            database.close()


def _own_connection() -> BaseDatabaseWrapper:
    """A connection for one round: one that was opened before a failure would say nothing of those opened after."""
    database: BaseDatabaseWrapper = connection.copy()
    options = database.settings_dict["OPTIONS"]
    options.pop("pool", None)
    if database.vendor == "postgresql":
        options["connect_timeout"] = CONNECT_SECONDS
        options["tcp_user_timeout"] = STATEMENT_SECONDS * 1000
    else:
        options["timeout"] = STATEMENT_SECONDS
        options["init_command"] = options.get("init_command", "") + f" PRAGMA busy_timeout={STATEMENT_SECONDS * 1000};"
    return database


def _read(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")


def _write(database: BaseDatabaseWrapper) -> None:
    """Change a row for good: the commit has come back when this returns.

    SQLite does not queue those who write: the updates of this process, without a pause, can keep us out. They are
    written, then: it works."""
    count = metrics.committed_count()
    try:
        _beat(database)
    except OperationalError as error:
        if _word(error) == "busy" and metrics.committed_count() > count:
            raise _Trouble("busy", "ok") from error
        raise


def _beat(database: BaseDatabaseWrapper) -> None:
    now = database.ops.adapt_datetimefield_value(timezone.now())
    database.set_autocommit(False)
    try:
        with database.cursor() as cursor:
            if database.vendor == "postgresql":
                # For this transaction only: a pooler in front may hand the session to others afterwards.
                cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
            cursor.execute(_BEAT, [now])
        database.commit()
    except BaseException:
        with contextlib.suppress(Exception):
            database.rollback()
        raise
    database.set_autocommit(True)


def _look_for_missing_migrations(database: BaseDatabaseWrapper) -> None:
    if missing := _last_migrations() - MigrationRecorder(database).applied_migrations().keys():
        raise _Trouble(f"{len(missing)} not applied")


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each application, as this version of the code has them."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


# --- Around it --------------------------------------------------------------------------------------------------------
def _try_store() -> Iterator[Check]:
    yield _tried("message_store", _ping_store)


def _ping_store() -> None:
    """A process without the message store still serves: updates travel through the log. Hence a warning."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=STATEMENT_SECONDS, socket_connect_timeout=CONNECT_SECONDS
    )
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        raise _Trouble(_word(error), "warning") from error
    finally:
        client.close()


def _is_embedded() -> bool:
    return connection.vendor == "sqlite"


def _try_disk() -> Iterator[Check]:
    yield _tried("disk", _look_at_disk)


def _look_at_disk() -> None:
    free = shutil.disk_usage(Path(connection.settings_dict["NAME"]).parent).free
    if free < DISK_FULL_BYTES:
        raise _Trouble("almost full")
    if free < DISK_LOW_BYTES:
        raise _Trouble("little room left", "warning")


_DATABASE = _Lane(("database", "writing", "migrations"), _try_database)
_STORE = _Lane(("message_store",), _try_store)
_DISK = _Lane(("disk",), _try_disk)
