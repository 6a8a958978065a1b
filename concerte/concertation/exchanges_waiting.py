"""What exchanges wait for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from concerte.common.templatetags.typography import day
from concerte.concertation.exchanges_content import current_digest
from concerte.concertation.models.exchanges import Exchange, FollowUp, VisibilityRequest
from concerte.concertation.rules.exchanges import at_the_table

FOLLOW_UP_DAYS_AHEAD = 14  # a follow-up is shown this long before it is due
MANY = 50  # exchanges to confirm shown at once, the oldest first


def exchanges_waiting_for(person: User) -> Iterator[WaitingItem]:
    """Exchanges to confirm, visibilities to answer, follow-ups that are due or soon will be."""
    yield from _to_confirm(person)
    yield from _to_answer(person)
    yield from _follow_ups(person)


def _to_confirm(person: User) -> Iterator[WaitingItem]:
    """Those that took place and that the person's side has not confirmed as they are written now."""
    took_place = Exchange.objects.correctable_by(person).filter(held_by_day__lte=timezone.localdate())
    for exchange in took_place.select_related("circle").prefetch_related("confirmations").order_by("pk")[:MANY]:
        table = at_the_table(person, exchange)
        sides = {table.side_of(organisation) for organisation in table.writing_for}
        given = {each.college_id: each for each in exchange.confirmations.all() if each.cancelled_at is None}
        # Reading the notes costs more than the rest: only when what was confirmed has to be compared with them.
        if sides <= given.keys() and all(given[side].digest == current_digest(exchange) for side in sides):
            continue
        times = len([each for each in exchange.confirmations.all() if each.college_id in sides])
        yield WaitingItem(
            title=_("Un échange attend votre confirmation"),
            detail=exchange.title,
            address=reverse("concertation:exchange", args=[exchange.circle.slug, exchange.pk]),
            since=max([exchange.created_at, *(each.given_at for each in given.values())]),
            key=f"concertation.exchange:{exchange.pk}:{person.pk}:{times}",
        )


def _to_answer(person: User) -> Iterator[WaitingItem]:
    asked = VisibilityRequest.objects.filter(
        answered_at=None, exchange__in=Exchange.objects.visible_to(person)
    ).select_related("exchange__circle", "organisation")
    for each in asked.order_by("pk"):
        table = at_the_table(person, each.exchange)
        if any(table.side_of(organisation) != each.college_id for organisation in table.writing_for):
            yield WaitingItem(
                title=_("%(organisation)s demande que d’autres lisent un échange")
                % {"organisation": each.organisation},
                detail=each.exchange.title,
                address=reverse("concertation:exchange_visibility", args=[each.exchange.circle.slug, each.exchange_id]),
                since=each.asked_at,
                key=f"concertation.visibilityrequest:{each.pk}:{person.pk}",
            )


def _follow_ups(person: User) -> Iterator[WaitingItem]:
    soon = timezone.localdate() + timedelta(days=FOLLOW_UP_DAYS_AHEAD)
    due = FollowUp.objects.open().owned_by(person).filter(due_on__lte=soon).select_related("exchange__circle")
    for follow_up in due.order_by("due_on", "pk"):
        exchange = follow_up.exchange
        yield WaitingItem(
            title=_("Suite à donner pour le %(day)s") % {"day": day(follow_up.due_on)},
            detail=follow_up.what,
            address=reverse("concertation:exchange", args=[exchange.circle.slug, exchange.pk]) + "#suites",
            since=timezone.make_aware(datetime.combine(follow_up.due_on, time())),
            key=f"concertation.followup:{follow_up.pk}:{person.pk}",
        )
