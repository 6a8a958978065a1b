"""Keeping the rights over the notes of exchanges true to today's memberships."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.concertation.models.exchanges import Exchange
from concerte.documents.models import Access, Level
from concerte.documents.services import set_accesses
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles
from concerte.partners.models import Circle, Membership


@transaction.atomic
def keep_exchange_accesses_true(exchange: Exchange, *, acting_user: User | None = None) -> None:
    """The two sides write the notes, each person as their role allows; once the exchange is fixed, they read them."""
    exchange = locked_exchange(exchange)
    levels: dict[int, Level] = {}
    held = memberships_in_circles(timezone.localdate()).filter(
        participation_circle=exchange.circle_id, organisation__exchange_parties__exchange=exchange
    )
    for person_id, role in held.values_list("person_id", "role"):
        level = Level.WRITE if role in WRITING_ROLES and not exchange.is_fixed else Level.READ
        levels[person_id] = max(level, levels.get(person_id, level))
    set_accesses(exchange.note, levels, acting_user=acting_user)


def keep_exchange_accesses_of_person_true(person_id: int) -> None:
    """The same, for every exchange this person reaches, reached, or could reach through an organisation of theirs."""
    of_person = Membership.objects.filter(person_id=person_id, organisation__exchange_parties__exchange=OuterRef("pk"))
    still_granted = Access.objects.filter(person_id=person_id, document=OuterRef("note"))
    for exchange in Exchange.objects.filter(Q(Exists(of_person)) | Q(Exists(still_granted))).order_by("pk"):
        keep_exchange_accesses_true(exchange)


def keep_exchange_accesses_of_circle_true(circle: Circle | None = None) -> int:
    """The same for the exchanges of a circle, or of all of them: what a participation, or a day that begins, changes.

    Returns how many were looked at."""
    exchanges = Exchange.objects.order_by("pk")
    found = list(exchanges if circle is None else exchanges.filter(circle=circle))
    for exchange in found:
        keep_exchange_accesses_true(exchange)
    return len(found)


def locked_exchange(exchange: Exchange) -> Exchange:
    """The exchange read again, its row locked until the end of the transaction (SQLite has one writer at a time)."""
    locked: Exchange = Exchange.objects.select_for_update(of=("self",), no_key=True).get(pk=exchange.pk)
    return locked
