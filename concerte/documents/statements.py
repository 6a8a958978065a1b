"""What the log says to its database, in the fewest words: SQL of its own, on the driver of Django's connection.

The log is written hundreds of times a second; building a query or a model for each line costs five times what the
database does. Names of tables and columns, and who may write, still come from the models.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, Protocol

import psycopg
from django.db import connection, models

from concerte.documents import limits
from concerte.documents.models import Access, ClientOwner, Level, LoggedUpdate
from concerte.documents.querysets import LAST_FILED

# A document is named by 32 hexadecimal digits: both databases take it so.
Pair = tuple[str, int]  # a document and a person, or a document and a client id
Line = tuple[str, bytes, int | None]  # a document, an update, whose it is


class Answers(NamedTuple):
    writers: set[Pair]  # who may write, among those asked about
    owners: dict[Pair, int | None]  # whose client ids are, for those somebody used


class Statements(Protocol):
    """What the log says within one transaction, in this order. Raises what Django raises."""

    def begin(self) -> bool:
        """Whether the rights asked in the last transaction that was `committed` still hold."""

    def ask(self, keys: Iterable[str], rights: Collection[Pair], clients: Collection[Pair]) -> Answers:
        """Make whoever else writes in these documents wait for us; then, who may write and whose client ids are."""

    def write(self, lines: Sequence[Line], claims: Mapping[Pair, int | None], at: datetime) -> Sequence[int]:
        """The ids of the lines, in their order."""

    def committed(self) -> None: ...

    def forget(self) -> None:
        """A transaction did not hold, or may not."""

    def lend(self) -> None:
        """The thread of this connection has nothing to do: `write_here` may use it until `take_back`."""

    def take_back(self) -> None: ...

    def write_here(self, lines: Sequence[Line], at: datetime) -> Sequence[int] | None:
        """A whole transaction on the calling thread, which waits for nothing but the disk: the ids of the lines.

        None, and nothing is written: the rights may have changed, somebody else writes at this moment, or the database
        does not take it."""

    def others_version(self) -> object | None:
        """On the calling thread, while the connection is lent: a value that is another one as soon as any other
        connection has committed anything. None: not known."""

    def checkpoint(self) -> int:
        """What is to be done now and then, and takes long. How many pages had gathered."""


# By one statement: the driver lets other threads run before and after each, and while they do, the commit waits.
_LINES_AT_ONCE = (64, 16, 4, 1)


def _values(count: int) -> str:
    """Places for so many lines; the first parameter is common to all."""
    return ", ".join(f"(?1, ?{place}, ?{place + 1}, ?{place + 2}, 0)" for place in range(2, 2 + 3 * count, 3))


class Sqlite:
    """One writer at a time: the transaction itself is the lock, and is begun IMMEDIATE."""

    def __init__(self) -> None:
        self._held: tuple[Any, int, int] | None = None
        self._lent: Any = None  # the driver's connection while it waits for no lock and makes no checkpoint by itself
        self._version = 0
        names = _names()
        self._may_write = (
            "SELECT 1 FROM ({may_write}) WHERE document_id = ? AND person_id = ?".format_map(
                {"may_write": names.may_write.replace("%s", "?")}
            ),
            names.may_write_parameters,
        )
        self._owner = "SELECT {person} FROM {table} WHERE {document} = ? AND {client} = ?".format_map(names.owners)
        self._claim = "INSERT INTO {table} ({document}, {client}, {person}, {at}) VALUES (?, ?, ?, ?)".format_map(
            names.owners
        )
        insert = "INSERT INTO {table} ({at}, {document}, {content}, {person}, {filed}) VALUES ".format_map(names.log)
        self._inserts = [(count, insert + _values(count)) for count in _LINES_AT_ONCE]
        self._file = "UPDATE {table} SET {filed} = 1 WHERE id > ? AND NOT {filed}".format_map(names.log)
        self._last_filed: int | None = None  # None: to be asked

    def begin(self) -> bool:
        """The database counts the commits of others, and our connection the rows it changed itself. While neither
        count moved, no right and no account did: our own commits only append lines, and say so to `committed`."""
        driver = connection.connection
        with connection.wrap_database_errors:
            (self._version,) = driver.execute("PRAGMA data_version").fetchone()
        return self._held == (driver, self._version, driver.total_changes)

    def committed(self) -> None:
        driver = connection.connection
        self._held = (driver, self._version, driver.total_changes)

    def forget(self) -> None:
        self._last_filed = None

    def lend(self) -> None:
        driver = connection.connection
        if driver is not None and driver is not self._lent:
            driver.execute("PRAGMA wal_autocheckpoint=0")  # see `checkpoint`
        if driver is not None:
            driver.execute("PRAGMA busy_timeout=0")
        self._lent = driver

    def take_back(self) -> None:
        driver = connection.connection
        if driver is not None and driver is self._lent:
            driver.execute(f"PRAGMA busy_timeout={round(connection.settings_dict['OPTIONS']['timeout'] * 1000)}")

    def write_here(self, lines: Sequence[Line], at: datetime) -> Sequence[int] | None:
        held, driver = self._held, self._lent
        if held is None or driver is None or held[0] is not driver:
            return None
        try:
            driver.execute("BEGIN IMMEDIATE")
            (version,) = driver.execute("PRAGMA data_version").fetchone()
            if held != (driver, version, driver.total_changes):
                driver.execute("ROLLBACK")
                return None
            ids = self._write_lines(driver, lines, at)
            driver.execute("COMMIT")
        except Exception:  # whatever the driver raises: the other way tries again, and tells
            with suppress(sqlite3.Error):
                driver.rollback()
            self.forget()
            return None
        self._held = (driver, version, driver.total_changes)
        return ids

    def others_version(self) -> object | None:
        driver = self._lent
        if driver is None:
            return None
        try:
            (version,) = driver.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return driver, version  # each connection counts for itself

    def checkpoint(self) -> int:
        """Copy what the write-ahead log gathered into the database, so that the next line begins it anew."""
        with connection.wrap_database_errors:
            _is_busy, pages, _copied = connection.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return max(0, int(pages))

    def ask(self, keys: Iterable[str], rights: Collection[Pair], clients: Collection[Pair]) -> Answers:
        execute = connection.connection.execute
        query, parameters = self._may_write
        with connection.wrap_database_errors:
            writers = {pair for pair in rights if execute(query, (*parameters, *pair)).fetchone()}
            found = {pair: execute(self._owner, pair).fetchone() for pair in clients}
        return Answers(writers, {pair: row[0] for pair, row in found.items() if row is not None})

    def write(self, lines: Sequence[Line], claims: Mapping[Pair, int | None], at: datetime) -> Sequence[int]:
        driver = connection.connection
        with connection.wrap_database_errors:
            if claims:
                moment = connection.ops.adapt_datetimefield_value(at)
                driver.executemany(self._claim, [(*pair, person, moment) for pair, person in claims.items()])
            return self._write_lines(driver, lines, at) if lines else ()

    def _write_lines(self, driver: Any, lines: Sequence[Line], at: datetime) -> Sequence[int]:
        moment = connection.ops.adapt_datetimefield_value(at)
        last = start = 0
        for count, statement in self._inserts:
            while len(lines) - start >= count:
                values = chain.from_iterable(lines[start : start + count])
                last = driver.execute(statement, (moment, *values)).lastrowid
                start += count
        self._file_lines(driver, last)
        # The key is AUTOINCREMENT and nobody else writes: the lines follow each other.
        return range(last - len(lines) + 1, last + 1)

    def _file_lines(self, driver: Any, last: int) -> None:
        """Put the lines into the index of the log, once they are many: a page of it then takes several of them."""
        filed, self._last_filed = self._last_filed, None
        if filed is None:
            found = driver.execute(LAST_FILED).fetchone()
            filed = found[0] if found else 0
        if last - filed >= limits.UNFILED_LINES:
            driver.execute(self._file, (filed,))
            filed = last
        self._last_filed = filed


class Postgresql:
    """Many writers: a lock per document makes its lines commit in the order of their ids.

    Otherwise a snapshot up to line 12 could miss line 11, committed a moment later, for ever. Locks are taken in one
    order, so that two processes never wait for each other."""

    _LOCK = "SELECT count(pg_advisory_xact_lock(key)) FROM unnest(%s::bigint[]) AS key"

    def __init__(self) -> None:
        names = _names()
        self._parameters = names.may_write_parameters
        self._may_write = (
            "SELECT place FROM unnest(%s::uuid[], %s::bigint[]) WITH ORDINALITY AS asked (document, person, place)"
            " JOIN ({may_write}) AS allowed"
            " ON allowed.document_id = asked.document AND allowed.person_id = asked.person"
        ).format_map({"may_write": names.may_write})
        self._owners = (
            "SELECT place, {person} FROM {table}"
            " JOIN unnest(%s::uuid[], %s::bigint[]) WITH ORDINALITY AS asked (asked_document, asked_client, place)"
            " ON {document} = asked_document AND {client} = asked_client"
        ).format_map(names.owners)
        self._claim = (
            "INSERT INTO {table} ({document}, {client}, {person}, {at})"
            " SELECT *, %s FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[])"
        ).format_map(names.owners)
        self._insert = (
            "INSERT INTO {table} ({document}, {content}, {person}, {at})"
            " SELECT line.document, line.content, line.person, %s"
            " FROM unnest(%s::uuid[], %b::bytea[], %s::bigint[])"
            " WITH ORDINALITY AS line (document, content, person, place)"
            "{{allowed}} ORDER BY place RETURNING id"
        ).format_map(names.log)
        # A condition on no line is looked at once, before any line comes out, and no id is drawn before its line does.
        self._insert_allowed = self._insert.format(
            allowed=f" JOIN ({names.may_write}) AS allowed"
            " ON allowed.document_id = line.document AND allowed.person_id = line.person"
            f" WHERE ({self._LOCK}) >= 0"
        )
        self._insert = self._insert.format(allowed="")
        self._written_by = "SELECT {document}, {person} FROM {table} WHERE id = ANY(%s)".format_map(names.log)

    def begin(self) -> bool:
        return False

    def committed(self) -> None:
        pass

    def forget(self) -> None:
        pass

    def lend(self) -> None:
        pass

    def take_back(self) -> None:
        pass

    def write_here(self, lines: Sequence[Line], at: datetime) -> Sequence[int] | None:
        """Never: an answer of the server would be waited for."""
        return None

    def others_version(self) -> object | None:
        """The server keeps no such count."""
        return None

    def checkpoint(self) -> int:
        return 0

    def ask(self, keys: Iterable[str], rights: Collection[Pair], clients: Collection[Pair]) -> Answers:
        rights, clients = list(rights), list(clients)
        with _pipeline():
            _execute(self._LOCK, (_lock_keys(keys),))
            # Each statement sees what was committed before it began: these two, all that was before the locks.
            allowed = _execute(self._may_write, (*_columns(rights), *self._parameters)) if rights else None
            owned = _execute(self._owners, _columns(clients)) if clients else None
        with connection.wrap_database_errors:
            writers = {rights[place - 1] for (place,) in allowed.fetchall()} if allowed else set()
            owners = {clients[place - 1]: person for place, person in owned.fetchall()} if owned else {}
        return Answers(writers, owners)

    def write(self, lines: Sequence[Line], claims: Mapping[Pair, int | None], at: datetime) -> Sequence[int]:
        saved = None
        with _pipeline():
            if claims:
                _execute(self._claim, (at, *_columns(claims), _array(claims.values())))
            if lines:
                saved = _execute(self._insert, (at, *_lines(lines)))
        with connection.wrap_database_errors:
            return [row[0] for row in saved.fetchall()] if saved else ()

    def write_at_once(self, lines: Sequence[Line], at: datetime) -> list[int | None]:
        """Lock, ask who may write, write and commit, in one statement and one exchange with the server.

        Only outside of a transaction. None stands for the lines of who may not write (any more): they are not
        written. The right is that of the moment the statement began; one that is withdrawn while it waits for
        another process that writes in the same document is as if it had been withdrawn a moment later."""
        with connection.wrap_database_errors:
            parameters = (at, *_lines(lines), *self._parameters, _lock_keys(key for key, _, _ in lines))
            ids = [row[0] for row in _execute(self._insert_allowed, parameters).fetchall()]
            if len(ids) == len(lines):
                return list(ids)
            written = {(key.hex, person) for key, person in _execute(self._written_by, (ids,)).fetchall()}
        following = iter(ids)
        return [next(following) if (key, person) in written else None for key, _, person in lines]


class _Names(NamedTuple):
    """The parts of the statements that the models know."""

    log: Mapping[str, str]
    owners: Mapping[str, str]
    may_write: str  # a query that gives (document_id, person_id) of everyone who may write
    may_write_parameters: tuple[Any, ...]


@cache
def _names() -> _Names:
    quote = connection.ops.quote_name

    def named(model: type[models.Model], **fields: str) -> Mapping[str, str]:
        columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
        return {"table": quote(model._meta.db_table)} | {name: quote(columns[field]) for name, field in fields.items()}

    may_write = Access.objects.in_force().filter(level=Level.WRITE).order_by().values_list("document_id", "person_id")
    query, parameters = may_write.query.sql_with_params()
    return _Names(
        named(
            LoggedUpdate,
            document="document",
            content="update_bytes",
            person="person",
            at="committed_at",
            filed="is_filed",
        ),
        named(ClientOwner, document="document", client="client_id", person="person", at="first_used_at"),
        query,
        parameters,
    )


@contextmanager
def _pipeline() -> Any:
    """Statements sent one after the other without waiting for the answer to each."""
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def _execute(query: str, parameters: Sequence[Any]) -> "psycopg.Cursor[Any]":
    # Parameters apart from the statement, answers in binary: Django's own cursors write both as text.
    return psycopg.Cursor(connection.connection).execute(query, parameters, binary=True)


def _array(values: Iterable[object]) -> str:
    """A list of ids as PostgreSQL reads it. Cheaper than the driver's own: five times, for a thousand."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _columns(pairs: Collection[Pair]) -> tuple[str, str]:
    return _array(key for key, _ in pairs), _array(number for _, number in pairs)


def _lines(lines: Sequence[Line]) -> tuple[str, list[bytes], str]:
    return (
        _array(key for key, _, _ in lines),
        [content for _, content, _ in lines],
        _array(person for _, _, person in lines),
    )


def _lock_keys(keys: Iterable[str]) -> str:
    return _array(sorted(int(key, 16) >> 65 for key in set(keys)))


def statements() -> Statements:
    """For the database of this process, on the connection of the calling thread."""
    return Postgresql() if connection.vendor == "postgresql" else Sqlite()
