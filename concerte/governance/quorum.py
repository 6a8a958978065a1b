"""Who is there, by college, and whether that is enough. Never one number for all the colleges together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from concerte.governance.models import Attendance, Meeting, Seat
from concerte.partners.models import College

State = Attendance.State


@dataclass(frozen=True)
class CollegePresence:
    """seats: organisations with a vote that day. present: there themselves. represented: by the proxy they gave to one
    that is there. needed: how many of them, present or represented, the quorum asks for. left: came and are gone.
    came: what would count had nobody left."""

    college: College
    seats: int
    present: int
    represented: int
    needed: int
    left: int = 0
    came: int = 0

    @property
    def is_met(self) -> bool:
        return self.present + self.represented >= self.needed

    @property
    def is_lost(self) -> bool:
        """Whether it would be met had nobody left."""
        return not self.is_met and self.came >= self.needed

    @property
    def counted(self) -> int:
        return self.present + self.represented


def needed_of(seats: int, percent: int) -> int:
    """How many of the seats make that share, rounded up: half of 5 is 3."""
    return -(-seats * percent // 100)


def presence_by_college(
    seats: Iterable[Seat], attendances: Mapping[int, Attendance], quorum_percent: int
) -> list[CollegePresence]:
    """seats: those held that day, with their college. attendances: by id of seat; nothing said is not there.

    A proxy counts only while the organisation that holds it is there: not before it comes, nor once it left. Observers
    are not counted."""
    voting = [seat for seat in seats if seat.is_voting]
    came = {seat.pk for seat in voting if seat.pk in attendances and attendances[seat.pk].state == State.PRESENT}
    there = {pk for pk in came if attendances[pk].is_there}
    sides: dict[int, list[Seat]] = {}
    for seat in voting:
        sides.setdefault(seat.college_id, []).append(seat)
    return [
        CollegePresence(
            college=side[0].college,
            seats=len(side),
            present=sum(seat.pk in there for seat in side),
            represented=sum(_is_represented(attendances.get(seat.pk), there) for seat in side),
            needed=needed_of(len(side), quorum_percent),
            left=sum(seat.pk in came - there for seat in side),
            came=sum(seat.pk in came or _is_represented(attendances.get(seat.pk), came) for seat in side),
        )
        for side in sides.values()
    ]


def is_quorate(sides: Iterable[CollegePresence]) -> bool:
    """Whether each college is there in sufficient number; a body nobody votes on never is."""
    found = list(sides)
    return bool(found) and all(side.is_met for side in found)


def seats_of(meeting: Meeting) -> list[Seat]:
    """The seats held on the day of the meeting, by college and name."""
    return list(meeting.body.seats.held_on(meeting.day).select_related("organisation", "college"))


def presence_of(meeting: Meeting) -> list[CollegePresence]:
    """The same for a meeting, as it is noted now."""
    said = {attendance.seat_id: attendance for attendance in meeting.attendances.all()}
    return presence_by_college(seats_of(meeting), said, meeting.quorum_percent)


@dataclass(frozen=True)
class Quorum:
    """Whether a meeting can decide. is_noted: whether anybody noted who is there; nothing is known before."""

    sides: tuple[CollegePresence, ...]
    is_noted: bool

    @property
    def is_met(self) -> bool:
        return is_quorate(self.sides)

    @property
    def was_met(self) -> bool:
        """Whether it would be met had nobody left."""
        return bool(self.sides) and all(side.came >= side.needed for side in self.sides)

    @property
    def missing(self) -> list[College]:
        return [side.college for side in self.sides if not side.is_met]


def quorum_of(meeting: Meeting) -> Quorum:
    """As it is noted now. An organisation that excuses itself or gives its proxy does not say who is there."""
    noted = list(meeting.attendances.all())
    said = {attendance.seat_id: attendance for attendance in noted}
    sides = presence_by_college(seats_of(meeting), said, meeting.quorum_percent)
    return Quorum(tuple(sides), is_noted=any(each.state in (State.PRESENT, State.ABSENT) for each in noted))


def _is_represented(attendance: Attendance | None, there: set[int]) -> bool:
    return attendance is not None and attendance.state == State.PROXY and attendance.proxy_to_id in there
