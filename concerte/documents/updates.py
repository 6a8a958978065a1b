"""Yjs updates (version 1) as values: which clients one writes under, and from when to when. No document is built."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from concerte.documents import wire
from concerte.documents.ranges import Ranges, united
from concerte.documents.typing_updates import recognise
from concerte.documents.update_walk import parse_json, read_clock, read_count, walk

__all__ = ["EMPTY", "Ranges", "Update", "parse_json", "read", "read_state_vector"]

EMPTY = b"\x00\x00"  # no struct, no deletion


@dataclass(slots=True)
class Update:
    """One update, and what it does. inserted: for each client id, the clocks it writes. deleted: those it deletes.

    Never changed once read; not frozen, because freezing doubles the cost of making one."""

    content: bytes
    inserted: Mapping[int, Ranges]
    deleted: Mapping[int, Ranges]

    @property
    def is_empty(self) -> bool:
        return not self.inserted and not self.deleted

    @property
    def blocks(self) -> Mapping[int, tuple[int, int]]:
        """Where each client stands in `content`. Walks through it each time."""
        return walk(self.content).blocks

    def without(self, client_ids: Collection[int]) -> "Update":
        """The same update without what it writes under these clients; its deletions stay."""
        blocks = self.blocks
        kept = [block for client, block in blocks.items() if client not in client_ids]
        last = max((end for _, end in blocks.values()), default=1)
        content = b"".join(
            (wire.number(len(kept)), *(self.content[start:end] for start, end in kept), self.content[last:])
        )
        return read(content)

    def deleting(self, deleted: Mapping[int, Ranges]) -> "Update":
        """The same update with these deletions instead of its own."""
        last = max((end for _, end in self.blocks.values()), default=1)
        written = [wire.number(len(deleted))]
        for client, ranges in deleted.items():
            joined = united(ranges)
            written += [wire.number(client), wire.number(len(joined))]
            written += [wire.number(start) + wire.number(end - start) for start, end in joined]
        return read(self.content[:last] + b"".join(written))


def read(content: bytes) -> Update:
    """What an update does. Raises FrameRefused: "malformed", or "too-big" when it has too many pieces."""
    usual = recognise(content)
    if usual is not None:
        return Update(content, *usual)
    walked = walk(content)
    return Update(content, walked.inserted, walked.deleted)


def read_state_vector(content: bytes) -> dict[int, int]:
    """For each client id, the clock that comes next. Raises FrameRefused("malformed")."""
    reader = wire.Reader(content)
    clocks = {}
    for _ in range(read_count(reader)):
        client = reader.number()
        clocks[client] = read_clock(reader)
    reader.expect_end()
    return clocks
