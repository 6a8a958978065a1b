"""Run as a script: builds a long document in a process of its own, and gives its state back.

The library does not let other Python threads run while it works: a quarter of a million edits would hold up every
socket for some thirty milliseconds. What goes in and out is a sequence of byte strings, each after its length
(8 bytes, big endian). In: a state, then updates. Out: a state vector, then the new state.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pycrdt

_JOINED = 32  # at once: joining costs the square of their number


def pack(parts: Iterable[bytes]) -> bytes:
    return b"".join(piece for part in parts for piece in (len(part).to_bytes(8, "big"), part))


def unpack(content: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(content):
        end = start + 8 + int.from_bytes(content[start : start + 8], "big")
        yield content[start + 8 : end]
        start = end


def main() -> None:
    os.nice(10)  # nobody waits for it
    state, *updates = unpack(sys.stdin.buffer.read())
    while len(updates) > 1:  # see state.py: joined first, or what came out of order would be left out
        groups = [updates[start : start + _JOINED] for start in range(0, len(updates), _JOINED)]
        updates = [pycrdt.merge_updates(*group) if len(group) > 1 else group[0] for group in groups]
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    for content in (state, *updates):
        doc.apply_update(content)
    sys.stdout.buffer.write(pack([doc.get_state(), doc.get_update()]))


if __name__ == "__main__":
    main()
