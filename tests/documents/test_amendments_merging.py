"""Whatever is written in a document and in its fork, accepting is the plain merge, and each word keeps its author."""

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlFragment

from concerte.accounts.models import User
from concerte.documents import updates
from concerte.documents.amending import accept_amendment, submit_amendment
from concerte.documents.forking import changes_nothing, changes_since, merged
from concerte.documents.models import Document
from concerte.documents.ranges import Ranges, left_of, left_of_each
from concerte.documents.services import append_update, authors, current_state
from tests.documents.amendments import Proposing, make_proposing, type_in
from tests.documents.conftest import Live, in_database
from tests.documents.editing import edit_at_random
from tests.documents.factories import text_of

few = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def contents(state: bytes) -> tuple[Any, ...]:
    """What a document says, in all its shared types."""
    doc: Doc[Any] = Doc()
    doc.apply_update(state)
    text, array = doc.get("text", type=Text), doc.get("array", type=Array)
    mapping, xml = doc.get("map", type=Map), doc.get("xml", type=XmlFragment)
    return text.diff(), array.to_py(), mapping.to_py(), str(xml)


def write_at_random(document: Document, people: list[User], draw: random.Random, edits: int) -> None:
    """These people edit a document, each from what it holds and under client ids of their own."""
    doc: Doc[Any] = Doc()
    doc.apply_update(current_state(document.pk))
    for _ in range(edits):
        mine: Doc[Any] = Doc()
        mine.apply_update(doc.get_update())
        before = mine.get_state()
        for _again in range(draw.randrange(1, 4)):
            edit_at_random(mine, draw)
        update = mine.get_update(before)
        doc.apply_update(update)
        append_update(document.pk, update, acting_user=draw.choice(people))


@pytest.mark.django_db
@few
@given(draw=st.randoms(use_true_random=True), edits=st.tuples(st.integers(0, 4), st.integers(1, 5), st.integers(0, 5)))
def test_accepting_is_the_plain_merge_and_every_client_id_keeps_its_owner(
    draw: random.Random, edits: tuple[int, int, int]
) -> None:
    at_work = make_proposing()
    document, writers = at_work.document, [at_work.situation.anne, at_work.situation.bruno]
    write_at_random(document, writers, draw, edits[0])
    amendment = at_work.propose()
    write_at_random(amendment.fork, [at_work.claire, at_work.david], draw, edits[1])
    type_in(amendment.fork, "!", by=at_work.claire)  # there is always something to submit
    write_at_random(document, writers, draw, edits[2])
    before, fork = current_state(document.pk), current_state(amendment.fork_id)
    owners = authors(document.pk) | authors(amendment.fork_id)
    both: Doc[Any] = Doc()
    both.apply_update(before)
    both.apply_update(fork)

    submit_amendment(amendment, acting_user=at_work.claire)
    accept_amendment(amendment, **at_work.answer())

    after = current_state(document.pk)
    assert contents(after) == contents(both.get_update())
    was, now, plain = updates.read(before), updates.read(after), updates.read(both.get_update())
    assert now.inserted == plain.inserted
    assert now.deleted == plain.deleted
    assert not left_of_each(was.inserted, now.inserted)  # nothing that was written in the document is lost
    assert authors(document.pk) == owners


@few
@given(draw=st.randoms(use_true_random=True), edits=st.integers(0, 8))
def test_what_changed_is_what_was_written_and_deleted_since(draw: random.Random, edits: int) -> None:
    doc: Doc[Any] = Doc(client_id=1)
    for _ in range(8):
        edit_at_random(doc, draw)
    base = doc.get_update()
    later: Doc[Any] = Doc(client_id=2)
    later.apply_update(base)
    for _ in range(edits):
        edit_at_random(later, draw)
    state = later.get_update()

    changes = changes_since(base, state)

    assert set(changes.inserted) <= {2}
    assert left_of_each(changes.deleted, updates.read(base).deleted) == dict(changes.deleted)
    assert contents(merged(base, changes)) == contents(state)
    assert changes_nothing(changes_since(state, state))


ranges = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda each: (each[0], each[0] + each[1])))


def clocks(of: Ranges) -> set[int]:
    return {clock for start, end in of for clock in range(start, end)}


@given(one=ranges, other=ranges)
def test_what_is_left_of_ranges_is_what_is_left_of_their_clocks(one: Ranges, other: Ranges) -> None:
    left = left_of(one, other)

    assert clocks(left) == clocks(one) - clocks(other)
    assert left == sorted(left)
    assert all(before[1] < after[0] for before, after in pairwise(left))


async def test_an_editor_that_is_open_sees_what_was_accepted(live: Live) -> None:
    at_work: Proposing = await in_database(make_proposing)
    live.situation = at_work.situation
    amendment = await in_database(at_work.submitted)
    async with await live.client_of(live.situation.anne) as anne:
        await anne.until(lambda: str(anne.text) == "L’État")
        await anne.write(" ici")

        await in_database(lambda: accept_amendment(amendment, **at_work.answer()))

        await anne.until(lambda: str(anne.text) in {"L’État ici et les communes", "L’État et les communes ici"})
        await anne.write(" aujourd’hui")
        await anne.until_saved()
        assert await in_database(live.situation.text) == str(anne.text)
    assert text_of(await in_database(current_state, amendment.fork_id)) == "L’État et les communes"


async def test_who_may_only_suggest_writes_in_the_fork_and_not_in_the_document(live: Live) -> None:
    at_work: Proposing = await in_database(make_proposing)
    live.situation = at_work.situation
    amendment = await in_database(at_work.propose)
    async with await live.client_of(at_work.claire) as claire:
        await claire.until(lambda: str(claire.text) == "L’État")
        await claire.write(" non")

        assert await claire.until_closed() == 4403
    assert await in_database(live.situation.text) == "L’État"
    live.situation.document = amendment.fork
    async with await live.client_of(at_work.claire) as claire:
        await claire.write(" oui")
        await claire.until_saved()
        await in_database(lambda: submit_amendment(amendment, acting_user=at_work.claire))

        assert await claire.until_closed() == 4403
