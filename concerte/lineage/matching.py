"""Which of many things a few words mean: by number or code, then by the beginnings of words. Pure.

Done here and not by the databases: SQLite knows capitals of ASCII only and neither of them accents, and what is found
must be the same on both. A room reads numbers and titles of what the person may see, in one query."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from concerte.common.folding import fold
from concerte.lineage.references import Reference

MAX_READ = 10_000  # rows of one kind that one search reads, the newest first: 0.13 s of processor when full
_NUMBER_SIGNS = {"n", "no", "num", "numero"}  # « n° 12 » is 12

# The key of a thing; its number or code, '' or None when it has none; what it is called.
Row = tuple[int, object, str]


def matching(kind: str, rows: Iterable[Row], words: str, limit: int) -> list[Reference]:
    """What answers to these words, at most `limit`: what has that very number or code, then what begins with the words,
    then what has a word that begins like each of them; those alike in the order of the rows."""
    asked = asked_words(words)
    if not asked:
        return []
    ranked = ((rank, place, key) for place, (key, code, text) in enumerate(rows) if (rank := _rank(asked, code, text)))
    return [Reference(kind, str(key)) for _alike, _place, key in sorted(ranked)[:limit]]


def asked_words(words: str) -> list[str]:
    """The words asked for, folded; the sign before a number set aside."""
    found = fold(words).split()
    is_sign = [word in _NUMBER_SIGNS and after.isdigit() for word, after in pairwise([*found, ""])]
    return [word for word, skipped in zip(found, is_sign, strict=True) if not skipped]


def _rank(asked: Sequence[str], code: object, text: str) -> int:
    """1 the best, 0 for what does not answer."""
    known_as = fold(str(code)) if code not in (None, "") else ""
    if known_as and known_as == " ".join(asked):
        return 1
    own = f"{known_as} {fold(text)}".split()
    if not all(any(word.startswith(each) for word in own) for each in asked):
        return 0
    return 2 if fold(text).startswith(" ".join(asked)) else 3
