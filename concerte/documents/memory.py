"""Giving memory back to the system."""

import ctypes


def give_back() -> None:
    """Return what was freed. After something big was dropped, and not on the event loop: it takes milliseconds.

    The C library keeps freed memory for what may come. Where it is not glibc, it is left to its ways."""
    if (trim := _trim()) is not None:
        trim(0)


def _trim() -> "ctypes._NamedFuncPointer | None":
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library; another system
        return None
