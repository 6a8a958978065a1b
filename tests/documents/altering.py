"""Frames spoiled at random, as frames are spoiled: cut, with bits turned, joined wrongly, grown, made to lie."""

import random
from collections.abc import Callable, Sequence

# What readers trip over: limits of numbers, lengths that lie, padding, the marks of each kind of piece and value.
TRAPS = (
    b"\x00",
    b"\x01",
    b"\x7f",
    b"\x80",
    b"\x80\x00",
    b"\x81\x80\x00",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x10",
    b"\xff\xff\xff\xff\xff\xff\xff\x0f",
    b"\xff" * 9,
    b"\x03NaN",
    b'\x01"',
    b"\x02{}",
    b"\x75\x01" * 40,
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"\xc3",
)
_MARKS = bytes([*range(12), 0x1F, 0x21, 0x24, 0x28, 0x44, 0x74, 0x76, 0x77, 0x7D, 0x84, 0x87, 0x88, 0xA8, 0xC4, 0xC6])


def _turn_bits(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    for _ in range(draw.randint(1, 3)):
        frame[draw.randrange(len(frame))] ^= 1 << draw.randrange(8)


def _change_bytes(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    for _ in range(draw.randint(1, 3)):
        frame[draw.randrange(len(frame))] = draw.randrange(256)


def _put_marks(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    for _ in range(draw.randint(1, 2)):
        frame[draw.randrange(len(frame))] = draw.choice(_MARKS)


def _cut(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    del frame[draw.randrange(len(frame)) :]


def _take_out(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    start = draw.randrange(len(frame))
    del frame[start : start + draw.randint(1, 6)]


def _grow(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    at = draw.randrange(len(frame) + 1)
    frame[at:at] = draw.randbytes(draw.randint(1, 8))


def _trap(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    at = draw.randrange(len(frame))
    frame[at : at + draw.randint(0, 2)] = draw.choice(TRAPS)


def _repeat(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    start = draw.randrange(len(frame))
    piece = frame[start : start + draw.randint(1, 40)]
    frame[start:start] = piece * draw.choice((1, 1, 2, 7, 60))


def _splice(frame: bytearray, draw: random.Random, frames: Sequence[bytes]) -> None:
    other = draw.choice(frames)
    start = draw.randrange(len(other))
    frame[draw.randrange(len(frame)) :] = other[start : start + 200]


_WAYS: tuple[Callable[[bytearray, random.Random, Sequence[bytes]], None], ...] = (
    _turn_bits,
    _change_bytes,
    _put_marks,
    _cut,
    _take_out,
    _grow,
    _trap,
    _repeat,
    _splice,
)


def altered(frame: bytes, draw: random.Random, frames: Sequence[bytes]) -> bytes:
    """This frame, spoiled once or twice. frames: the others, to take pieces of."""
    spoiled = bytearray(frame)
    for _ in range(draw.choice((1, 1, 1, 2))):
        if spoiled:
            draw.choice(_WAYS)(spoiled, draw, frames)
    return bytes(spoiled)
