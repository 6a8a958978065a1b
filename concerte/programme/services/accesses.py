"""Keeping the rights over drafts true to today's memberships: `documents` knows rights as plain rows only."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concerte.documents.models import Access, Level
from concerte.documents.services import set_accesses
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles
from concerte.partners.models import Membership
from concerte.programme.models import Programme
from concerte.programme.services.locks import locked_programme


@transaction.atomic
def keep_accesses_true(programme: Programme) -> None:
    """Compute who may read and write the draft today, and say so to `documents`, which tells open connections."""
    programme = locked_programme(programme)
    levels: dict[int, Level] = {}
    held = memberships_in_circles(timezone.localdate()).filter(participation_circle=programme.circle_id)
    for person_id, role in held.values_list("person_id", "role"):
        level = Level.WRITE if role in WRITING_ROLES else Level.READ
        levels[person_id] = max(level, levels.get(person_id, level))
    set_accesses(programme.draft, levels)


def keep_accesses_of_person_true(person_id: int) -> None:
    """The same, for every programme this person reaches, reached, or could reach through an organisation of theirs."""
    of_person = Membership.objects.filter(person_id=person_id, organisation__participations__circle=OuterRef("circle"))
    still_granted = Access.objects.filter(person_id=person_id, document=OuterRef("draft"))
    for programme in Programme.objects.filter(Q(Exists(of_person)) | Q(Exists(still_granted))).order_by("pk"):
        keep_accesses_true(programme)


def keep_every_access_true() -> int:
    """The same for all programmes: what a day that begins changes (roles and organisations that begin or end).

    Returns how many programmes were looked at."""
    programmes = list(Programme.objects.order_by("pk"))
    for programme in programmes:
        keep_accesses_true(programme)
    return len(programmes)
