"""Words as they are looked for."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.common.stems import MAX_STEM, stems, without_accents


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’état civil des communes", ["etat", "civil", "commun"]),
        ("l'ETAT CIVIL, d’une Commune", ["etat", "civil", "commun"]),
        ("qu’est-ce que l’accès à l’œuvre ?", ["acces", "oeuvr"]),
        ("aujourd’hui", ["aujourd", "hui"]),
        ("COMEDEC 2024", ["comedec", "2024"]),
        ("à y a", []),
        ("", []),
    ],
)
def test_case_accents_elisions_endings_and_empty_words_do_not_matter(text, found):
    assert stems(text) == found


def test_singular_and_plural_are_found_alike():
    assert stems("les bases d’adresses locales") == stems("la base adresse locale")


@given(st.text(max_size=300))
def test_stems_are_plain_and_short_whatever_is_typed(text):
    found = stems(text)

    assert all(stem.isascii() and stem.isalnum() and stem == stem.lower() for stem in found)
    assert all(1 < len(stem) <= MAX_STEM for stem in found)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûü ’'", max_size=120))
def test_a_text_typed_composed_or_not_gives_the_same_stems(text):
    assert stems(unicodedata.normalize("NFD", text)) == stems(unicodedata.normalize("NFC", text))


@given(st.text(max_size=60))
def test_what_has_no_accents_is_left_as_it_is(text):
    once = without_accents(text)

    assert without_accents(once) == once
