"""What a person is to a working group today."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from concerte.accounts.models import User
from concerte.concertation.models.groups import GroupMembership, GroupPilot, GroupSeat, WorkingGroup
from concerte.partners.circles import Standing, standing_in
from concerte.partners.models import Organisation


@dataclass(frozen=True)
class InGroup:
    """circle: what the person is to the circle. pilot, member: their row in the group, when it counts today.

    waiting: an invitation or a request of theirs that has no answer."""

    circle: Standing
    pilot: GroupPilot | None = None
    member: GroupMembership | None = None
    waiting: GroupMembership | None = None

    @property
    def belongs(self) -> bool:
        return self.pilot is not None or self.member is not None

    @property
    def may_write(self) -> bool:
        """Whether they write the notes, join files and bring ideas: members and co-pilots whose role writes."""
        return self.belongs and self.organisation in self.circle.writing_for

    @property
    def may_lead(self) -> bool:
        """Whether they invite, answer requests and open the space: co-pilots, and the coordination."""
        return self.pilot is not None or self.circle.may_coordinate

    @property
    def organisation(self) -> Organisation | None:
        """The one in whose name they are in the group."""
        row = self.pilot or self.member
        return row.organisation if row is not None else None

    @property
    def leading_organisation(self) -> str:
        """The slug of the one in whose name they lead."""
        return self.pilot.organisation.slug if self.pilot else self.circle.coordinating_slug


def in_group(person: User | AnonymousUser, group: WorkingGroup) -> InGroup:
    """Three queries, whatever is asked of it afterwards."""
    circle = standing_in(person, group.circle_id)
    if not isinstance(person, User) or not circle.may_read:
        return InGroup(circle)
    pilots = GroupPilot.objects.in_place().filter(seat__group=group, person=person)
    rows = list(
        group.memberships.filter(person=person, ended_at=None).select_related("organisation", "begun_by").order_by("pk")
    )
    mine = {each.organisation_id for each in circle.memberships}
    state = GroupMembership.State
    rows = [row for row in rows if row.organisation_id in mine]
    return InGroup(
        circle,
        pilot=pilots.select_related("organisation", "seat").first(),
        member=next((row for row in rows if row.state == state.MEMBER), None),
        waiting=next((row for row in rows if row.state in {state.INVITED, state.ASKED}), None),
    )


def may_fill(circle: Standing, seat: GroupSeat) -> bool:
    """Whether the person may say who sits in the place of a co-pilot: the representatives of its college, and the
    coordination."""
    return circle.may_coordinate or any(each.college_id == seat.college_id for each in circle.represented)


def may_undo(mine: InGroup, author_id: int | None, person: User | AnonymousUser) -> bool:
    """Whether the person takes back what somebody put in the space: who put it there, while in the group, and who
    leads it."""
    return mine.may_lead or (mine.belongs and author_id == person.pk)
