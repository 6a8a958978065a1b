"""Coming into a working group, by invitation or on request, and leaving it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import GroupRefused
from concerte.concertation.models.groups import GroupMembership, WorkingGroup
from concerte.concertation.rules.groups import in_group
from concerte.concertation.services.groups_accesses import keep_group_accesses_true, locked_group
from concerte.journal import services as journal
from concerte.partners.circles import memberships_in_circles
from concerte.partners.models import Organisation

State = GroupMembership.State


@transaction.atomic
def invite_to_group(
    group: WorkingGroup, *, person: User, organisation: Organisation, message: str = "", acting_user: User
) -> GroupMembership:
    """Invite somebody of the circle, for one of their organisations; they accept or decline.

    Raises GroupRefused ("not-allowed", "ended", "not-in-circle", "already-there"); nothing is then written."""
    group = locked_group(group)
    leads = in_group(acting_user, group)
    if not leads.may_lead:
        raise GroupRefused(_("Seuls les copilotes et la coordination invitent."), code="not-allowed")
    row = GroupMembership(
        group=group, person=person, organisation=organisation, state=State.INVITED, message=message.strip()
    )
    invited = _begin(row, acting_user)
    _journal("member_invited", invited, acting_user, leads.leading_organisation)
    return invited


@transaction.atomic
def ask_to_join(
    group: WorkingGroup, *, organisation: Organisation, message: str = "", acting_user: User
) -> GroupMembership:
    """Ask to come into a group of one's circle, for an organisation one speaks for; a co-pilot answers.

    Raises GroupRefused ("ended", "not-in-circle", "already-there"); nothing is then written."""
    group = locked_group(group)
    row = GroupMembership(
        group=group, person=acting_user, organisation=organisation, state=State.ASKED, message=message.strip()
    )
    asked = _begin(row, acting_user)
    _journal("membership_asked", asked, acting_user, organisation.slug)
    return asked


@transaction.atomic
def answer_invitation(invited: GroupMembership, *, is_accepted: bool, acting_user: User) -> GroupMembership:
    """Accept or decline an invitation made to oneself. Raises GroupRefused ("not-allowed", "answered", "ended",
    "not-in-circle"); nothing is then written."""
    group = locked_group(invited.group)
    invited = group.memberships.select_related("organisation").get(pk=invited.pk)
    if invited.person_id != acting_user.pk:
        raise GroupRefused(_("Cette invitation n’est pas à votre nom."), code="not-allowed")
    _check_waits(invited, State.INVITED)
    return _answer(invited, State.DECLINED, is_accepted=is_accepted, because="", acting_user=acting_user)


@transaction.atomic
def answer_request(
    asked: GroupMembership, *, is_accepted: bool, because: str = "", acting_user: User
) -> GroupMembership:
    """Accept a request, or refuse it and say why: a co-pilot, or the coordination.

    Raises GroupRefused ("not-allowed", "answered", "no-reason", "ended", "not-in-circle"); nothing is then written."""
    group = locked_group(asked.group)
    asked = group.memberships.select_related("organisation").get(pk=asked.pk)
    if not in_group(acting_user, group).may_lead:
        raise GroupRefused(_("Seuls les copilotes et la coordination répondent."), code="not-allowed")
    if not is_accepted and not because.strip():
        raise GroupRefused(_("Dites pourquoi cette demande est refusée."), code="no-reason")
    _check_waits(asked, State.ASKED)
    return _answer(asked, State.REFUSED, is_accepted=is_accepted, because=because, acting_user=acting_user)


@transaction.atomic
def leave_group(member: GroupMembership, *, because: str, acting_user: User) -> GroupMembership:
    """Leave a group, or have a member leave it (co-pilots and coordination); or take back one's own request.

    Raises GroupRefused ("not-allowed", "already-left", "no-reason"); nothing is then written."""
    group = locked_group(member.group)
    member = group.memberships.select_related("organisation").get(pk=member.pk)
    if member.person_id != acting_user.pk and not in_group(acting_user, group).may_lead:
        raise GroupRefused(_("Seuls cette personne et les copilotes le peuvent."), code="not-allowed")
    if member.ended_at is not None:
        raise GroupRefused(_("Cette personne n’est plus dans le groupe."), code="already-left")
    if not because.strip():
        raise GroupRefused(_("Dites pourquoi."), code="no-reason")
    _end(member, State.LEFT, because)
    _journal("member_left", member, acting_user, member.organisation.slug)
    keep_group_accesses_true(group)
    return member


def _begin(row: GroupMembership, acting_user: User) -> GroupMembership:
    """Write an invitation or a request. row: not saved; its group is locked."""
    _check_under_way(row.group)
    _check_speaks(row)
    if row.group.memberships.filter(person=row.person, ended_at=None).exists():
        raise GroupRefused(_("Cette personne est déjà dans le groupe, invitée ou candidate."), code="already-there")
    row.begun_by = acting_user
    row.save()
    return row


def _check_waits(row: GroupMembership, state: str) -> None:
    if row.state != state or row.ended_at is not None:
        raise GroupRefused(_("Cela a déjà sa réponse."), code="answered")


def _answer(
    waiting: GroupMembership, otherwise: State, *, is_accepted: bool, because: str, acting_user: User
) -> GroupMembership:
    if is_accepted:
        _check_under_way(waiting.group)
        _check_speaks(waiting)
        waiting.state = State.MEMBER
        waiting.answered_at = timezone.now()
        waiting.save(update_fields=["state", "answered_at"])
    else:
        _end(waiting, otherwise, because)
    _journal("membership_answered", waiting, acting_user, waiting.organisation.slug)
    keep_group_accesses_true(waiting.group)
    return waiting


def _check_under_way(group: WorkingGroup) -> None:
    if group.has_ended:
        raise GroupRefused(_("Ce groupe est terminé."), code="ended")


def _end(row: GroupMembership, state: str, because: str) -> None:
    row.state = state
    row.ended_at = timezone.now()
    row.answered_at = row.answered_at or row.ended_at
    row.ended_because = because.strip()
    row.save(update_fields=["state", "ended_at", "answered_at", "ended_because"])


def _check_speaks(row: GroupMembership) -> None:
    held = memberships_in_circles(timezone.localdate()).filter(
        participation_circle=row.group.circle_id, organisation=row.organisation, person=row.person
    )
    if not held.exists():
        raise GroupRefused(
            _("Cette personne ne parle pour cette organisation dans aucun rôle du programme."), code="not-in-circle"
        )


def _journal(act: str, row: GroupMembership, acting_user: User, organisation: str) -> None:
    journal.record(
        f"concertation.{act}",
        actor=acting_user,
        subject=row.group,
        organisation=organisation,
        details={"membership": row.pk, "state": row.state},
    )
