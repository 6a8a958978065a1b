"""The quick way to read updates: it recognises only what the full walk accepts, and says the same of it."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from concerte.documents import limits, protocol, updates
from concerte.documents.errors import FrameRefused
from concerte.documents.typing_updates import recognise
from concerte.documents.update_walk import walk
from concerte.documents.wire import number
from tests.documents.altering import altered
from tests.documents.seeds import kept_frames

FRAMES = [(kind, frame) for kind, frame in kept_frames() if frame[:2] in (b"\x00\x01", b"\x00\x02")]
WRITTEN: list[bytes] = []
for _, _frame in FRAMES:
    _message = protocol.read(_frame)
    assert isinstance(_message, protocol.TakeUpdate)
    WRITTEN.append(_message.update)
SHORT = [content for content in WRITTEN if len(content) < 150]

ID = b"\x07\x05"  # the sixth clock of client 7


def one_piece(piece: bytes, *, client: bytes = b"\x08", clock: bytes = b"\x02", end: bytes = b"\x00") -> bytes:
    """An update of one client with one piece."""
    return b"\x01\x01" + client + clock + piece + end


def assert_same(content: bytes) -> bool:
    """Whether it is recognised; then the full walk must say the same."""
    usual = recognise(content)
    if usual is None:
        return False
    walked = walk(content)
    assert usual == (walked.inserted, walked.deleted), content.hex()
    return True


def test_what_editors_send_is_recognised_and_read_as_the_full_walk_does() -> None:
    recognised = {kind: 0 for kind, _ in FRAMES}
    for (kind, _), content in zip(FRAMES, WRITTEN, strict=True):
        recognised[kind] += assert_same(content)
    sent = [kind for kind, _ in FRAMES]

    assert recognised["editor"] == sent.count("editor") > 400
    assert recognised["library"] > 0.9 * sent.count("library")


@pytest.mark.parametrize("part", range(4))
def test_of_altered_updates_none_is_recognised_that_the_full_walk_refuses(part: int) -> None:
    draw = random.Random(f"recognise {part}")  # noqa: S311 - a seed that can be replayed
    recognised = sum(assert_same(altered(draw.choice(SHORT), draw, SHORT)) for _ in range(30_000))

    assert recognised > 1_000


LETTERS = st.text(st.sampled_from("aé€😀\x00\ufeff\u2028"), max_size=20)
NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, limits.CLOCK_MAX + 2))


@given(NUMBERS, NUMBERS, st.sampled_from([0x04, 0x44, 0x84, 0xC4, 0xE4]), NUMBERS, NUMBERS, NUMBERS, LETTERS)
@settings(max_examples=500, deadline=None)
def test_one_text_is_read_as_the_full_walk_does(  # noqa: PLR0917 - the fields of a piece, in their order
    client: int, clock: int, info: int, other: int, other_clock: int, third_clock: int, text: str
) -> None:
    neighbours = (number(other) + number(other_clock), number(client) + number(third_clock))
    place = b"".join(neighbours[: (info >> 7) + (info >> 6 & 1)]) or b"\x00" + neighbours[0]
    content = text.encode()
    update = one_piece(
        bytes((info,)) + place + number(len(content)) + content, client=number(client), clock=number(clock)
    )
    try:
        walked = walk(update)
    except FrameRefused:
        assert recognise(update) is None
    else:
        read = updates.read(update)
        assert (read.inserted, read.deleted) == (walked.inserted, walked.deleted)


UNUSUAL = {
    "a type whose number is padded: the library reads one byte": one_piece(b"\x87" + ID + b"\x80\x00"),
    "no piece at all, padded": b"\x01\x80\x00\x08\x02\x00",
    "a hook": one_piece(b"\x87" + ID + b"\x05"),
    "text that is not UTF-8": one_piece(b"\x84" + ID + b"\x02\xff\xfe"),
    "half a letter": one_piece(b"\x84" + ID + b"\x01\xc3"),
    "empty text": one_piece(b"\x84" + ID + b"\x00"),
    "text beyond the end": one_piece(b"\x84" + ID + b"\x05abc"),
    "beside its own future": one_piece(b"\x84\x08\x02\x01a"),
    "before its own future": one_piece(b"\xc4" + ID + b"\x08\x03\x01a"),
    "in its own future": one_piece(b"\x04\x00\x08\x02\x01a"),
    "a key that is not UTF-8": one_piece(b"\x28\x00" + ID + b"\x01\xff\x01\x7e"),
    "no value": one_piece(b"\x88" + ID + b"\x00"),
    "half an object": one_piece(b"\x86" + ID + b"\x01b\x01{"),
    "JSON with a text that is not UTF-8": one_piece(b"\x86" + ID + b'\x01b\x03"\xff"'),
    "a leading zero": one_piece(b"\x86" + ID + b"\x01b\x0201"),
    "a number without end": one_piece(b"\x86" + ID + b"\x01b\x051e999"),
    "an empty deletion": one_piece(b"\x84" + ID + b"\x01a", end=b"\x01\x07\x01\x03\x00"),
    "deletions out of order: the library forgets one": b"\x00\x01\x07\x02\x08\x01\x02\x01",
    "deletions that overlap": b"\x00\x01\x07\x02\x02\x04\x03\x01",
    "deletions of one client in two parts: the library forgets one": b"\x00\x02\x07\x01\x02\x01\x07\x01\x08\x01",
    "more after the end": one_piece(b"\x84" + ID + b"\x01a", end=b"\x00\x00"),
    "twice the same client": b"\x02\x01\x08\x02\x84" + ID + b"\x01a\x01\x08\x03\x84" + ID + b"\x01b\x00",
    "beyond the last clock": b"\x01\x11\x08\x02" + b"\x00\xff\xff\xff\x7f" * 17 + b"\x00",
    "values nested too deep": one_piece(b"\x88" + ID + b"\x01" + b"\x75\x01" * 40 + b"\x7e"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_the_full_walk_refuses_is_not_recognised(name: str) -> None:
    assert recognise(UNUSUAL[name]) is None
    with pytest.raises(FrameRefused):
        updates.read(UNUSUAL[name])


@pytest.mark.parametrize(("allowed", "is_recognised"), [(2, True), (1, False)])
def test_the_number_of_pieces_is_bounded_the_quick_way_too(
    monkeypatch: pytest.MonkeyPatch, allowed: int, is_recognised: bool
) -> None:
    monkeypatch.setattr(limits, "STRUCTS_PER_UPDATE", allowed)
    deletion = b"\x01\x07\x01\x03\x01"

    for content in (one_piece(b"\x84" + ID + b"\x01a", end=deletion), one_piece(b"\x87" + ID + b"\x00", end=deletion)):
        assert (recognise(content) is not None) == is_recognised


def test_a_frame_that_typing_makes_is_read_at_once() -> None:
    doc: Doc[Any] = Doc(client_id=7)
    sent: list[bytes] = []
    subscription = doc.observe(lambda event: sent.append(event.update))
    text = doc.get("text", type=Text)
    text += "Bonjour"
    text += "é"
    del text[0:1]
    del subscription

    read = [protocol.read_typing(protocol.update_frame(update)) for update in sent]

    assert read == [updates.read(update) for update in sent]
    assert [(each.inserted, each.deleted) for each in read if each] == [
        ({7: [(0, 7)]}, {}),
        ({7: [(7, 8)]}, {}),
        ({}, {7: [(0, 1)]}),
    ]


def test_read_at_once_is_only_what_read_reads_too() -> None:
    draw = random.Random("read at once")  # noqa: S311 - a seed that can be replayed
    frames = [frame for _, frame in kept_frames() if len(frame) < 150]
    read_at_once = 0
    for _ in range(20_000):
        frame = altered(draw.choice(frames), draw, frames)
        found = protocol.read_typing(frame)
        if found is not None:
            read_at_once += 1
            message = protocol.read(frame)
            assert isinstance(message, protocol.TakeUpdate)
            assert updates.read(message.update) == found
    assert read_at_once > 500


@pytest.mark.parametrize(
    "frame", [b"", b"\x00", b"\x00\x02", b"\x00\x02\x01", b"\x00\x02\x00", b"\x03", b"\x00\x00\x01\x00"]
)
def test_other_frames_are_left_to_read(frame: bytes) -> None:
    assert protocol.read_typing(frame) is None


def test_the_clients_of_an_update_stand_where_it_says() -> None:
    content = b"\x02\x01\x08\x02\x84" + ID + b"\x01a\x02\x09\x00\x84" + ID + b"\x01b\x84" + ID + b"\x01c\x00"

    assert updates.read(content).blocks == {8: (1, 9), 9: (9, 22)}
    assert updates.read(content).without({8}).content == b"\x01" + content[9:]
