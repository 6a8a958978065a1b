"""The load generator reads what Yjs libraries write: the figures rest on it."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText, merge_updates

Ranges = dict[int, list[list[int]]]


def parse(generator: Path, updates: Iterable[bytes]) -> list[Ranges | None]:
    """The clocks of each update; None: it cannot be read to its end."""
    lines = "\n".join(update.hex() for update in updates) + "\n"
    answer = subprocess.run([generator, "parse"], input=lines, capture_output=True, text=True, check=True).stdout
    found = [json.loads(line) for line in answer.splitlines()]
    return [
        {int(client): ranges for client, ranges in each["clients"].items()} if each["whole"] else None for each in found
    ]


def updates_of(doc: Doc[Any]) -> list[bytes]:
    """What the document writes from now on."""
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    return updates


def test_each_key_press_is_the_next_clock_of_its_writer(generator):
    doc: Doc[Any] = Doc(client_id=7)
    updates = updates_of(doc)
    text = doc.get("t", type=Text)
    for letter in "abc":
        text += letter

    assert parse(generator, updates) == [{7: [[0, 1]]}, {7: [[1, 2]]}, {7: [[2, 3]]}]


def test_merged_updates_hold_the_clocks_of_all(generator):
    docs = [Doc(client_id=number) for number in (3, 2**31, 2**32 - 1)]
    updates = [updates_of(doc) for doc in docs]
    for doc in docs:
        for letter in "abcd":
            text = doc.get("t", type=Text)
            text += letter

    merged = merge_updates(*(update for each in updates for update in each))

    assert parse(generator, [merged]) == [{3: [[0, 4]], 2**31: [[0, 4]], 2**32 - 1: [[0, 4]]}]


def test_a_hole_between_merged_updates_is_not_counted(generator):
    doc: Doc[Any] = Doc(client_id=7)
    updates = updates_of(doc)
    text = doc.get("t", type=Text)
    for letter in "abcdef":
        text += letter

    merged = merge_updates(updates[0], updates[1], updates[4])

    assert parse(generator, [merged]) == [{7: [[0, 2], [4, 5]]}]


def test_squashed_text_counts_as_browsers_count_it(generator):
    doc: Doc[Any] = Doc(client_id=7)
    doc.get("t", type=Text).insert(0, "né 👩‍🚀")

    units = len("né 👩‍🚀".encode("utf-16-le")) // 2

    assert parse(generator, [doc.get_update()]) == [{7: [[0, units]]}]


def test_deleted_text_still_counts_and_deletions_are_no_clocks(generator):
    doc: Doc[Any] = Doc(client_id=7)
    text = doc.get("t", type=Text)
    text += "abcdef"
    updates = updates_of(doc)
    del text[1:4]

    assert parse(generator, [*updates, doc.get_update()]) == [{}, {7: [[0, 6]]}]


def test_all_that_a_document_can_hold_is_read(generator):
    doc: Doc[Any] = Doc(client_id=7)
    doc["list"] = Array([1, -70, 1.5, 2**60, True, None, "mot", [1, [2]], {"a": {"b": b"bytes"}}])
    doc["map"] = Map({"text": Text("mot"), "inner": Map({"x": 1}), "list": Array([1, 2])})
    doc["tree"] = XmlFragment([XmlElement("p", {"class": "x"}, [XmlText("mot")])])
    styled = doc.get("styled", type=Text)
    styled.insert(0, "gras", {"bold": True})
    styled.insert_embed(2, {"image": "x"}, {"width": 3})
    doc["map"]["text"] += " de plus"
    del doc["map"]["inner"]
    expected = parse_state_vector(doc.get_state())

    assert parse(generator, [doc.get_update()]) == [{client: [[0, clock]] for client, clock in expected.items()}]


def parse_state_vector(content: bytes) -> dict[int, int]:
    values, value, shift = [], 0, 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            value = shift = 0
    return dict(zip(values[1::2], values[2::2], strict=True))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.text("aé👍", min_size=1),
    edits=st.lists(st.tuples(st.integers(0, 2), st.text("aé👍", max_size=4), st.booleans()), max_size=30),
)
def test_whatever_is_written_deleted_and_merged_adds_up_to_the_state(generator, first, edits):
    docs: list[Doc[Any]] = [Doc(client_id=number + 1) for number in range(3)]
    updates = [updates_of(doc) for doc in docs]
    for number, letters, is_shared in [(0, first, True), *edits]:
        text = docs[number].get("t", type=Text)
        if letters:
            text.insert(0, letters)
        else:
            text.clear()
        if is_shared:
            for other in docs:
                other.apply_update(docs[number].get_update())
    everything = [update for each in updates for update in each]
    whole: Doc[Any] = Doc()
    for update in everything:
        whole.apply_update(update)

    found = parse(generator, [merge_updates(*everything), whole.get_update()])

    state = {client: [[0, clock]] for client, clock in parse_state_vector(whole.get_state()).items()}
    assert found == [state, state]


@pytest.mark.parametrize("cut", [1, 5, 9])
def test_a_cut_update_is_not_taken_for_a_whole_one(generator, cut):
    doc: Doc[Any] = Doc(client_id=7)
    text = doc.get("t", type=Text)
    text += "abcdef"

    assert parse(generator, [doc.get_update()[:-cut]]) == [None]
