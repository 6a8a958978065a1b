"""Frames of stock clients, kept: yjs, y-protocols, ProseMirror editors (collect.mjs) and pycrdt.

`python -m tests.documents.seeds` collects them again: the same bytes with the same versions of these libraries.
"""

import base64
import json
import random
from pathlib import Path

from concerte.documents import protocol
from tests.documents.editing import session
from tests.documents.node import run_in_node

_FOLDER = Path(__file__).parent
_KEPT = _FOLDER / "frames.txt"
_SEED = 20181


def kept_frames() -> list[tuple[str, bytes]]:
    """The kind of each frame, and its bytes."""
    lines = (line.rpartition(" ") for line in _KEPT.read_text(encoding="ascii").splitlines())
    return [(kind, base64.b64decode(written)) for kind, _, written in lines]


def collect() -> None:
    """Make them again."""
    written = json.loads(run_in_node((_FOLDER / "collect.mjs").read_text(encoding="utf-8")))
    frames = [(kind, bytes.fromhex(frame)) for kind, frame in written]
    draw = random.Random(_SEED)  # noqa: S311 - the same each time
    docs, sent = session(draw, edits=150)
    frames += [("pycrdt", protocol.update_frame(update)) for update in sent]
    frames += [("pycrdt state", protocol.step_2_frame(doc.get_update())) for doc in docs]
    lines = (f"{kind} {base64.b64encode(frame).decode()}" for kind, frame in frames)
    _KEPT.write_text("\n".join(lines) + "\n", encoding="ascii")
