"""What a few words find among many titles, against a plain reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.common.folding import fold
from concerte.lineage.matching import matching
from concerte.lineage.references import Reference

TITLES = ["Comité d’orientation", "L’hébergement des données", "Œuvres communes", "Guichet commun n° 12"]


def found(words, rows=None, limit=10):
    rows = rows if rows is not None else [(rank, rank + 11, title) for rank, title in enumerate(TITLES)]
    return [int(each.id) for each in matching("essai", rows, words, limit)]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("comite", [0]),
        ("COMITÉ", [0]),
        ("d'orientation", [0]),
        ("hebergement donnees", [1]),
        ("donn héberg", [1]),
        ("oeuvres", [2]),
        ("commun", [2, 3]),
        ("12", [1, 3]),  # its number first, then who has it in its title
        ("n° 12", [1, 3]),
        ("bergement", []),  # words are known by their beginning
        ("", []),
        ("… !", []),
    ],
)
def test_words_are_found_without_accents_capitals_nor_signs(words, keys):
    assert found(words) == keys


def test_what_begins_with_the_words_comes_before_what_holds_them():
    rows = [(1, "", "Un guichet"), (2, "", "Guichet commun"), (3, "GUICHET", "Autre chose")]

    assert found("guichet", rows) == [3, 2, 1]


WORDS = st.lists(st.text(st.sampled_from("aébÉœ1"), min_size=1, max_size=3), min_size=1, max_size=3).map(" ".join)


@given(rows=st.lists(st.tuples(st.integers(0, 9), WORDS), max_size=12), words=WORDS, limit=st.integers(1, 5))
def test_all_that_holds_the_beginning_of_each_word_is_found_and_nothing_else(rows, words, limit):
    numbered = [(key, str(code), title) for key, (code, title) in enumerate(rows)]
    asked = fold(words).split()

    keys = found(words, numbered, limit)

    def holds(code, title):
        own = [code, *fold(title).split()]
        return code == " ".join(asked) or all(any(word[: len(each)] == each for word in own) for each in asked)

    plain = {key for key, code, title in numbered if holds(code, title)}
    assert set(keys) <= plain
    assert len(keys) == min(limit, len(plain))
    assert len(set(keys)) == len(keys)


def test_what_is_found_is_named_by_its_kind():
    assert matching("programme.action", [(7, "EXO-01", "Former")], "exo-01", 3) == [Reference("programme.action", "7")]
