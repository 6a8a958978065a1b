"""Memory that was freed goes back to the system."""

from pathlib import Path

import pytest

from concerte.documents import memory

_STATM = Path("/proc/self/statm")


def resident_bytes() -> int:
    return int(_STATM.read_text().split()[1]) * 4096


@pytest.mark.skipif(memory._trim() is None or not _STATM.exists(), reason="this C library does it by itself, or never")
def test_what_was_freed_below_what_is_kept_goes_back() -> None:
    pieces = [bytes(1_000) for _ in range(40_000)]
    kept = pieces[-1]  # at the end: as long as it is there, the C library returns nothing of its own accord
    full = resident_bytes()
    pieces.clear()

    memory.give_back()

    assert resident_bytes() < full - 20 * 1024 * 1024
    assert len(kept) == 1_000


def test_where_the_c_library_is_another_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_trim", lambda: None)

    memory.give_back()
