"""The full walk through a Yjs update (version 1), without building a document: what it writes, what it deletes, where.

The walk is strict and bounded. What it lets through, every Yjs client can read: a malformed piece would otherwise be
committed, and break everyone who opens the document after. No piece of text is kept. It says what is right:
`typing_updates` is only quicker.
"""

import json
from dataclasses import dataclass, field
from typing import Any, NoReturn

from concerte.documents import limits, wire
from concerte.documents.errors import FrameRefused
from concerte.documents.library import LibraryFailed, check
from concerte.documents.ranges import Ranges

_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_PARENT_KEY, _KIND = 0x80, 0x40, 0x20, 0x1F
_GC, _DELETED, _JSON, _BINARY, _STRING, _EMBED, _FORMAT, _TYPE, _ANY, _DOCUMENT, _SKIP = range(11)
_XML_ELEMENT, _XML_HOOK, _LAST_TYPE = 3, 5, 6


@dataclass(frozen=True, slots=True)
class Walked:
    """What an update does. inserted: for each client id, the clocks it writes. deleted: those it deletes."""

    inserted: dict[int, Ranges]
    deleted: dict[int, Ranges]
    blocks: dict[int, tuple[int, int]]  # where each client stands in the update


@dataclass(slots=True)
class Seams:
    """Where texts must not be cut: inside the letters that count for two units of UTF-16, such as emoji.

    A clock stands for the place before it. known: where not to cut; cut: where of those it was, by a piece put there,
    by a deletion that begins or ends there, or by a run that does."""

    known: "frozenset[tuple[int, int]]" = frozenset()  # client, clock
    cut: set[tuple[int, int]] = field(default_factory=set)
    pairs: set[tuple[int, int]] = field(default_factory=set)  # of the texts read

    def note_place(self, client: int, clock: int) -> None:
        if (client, clock) in self.known:
            self.cut.add((client, clock))

    def note_text(self, client: int, clock: int, text: str) -> None:
        for letter in text:
            clock += 1
            if letter > "\uffff":
                self.pairs.add((client, clock))
                clock += 1


_UNSEEN = Seams()


def walk(content: bytes, seams: Seams = _UNSEEN, texts: dict[int, Ranges] | None = None) -> Walked:
    """Raises FrameRefused: "malformed", or "too-big" when it has too many pieces. seams: filled on the way; so is
    texts, with the clocks at which each client wrote letters, one for each unit of UTF-16."""
    reader = wire.Reader(content)
    inserted: dict[int, Ranges] = {}
    blocks: dict[int, tuple[int, int]] = {}
    budget = limits.STRUCTS_PER_UPDATE
    for _ in range(read_count(reader)):
        start = reader.position
        count = read_count(reader)
        budget -= count
        if budget < 0:
            raise FrameRefused("too-big")
        client = reader.number()
        if client in blocks:
            _malformed()  # Yjs would forget the first of the two
        ranges = _read_structs(reader, client, count, seams, texts)
        blocks[client] = (start, reader.position)
        if ranges:
            inserted[client] = ranges
    deleted = _read_deletions(reader, budget, seams)
    reader.expect_end()
    try:
        check(content)
    except LibraryFailed as error:  # it could not be read either when the document is opened
        raise FrameRefused("malformed") from error
    return Walked(inserted, deleted, blocks)


def _malformed() -> NoReturn:
    raise FrameRefused("malformed")


def read_count(reader: wire.Reader) -> int:
    """How many things follow. Each takes at least one byte: a count beyond what is left is a lie."""
    count = reader.number()
    if count > reader.end - reader.position:
        _malformed()
    return count


def read_clock(reader: wire.Reader) -> int:
    clock = reader.number()
    if clock > limits.CLOCK_MAX:
        _malformed()
    return clock


def _read_structs(
    reader: wire.Reader, client: int, count: int, seams: Seams, texts: dict[int, Ranges] | None
) -> Ranges:
    clock = read_clock(reader)
    ranges: Ranges = []
    if count == 0:
        _malformed()
    for _ in range(count):
        info = reader.byte()
        kind = info & _KIND
        if kind in (_GC, _SKIP):
            length = reader.number()
        else:
            _read_place(reader, info, client, clock, seams)
            length = _read_text(reader, client, clock, seams) if kind == _STRING else _read_content(reader, kind)
        end = clock + length
        if length == 0 or end > limits.CLOCK_MAX:
            _malformed()
        if kind != _SKIP:
            if ranges and ranges[-1][1] == clock:
                ranges[-1] = (ranges[-1][0], end)
            else:
                ranges.append((clock, end))
            if seams is not _UNSEEN:
                seams.note_place(client, clock)
                seams.note_place(client, end)
            if texts is not None and kind == _STRING:
                texts.setdefault(client, []).append((clock, end))
        clock = end
    return ranges


