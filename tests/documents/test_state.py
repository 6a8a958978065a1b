"""Snapshot and lines put together: whatever the order of the lines, nothing is lost, and answers are exact."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text

from concerte.documents import limits, updates
from concerte.documents.library import LibraryFailed
from concerte.documents.state import Copy, KnownClocks, Row, Stored, Whole, join_all
from concerte.documents.updates import EMPTY, read_state_vector
from tests.documents.factories import text_of, text_update, typed
from tests.documents.histories import History, built, histories, text_and_map


def rows_of(contents: Sequence[bytes], first_id: int = 1) -> tuple[Row, ...]:
    return tuple(Row(row_id, content) for row_id, content in enumerate(contents, start=first_id))


def folded(stored: Stored) -> Stored:
    """What is stored after a fold."""
    copy = Copy.of(stored)
    waiting = tuple(copy.waiting_rows())
    waiting_ids = frozenset(row.id for row in waiting)
    return Stored(copy.difference(), waiting, copy.last_id, waiting_ids, copy.state_vector())


def stored_after_folds(history: History) -> Stored:
    """A log folded at each cut but the last."""
    stored, ids = Stored(), count(1)
    *before, last = history.parts()
    for part in before:
        rows = tuple(Row(next(ids), content) for content in part)
        stored = folded(
            Stored(stored.state, (*stored.rows, *rows), stored.state_id, stored.waiting_ids, stored.state_vector)
        )
    rows = tuple(Row(next(ids), content) for content in last)
    return replace(stored, rows=(*stored.rows, *rows))


@given(histories())
def test_a_copy_holds_all_that_was_written_in_whatever_order_it_came(history: History) -> None:
    copy = Copy.of(stored_after_folds(history))

    assert text_and_map(copy.doc) == history.content
    assert text_and_map(built(copy.difference())) == history.content
    assert copy.waiting_rows() == []
    assert copy.last_id == len(history.log)


@given(histories())
def test_a_copy_that_goes_on_holds_it_too(history: History) -> None:
    first, *others = history.parts()
    ids = count(1)
    copy = Copy.of(Stored(rows=tuple(Row(next(ids), content) for content in first)))
    for part in others:
        copy.apply([Row(next(ids), content) for content in part])

    assert text_and_map(copy.doc) == history.content
    assert copy.waiting_rows() == []


@pytest.mark.parametrize("large", [0, limits.LARGE_STATE_BYTES])
@given(history=histories(), data=st.data())
def test_answers_give_all_that_was_written(large: int, history: History, data: st.DataObject) -> None:
    """In one update; or in two, when the state is long."""
    known = built(*history.updates[: data.draw(st.integers(0, len(history.updates)))])
    whole = Whole.of(stored_after_folds(history))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "LARGE_STATE_BYTES", large)
        answers = [whole.answer(), whole.answer(known.get_state())]

    assert {len(answer) for answer in answers} <= ({1, 2} if large == 0 else {1})
    assert text_and_map(built(*answers[0])) == history.content
    for content in answers[1]:
        known.apply_update(content)
    assert text_and_map(known) == history.content


@given(histories(), st.data())
def test_who_knows_some_of_it_gets_the_rest(history: History, data: st.DataObject) -> None:
    known = built(*history.updates[: data.draw(st.integers(0, len(history.updates)))])
    whole = Whole.of(stored_after_folds(history))

    known.apply_update(whole.difference(known.get_state()))

    assert text_and_map(known) == history.content
    assert read_state_vector(known.get_state()) == read_state_vector(whole.state_vector())


@given(histories(), st.data())
def test_who_comes_in_between_misses_nothing(history: History, data: st.DataObject) -> None:
    """What a newcomer is answered, and the lines written after, are everything."""
    rows = rows_of(history.log)
    middle = data.draw(st.integers(0, len(rows)))
    stored = folded(Stored(rows=rows[: data.draw(st.integers(0, middle))]))
    whole = Whole.of(Stored(stored.state, (*stored.rows, *rows[stored.state_id : middle]), stored.state_id))

    answer = whole.difference()

    after = [row.update for row in rows[middle:]]
    assert text_and_map(built(join_all([answer, *after]))) == history.content
    whole.apply(rows[middle:])
    assert text_and_map(built(whole.difference())) == history.content


@given(histories(), st.data())
def test_the_state_vector_says_what_the_log_holds_and_no_more(history: History, data: st.DataObject) -> None:
    """Also when some of it is missing, and what comes after waits."""
    part = history.log[: data.draw(st.integers(0, len(history.log)))]
    written: dict[int, set[int]] = {}
    for content in part:
        for client, ranges in updates.read(content).inserted.items():
            written.setdefault(client, set()).update(*(range(*each) for each in ranges))
    cut = data.draw(st.integers(0, len(part)))
    stored = folded(Stored(rows=rows_of(part[:cut])))
    whole = Whole.of(Stored(stored.state, (*stored.rows, *rows_of(part[cut:], cut + 1)), stored.state_id))

    clocks = read_state_vector(whole.state_vector())

    expected = {client: next(clock for clock in count() if clock not in known) for client, known in written.items()}
    assert clocks == {client: clock for client, clock in expected.items() if clock}


@given(histories(), st.data())
def test_known_clocks_are_those_of_the_lines(history: History, data: st.DataObject) -> None:
    part = history.log[: data.draw(st.integers(0, len(history.log)))]
    written: dict[int, set[int]] = {}
    for content in part:
        for client, ranges in updates.read(content).inserted.items():
            written.setdefault(client, set()).update(*(range(*each) for each in ranges))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(part)), min_size=2, max_size=2)))
    stored = folded(Stored(rows=rows_of(part[: cuts[0]])))
    between = rows_of(part[cuts[0] : cuts[1]], cuts[0] + 1)
    clocks = KnownClocks(Stored(stored.state, (*stored.rows, *between), stored.state_id))
    clocks.add(rows_of(part[cuts[1] :], cuts[1] + 1))

    for client in range(1, 5):
        for start in range(8):
            for end in range(start + 1, 9):
                known = written.get(client, set()).issuperset(range(start, end))
                assert clocks.cover(client, [(start, end)]) == known, (client, start, end)


def test_lines_out_of_order_are_all_placed() -> None:
    """Handed to the library one by one, some of them would be left out for good."""
    pieces = typed(5, *"abcdefgh")
    rows = rows_of([pieces[index] for index in (7, 5, 3, 1, 6, 4, 2, 0)])

    copy = Copy.of(Stored(rows=rows))

    assert text_of(copy.difference()) == "abcdefgh"
    assert copy.waiting_rows() == []


def test_what_waits_is_handed_on_and_placed_later() -> None:
    first, second, third = rows_of(typed(5, "a", "b", "c"))
    copy = Copy.of(Stored(rows=(first, third)))

    assert text_of(copy.difference()) == "a"
    assert copy.waiting_rows() == [third]
    assert text_of(join_all([Whole.of(Stored(rows=(first, third))).difference(), second.update])) == "abc"
    copy.apply([second])
    assert (text_of(copy.difference()), copy.waiting_rows()) == ("abc", [])


def test_a_snapshot_of_an_earlier_version_says_its_state_vector_all_the_same() -> None:
    state = text_update("abc", 5)

    assert (
        Whole.of(Stored(state)).state_vector() == Whole.of(Stored(state, state_vector=b"\x01\x05\x03")).state_vector()
    )


def test_an_empty_document_has_nothing_to_give() -> None:
    whole = Whole.of(Stored())
    assert (whole.answer(), whole.answer(b"\x01\x05\x03")) == ([EMPTY], [EMPTY])

    assert (whole.difference(), whole.difference(b"\x01\x05\x03"), whole.state_vector()) == (EMPTY, EMPTY, b"\x00")
    assert (whole.size, whole.last_id) == (0 + len(EMPTY), 0)


def test_a_state_vector_that_is_none_is_refused() -> None:
    whole = Whole.of(Stored(rows=rows_of([text_update("a", 5)])))

    with pytest.raises(LibraryFailed):
        whole.difference(b"\x05\xff")
    assert text_of(whole.difference()) == "a"


def test_size_counts_the_state_and_the_lines() -> None:
    state, line = text_update("état", 5), text_update("ligne", 6)
    whole = Whole.of(Stored(state, (Row(7, line),), 6))

    assert (whole.size, whole.last_id) == (len(state) + len(line), 7)


def test_a_line_that_cannot_be_joined_harms_no_other() -> None:
    broken = b"\x01\x01\x05\x00\x04"  # ends in the middle of a piece
    whole = Whole.of(Stored(rows=rows_of([text_update("a", 5), broken, text_update("b", 6)])))

    assert sorted(text_of(whole.difference())) == ["a", "b"]
    assert whole.waiting_rows() == [Row(2, broken)]
    assert whole.answer()[1:] == [broken]
    assert whole.last_id == 3


def test_a_copy_that_the_library_fails_on_whatever_it_is_handed_keeps_every_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(doc: Doc[Any], content: bytes) -> None:
        raise ValueError

    monkeypatch.setattr(Doc, "apply_update", fail)
    rows = rows_of(typed(5, "a", "b"))

    assert Copy.of(Stored(rows=rows)).waiting_rows() == list(rows)


def test_memory_of_clocks_holds_no_document() -> None:
    doc: Doc[Any] = Doc(client_id=5)
    doc.get("text", type=Text).insert(0, "x" * 10_000)
    clocks = KnownClocks(Stored(doc.get_update()))

    assert clocks.cover(5, [(0, 10_000)])
    assert not clocks.cover(5, [(0, 10_001)])
    assert len(clocks) == 1
