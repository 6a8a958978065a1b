"""What stock clients make of what an attack left: read by yjs in Node and by pycrdt, each in a process of its own."""

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.documents.node import FRONTEND, node_command

_PATIENCE = 300  # seconds, for all rounds of one attack


@dataclass
class Left:
    """What a round left: its lines, in order; what somebody who was here was sent; what somebody who comes is sent now,
    and once the document is folded."""

    lines: Sequence[bytes]
    heard: Sequence[bytes]
    served: Sequence[bytes]
    folded: Sequence[bytes]


@dataclass
class Reading:
    """One client's. failed: the updates it could not take, and why; view: what it shows in the end."""

    failed: list[str]
    view: str


# One JSON object a line: for each way to come by a document, what it looks like in the end and what went wrong.
_IN_NODE = """
import * as Y from 'yjs'
import { createInterface } from 'node:readline'
const TYPES = { text: Y.Text, array: Y.Array, map: Y.Map, xml: Y.XmlFragment, programme: Y.XmlFragment }
const look = doc => Object.fromEntries(Object.entries(TYPES).map(([name, type]) => {
  const shared = doc.get(name, type)
  if (type === Y.Text) return [name, shared.toDelta()]
  if (type === Y.XmlFragment) return [name, shared.toString()]
  return [name, type === Y.Map ? Object.entries(shared.toJSON()).sort() : shared.toJSON()]
}))
const read = updates => {
  const doc = new Y.Doc({ gc: true })
  const failed = []
  for (const written of updates) {
    try { Y.applyUpdate(doc, Buffer.from(written, 'base64')) } catch (error) { failed.push(`${written} ${error}`) }
  }
  let view = ''
  try { view = JSON.stringify(look(doc)) } catch (error) { failed.push(`to look at it: ${error.stack}`) }
  return { failed, view }
}
for await (const line of createInterface({ input: process.stdin })) {
  const left = JSON.parse(line)
  const answer = JSON.stringify(Object.fromEntries(Object.entries(left).map(([way, each]) => [way, read(each)])))
  await new Promise(resolve => process.stdout.write(answer + '\\n', resolve))
}
process.exit(0)
"""

_IN_PYCRDT = """
import base64, json, sys
from pycrdt import Array, Doc, Map, Text, XmlFragment
def look(doc):
    text = str(doc.get("text", type=Text))
    return text, len(doc.get("array", type=Array)), sorted(doc.get("map", type=Map))
for line in sys.stdin:
    answer = {}
    for way, updates in json.loads(line).items():
        doc, failed = Doc(), []
        for written in updates:
            try:
                doc.apply_update(base64.b64decode(written))
            except BaseException as error:
                failed.append(f"{written} {error!r}")
        answer[way] = {"failed": failed, "view": str(look(doc))}
    print(json.dumps(answer), flush=True)
"""


class Kept:
    """Rounds written down as they end: kept in memory, they would hide what the engine keeps."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.write_text("", encoding="ascii")

    def add(self, left: Left) -> None:
        written = {way: [base64.b64encode(each).decode() for each in each_way] for way, each_way in vars(left).items()}
        with self.path.open("a", encoding="ascii") as file:
            file.write(json.dumps(written) + "\n")

    def as_yjs_reads(self) -> list[dict[str, Reading]]:
        return self._read_again(node_command(_IN_NODE))

    def as_pycrdt_reads(self) -> list[dict[str, Reading]]:
        return self._read_again([sys.executable, "-c", _IN_PYCRDT])

    def _read_again(self, command: Sequence[str]) -> list[dict[str, Reading]]:
        with self.path.open(encoding="ascii") as given:
            done = subprocess.run(
                command, stdin=given, cwd=FRONTEND, check=False, capture_output=True, text=True, timeout=_PATIENCE
            )
        assert done.returncode == 0, done.stderr[-2_000:]
        return [
            {way: Reading(**reading) for way, reading in json.loads(line).items()} for line in done.stdout.splitlines()
        ]
