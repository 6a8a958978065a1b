"""The lines of the log: what one person writes between two commits is one, and every line is found, filed or not."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concerte.documents import limits, services
from concerte.documents.log import Committed, DocumentLog, Joined, Write
from concerte.documents.models import LoggedUpdate
from concerte.documents.rechecking import Shown, read_facts
from concerte.documents.state import Row, join_all, read_rows_after, read_stored
from concerte.documents.updates import read
from tests.documents.factories import Situation, make_situation, text_of, text_update, typed, write

only_sqlite = pytest.mark.usefixtures("sqlite")


@pytest.fixture
def sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("files each line at once")


@pytest.fixture
def situation(transactional_db: None) -> Situation:
    return make_situation()


def rows_of(document_id: UUID) -> list[Row]:
    """What the log holds of a document, asked without its index."""
    lines = LoggedUpdate.objects.filter(document_id=document_id).order_by("pk")
    return [Row(line.pk, bytes(line.update_bytes)) for line in lines]


def test_what_one_person_typed_meanwhile_is_one_line(situation: Situation) -> None:
    letters = "abcdefghijklmnopqrst"

    outcomes = DocumentLog().append([write(situation, text, situation.anne) for text in typed(5, *letters)])

    first, *others = outcomes
    assert isinstance(first, Committed)
    assert others == [None] * 19
    assert rows_of(situation.document.pk) == [first.row]
    assert situation.text() == letters


def test_two_people_keep_lines_of_their_own(situation: Situation) -> None:
    mixed = [
        write(situation, text, person)
        for pair in zip(typed(5, *"abcdefghij"), typed(6, *"klmnopqrst"), strict=True)
        for text, person in zip(pair, (situation.anne, situation.bruno), strict=True)
    ]

    DocumentLog().append(mixed)

    assert list(LoggedUpdate.objects.values_list("person_id", flat=True)) == [situation.anne.pk, situation.bruno.pk]
    assert services.authors(situation.document.pk) == {5: situation.anne.pk, 6: situation.bruno.pk}
    assert sorted(situation.text()) == sorted("abcdefghijklmnopqrst")


def test_what_is_refused_is_in_no_line(situation: Situation) -> None:
    log = DocumentLog()
    log.append([write(situation, text_update("z", 6), situation.bruno)])
    forged = write(situation, typed(6, "z", "!")[1], situation.anne)

    outcomes = log.append([forged, *(write(situation, text, situation.anne) for text in typed(5, *"abcdefghijklmnop"))])

    assert [getattr(outcome, "code", "") for outcome in outcomes] == ["foreign-client"] + [""] * 16
    assert sorted(situation.text()) == sorted("zabcdefghijklmnop")


def test_what_deletes_or_goes_back_keeps_a_line_of_its_own(situation: Situation) -> None:
    letters = typed(5, *"abcdefghijklmnopqrst")
    erasing = b"\x00\x01\x05\x01\x02\x01"  # the clock 2 of client 5
    sent = [*letters[:10], erasing, *letters[10:], letters[3]]

    DocumentLog().append([write(situation, text, situation.anne) for text in sent])

    first, *others = [row.update for row in rows_of(situation.document.pk)]
    assert text_of(first) == "abcdefghijklmnopqrst"
    assert others == [erasing, letters[3]]
    assert situation.text() == "abdefghijklmnopqrst"


def test_few_lines_and_long_ones_stay_apart(situation: Situation) -> None:
    few = typed(5, *"abc")
    long = typed(6, *("x" * (limits.JOINED_LINE_BYTES + number) for number in range(limits.JOINED_LINES)))

    DocumentLog().append([write(situation, text, situation.anne) for text in few])
    DocumentLog().append([write(situation, text, situation.bruno) for text in long])

    assert [row.update for row in rows_of(situation.document.pk)] == few + long


@given(st.lists(st.tuples(st.sampled_from("de"), st.sampled_from((1, 2, None))), min_size=1, max_size=60))
def test_joined_lines_say_what_the_lines_said_one_outcome_for_each(authors: list[tuple[str, int | None]]) -> None:
    typists = {
        author: iter(typed(7 + number, *"a" * 60)) for number, author in enumerate(sorted(set(authors), key=str))
    }
    lines = [(document, next(typists[document, person]), person) for document, person in authors]

    joined = Joined(lines, [Write(uuid4(), read(content), person) for _, content, person in lines])
    outcomes = joined.outcomes(range(1, len(joined.lines) + 1))

    assert len(outcomes) == len(lines)
    committed = [outcome.row for outcome in outcomes if isinstance(outcome, Committed)]
    assert sorted(committed) == [Row(place + 1, content) for place, (_, content, _) in enumerate(joined.lines)]
    for document in {document for document, _ in authors}:
        before = join_all([content for key, content, _ in lines if key == document])
        after = join_all([content for key, content, _ in joined.lines if key == document])
        assert text_of(before) == text_of(after)
    if len(lines) < limits.JOINED_LINES:
        assert joined.lines == lines


@only_sqlite
def test_lines_enter_the_index_together_once_they_are_many(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = DocumentLog()
    filed = []
    for number, text in enumerate(typed(5, *"abcdefg")):
        monkeypatch.setattr(limits, "UNFILED_LINES", 4 if number else 1)
        log.append([write(situation, text, situation.anne)])
        filed.append(LoggedUpdate.objects.filter(is_filed=True).count())

    assert filed == [1, 1, 1, 1, 5, 5, 5]
    assert situation.text() == "abcdefg"


@only_sqlite
def test_what_was_filed_in_a_transaction_that_did_not_hold_is_filed_again(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNFILED_LINES", 2)
    log = DocumentLog()
    first, second, third = typed(5, *"abc")
    log.append([write(situation, first, situation.anne)])
    with transaction.atomic():
        log.append([write(situation, second, situation.anne)])
        transaction.set_rollback(True)

    log.append([write(situation, text, situation.anne) for text in (second, third)])

    assert set(LoggedUpdate.objects.values_list("is_filed", flat=True)) == {True}
    assert situation.text() == "abc"


@only_sqlite
@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=5), min_size=1, max_size=8),
    st.integers(1, 6),
    st.integers(0, 30),
)
def test_reading_and_the_regular_check_find_every_line_whatever_is_filed(
    batches: list[list[int]], unfiled: int, after: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(limits, "UNFILED_LINES", unfiled)
        situations = [make_situation() for _ in range(3)]
        typists: list[Any] = [iter(typed(5, *"a" * 40)) for _ in situations]
        log = DocumentLog()
        for batch in batches:
            log.append([write(situations[n], next(typists[n]), situations[n].anne) for n in batch])
        first = LoggedUpdate.objects.order_by("pk")[0].pk
        horizon = first + after

        for situation in situations:
            document_id = situation.document.pk
            expected = rows_of(document_id)
            assert list(read_stored(document_id).rows) == expected
            assert list(read_rows_after(document_id, horizon)) == [row for row in expected if row.id > horizon]
            missed = read_facts([], {document_id: Shown(first - 1, horizon, -1)}).missed  # -1: never what is found
            assert sorted(missed.get(document_id, (0, []))[1]) == expected
        transaction.set_rollback(True)


@only_sqlite
@pytest.mark.usefixtures("transactional_db")
def test_thousands_of_lines_are_read_in_several_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINES_READ", 3)
    situation = make_situation()
    log = DocumentLog()
    for text in typed(5, *"abcdefg"):
        log.append([write(situation, text, situation.anne)])

    assert list(read_rows_after(situation.document.pk, 0)) == rows_of(situation.document.pk)
    assert len(read_rows_after(situation.document.pk, 0)) == 7
