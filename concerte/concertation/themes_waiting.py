"""What a round of priorities waits for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from concerte.concertation.models.themes import Allocation, PriorityRound
from concerte.partners.circles import memberships_in_circles
from concerte.partners.models import Membership


def points_to_spread(person: User) -> Iterator[WaitingItem]:
    """One for each organisation the person represents that has spread nothing yet in a round that is open."""
    held = memberships_in_circles(timezone.localdate()).filter(person=person, role=Membership.Role.REPRESENTATIVE)
    represented = list(held.select_related("organisation").order_by("organisation__name", "pk"))
    circles = {each.participation_circle for each in represented}
    if not circles:
        return
    rounds = PriorityRound.objects.open().filter(circle__in=circles).select_related("circle")
    opened = {each.circle_id: each for each in rounds}
    if not opened:
        return
    answered = set(Allocation.objects.filter(round__in=opened.values()).values_list("round", "organisation").order_by())
    for membership in represented:
        current = opened.get(membership.participation_circle)
        if current is None or (current.pk, membership.organisation_id) in answered:
            continue
        yield WaitingItem(
            title=_("Répartir les points de %(organisation)s entre les thèmes")
            % {"organisation": membership.organisation},
            detail=_("%(circle)s, tour de priorités n°\u00a0%(number)d")
            % {"circle": current.circle, "number": current.number},
            address=reverse("concertation:spread_points", args=[current.circle.slug, current.number]),
            since=current.opened_at,
            key=f"concertation.priorities:{current.pk}:{membership.organisation.slug}",
        )
