"""In whose name someone manages: what the journal says."""

from concerte.accounts.models import User
from concerte.partners.models import Membership, Organisation


def organisation_acted_for(person: User | None) -> str:
    """The slug of the organisation the person coordinates for today; empty when there is none, or several: the journal
    then says who, and does not guess for whom."""
    if person is None:
        return ""
    found = Organisation.objects.where_person_is(person, Membership.Role.COORDINATION)
    slugs = list(found.values_list("slug", flat=True)[:2])
    return slugs[0] if len(slugs) == 1 else ""
