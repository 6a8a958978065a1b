"""A quick way to read what people who type make: pieces of text, formats, paragraphs, attributes, deletions.

`recognise` never refuses: whatever is unusual in any way is None, and left to the full walk. What it does recognise,
the full walk accepts, with the same result, and the library decodes: tests/documents/test_typing_updates.py. So its
shapes are narrower than what is allowed: clients below 2^35 written without padding, numbers below 2^28, keys in ASCII,
JSON without escapes or fractions, which every parser reads the same.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from concerte.documents import limits
from concerte.documents.ranges import Ranges

Recognised = tuple[Mapping[int, Ranges], Mapping[int, Ranges]]  # inserted, deleted

_NOTHING: Mapping[int, Ranges] = MappingProxyType({})

# An information byte is a kind (1 deleted, 4 text, 5 embedded, 6 format, 7 type, 8 values) and flags: 0x80 has a left
# neighbour, 0x40 has a right neighbour, 0x20 has a parent key, which only follows where there is neither neighbour.
_NUMBER = rb"([\x80-\xff]{0,3}+[\x00-\x7f])"
_CLIENT = rb"([\x80-\xff]{1,4}+[\x01-\x7f]|[\x00-\x7f])"  # without padding: the same bytes are the same client
_ID = _CLIENT + _NUMBER
_ONE_NEIGHBOUR = rb"[\x81\x84-\x88\xa1\xa4-\xa8\x41\x44-\x48\x61\x64-\x68]"
_TWO_NEIGHBOURS = rb"[\xc1\xc4-\xc8\xe1\xe4-\xe8]"
_IN_A_PARENT = rb"[\x01\x04-\x08\x21\x24-\x28]"

_one_text = re.compile(
    rb"\x01\x01" + _ID + rb"(?:[\x84\x44]|(\xc4))" + _ID + rb"(?(3)" + _ID + rb")" + _NUMBER, re.DOTALL
).match
_one_deletion = re.compile(rb"\x01" + _CLIENT + rb"\x01" + _NUMBER + _NUMBER, re.DOTALL).fullmatch
_number = re.compile(_NUMBER, re.DOTALL).match
_two_numbers = re.compile(_NUMBER + _NUMBER, re.DOTALL).match
_client_and_count = re.compile(_CLIENT + _NUMBER, re.DOTALL).match
_block = re.compile(_NUMBER + _CLIENT + _NUMBER, re.DOTALL).match
_piece = re.compile(
    rb"(?:"
    + _ONE_NEIGHBOUR
    + rb"|("
    + _TWO_NEIGHBOURS
    + rb")|"
    + _IN_A_PARENT
    + rb"\x00)"
    + _ID
    + rb"(?(1)"
    + _ID
    + rb")"
    + _NUMBER,
    re.DOTALL,
).match
_piece_in_root = re.compile(_IN_A_PARENT + rb"\x01" + _NUMBER, re.DOTALL).match
_value = re.compile(
    rb"[\x78\x79\x7e\x7f]|\x7d[\x80-\xff]{0,3}+[\x00-\x7f]|\x7c.{4}|[\x7a\x7b].{8}|[\x74-\x77]" + _NUMBER, re.DOTALL
).match
_JSON_TEXT = rb'"[ !#-\[\]-~\x80-\xff]*+"'
_JSON_SCALAR = rb"(?:null|true|false|0|[1-9][0-9]{0,8}+|" + _JSON_TEXT + rb")"
_JSON_PAIR = _JSON_TEXT + rb":" + _JSON_SCALAR
_plain_json = re.compile(_JSON_SCALAR + rb"|\{\}|\{" + _JSON_PAIR + rb"(?:," + _JSON_PAIR + rb")*+\}").fullmatch

_DELETED, _TEXT, _EMBED, _FORMAT, _TYPE, _VALUES = 1, 4, 5, 6, 7, 8
_VALUE_BYTES, _VALUE_OBJECT, _VALUE_TEXT = 0x74, 0x76, 0x77
_COLLECTED, _SKIPPED, _KIND, _NEIGHBOURS, _PARENT_KEY = 0x00, 0x0A, 0x1F, 0xC0, 0x20
_TYPES_WITHOUT_NAME, _XML_ELEMENT = (0, 1, 2, 4, 6), 3
_CACHED_NUMBERS = 16_384  # about 2 MB; the clocks and clients of what is being typed come again and again


class _Numbers(dict[bytes, int]):
    """What bytes say, for those asked for lately."""

    def __missing__(self, written: bytes) -> int:
        if len(self) >= _CACHED_NUMBERS:
            self.clear()
        number = 0
        for byte in reversed(written):
            number = number << 7 | byte & 127
        self[written] = number
        return number


_numbers = _Numbers()


class _Unusual(Exception):
    """For the full walk to judge."""


def recognise(content: bytes) -> Recognised | None:
    """What an update inserts and deletes, if it is one of the usual ones."""
    text = _one_text(content)
    try:
        return _recognise_pieces(content) if text is None else _recognise_text(content, text)
    except (_Unusual, IndexError):
        return None


def _recognise_text(content: bytes, match: "re.Match[bytes]") -> Recognised | None:
    """One piece of text beside others, the most usual of all."""
    client, first, _, one, one_clock, two, two_clock, size = match.groups()
    numbers = _numbers
    clock = numbers[first]
    if (one == client and numbers[one_clock] >= clock) or (two == client and numbers[two_clock] >= clock):
        return None
    position = match.end()
    end = position + numbers[size]
    text = content[position:end]
    length = len(text) if text.isascii() else _utf_16_length(text)
    budget = limits.STRUCTS_PER_UPDATE - 1
    if length == 0 or budget < 0:
        return None
    deleted = _NOTHING if content[end:] == b"\x00" else _recognise_deletions(content, end, budget)
    return {numbers[client]: [(clock, clock + length)]}, deleted


def _recognise_pieces(content: bytes) -> Recognised | None:
    """Any number of pieces of any number of clients."""
    inserted: dict[int, Ranges] = {}
    clients = set()
    position, budget = 1, limits.STRUCTS_PER_UPDATE
    client_count = content[0]
    if client_count > 127:
        return None
    for _ in range(client_count):
        match = _block(content, position)
        if match is None:
            return None
        written, client, clock = match.groups()
        count = _numbers[written]
        budget -= count
        if budget < 0 or count == 0 or client in clients:
            return None
        clients.add(client)
        position, ranges = _recognise_block(content, match.end(), count, client, _numbers[clock])
        if ranges:
            inserted[_numbers[client]] = ranges
    return inserted, _recognise_deletions(content, position, budget)


def _recognise_block(content: bytes, position: int, count: int, client: bytes, clock: int) -> tuple[int, Ranges]:
    """The pieces of one client: the position after them, and the clocks they write."""
    ranges: Ranges = []
    first = clock
    for _ in range(count):
        info = content[position]
        if info in (_COLLECTED, _SKIPPED):
            length, position = _next_number(content, position + 1)
        else:
            size, position = _recognise_place(content, position, client, clock)
            if info & _KIND == _TEXT:
                start, position = position, position + size
                text = content[start:position]
                length = len(text) if text.isascii() else _utf_16_length(text)
            else:
                length, position = _recognise_content(content, position, info & _KIND, size)
        if length == 0:
            raise _Unusual
        if info == _SKIPPED:
            if clock > first:
                ranges.append((first, clock))
            first = clock + length
        clock += length
    if clock > limits.CLOCK_MAX:
        raise _Unusual
    if clock > first:
        ranges.append((first, clock))
    return position, ranges


def _recognise_place(content: bytes, position: int, client: bytes, clock: int) -> tuple[int, int]:
    """Past where a piece stands, and past the number its content begins with: that number, and the position."""
    match = _piece(content, position)
    if match is not None:
        _, one, one_clock, two, two_clock, size = match.groups()
        if (one == client and _numbers[one_clock] >= clock) or (two == client and _numbers[two_clock] >= clock):
            raise _Unusual
    else:
        match = _piece_in_root(content, position)
        if match is None:
            raise _Unusual
        after_name = _past_ascii(content, match.end(), _numbers[match[1]])
        size_match = _number(content, after_name)
        if size_match is None:
            raise _Unusual
        match, size = size_match, size_match[1]
    info = content[position]
    position = match.end()
    if info & _PARENT_KEY and not info & _NEIGHBOURS:
        return _next_number(content, _past_ascii(content, position, _numbers[size]))
    return _numbers[size], position


def _recognise_content(content: bytes, position: int, kind: int, size: int) -> tuple[int, int]:
    """Past a content that begins with this number: its length in clocks, and the position after it."""
    if kind == _DELETED:
        return size, position
    if kind == _FORMAT:
        size, position = _next_number(content, _past_ascii(content, position, size))
    if kind in (_FORMAT, _EMBED):
        end = _past_text(content, position, size)
        if _plain_json(content, position, end) is None:
            raise _Unusual
        return 1, end
    if kind == _TYPE:
        if content[position - 2] > 127:  # written with padding; the library reads one byte
            raise _Unusual
        if size == _XML_ELEMENT:
            name_size, position = _next_number(content, position)
            return 1, _past_ascii(content, position, name_size)
        if size in _TYPES_WITHOUT_NAME:
            return 1, position
    if kind == _VALUES:
        for _ in range(size):
            position = _past_value(content, position, limits.NESTING_DEPTH)
        return size, position
    raise _Unusual


def _past_value(content: bytes, position: int, depth: int) -> int:
    match = _value(content, position)
    if match is None:
        raise _Unusual
    kind, position = content[position], match.end()
    if match[1] is None:
        return position
    size = _numbers[match[1]]
    if kind == _VALUE_TEXT:
        return _past_text(content, position, size)
    if kind == _VALUE_BYTES:
        return position + size
    if depth == 0:
        raise _Unusual
    for _ in range(size):
        if kind == _VALUE_OBJECT:
            key_size, position = _next_number(content, position)
            position = _past_ascii(content, position, key_size)
        position = _past_value(content, position, depth - 1)
    return position


def _recognise_deletions(content: bytes, position: int, budget: int) -> Mapping[int, Ranges]:
    """What stands at the end of an update."""
    rest = content[position:]
    if rest == b"\x00":
        return _NOTHING
    one = _one_deletion(rest)
    if one is not None:
        client, clock, length = one.groups()
        start = _numbers[clock]
        end = start + _numbers[length]
        if start == end or budget < 1:
            raise _Unusual
        return {_numbers[client]: [(start, end)]}
    deleted: dict[int, Ranges] = {}
    client_count, position = _next_number(rest, 0)
    for _ in range(client_count):
        head = _client_and_count(rest, position)
        if head is None:
            raise _Unusual
        count, position = _numbers[head[2]], head.end()
        client = _numbers[head[1]]
        budget -= count
        if budget < 0 or count == 0 or client in deleted:
            raise _Unusual
        ranges: Ranges = []
        free = 0
        for _ in range(count):
            match = _two_numbers(rest, position)
            if match is None:
                raise _Unusual
            start, position = _numbers[match[1]], match.end()
            end = start + _numbers[match[2]]
            if start < free or start == end:
                raise _Unusual
            ranges.append((start, end))
            free = end
        deleted[client] = ranges
    if position != len(rest):
        raise _Unusual
    return deleted


def _next_number(content: bytes, position: int) -> tuple[int, int]:
    match = _number(content, position)
    if match is None:
        raise _Unusual
    return _numbers[match[1]], match.end()


def _past_ascii(content: bytes, position: int, size: int) -> int:
    end = position + size
    text = content[position:end]
    if len(text) != size or not text.isascii():
        raise _Unusual
    return end


def _past_text(content: bytes, position: int, size: int) -> int:
    end = position + size
    text = content[position:end]
    if len(text) != size or not (text.isascii() or _utf_16_length(text)):
        raise _Unusual
    return end


def _utf_16_length(text: bytes) -> int:
    """How many units JavaScript counts in a text; 0 if it is not UTF-8."""
    try:
        return len(str(text, "utf-8").encode("utf-16-le")) // 2
    except UnicodeDecodeError:
        return 0
