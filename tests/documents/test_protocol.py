"""The protocol as pure functions: what is written is read back, and nothing else than a refusal comes of the rest."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.documents import errors, limits, protocol, wire
from concerte.documents.errors import FrameRefused
from concerte.documents.protocol import Sign

numbers = st.integers(0, wire.MAX_INTEGER)
signs = st.lists(st.builds(Sign, numbers, numbers, st.binary(max_size=50)), max_size=5)


@given(numbers)
def test_a_number_is_read_back(value: int) -> None:
    reader = wire.Reader(wire.number(value))

    assert reader.number() == value
    assert reader.is_at_end


@given(signs)
def test_presence_is_read_back(given_signs: list[Sign]) -> None:
    assert protocol.read(protocol.presence_frame(given_signs)) == protocol.Presence(tuple(given_signs))


@given(st.binary(max_size=100))
def test_updates_are_carried_unread(update: bytes) -> None:
    assert protocol.read(protocol.update_frame(update)) == protocol.TakeUpdate(update)
    assert protocol.read(protocol.step_2_frame(update)) == protocol.TakeUpdate(update, is_answer=True)


@given(st.dictionaries(numbers, st.integers(0, limits.CLOCK_MAX), max_size=5))
def test_a_state_vector_is_read_back(clocks: dict[int, int]) -> None:
    written = wire.number(len(clocks)) + b"".join(wire.number(each) for pair in clocks.items() for each in pair)

    assert protocol.read(protocol.step_1_frame(written)) == protocol.AskState(written)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused_and_nothing_else_happens(frame: bytes) -> None:
    with contextlib.suppress(FrameRefused):
        protocol.read(frame)


@given(st.sampled_from([protocol.presence_frame([Sign(5, 6, b"{}")]), protocol.update_frame(b"abc")]), st.data())
def test_a_frame_cut_short_is_malformed(frame: bytes, data: st.DataObject) -> None:
    cut = frame[: data.draw(st.integers(0, len(frame) - 1))]

    with pytest.raises(FrameRefused) as refusal:
        protocol.read(cut)

    assert refusal.value.code == "malformed"
    assert refusal.value.close_code == 4400


def test_saved_frames_are_two_numbers() -> None:
    assert protocol.saved_frame(300) == b"\x04\xac\x02"


def test_every_reason_fits_in_a_close_frame() -> None:
    for code in errors.SOCKET_REFUSALS:
        assert len(errors.SocketRefused(code).message.encode()) <= 123
