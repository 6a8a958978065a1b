"""Everything that changes territories: loading them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import islice

from django.db import connection, transaction

from concerte.territories.models import Territory
from concerte.territories.reading import Row, read_territories

_COLUMNS = tuple(field.name for field in fields(Row))
# Few enough values for any SQLite (999), in statements prepared once: thirty-six thousand objects of the ORM take
# several times as long, on a first start that somebody waits for.
_BATCH = 2000


def are_loaded() -> bool:
    return Territory.objects.exists()


@transaction.atomic
def load_territories(rows: Iterable[Row] | None = None, *, told: Callable[[int], object] | None = None) -> int:
    """Add the territories of the package, or bring what is there up to date; returns how many were read.

    Done again it changes nothing. What is no longer in the files stays: organisations may point at it. told: called
    with the number done so far, now and then. No journal line: nobody acts, public files are read."""
    statement = _statement()
    done = 0
    with connection.cursor() as cursor:
        for batch in _batches(read_territories() if rows is None else rows):
            cursor.executemany(statement, batch)
            done += len(batch)
            if told is not None:
                told(done)
    return done


def _statement() -> str:
    """One row in, or brought up to date: the same words on SQLite and PostgreSQL."""
    quoted = [connection.ops.quote_name(name) for name in _COLUMNS]
    changed = ", ".join(f"{name} = excluded.{name}" for name in quoted[1:])
    table = connection.ops.quote_name(Territory._meta.db_table)
    marks = ", ".join(["%s"] * len(quoted))
    # Names of columns and marks for values: nothing that anybody typed.
    inserted = f"INSERT INTO {table} ({', '.join(quoted)}) VALUES ({marks})"  # noqa: S608
    return f"{inserted} ON CONFLICT ({quoted[0]}) DO UPDATE SET {changed}"


def _batches(rows: Iterable[Row]) -> Iterator[list[tuple[str | int | None, ...]]]:
    values = (tuple(getattr(row, name) for name in _COLUMNS) for row in rows)
    while batch := list(islice(values, _BATCH)):
        yield batch
