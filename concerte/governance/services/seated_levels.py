"""What those who sit on a body, and its secretariat, may do in what it writes together."""

from django.utils import timezone

from concerte.documents.models import Level
from concerte.governance.models import Body, Mandate
from concerte.partners.models import Membership


def levels_of_the_seated(body: Body, *, highest: Level) -> dict[int, Level]:
    """By person, today: `highest` for those who sit with a vote and for the secretariat, reading for observers."""
    today = timezone.localdate()
    levels: dict[int, Level] = {}
    mandates = Mandate.objects.held_on(today).filter(seat__body=body)
    for person_id, is_voting in mandates.values_list("person_id", "seat__is_voting"):
        levels[person_id] = highest if is_voting else Level.READ
    secretaries = Membership.objects.held_on(today).filter(
        organisation=body.secretariat_id, role=Membership.Role.COORDINATION, person__is_active=True
    )
    levels.update(dict.fromkeys(secretaries.values_list("person_id", flat=True), highest))
    return levels
