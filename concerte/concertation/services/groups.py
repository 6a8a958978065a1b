"""Making working groups, their co-pilots, opening, publishing and ending them."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import GroupRefused
from concerte.concertation.models.groups import GroupFile, GroupPilot, GroupSeat, WorkingGroup
from concerte.concertation.rules.groups import InGroup, in_group, may_fill, may_undo
from concerte.concertation.services.groups_accesses import keep_group_accesses_true, locked_group
from concerte.documents.files import store_file
from concerte.documents.notes import create_note
from concerte.journal import services as journal
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles, standing_in
from concerte.partners.models import Circle, College, Organisation

MINIMUM_SEATS = 2


@transaction.atomic
def create_group(
    circle: Circle,
    *,
    name: str,
    purpose: str,
    colleges: Sequence[College],
    is_open: bool = False,
    origin: dict[str, Any] | None = None,
    acting_user: User | None,
) -> WorkingGroup:
    """A working group, with an empty seat of co-pilot for each of the colleges. origin: imported facts.

    acting_user: a representative or the coordination, or nobody (the operator). Raises GroupRefused ("not-allowed",
    "no-name", "no-purpose", "too-few-colleges"); nothing is then written."""
    held = standing_in(acting_user, circle.pk) if acting_user is not None else None
    if held is not None and not held.may_coordinate and not held.represented:
        raise GroupRefused(
            _("Un groupe est créé par la coordination, ou par qui représente une organisation."), code="not-allowed"
        )
    if not name.strip():
        raise GroupRefused(_("Donnez un nom au groupe."), code="no-name")
    if not purpose.strip():
        raise GroupRefused(_("Dites à quoi travaille ce groupe."), code="no-purpose")
    if len(set(colleges)) < MINIMUM_SEATS:
        raise GroupRefused(_("Un groupe est copiloté par deux collèges au moins."), code="too-few-colleges")
    group = WorkingGroup.objects.create(
        circle=circle,
        name=name.strip(),
        purpose=purpose.strip(),
        is_open=is_open,
        note=create_note(name.strip(), acting_user=acting_user),
        origin=origin or {},
        created_by=acting_user,
    )
    for college in dict.fromkeys(colleges):
        group.seats.create(college=college)
    acted_for = held.coordinating_slug or held.represented[0].slug if held is not None else ""
    _journal("group_created", group, acting_user, acted_for, colleges=[college.slug for college in colleges])
    return group


@transaction.atomic
def fill_seat(seat: GroupSeat, *, person: User, organisation: Organisation, acting_user: User | None) -> GroupPilot:
    """Have somebody co-pilot the group for the college of the seat; who held the seat before leaves it.

    acting_user: a representative of the college, the coordination, or nobody (the operator). Raises GroupRefused
    ("not-allowed", "ended", "other-college", "not-a-writer", "already-pilots"); nothing is then written."""
    group = locked_group(seat.group)
    seat = group.seats.select_related("college").get(pk=seat.pk)
    if acting_user is not None and not may_fill(standing_in(acting_user, group.circle_id), seat):
        raise GroupRefused(
            _("Le copilote d’un collège est nommé par qui le représente, ou par la coordination."), code="not-allowed"
        )
    _check_under_way(group)
    if organisation.college_id != seat.college_id:
        raise GroupRefused(_("Cette organisation n’est pas du collège de ce siège."), code="other-college")
    speaks = memberships_in_circles(timezone.localdate()).filter(
        participation_circle=group.circle_id, organisation=organisation, person=person, role__in=WRITING_ROLES
    )
    if not speaks.exists():
        raise GroupRefused(
            _("Cette personne n’écrit pour cette organisation dans aucun rôle du programme."), code="not-a-writer"
        )
    if GroupPilot.objects.in_place().filter(seat__group=group, person=person).exists():
        raise GroupRefused(_("Cette personne copilote déjà ce groupe."), code="already-pilots")
    seat.pilots.filter(ended_at=None).update(ended_at=timezone.now(), ended_because=_("Remplacement"))
    pilot = seat.pilots.create(person=person, organisation=organisation, named_by=acting_user)
    _journal("seat_filled", group, acting_user, organisation.slug, college=seat.college.slug, person=person.pk)
    keep_group_accesses_true(group)
    return pilot


@transaction.atomic
def empty_seat(pilot: GroupPilot, *, because: str, acting_user: User) -> GroupPilot:
    """Leave the place of a co-pilot, or have it left: the co-pilot, the college, or the coordination.

    Raises GroupRefused ("not-allowed", "already-empty", "no-reason"); nothing is then written."""
    group = locked_group(pilot.seat.group)
    pilot = GroupPilot.objects.select_related("seat", "organisation").get(pk=pilot.pk)
    circle = standing_in(acting_user, group.circle_id)
    if pilot.person_id != acting_user.pk and not may_fill(circle, pilot.seat):
        raise GroupRefused(_("Seuls ce copilote, son collège ou la coordination le peuvent."), code="not-allowed")
    if pilot.ended_at is not None:
        raise GroupRefused(_("Ce siège est déjà libre."), code="already-empty")
    if not because.strip():
        raise GroupRefused(_("Dites pourquoi ce siège se libère."), code="no-reason")
    pilot.ended_at = timezone.now()
    pilot.ended_because = because.strip()
    pilot.save(update_fields=["ended_at", "ended_because"])
    _journal("seat_emptied", group, acting_user, pilot.organisation.slug, because=pilot.ended_because)
    keep_group_accesses_true(group)
    return pilot


@transaction.atomic
def describe_group(group: WorkingGroup, *, name: str, purpose: str, is_open: bool, acting_user: User) -> WorkingGroup:
    """Change the card of a group, and whether the colleges read its space. Raises GroupRefused ("not-allowed", "ended",
    "no-name", "no-purpose"); nothing is then written."""
    group = locked_group(group)
    leads = _leading(group, acting_user)
    _check_under_way(group)
    if not name.strip():
        raise GroupRefused(_("Donnez un nom au groupe."), code="no-name")
    if not purpose.strip():
        raise GroupRefused(_("Dites à quoi travaille ce groupe."), code="no-purpose")
    values: dict[str, Any] = {"name": name.strip(), "purpose": purpose.strip(), "is_open": is_open}
    changed = sorted(field for field, value in values.items() if getattr(group, field) != value)
    if changed:
        for field in changed:
            setattr(group, field, values[field])
        group.save(update_fields=changed)
        _journal("group_described", group, acting_user, leads.leading_organisation, fields=changed, is_open=is_open)
    return group


@transaction.atomic
def decide_publication(group: WorkingGroup, *, wants: bool, because: str = "", acting_user: User) -> WorkingGroup:
    """A co-pilot wants the space read by anyone, or no longer does. It is public once each seat wants it, and stops
    being so as soon as one does not. because: needed to stop.

    Raises GroupRefused ("not-a-pilot", "no-reason", "already-so"); nothing is then written."""
    group = locked_group(group)
    pilot = in_group(acting_user, group).pilot
    if pilot is None:
        raise GroupRefused(_("Seuls les copilotes décident de publier."), code="not-a-pilot")
    if wants == (pilot.wants_published_at is not None) and (wants or group.published_at is None):
        raise GroupRefused(_("C’est déjà votre décision."), code="already-so")
    if not wants and not because.strip():
        raise GroupRefused(_("Dites pourquoi ce groupe ne doit plus être public."), code="no-reason")
    pilot.wants_published_at = timezone.now() if wants else None
    pilot.save(update_fields=["wants_published_at"])
    before = group.published_at
    if not wants:
        group.published_at = None
    elif all_seats_want_publication(group):
        group.published_at = before or timezone.now()
    group.save(update_fields=["published_at"])
    _journal(
        "publication_decided",
        group,
        acting_user,
        pilot.organisation.slug,
        wants=wants,
        because=because.strip(),
        is_published=group.published_at is not None,
    )
    return group


def all_seats_want_publication(group: WorkingGroup) -> bool:
    """Whether each seat is held, and its co-pilot wants the group to be public."""
    wanting = GroupPilot.objects.in_place().filter(seat__group=group, wants_published_at__isnull=False)
    return wanting.count() == group.seats.count()


@transaction.atomic
def end_group(group: WorkingGroup, *, because: str, acting_user: User) -> WorkingGroup:
    """The work is over: everything stays readable to those who read it, and nothing more is written.

    Raises GroupRefused ("not-allowed", "ended", "no-reason"); nothing is then written."""
    group = locked_group(group)
    leads = _leading(group, acting_user)
    _check_under_way(group)
    if not because.strip():
        raise GroupRefused(_("Dites pourquoi le groupe s’arrête."), code="no-reason")
    group.ended_at = timezone.now()
    group.ended_because = because.strip()
    group.save(update_fields=["ended_at", "ended_because"])
    _journal("group_ended", group, acting_user, leads.leading_organisation, because=group.ended_because)
    keep_group_accesses_true(group)
    return group


@transaction.atomic
def add_group_file(group: WorkingGroup, *, upload: "UploadedFile[bytes]", acting_user: User) -> GroupFile:
    """Keep a file in the space of the group. Raises GroupRefused ("not-a-member", "ended"), or FileRefused as
    `documents.files.store_file` does; nothing is then written."""
    group = locked_group(group)
    mine = in_group(acting_user, group)
    if not mine.may_write or mine.organisation is None:
        raise GroupRefused(_("Seuls les membres du groupe y joignent des fichiers."), code="not-a-member")
    _check_under_way(group)
    stored = store_file(upload, acting_user=acting_user)
    added = group.files.create(stored=stored, organisation=mine.organisation)
    _journal("group_file_added", group, acting_user, mine.organisation.slug, file=added.pk)
    return added


@transaction.atomic
def withdraw_group_file(file: GroupFile, *, because: str, acting_user: User) -> GroupFile:
    """Take a file out of the space: who added it, or who leads the group. Raises GroupRefused ("not-allowed",
    "already-withdrawn", "no-reason"); nothing is then written."""
    group = locked_group(file.group)
    file = group.files.select_related("stored", "organisation").get(pk=file.pk)
    mine = in_group(acting_user, group)
    if not may_undo(mine, file.stored.added_by_id, acting_user):
        raise GroupRefused(_("Seuls son auteur et les copilotes retirent un fichier."), code="not-allowed")
    if file.withdrawn_at is not None:
        raise GroupRefused(_("Ce fichier est déjà retiré."), code="already-withdrawn")
    if not because.strip():
        raise GroupRefused(_("Dites pourquoi ce fichier est retiré."), code="no-reason")
    file.withdrawn_at = timezone.now()
    file.withdrawn_because = because.strip()
    file.save(update_fields=["withdrawn_at", "withdrawn_because"])
    _journal("group_file_withdrawn", group, acting_user, mine.leading_organisation, file=file.pk)
    return file


def _leading(group: WorkingGroup, acting_user: User) -> InGroup:
    mine = in_group(acting_user, group)
    if not mine.may_lead:
        raise GroupRefused(_("Seuls les copilotes et la coordination le peuvent."), code="not-allowed")
    return mine


def _check_under_way(group: WorkingGroup) -> None:
    if group.has_ended:
        raise GroupRefused(_("Ce groupe est terminé."), code="ended")


def _journal(act: str, group: WorkingGroup, acting_user: User | None, organisation: str, **details: Any) -> None:
    journal.record(f"concertation.{act}", actor=acting_user, subject=group, organisation=organisation, details=details)
