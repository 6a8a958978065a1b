"""What a test turns while a server runs: shared memory, read by the server at each use."""

import mmap
import struct
from pathlib import Path

_LAYOUT = struct.Struct("dq")


class Board:
    """clock_shift: seconds added to the wall clock. page_limit: pages a SQLite file may have, 0 for no limit."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_LAYOUT.pack(0.0, 0))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LAYOUT.size)

    @property
    def clock_shift(self) -> float:
        return float(_LAYOUT.unpack_from(self._memory)[0])

    @clock_shift.setter
    def clock_shift(self, seconds: float) -> None:
        _LAYOUT.pack_into(self._memory, 0, seconds, self.page_limit)

    @property
    def page_limit(self) -> int:
        return int(_LAYOUT.unpack_from(self._memory)[1])

    @page_limit.setter
    def page_limit(self, pages: int) -> None:
        _LAYOUT.pack_into(self._memory, 0, self.clock_shift, pages)
