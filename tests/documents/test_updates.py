"""Reading updates: what real libraries write is understood to the last clock, the rest is refused."""

import contextlib
import json
import random
from typing import Any

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from concerte.documents import limits, updates
from concerte.documents.errors import FrameRefused
from tests.documents.editing import session
from tests.documents.factories import text_update
from tests.documents.node import run_in_node


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_what_pycrdt_writes_is_understood_to_the_last_clock(draw: random.Random) -> None:
    docs, sent = session(draw)

    for doc in docs:
        update = updates.read(doc.get_update())
        clocks = {client: ranges[-1][1] for client, ranges in update.inserted.items()}
        assert clocks == updates.read_state_vector(doc.get_state())
        assert all(ranges == [(0, clocks[client])] for client, ranges in update.inserted.items())
    own = {doc.client_id for doc in docs}
    for content in sent:
        assert updates.read(content).inserted.keys() <= own


@given(st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_an_update_without_some_clients_keeps_the_others_and_the_deletions(draw: random.Random) -> None:
    docs, _ = session(draw)
    for doc in docs:
        whole = updates.read(doc.get_update())
        for client in whole.inserted:
            rest = whole.without({client})
            assert rest.inserted == {other: each for other, each in whole.inserted.items() if other != client}
            assert rest.deleted == whole.deleted


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_altered_updates_are_refused_or_can_be_read_again(draw: random.Random) -> None:
    _, sent = session(draw, edits=8)
    for content in sent:
        altered = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            altered[draw.randrange(len(altered))] = draw.randrange(256)
        with contextlib.suppress(FrameRefused):
            updates.read(bytes(altered))
            pycrdt.get_state(bytes(altered))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(FrameRefused):
        updates.read(content)


def test_a_gap_in_joined_updates_is_not_written() -> None:
    doc: Doc[Any] = Doc(client_id=7)
    sent: list[bytes] = []
    subscription = doc.observe(lambda event: sent.append(event.update))
    for letter in "abcd":
        doc.get("text", type=Text).insert(0, letter)
    del subscription

    joined = updates.read(pycrdt.merge_updates(sent[0], sent[3]))

    assert joined.inserted == {7: [(0, 1), (3, 4)]}


def test_deletions_are_ranges_of_clocks() -> None:
    doc: Doc[Any] = Doc(client_id=7)
    text = doc.get("text", type=Text)
    text.insert(0, "bonjour")
    state = doc.get_state()
    del text[2:5]

    update = updates.read(doc.get_update(state))

    assert (update.inserted, update.deleted) == ({}, {7: [(2, 5)]})
    assert not update.is_empty
    assert updates.read(updates.EMPTY).is_empty


def test_an_update_with_too_many_pieces_is_too_big(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STRUCTS_PER_UPDATE", 0)

    with pytest.raises(FrameRefused) as refusal:
        updates.read(text_update("x"))

    assert refusal.value.code == "too-big"


YJS_SESSION = """
import * as Y from 'yjs'
let seed = 20181
const draw = n => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n }
const docs = [0, 1, 2].map(() => new Y.Doc())
const sent = []
docs.forEach(doc => doc.on('update', update => sent.push([Buffer.from(update).toString('hex'), doc.clientID])))
const values = [1, -3, 2.5, 'x', 'é😀', true, null, undefined, { k: [1, { z: null }] }, new Uint8Array([1, 2]), 10n]
for (let step = 0; step < 600; step++) {
  const doc = docs[draw(3)], other = docs[draw(3)]
  const text = doc.getText('text'), array = doc.getArray('array')
  const map = doc.getMap('map'), xml = doc.getXmlFragment('xml')
  switch (draw(12)) {
    case 0: case 1: text.insert(draw(text.length + 1), ['a', 'bonjour', 'é', '😀👍🏽'][draw(4)]); break
    case 2: if (text.length > 3) text.delete(draw(text.length - 3), 3); break
    case 3: array.push([values[draw(values.length)]]); break
    case 4: map.set(['a', 'b'][draw(2)], values[draw(values.length)]); break
    case 5: {
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.setAttribute('id', '1')
      xml.push([paragraph])
      paragraph.push([new Y.XmlText('texte')])
      break
    }
    case 6: if (text.length > 2) text.format(0, 2, { bold: draw(2) ? true : null, link: { href: 'x' } }); break
    case 7: text.insertEmbed(0, { image: 'x' }); break
    case 8: if (xml.length > 2) xml.delete(0, 1); break
    case 9: map.set('doc', new Y.Doc()); break
    case 10: array.push([new Y.Map([['z', new Y.Text('dedans')]])]); break
    default: Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)), 'heard')
  }
}
const ranges = update => {
  const found = {}
  for (const struct of Y.decodeUpdate(update).structs) {
    if (struct instanceof Y.Skip) continue
    const own = found[struct.id.client] ??= []
    const end = struct.id.clock + struct.length
    if (own.length && own.at(-1)[1] === struct.id.clock) own.at(-1)[1] = end
    else own.push([struct.id.clock, end])
  }
  return found
}
const all = sent.map(([hex]) => Buffer.from(hex, 'hex'))
const joined = [1, 2, 3].map(step => Y.mergeUpdates(all.filter((_, index) => index % (step + 1) === 0)))
for (const update of [...all, ...docs.map(doc => Y.encodeStateAsUpdate(doc)), ...joined]) {
  console.log(JSON.stringify([Buffer.from(update).toString('hex'), ranges(new Uint8Array(update))]))
}
process.exit(0)
"""


def test_what_yjs_itself_writes_is_understood_to_the_last_clock() -> None:
    lines = run_in_node(YJS_SESSION).splitlines()

    assert len(lines) > 300
    for line in lines:
        content, expected = json.loads(line)
        found = {
            str(client): list(map(list, each)) for client, each in updates.read(bytes.fromhex(content)).inserted.items()
        }
        assert found == expected