def _read_place(reader: wire.Reader, info: int, client: int, clock: int, seams: Seams) -> None:
    """Where a piece stands: after one, before another, or else in a parent and under a key."""
    if info & _HAS_ORIGIN:
        other, other_clock = _read_neighbour(reader, client, clock)
        seams.note_place(other, other_clock + 1)
    if info & _HAS_RIGHT_ORIGIN:
        seams.note_place(*_read_neighbour(reader, client, clock))
    if info & (_HAS_ORIGIN | _HAS_RIGHT_ORIGIN):
        return
    is_root = reader.number()
    if is_root == 1:
        reader.text()
    elif is_root == 0:
        _read_neighbour(reader, client, clock)
    else:
        _malformed()
    if info & _HAS_PARENT_KEY:
        reader.text()


def _read_neighbour(reader: wire.Reader, client: int, clock: int) -> tuple[int, int]:
    other, other_clock = reader.number(), read_clock(reader)
    if other == client and other_clock >= clock:
        _malformed()  # nothing stands beside what its own author has not written yet
    return other, other_clock


def _read_text(reader: wire.Reader, client: int, clock: int, seams: Seams) -> int:
    """The length of a text, in UTF-16 units."""
    text = reader.text()
    if text.isascii():
        return len(text)
    if seams is not _UNSEEN:
        seams.note_text(client, clock, text)
    return len(text.encode("utf-16-le")) // 2


def _read_content(reader: wire.Reader, kind: int) -> int:
    """The length of a piece that is no text, in clocks: how many values for a list, one for all else."""
    if kind == _DELETED:
        return reader.number()
    if kind == _FORMAT:
        reader.text()
        _read_json(reader)
    elif kind == _TYPE:
        _read_type(reader)
    elif kind == _ANY:
        count = read_count(reader)
        for _ in range(count):
            _read_value(reader, limits.NESTING_DEPTH)
        return count
    elif kind == _JSON:
        count = read_count(reader)
        for _ in range(count):
            _read_json(reader, may_be_undefined=True)
        return count
    elif kind == _BINARY:
        reader.byte_string()
    elif kind == _EMBED:
        _read_json(reader)
    elif kind == _DOCUMENT:
        reader.text()
        _read_value(reader, limits.NESTING_DEPTH)
    else:
        _malformed()
    return 1


def _read_type(reader: wire.Reader) -> None:
    kind = reader.number()
    if kind == _XML_ELEMENT:
        reader.text()
    elif kind == _XML_HOOK or kind > _LAST_TYPE:
        _malformed()  # hooks are read differently by the two libraries; later types are unknown to Yjs


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _read_json(reader: wire.Reader, *, may_be_undefined: bool = False) -> None:
    """A text that every browser must be able to parse: NaN or half an object would stop it for good."""
    text = reader.text()
    if may_be_undefined and text == "undefined":
        return
    parse_json(text)


def parse_json(text: str) -> Any:
    """The value of a JSON text, as strictly as a browser. Raises FrameRefused("malformed")."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FrameRefused("malformed") from error
    if isinstance(value, dict | list):
        _check_depth(value, limits.NESTING_DEPTH)
    return value


def _check_depth(value: Any, depth: int) -> None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        if depth == 0:
            _malformed()
        for part in value:
            _check_depth(part, depth - 1)


_SIZES = {127: 0, 126: 0, 124: 4, 123: 8, 122: 8, 121: 0, 120: 0}  # undefined, null, floats, big integer, booleans
_INTEGER, _TEXT, _OBJECT, _LIST, _BYTES = 125, 119, 118, 117, 116


def _read_value(reader: wire.Reader, depth: int) -> None:
    """One value of lib0's own encoding."""
    kind = reader.byte()
    size = _SIZES.get(kind)
    if size is not None:
        reader.skip(size)
    elif kind == _TEXT:
        reader.text()
    elif kind == _INTEGER:
        reader.skip_signed_number()
    elif kind == _BYTES:
        reader.byte_string()
    elif kind in (_OBJECT, _LIST):
        if depth == 0:
            _malformed()
        for _ in range(read_count(reader)):
            if kind == _OBJECT:
                reader.text()
            _read_value(reader, depth - 1)
    else:
        _malformed()


def _read_deletions(reader: wire.Reader, budget: int, seams: Seams) -> dict[int, Ranges]:
    """Each client once, its ranges in order and apart, as Yjs writes them: of others the two libraries make different
    things, and the one we join updates with forgets some."""
    deleted: dict[int, Ranges] = {}
    for _ in range(read_count(reader)):
        client = reader.number()
        count = read_count(reader)
        budget -= count
        if budget < 0:
            raise FrameRefused("too-big")
        if client in deleted:
            _malformed()
        ranges: Ranges = []
        free = 0
        for _ in range(count):
            start = read_clock(reader)
            length = reader.number()
            if start < free or length == 0 or start + length > limits.CLOCK_MAX:
                _malformed()
            free = start + length
            ranges.append((start, free))
            seams.note_place(client, start)
            seams.note_place(client, free)
        deleted[client] = ranges
    return {client: ranges for client, ranges in deleted.items() if ranges}
