"""The one way we call the Yjs library on bytes that came from outside.

It raises ValueError, IndexError or RuntimeError on what it does not like, and a panic of its Rust code, which is not
even an Exception. A document in which something panicked must be thrown away.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pycrdt


class LibraryFailed(Exception):
    """The library could not do it."""


@contextmanager
def library() -> Iterator[None]:
    """Turn whatever the library raises into LibraryFailed."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise LibraryFailed(type(error).__name__) from error


def check(update: bytes) -> None:
    """Raises LibraryFailed on an update it cannot decode."""
    with library():
        pycrdt.get_state(update)


def join(updates: Sequence[bytes]) -> bytes:
    """Several updates as one. Its cost grows with the square of their number. Raises LibraryFailed."""
    if len(updates) == 1:
        return updates[0]
    with library():
        return pycrdt.merge_updates(*updates)
