"""Dates known to the year, the semester, the month or the day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.common.partial_dates import PartialDate, Precision


@pytest.mark.parametrize(
    ("text", "precision", "first", "last"),
    [
        ("2019", Precision.YEAR, date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-S2", Precision.SEMESTER, date(2019, 7, 1), date(2019, 12, 31)),
        ("2020-02", Precision.MONTH, date(2020, 2, 1), date(2020, 2, 29)),
        ("2019-10-25", Precision.DAY, date(2019, 10, 25), date(2019, 10, 25)),
    ],
)
def test_each_precision_is_kept(text, precision, first, last):
    parsed = PartialDate.parse(text)

    assert (parsed.precision, parsed.first_day, parsed.last_day, str(parsed)) == (precision, first, last, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000",
        "19",
        "2019-13",
        "2019-00",
        "2019-02-30",
        "2019-S3",
        "0000-01",
        "2019-1",
        "25/10/2019",
        "２０１９",
        "2019\n",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  the calendar has its own messages
        PartialDate.parse(text)


@given(st.text(alphabet="0123456789-S", max_size=10))
def test_any_text_is_a_date_or_a_value_error(text):
    try:
        parsed = PartialDate.parse(text)
    except ValueError:
        return
    assert parsed.first_day <= parsed.last_day


def test_what_overlaps_does_not_come_before():
    year, semester, next_year = map(PartialDate.parse, ("2018", "2018-S2", "2019-01-01"))

    assert not year.is_wholly_before(semester)
    assert not semester.is_wholly_before(year)
    assert year.is_wholly_before(next_year)
    assert not next_year.is_wholly_before(year)
