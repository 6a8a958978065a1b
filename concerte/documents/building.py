"""Run as a script: builds a long document in a process of its own, and gives its state back.

The library does not let other Python threads run while it works: a quarter of a million edits would hold up every
socket for some thirty milliseconds. On its input: the length of a state (8 bytes, big endian), the state, an update.
On its output: the length of a state vector, the state vector, the new state.
"""

import os
import sys
from typing import Any

from pycrdt import Doc


def main() -> None:
    os.nice(10)  # nobody waits for it
    content = sys.stdin.buffer.read()
    start = 8 + int.from_bytes(content[:8], "big")
    doc: Doc[Any] = Doc()
    doc.apply_update(content[8:start])
    doc.apply_update(content[start:])
    state_vector = doc.get_state()
    sys.stdout.buffer.write(len(state_vector).to_bytes(8, "big") + state_vector + doc.get_update())


if __name__ == "__main__":
    main()
