"""Who may do what with needs. Asked of today's memberships."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.concertation.models.needs import Need
from concerte.partners.circles import WRITING_ROLES, Standing, standing_in
from concerte.partners.models import Organisation

LOCAL_COLLEGE = "collectivites"


@dataclass(frozen=True)
class Voice:
    """In whose name a person may speak of needs in one circle today: one or two queries, whatever is then asked.

    standing: what they are to the circle. authorities: local authorities that do not take part in it, and for which
    they may write: a need is worth hearing wherever it comes from."""

    standing: Standing
    authorities: tuple[Organisation, ...] = ()

    @cached_property
    def speaking_for(self) -> tuple[Organisation, ...]:
        """The organisations in whose name the person may raise or join a need, each once."""
        return (*self.standing.writing_for, *self.authorities)

    @property
    def may_raise(self) -> bool:
        return bool(self.speaking_for)

    def may_speak_for(self, organisation_id: int) -> bool:
        return any(organisation.pk == organisation_id for organisation in self.speaking_for)

    def may_close(self, need: Need) -> bool:
        """Withdraw a need: who may write for the one that raised it, or the coordination."""
        return self.standing.may_coordinate or self.may_speak_for(need.organisation_id)


def voice_in(person: User | AnonymousUser, circle_id: int, standing: Standing | None = None) -> Voice:
    """standing: what the person is to the circle, when it is known already."""
    held = standing if standing is not None else standing_in(person, circle_id)
    if not person.is_authenticated:
        return Voice(held)
    authorities = (
        Organisation.objects.existing_on(timezone.localdate())
        .where_person_is(person, *WRITING_ROLES)
        .filter(Q(territory__isnull=False) | Q(kind="collectivite"), college__slug=LOCAL_COLLEGE)
        .exclude(pk__in=[organisation.pk for organisation in held.writing_for])
        .select_related("college")
        .order_by("name", "pk")
    )
    return Voice(held, tuple(authorities))
