"""Texts compared by words: exact, readable, and never slow."""

import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from concerte.common.comparison import Kind, Run, compare_words, new_text, old_text

few_words = st.lists(st.sampled_from(["a", "b", "c", "d", " ", " ", "\n", ",", "l’", "été"]), max_size=60).map("".join)


def test_a_word_replaced_is_one_change():
    assert compare_words("Publier un guide.", "Publier deux guides.") == (
        Run(Kind.SAME, "Publier "),
        Run(Kind.DELETED, "un guide"),
        Run(Kind.INSERTED, "deux guides"),
        Run(Kind.SAME, "."),
    )


def test_an_added_sentence_leaves_the_rest():
    runs = compare_words("Un. Trois.", "Un. Deux. Trois.")

    assert [run.text for run in runs if run.kind is Kind.INSERTED] == ["Deux. "]
    assert not [run for run in runs if run.kind is Kind.DELETED]


def test_equal_texts_have_no_change():
    assert compare_words("Pareil, mot pour mot", "Pareil, mot pour mot") == (Run(Kind.SAME, "Pareil, mot pour mot"),)
    assert compare_words("", "") == ()


@given(few_words, few_words)
@settings(max_examples=300, deadline=None)
def test_the_runs_give_both_texts_back(old, new):
    runs = compare_words(old, new)

    assert old_text(runs) == old
    assert new_text(runs) == new


@given(few_words, few_words)
@settings(max_examples=200, deadline=None)
def test_runs_are_never_empty_and_natures_alternate(old, new):
    runs = compare_words(old, new)

    assert all(run.text for run in runs)
    assert all(
        before.kind is not after.kind and (before.kind, after.kind) != (Kind.INSERTED, Kind.DELETED)
        for before, after in pairwise(runs)
    )


@given(st.text(max_size=40), st.text(max_size=40))
@settings(deadline=None)
def test_any_characters_are_compared(old, new):
    runs = compare_words(old, new)

    assert (old_text(runs), new_text(runs)) == (old, new)


def test_texts_made_to_be_slow_are_compared_quickly():
    """Two words repeated everywhere, in stretches parted by words that occur once: the worst for a full comparison."""
    old = " ".join(f"repère{part} " + "a b b a " * 12 for part in range(400))
    new = " ".join(f"repère{part} " + "b a a b b " * 9 for part in range(400))

    started = time.perf_counter()
    runs = compare_words(old, new)

    assert time.perf_counter() - started < 10
    assert (old_text(runs), new_text(runs)) == (old, new)


def test_texts_with_nothing_in_common_are_replaced():
    old, new = "mot " * 30_000, "autre " * 30_000

    runs = compare_words(old, new)

    assert (old_text(runs), new_text(runs)) == (old, new)
