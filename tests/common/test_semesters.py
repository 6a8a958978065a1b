"""Half-years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.common.semesters import Semester

semesters = st.builds(Semester, st.integers(2, 9998), st.sampled_from([1, 2]))


def test_a_semester_is_read_and_written():
    semester = Semester.parse("2018-S2")

    assert (semester.year, semester.half, str(semester)) == (2018, 2, "2018-S2")
    assert (semester.first_day, semester.last_day) == (date(2018, 7, 1), date(2018, 12, 31))


@pytest.mark.parametrize("text", ["", "2018", "2018-S3", "18S1", "2018-s1", "0000-S1", "2018-S1\n", "٢٠١٨-S1"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="not a semester"):
        Semester.parse(text)


@given(semesters)
def test_next_and_previous_are_neighbours(semester):
    assert semester.next.previous == semester == semester.previous.next
    assert semester.previous < semester < semester.next
    assert (semester.next.first_day - semester.last_day).days == 1


@given(st.dates())
def test_a_day_is_within_its_semester(day):
    semester = Semester.of(day)

    assert semester.first_day <= day <= semester.last_day
