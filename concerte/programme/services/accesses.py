"""Keeping rights over drafts and their amendments true to today's memberships: `documents` knows plain rows only."""

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
    """Compute who may read, amend and write the draft today, and say so to `documents`, which tells open connections.
    Whoever reads it may propose amendments: they are not written in it."""
    programme = locked_programme(programme)
    levels: dict[int, Level] = {}
    for person_id, role, _organisation in _memberships(programme):
        level = Level.WRITE if role in WRITING_ROLES else Level.SUGGEST
        levels[person_id] = max(level, levels.get(person_id, level))
    set_accesses(programme.draft, levels)
    keep_amendment_accesses_true(programme)


def keep_amendment_accesses_true(programme: Programme) -> None:
    """The same for the amendments that are open. One that is being written is opened by its organisation alone; one
    that is submitted is written by nobody, and read by all who read the draft. Nobody opens a closed one any more.
    Inside a transaction of the caller's, the programme being locked."""
    amendments = programme.draft.amendments.open().select_related("fork").order_by("pk")
    memberships = _memberships(programme) if amendments else ()
    for amendment in amendments:
        level = Level.WRITE if amendment.is_being_written else Level.READ
        set_accesses(
            amendment.fork,
            {
                person_id: level
                for person_id, _role, organisation_id in memberships
                if amendment.is_submitted or organisation_id == amendment.organisation_id
            },
        )


def _memberships(programme: Programme) -> list[tuple[int, str, int]]:
    """Those that count in the programme today: person, role, organisation."""
    held = memberships_in_circles(timezone.localdate()).filter(participation_circle=programme.circle_id)
    return list(held.values_list("person_id", "role", "organisation_id"))


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
