"""Letters that count for two: who cuts one in half harms nobody but that letter."""

from typing import Any

import pytest
from pycrdt import Doc, Text

from concerte.documents import folding, limits, updates
from concerte.documents.pairs import lines_that_cut
from concerte.documents.state import Copy, Row, Stored

BEFORE = b"\x01\x01\x07\x00\x04\x01\x04text\x06a\xf0\x9f\x98\x80b\x00"  # client 7 writes a😀b: clocks 0, 1 and 2, 3
AFTER = b"\x01\x01\x07\x04\x84\x07\x03\x03FIN\x00"

CUTTING = {
    "deletes the first half": b"\x00\x01\x07\x01\x01\x01",
    "deletes the second half": b"\x00\x01\x07\x01\x02\x01",
    "deletes up to the first half": b"\x00\x01\x07\x01\x00\x02",
    "deletes from the second half on": b"\x00\x01\x07\x01\x02\x02",
    "writes after the first half": b"\x01\x01\x08\x00\x84\x07\x01\x01X\x00",
    "writes before the second half": b"\x01\x01\x08\x00\x44\x07\x02\x01X\x00",
    "writes again from the second half on": b"\x01\x01\x07\x02\x84\x07\x01\x03XYZ\x00",
}
HARMLESS = {
    "deletes the letter": b"\x00\x01\x07\x01\x01\x02",
    "deletes all": b"\x00\x01\x07\x01\x00\x04",
    "writes before the letter": b"\x01\x01\x08\x00\xc4\x07\x00\x07\x01\x01X\x00",
    "writes after the letter": b"\x01\x01\x08\x00\xc4\x07\x02\x07\x03\x01X\x00",
    "goes on writing": AFTER,
    "is of another client": b"\x00\x01\x09\x01\x01\x01",
}


def state_of(*contents: bytes) -> bytes:
    doc: Doc[Any] = Doc()
    for content in contents:
        doc.apply_update(content)
    return doc.get_update()


@pytest.mark.parametrize("name", CUTTING)
def test_a_line_that_cuts_a_letter_is_found_whatever_came_first(name: str) -> None:
    line = CUTTING[name]

    assert lines_that_cut(updates.EMPTY, [BEFORE, line, AFTER]) == {1}
    assert lines_that_cut(updates.EMPTY, [line, BEFORE]) == {0}
    assert lines_that_cut(state_of(BEFORE, AFTER), [line]) == {0}


@pytest.mark.parametrize("name", HARMLESS)
def test_other_lines_are_left_alone(name: str) -> None:
    assert lines_that_cut(updates.EMPTY, [BEFORE, HARMLESS[name]]) == set()
    assert lines_that_cut(state_of(BEFORE), [HARMLESS[name]]) == set()


def test_a_letter_written_over_what_the_state_ends_with_is_set_aside() -> None:
    state = state_of(b"\x01\x01\x07\x00\x04\x01\x04text\x02ab\x00")

    assert lines_that_cut(state, [BEFORE]) == {0}


@pytest.mark.parametrize("name", CUTTING)
def test_a_document_in_which_a_letter_was_cut_stays_whole_and_hands_the_line_on(name: str) -> None:
    rows = tuple(Row(number, each) for number, each in enumerate((BEFORE, CUTTING[name], AFTER), 1))

    copy = Copy.of(Stored(rows=rows))
    again = Copy.of(Stored(copy.difference(), (rows[1],), 3, frozenset({2})))

    for each in (copy, again):
        assert str(each.doc.get("text", type=Text)) == "a😀bFIN"
        assert updates.read(each.difference()).inserted == {7: [(0, 7)]}
        assert [row.id for row in each.waiting_rows()] == [2]


@pytest.mark.parametrize("name", CUTTING)
def test_a_document_folded_in_another_process_stays_whole_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(limits, "LARGE_STATE_BYTES", 1)
    rows = tuple(Row(number, each) for number, each in enumerate((BEFORE, CUTTING[name], AFTER), 1))

    state, _, waiting_ids = folding._fold(Stored(state_of(b"\x01\x01\x09\x00\x04\x01\x04text\x01.\x00"), rows))

    assert updates.read(state).inserted == {7: [(0, 7)], 9: [(0, 1)]}
    assert waiting_ids == [2]


def test_text_without_such_letters_costs_no_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concerte.documents.pairs.walk", lambda *_: pytest.fail("walked"))

    assert lines_that_cut(updates.EMPTY, [AFTER, AFTER.replace(b"FIN", "é€".encode()[:3])]) == set()
