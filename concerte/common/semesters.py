"""Half-years, the rhythm of a programme: 2018-S1 is January to June 2018."""

import re
from dataclasses import dataclass
from datetime import date

_WRITTEN = re.compile(r"(?P<year>[0-9]{4})-S(?P<half>[12])")


@dataclass(frozen=True, order=True)
class Semester:
    """One half-year. half: 1 (January to June) or 2 (July to December)."""

    year: int
    half: int

    @classmethod
    def parse(cls, text: str) -> "Semester":
        """Read `2018-S1`. Raises ValueError for anything else."""
        match = _WRITTEN.fullmatch(text)
        if match is None or int(match["year"]) == 0:
            raise ValueError(f"not a semester: {text!r}")
        return cls(int(match["year"]), int(match["half"]))

    @classmethod
    def of(cls, day: date) -> "Semester":
        """The semester a day belongs to."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def first_day(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def next(self) -> "Semester":
        return Semester(self.year, 2) if self.half == 1 else Semester(self.year + 1, 1)

    @property
    def previous(self) -> "Semester":
        return Semester(self.year, 1) if self.half == 2 else Semester(self.year - 1, 2)

    def __str__(self) -> str:
        return f"{self.year:04d}-S{self.half}"
