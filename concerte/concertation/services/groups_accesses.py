"""Keeping the rights over the notes of working groups true to who is in them today."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from concerte.concertation.models.groups import GroupMembership, GroupPilot, WorkingGroup
from concerte.documents.models import Access, Level
from concerte.documents.services import set_accesses
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles
from concerte.partners.models import Circle


@transaction.atomic
def keep_group_accesses_true(group: WorkingGroup) -> None:
    """Members and co-pilots write the notes as their role allows; once the group has ended, they read them."""
    group = locked_group(group)
    pilots = GroupPilot.objects.in_place().filter(seat__group=group).values_list("person", "organisation")
    members = GroupMembership.objects.standing().filter(group=group).values_list("person", "organisation")
    belonging = {*pilots, *members}
    levels: dict[int, Level] = {}
    held = memberships_in_circles(timezone.localdate()).filter(
        participation_circle=group.circle_id, person__in={person for person, _organisation in belonging}
    )
    for person_id, organisation_id, role in held.values_list("person_id", "organisation_id", "role"):
        if (person_id, organisation_id) in belonging:
            level = Level.WRITE if role in WRITING_ROLES and not group.has_ended else Level.READ
            levels[person_id] = max(level, levels.get(person_id, level))
    set_accesses(group.note, levels)


def keep_group_accesses_of_person_true(person_id: int) -> None:
    """The same, for every group this person is or was in."""
    pilots = GroupPilot.objects.filter(seat__group=OuterRef("pk"), person=person_id)
    members = GroupMembership.objects.filter(group=OuterRef("pk"), person=person_id)
    granted = Access.objects.filter(person_id=person_id, document=OuterRef("note"))
    for group in WorkingGroup.objects.filter(Q(Exists(pilots)) | Q(Exists(members)) | Q(Exists(granted))).order_by(
        "pk"
    ):
        keep_group_accesses_true(group)


def keep_group_accesses_of_circle_true(circle: Circle | None = None) -> int:
    """The same for the groups of a circle, or of all of them. Returns how many were looked at."""
    groups = WorkingGroup.objects.order_by("pk")
    found = list(groups if circle is None else groups.filter(circle=circle))
    for group in found:
        keep_group_accesses_true(group)
    return len(found)


def locked_group(group: WorkingGroup) -> WorkingGroup:
    """The group read again, its row locked until the end of the transaction (SQLite has one writer at a time)."""
    locked: WorkingGroup = WorkingGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=group.pk)
    return locked
