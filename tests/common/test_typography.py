"""How small things are written."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from concerte.common.templatetags.typography import (
    actions,
    clock,
    day,
    french,
    is_under,
    machine_date,
    partial_date,
    semester,
    sentence,
    short_digest,
)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("l'État", "l’État"),
        ("Pourquoi ? Ainsi !", "Pourquoi\u202f? Ainsi\u202f!"),
        ("un ; deux : trois", "un\u202f; deux\u00a0: trois"),
        ("« cité »", "«\u00a0cité\u00a0»"),
        ("3 500 communes", "3\u202f500 communes"),
        ("https://exemple.fr/?a=1;b=2", "https://exemple.fr/?a=1;b=2"),
        ("", ""),
    ],
)
def test_french_text_takes_its_spaces_and_apostrophes(typed, written):
    assert french(typed) == written


@pytest.mark.parametrize(
    ("kept", "written"),
    [
        ("2019", "2019"),
        ("2019-S1", "1er semestre 2019"),
        ("2019-S2", "2e semestre 2019"),
        ("2019-06", "juin 2019"),
        ("2019-06-30", "30\u00a0juin 2019"),
        ("2019-06-01", "1er\u00a0juin 2019"),
        ("fin 2021", "fin 2021"),
        ("", ""),
    ],
)
def test_a_partial_date_is_said_at_the_precision_known(kept, written):
    assert partial_date(kept) == written


def test_a_day_of_nowhere_is_nothing():
    assert day(None) == ""
    assert day(date(2027, 1, 1)) == "1er\u00a0janvier 2027"


def test_what_is_not_a_semester_is_shown_as_it_is():
    assert semester("vague-1") == "vague-1"


def test_the_machine_date_of_a_semester_is_its_year():
    assert machine_date("2019-S1") == "2019"
    assert machine_date("2019-06-30") == "2019-06-30"


def test_a_digest_is_shortened_by_its_middle():
    assert short_digest("sha256:" + "0123456789abcdef" * 4) == "01234567…cdef"
    assert short_digest("sha256:abc") == "abc"


def test_a_count_agrees_with_its_noun():
    with translation.override("fr"):
        assert [actions(count) for count in (0, 1, 2)] == ["0 action", "1 action", "2 actions"]


def test_an_address_is_under_another_only_at_a_slash():
    assert is_under("/programmes/dcant", "/programmes")
    assert is_under("/programmes", "/programmes")
    assert not is_under("/programmes-anciens", "/programmes")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("deux décrets du 18 janvier", "Deux décrets du 18 janvier."),
        ("l'État décide", "L’État décide."),
        ("data.gouv.fr ouvre", "data.gouv.fr ouvre."),
        ("Déjà une phrase.", "Déjà une phrase."),
        ("Et après ?", "Et après\u202f?"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_and_ends_with_a_stop(typed: str, written: str) -> None:
    assert sentence(typed) == written


def test_a_time_of_day_is_said_with_its_h():
    assert clock(datetime(2026, 11, 28, 2, 41, tzinfo=UTC)) == "2\u00a0h\u00a041"
    assert clock(datetime(2026, 11, 28, 14, 5, tzinfo=UTC)) == "14\u00a0h\u00a005"
