"""Documents to open, as logs of updates made once with pycrdt: each update is its length (4 bytes, the lowest first)
and its bytes.

long: 250,000 key presses of a hundred page loads, a year of work on one text (drawn with a fixed seed).
friends: the trace of bench/data, two people typing at the same time.
page: a text of 20 kB, typed in four hundred pieces."""

import gzip
import json
import random
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pycrdt import Doc, Text

from bench import place

Letter = tuple[bytes, bytes, str]  # who wrote it, its clock (both as lib0 writes numbers), itself

LONG_EDITS, LONG_LOADS = 250_000, 100
PAGE_BYTES = 20_000


class Log:
    """A growing log; what a document writes is added to it."""

    def __init__(self) -> None:
        self.updates: list[bytes] = []

    def follow(self, doc: Doc[Any]) -> None:
        self._subscription = doc.observe(lambda event: self.updates.append(event.update))

    def write(self, path: Path) -> None:
        path.write_bytes(b"".join(struct.pack("<I", len(update)) + update for update in self.updates))


def read(path: Path) -> list[bytes]:
    content, updates, at = path.read_bytes(), [], 0
    while at < len(content):
        (length,) = struct.unpack_from("<I", content, at)
        updates.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return updates


def number(value: int) -> bytes:
    """A whole number as lib0 writes it."""
    written = bytearray()
    while value > 127:
        written.append(128 | value & 127)
        value >>= 7
    written.append(value)
    return bytes(written)


def long(log: Log) -> None:
    """Bursts of typing here and there, one key press in six deletes; another page load every 2,500 key presses.

    The updates are written by hand, as Yjs would (a document that finds its way to each place takes a minute)."""
    draw = random.Random(1)
    letters: list[Letter] = []
    for load in range(LONG_LOADS):
        client, clock, left = number(1_000_000 + load), 0, 0
        for _ in range(LONG_EDITS // LONG_LOADS):
            if left == 0:
                left = draw.randint(1, 60)
                caret = len(letters) if draw.random() < 0.4 else draw.randint(0, len(letters))
            left -= 1
            if caret > 0 and draw.random() < 1 / 6:
                caret -= 1
                author, at, _ = letters.pop(caret)
                log.updates.append(b"\0\1" + author + b"\1" + at + b"\1")
            else:
                letter = draw.choice("abcdefghijklmnopqrstuvwxyz  ")
                log.updates.append(_insertion(client, clock, letters, caret, letter))
                letters.insert(caret, (client, number(clock), letter))
                caret, clock = caret + 1, clock + 1
    whole: Doc[Any] = Doc()
    with whole.transaction():
        for update in log.updates:
            whole.apply_update(update)
    if str(whole.get("t", type=Text)) != "".join(letter for _, _, letter in letters):
        raise ValueError("the document did not end with the text that was typed")


def _insertion(client: bytes, clock: int, letters: list[Letter], caret: int, letter: str) -> bytes:
    """The update of one letter between its neighbours."""
    origin = b"".join(letters[caret - 1][:2]) if caret > 0 else b""
    right = b"".join(letters[caret][:2]) if caret < len(letters) else b""
    info = 4 | (0x80 if origin else 0) | (0x40 if right else 0)
    parent = b"" if origin or right else b"\1\1t"
    return b"".join(
        (b"\1\1", client, number(clock), bytes((info,)), origin, right, parent, b"\1", letter.encode(), b"\0")
    )


def page(log: Log) -> None:
    """Fifty letters at a time, at a place drawn, until the whole state weighs 20 kB."""
    draw = random.Random(2)
    doc: Doc[Any] = Doc(client_id=2_000_000)
    text = doc.get("t", type=Text)
    length = 0
    while len(doc.get_update()) < PAGE_BYTES:
        text.insert(draw.randint(0, length), "".join(draw.choices("abcdefghijklmnopqrstuvwxyz  ", k=30)))
        length += 30
    log.updates.append(doc.get_update())


def friends(log: Log) -> None:
    """Each agent has a document; before a transaction it receives those that come before."""
    trace = json.loads(gzip.decompress((place.BENCH / "data" / "friendsforever.json.gz").read_bytes()))
    transactions = trace["txns"]
    docs: list[Doc[Any]] = [Doc(client_id=3_000_000 + agent) for agent in range(trace["numAgents"])]
    texts = [doc.get("t", type=Text) for doc in docs]
    logs = [Log() for _ in docs]
    for doc, own in zip(docs, logs, strict=True):
        own.follow(doc)
    written: list[bytes] = []  # the update of each transaction
    known = [set[int]() for _ in docs]
    for number, transaction in enumerate(transactions):
        agent = transaction["agent"]
        for earlier in _before(transaction["parents"], transactions, known[agent]):
            docs[agent].apply_update(written[earlier])
        own = logs[agent]
        own.updates.clear()
        with docs[agent].transaction():
            for position, deleted, inserted in transaction["patches"]:
                if deleted:
                    del texts[agent][position : position + deleted]
                if inserted:
                    texts[agent].insert(position, inserted)
        written.append(own.updates[-1])
        known[agent].add(number)
    log.updates.extend(written)
    whole: Doc[Any] = Doc()
    for update in written:
        whole.apply_update(update)
    if str(whole.get("t", type=Text)) != trace["endContent"]:
        raise ValueError("the trace did not end with its own text")


def _before(parents: Iterable[int], transactions: list[dict[str, Any]], known: set[int]) -> list[int]:
    """The transactions that lead to these parents and are not known yet, oldest first; known from now on."""
    found, waiting = [], [parent for parent in parents if parent not in known]
    while waiting:
        number = waiting.pop()
        if number in known:
            continue
        known.add(number)
        found.append(number)
        waiting.extend(parent for parent in transactions[number]["parents"] if parent not in known)
    return sorted(found)


MAKERS: dict[str, Callable[[Log], None]] = {"long": long, "friends": friends, "page": page}


def path_of(name: str) -> Path:
    """The log of that name, made when it is not there yet."""
    path = place.PLACE / f"{name}-{place.digest_of(Path(__file__))[:12]}.updates"
    if not path.exists():
        print(f"• Making the document “{name}”…", flush=True)
        log = Log()
        MAKERS[name](log)
        log.write(path)
    return path


@cache
def clocks_of(name: str) -> int:
    """How many pieces of text the log of that name holds, deleted ones included: what a whole copy must have."""
    doc: Doc[Any] = Doc()
    with doc.transaction():
        for update in read(path_of(name)):
            doc.apply_update(update)
    numbers, clocks = _numbers(doc.get_state()), 0
    for _ in range(next(numbers)):
        next(numbers)  # the client
        clocks += next(numbers)
    return clocks


def _numbers(content: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
