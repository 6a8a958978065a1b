"""The meetings of a working group: planned by its members, cancelled with a reason."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import GroupRefused
from concerte.concertation.models import GroupMeeting, WorkingGroup
from concerte.concertation.rules.groups import in_group, may_undo
from concerte.concertation.services.groups_accesses import locked_group
from concerte.journal import services as journal


@transaction.atomic
def plan_group_meeting(
    group: WorkingGroup, *, starts_at: datetime, purpose: str, place: str = "", link: str = "", acting_user: User
) -> GroupMeeting:
    """Say when the group meets, about what, where. starts_at: an instant to come. purpose, place: at most 300
    characters; link: where to join online.

    Raises GroupRefused ("not-a-member", "ended", "in-the-past", "no-purpose"); nothing is then written."""
    group = locked_group(group)
    mine = in_group(acting_user, group)
    if not mine.may_write or mine.organisation is None:
        raise GroupRefused(_("Seuls les membres du groupe prévoient ses réunions."), code="not-a-member")
    if group.has_ended:
        raise GroupRefused(_("Ce groupe est terminé."), code="ended")
    if starts_at <= timezone.now():
        raise GroupRefused(_("Choisissez un moment à venir."), code="in-the-past")
    if not purpose.strip():
        raise GroupRefused(_("Dites de quoi il sera question."), code="no-purpose")
    meeting = group.meetings.create(
        starts_at=starts_at,
        purpose=purpose.strip(),
        place=place.strip(),
        link=link.strip(),
        planned_by=acting_user,
        organisation=mine.organisation,
    )
    _record("planned", meeting, mine.organisation.slug, acting_user, starts_at=starts_at.isoformat())
    return meeting


@transaction.atomic
def cancel_group_meeting(meeting: GroupMeeting, *, because: str, acting_user: User) -> GroupMeeting:
    """Call a meeting to come off: who planned it, or who leads the group. It stays readable, with the reason.

    Raises GroupRefused ("not-allowed", "cancelled", "over", "no-reason"); nothing is then written."""
    locked_group(meeting.group)
    meeting = GroupMeeting.objects.select_related("group", "organisation").get(pk=meeting.pk)
    mine = in_group(acting_user, meeting.group)
    if not may_undo(mine, meeting.planned_by_id, acting_user):
        raise GroupRefused(
            _("La personne qui l’a prévue et les copilotes l’annulent, et personne d’autre."), code="not-allowed"
        )
    if meeting.cancelled_at is not None:
        raise GroupRefused(_("Cette réunion est déjà annulée."), code="cancelled")
    if meeting.starts_at <= timezone.now():
        raise GroupRefused(_("Cette réunion a déjà commencé."), code="over")
    if not because.strip():
        raise GroupRefused(_("Dites pourquoi cette réunion est annulée."), code="no-reason")
    meeting.cancelled_at = timezone.now()
    meeting.cancelled_because = because.strip()
    meeting.save(update_fields=["cancelled_at", "cancelled_because"])
    speaking = mine.organisation.slug if mine.organisation is not None else mine.leading_organisation
    _record("cancelled", meeting, speaking, acting_user, because=meeting.cancelled_because)
    return meeting


def _record(act: str, meeting: GroupMeeting, organisation: str, acting_user: User, **details: str) -> None:
    journal.record(
        f"concertation.group_meeting_{act}",
        actor=acting_user,
        subject=meeting,
        organisation=organisation,
        details={"group": meeting.group_id, **details},
    )
