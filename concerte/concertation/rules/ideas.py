"""What a person may do with an idea today."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from concerte.accounts.models import User
from concerte.concertation.models.groups import WorkingGroup
from concerte.concertation.models.ideas import Idea
from concerte.concertation.rules.groups import InGroup, in_group
from concerte.partners.circles import Standing, standing_in
from concerte.partners.models import Organisation


@dataclass(frozen=True)
class BeforeIdea:
    """circle: what the person is to the circle. group: to the group of the idea, if it is in one."""

    circle: Standing
    group: InGroup | None
    is_author: bool

    @property
    def may_discuss(self) -> bool:
        """Whether they comment: whoever writes in the circle and reads the idea."""
        return self.circle.may_write

    @property
    def may_answer(self) -> bool:
        """Whether they study, retain or set aside: the co-pilots of the group, the coordination of the circle."""
        return self.circle.may_coordinate or (self.group is not None and self.group.pilot is not None)

    @property
    def may_reshape(self) -> bool:
        """Whether they correct, merge or split: the authors, and who answers."""
        return self.is_author or self.may_answer

    @property
    def answering_for(self) -> Organisation | None:
        """The organisation in whose name they answer."""
        if self.group is not None and self.group.pilot is not None:
            return self.group.pilot.organisation
        return self.circle.coordinating


def before_idea(person: User | AnonymousUser, idea: Idea) -> BeforeIdea:
    """What the person may do with this idea. Whether they see it is asked of `visible_to`."""
    group = in_group(person, idea.group) if idea.group is not None else None
    circle = group.circle if group is not None else standing_in(person, idea.circle_id)
    mine = {organisation.pk for organisation in circle.writing_for}
    is_author = isinstance(person, User) and idea.authors.filter(person=person, organisation__in=mine).exists()
    return BeforeIdea(circle, group, is_author)


def may_propose(circle: Standing, group: InGroup | None) -> bool:
    """Whether somebody may bring an idea: who writes in the circle; in a group, its members and co-pilots."""
    return group.may_write if group is not None else circle.may_write


def proposing_for(circle: Standing, group: InGroup | None) -> tuple[Organisation, ...]:
    """The organisations in whose name an idea may be brought there."""
    if group is not None:
        return (group.organisation,) if group.may_write and group.organisation is not None else ()
    return circle.writing_for


def is_closed(group: WorkingGroup | None) -> bool:
    return group is not None and group.has_ended
