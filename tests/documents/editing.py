"""People who edit documents of their own at random, with pycrdt: what they have, and what they send."""

import random
from typing import Any

from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

VALUES: list[Any] = [1, -3, 2.5, "x", "é😀", True, None, {"k": [1, {"z": None}]}, [], b"bytes", 2**40]


def edit_at_random(doc: Doc[Any], draw: random.Random) -> None:
    """One edit of a kind the libraries know, in one of the shared types of a document."""
    text, array = doc.get("text", type=Text), doc.get("array", type=Array)
    mapping, xml = doc.get("map", type=Map), doc.get("xml", type=XmlFragment)
    match draw.randrange(9):
        case 0 | 1:
            text.insert(0, draw.choice(["a", "bonjour", "é", "😀👍🏽", "\n"]))
        case 2 if str(text)[:1].isascii() and len(text) > 0:
            del text[0:1]  # counted in bytes: never half a letter
        case 3:
            array.append(draw.choice(VALUES))
        case 4:
            mapping[draw.choice("ab")] = draw.choice([*VALUES, Map({"z": 1}), Text("dedans")])
        case 5:
            element = XmlElement("paragraph", {"id": "1"})
            xml.children.append(element)
            element.children.append(XmlText("texte"))
        case 6:
            text.format(0, len(text), {"bold": draw.choice([True, None])})
        case 7:
            text.insert_embed(0, {"image": "x"})
        case 8 if len(array) > 0:
            del array[0]


def session(draw: random.Random, people: int = 3, edits: int = 25) -> tuple[list[Doc[Any]], list[bytes]]:
    """A few people who edit and sometimes hear of each other: their documents, the updates they sent."""
    first = draw.randrange(1, 2**31)
    docs: list[Doc[Any]] = [Doc(client_id=first + 1000 * number) for number in range(people)]
    sent: list[bytes] = []
    subscriptions = [doc.observe(lambda event: sent.append(event.update)) for doc in docs]
    for _ in range(edits):
        doc, other = draw.choice(docs), draw.choice(docs)
        if draw.random() < 0.2 and other is not doc:
            doc.apply_update(other.get_update(doc.get_state()))
        else:
            edit_at_random(doc, draw)
    del subscriptions
    return docs, sent
