"""Dates known to the year, the semester, the month or the day, kept at that precision."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from concerte.common.semesters import Semester


class Precision(StrEnum):
    YEAR = "year"
    SEMESTER = "semester"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True)
class PartialDate:
    """A date as it is known. text: `2019`, `2019-S1`, `2019-10` or `2019-10-25`."""

    text: str
    precision: Precision
    first_day: date
    last_day: date

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read one of the four written forms. Raises ValueError for anything else."""
        if re.fullmatch(r"[0-9]{4}", text) and text != "0000":
            year = int(text)
            return cls(text, Precision.YEAR, date(year, 1, 1), date(year, 12, 31))
        if re.fullmatch(r"[0-9]{4}-S[12]", text):
            semester = Semester.parse(text)
            return cls(text, Precision.SEMESTER, semester.first_day, semester.last_day)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            year, month = int(text[:4]), int(text[5:])
            first = date(year, month, 1)
            return cls(text, Precision.MONTH, first, date(year, month, calendar.monthrange(year, month)[1]))
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            day = date.fromisoformat(text)
            return cls(text, Precision.DAY, day, day)
        raise ValueError(f"not a date: {text!r}")

    def is_wholly_before(self, other: "PartialDate") -> bool:
        """No day it may be is a day the other may be, and it comes first: `2018` is not wholly before `2018-S2`."""
        return self.last_day < other.first_day

    def __str__(self) -> str:
        return self.text
