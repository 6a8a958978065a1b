"""Histories of a document, for property tests: what a few people wrote, in an order that the log may have taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from pycrdt import Doc, Map, Text

PEOPLE = 3
_PIECES = ("a", "bc", "été ", "😀", "x😀y")

_edits = st.lists(
    st.tuples(
        st.integers(0, PEOPLE - 1),
        st.one_of(st.sampled_from(_PIECES), st.sampled_from(["delete", "delete", "set", "hear", "repeat"])),
        st.integers(0, 1_000),
    ),
    min_size=1,
    max_size=30,
)


def text_and_map(doc: "Doc[Any]") -> tuple[str, dict[str, Any] | None]:
    return str(doc.get("text", type=Text)), doc.get("map", type=Map).to_py()


def built(*contents: bytes) -> "Doc[Any]":
    doc: Doc[Any] = Doc()
    for content in contents:
        doc.apply_update(content)
    return doc


@dataclass
class History:
    """updates: in an order in which each comes after what it stands on. log: the same in the order of the log, which
    may be any; some of them twice. cuts: places in the log, in order."""

    updates: list[bytes]
    log: list[bytes]
    cuts: list[int]

    @property
    def content(self) -> tuple[str, dict[str, Any] | None]:
        return text_and_map(built(*self.updates))

    def parts(self) -> list[list[bytes]]:
        """The log, cut."""
        ends = [*self.cuts, len(self.log)]
        return [self.log[start:end] for start, end in zip([0, *self.cuts], ends, strict=True)]


def _play(script: Sequence[tuple[int, str, int]]) -> list[bytes]:
    docs: list[Doc[Any]] = [Doc(client_id=number + 1) for number in range(PEOPLE)]
    updates: list[bytes] = []
    for person, what, where in script:
        doc = docs[person]
        text: Text = doc.get("text", type=Text)
        values: Map[Any] = doc.get("map", type=Map)
        if what == "hear":
            for update in updates[: where % (len(updates) + 1)]:
                doc.apply_update(update)
            continue
        before = doc.get_state()
        letters = str(text)
        if what == "delete" and letters:
            start = where % len(letters)
            end = min(len(letters), start + 1 + where % 3)
            del text[len(letters[:start].encode()) : len(letters[:end].encode())]
        elif what == "set":
            values["ab"[where % 2]] = where
        elif what in _PIECES:
            text.insert(len(letters[: where % (len(letters) + 1)].encode()), what)
        # Who comes back sends all they have, what others wrote included.
        updates.append(doc.get_update(b"\x00" if what == "repeat" else before))
    return updates


@st.composite
def histories(draw: st.DrawFn) -> History:
    updates = _play(draw(_edits))
    log = draw(st.one_of(st.just(updates), st.permutations(updates)))
    if log:
        log = [*log, *draw(st.lists(st.sampled_from(log), max_size=3))]
    cuts = sorted(draw(st.lists(st.integers(0, len(log)), max_size=4)))
    return History(updates, log, cuts)
