"""What must not be done by two machines at the same time: they wait for each other in the database they share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_KEY = 0x636F6E63  # of the advisory lock: nothing else of ours takes one with this number
_KEY_OF_NOTICES = 0x636F6E64


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other process is in here. SQLite serves one machine, where one process prepares."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_KEY])
    try:
        yield
    finally:
        # A connection that was lost has given the lock back already.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])


@contextmanager
def unless_another_does() -> Iterator[bool]:
    """Whether nobody else is in here: who comes second does not wait, and leaves the work to the first.

    With SQLite one process serves; a command beside it may come in as well, and does nothing twice."""
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY_OF_NOTICES])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY_OF_NOTICES])
