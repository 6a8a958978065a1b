"""How much of a text each person wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text

from concerte.documents.attribution import letters_by_client, letters_by_person
from concerte.documents.services import append_update, create_document
from tests.accounts.factories import UserFactory

LETTERS = st.text(alphabet=st.sampled_from("abé ’😀\n"), min_size=1, max_size=8)
EDITS = st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1), LETTERS | st.integers(1, 6)), max_size=30)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(edits=EDITS)
def test_the_letters_counted_are_those_that_stand_each_to_who_typed_it(edits):
    docs: list[Doc[Text]] = [Doc() for _ in range(3)]
    typed_by: list[tuple[str, int]] = []  # each letter that stands, and whose it is

    for author, where, what in edits:
        doc = docs[author]
        for other in docs:
            doc.apply_update(other.get_update())
        text = doc.get("text", type=Text)
        place = round(where * len(typed_by))
        before = len("".join(letter for letter, _ in typed_by[:place]).encode())
        if isinstance(what, str):
            text.insert(before, what)
            typed_by[place:place] = [(letter, author) for letter in what]
        else:
            gone = "".join(letter for letter, _ in typed_by[place : place + what])
            if gone:
                del text[before : before + len(gone.encode())]
                del typed_by[place : place + what]
    for other in docs:
        docs[0].apply_update(other.get_update())

    wanted = {
        doc.client_id: count
        for author, doc in enumerate(docs)
        if (count := sum(units(letter) for letter, whose in typed_by if whose == author))
    }
    assert letters_by_client(docs[0].get_update()) == wanted


@pytest.mark.django_db
def test_letters_are_told_by_person_and_those_of_the_platform_apart():
    anne = UserFactory()
    imported: Doc[Text] = Doc()
    imported.get("text", type=Text).insert(0, "Importé.")
    document = create_document("Essai", seed=imported.get_update(), acting_user=None)
    typed: Doc[Text] = Doc()
    typed.get("text", type=Text).insert(0, "Écrit")
    append_update(document.pk, typed.get_update(), acting_user=anne)

    assert letters_by_person(document.pk) == {None: 8, anne.pk: 5}


@pytest.mark.django_db
def test_what_was_counted_is_not_counted_again_until_somebody_writes(django_assert_num_queries):
    document = create_document("Essai", seed=None, acting_user=None)
    letters_by_person(document.pk)

    with django_assert_num_queries(2):
        again = letters_by_person(document.pk)
    typed: Doc[Text] = Doc()
    typed.get("text", type=Text).insert(0, "Nouveau")
    append_update(document.pk, typed.get_update(), acting_user=None)

    assert again == {}
    assert letters_by_person(document.pk) == {None: 7}
