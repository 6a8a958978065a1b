"""Rounds of priorities: each organisation spreads points over the themes of the circle."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import PriorityRefused
from concerte.concertation.models.themes import DEFAULT_POINTS, MAX_POINTS, Allocation, PriorityRound, Theme
from concerte.concertation.rules.themes import may_reshape
from concerte.journal import services as journal
from concerte.partners.circles import standing_in
from concerte.partners.models import Circle, Organisation


@transaction.atomic
def open_round(circle: Circle, *, points: int = DEFAULT_POINTS, question: str = "", acting_user: User) -> PriorityRound:
    """Ask every organisation of the circle what it puts first. points: for each of them, from 1 to 1,000.

    Raises PriorityRefused ("not-allowed", "already-open", "bad-points", "no-theme"); nothing is then written."""
    circle = Circle.objects.select_for_update().get(pk=circle.pk)
    organisation = _coordinating(circle.pk, acting_user)
    if PriorityRound.objects.open().filter(circle=circle).exists():
        raise PriorityRefused(_("Un tour de priorités est déjà ouvert."), code="already-open")
    if not 1 <= points <= MAX_POINTS:
        raise PriorityRefused(
            _("Chaque organisation reçoit de 1 à %(limit)d points.") % {"limit": MAX_POINTS}, code="bad-points"
        )
    if not Theme.objects.open().filter(circle=circle).exists():
        raise PriorityRefused(_("Il n’y a pas encore de thème à classer."), code="no-theme")
    number = PriorityRound.objects.filter(circle=circle).count() + 1
    opened = PriorityRound.objects.create(
        circle=circle, number=number, points=points, question=question.strip()[:300], opened_by=acting_user
    )
    journal.record(
        "concertation.round_opened",
        actor=acting_user,
        subject=opened,
        organisation=organisation.slug,
        details={"number": number, "points": points},
    )
    return opened


@transaction.atomic
def close_round(opened: PriorityRound, *, acting_user: User) -> PriorityRound:
    """Nobody changes their points after this. Raises PriorityRefused ("not-allowed", "closed")."""
    opened = PriorityRound.objects.select_for_update().get(pk=opened.pk)
    organisation = _coordinating(opened.circle_id, acting_user)
    _check_open(opened)
    opened.closed_at = timezone.now()
    opened.closed_by = acting_user
    opened.save(update_fields=["closed_at", "closed_by"])
    journal.record(
        "concertation.round_closed",
        actor=acting_user,
        subject=opened,
        organisation=organisation.slug,
        details={"number": opened.number},
    )
    return opened


@transaction.atomic
def spread_points(
    opened: PriorityRound, *, organisation: Organisation, points: Mapping[int, int], acting_user: User
) -> list[Allocation]:
    """Say where an organisation puts its points, in place of what it said before; returns those above zero.

    points: by key of theme, 0 or more; a theme that is left out gets none; fewer than all may be spread. Raises
    PriorityRefused ("not-allowed": only who represents it, "closed", "negative", "too-many", "unknown-theme"); nothing
    is then written."""
    opened = PriorityRound.objects.select_for_update().get(pk=opened.pk)
    if organisation not in standing_in(acting_user, opened.circle_id).represented:
        raise PriorityRefused(
            _("Seule une personne qui représente l’organisation répartit ses points."), code="not-allowed"
        )
    _check_open(opened)
    if any(given < 0 for given in points.values()):
        raise PriorityRefused(_("Un thème reçoit zéro point ou plus."), code="negative")
    total = sum(points.values())
    if total > opened.points:
        raise PriorityRefused(
            _("%(total)d points répartis, pour %(points)d au plus.") % {"total": total, "points": opened.points},
            code="too-many",
        )
    asked = {theme: given for theme, given in points.items() if given}
    known = Theme.objects.open().filter(circle=opened.circle_id, pk__in=asked).count()
    if known != len(asked):
        raise PriorityRefused(_("Un de ces thèmes n’existe plus."), code="unknown-theme")
    before = {each.theme_id: each for each in opened.allocations.filter(organisation=organisation)}
    for theme_id, each in before.items():
        if each.points != asked.get(theme_id, 0):
            each.points = asked.get(theme_id, 0)
            each.placed_by = acting_user
            each.save(update_fields=["points", "placed_by", "placed_at"])
    opened.allocations.bulk_create(
        Allocation(round=opened, organisation=organisation, theme_id=theme_id, points=given, placed_by=acting_user)
        for theme_id, given in sorted(asked.items())
        if theme_id not in before
    )
    journal.record(
        "concertation.points_spread",
        actor=acting_user,
        subject=opened,
        organisation=organisation.slug,
        details={"points": {str(theme_id): given for theme_id, given in sorted(asked.items())}},
    )
    return list(opened.allocations.filter(organisation=organisation, points__gt=0))


def _coordinating(circle_id: int, acting_user: User) -> Organisation:
    standing = standing_in(acting_user, circle_id)
    if not may_reshape(standing) or standing.coordinating is None:
        raise PriorityRefused(_("Seule la coordination ouvre et clôt un tour de priorités."), code="not-allowed")
    return standing.coordinating


def _check_open(opened: PriorityRound) -> None:
    if not opened.is_open:
        raise PriorityRefused(_("Ce tour de priorités est clos."), code="closed")
