"""What a person is to an exchange: asked of today's memberships in the organisations that took part."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser

from concerte.accounts.models import User
from concerte.concertation.models.exchanges import Exchange
from concerte.partners.circles import WRITING_ROLES, standing_in
from concerte.partners.models import Organisation


@dataclass(frozen=True)
class AtTheTable:
    """reading_for, writing_for: the organisations present for which the person may read, and may write.

    colleges: by organisation, the side it took part on."""

    reading_for: tuple[Organisation, ...] = ()
    writing_for: tuple[Organisation, ...] = ()
    colleges: Mapping[int, int] = field(default_factory=dict)

    @property
    def may_write(self) -> bool:
        return bool(self.writing_for)

    def side_of(self, organisation: Organisation) -> int:
        """The id of the college on whose side the organisation took part."""
        return self.colleges[organisation.pk]


def at_the_table(person: User | AnonymousUser, exchange: Exchange) -> AtTheTable:
    """What the person is to this exchange today, as one of its two sides."""
    if not person.is_authenticated:
        return AtTheTable()
    colleges = dict(exchange.parties.values_list("organisation", "college"))
    held = [each for each in standing_in(person, exchange.circle_id).memberships if each.organisation_id in colleges]
    reading = {each.organisation_id: each.organisation for each in held}
    writing = {each.organisation_id: each.organisation for each in held if each.role in WRITING_ROLES}
    return AtTheTable(tuple(reading.values()), tuple(writing.values()), colleges)
