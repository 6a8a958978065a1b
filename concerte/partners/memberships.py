"""Everything that changes memberships. The door is `services`, which hands these on."""

from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.services import create_person, find_person
from concerte.journal.services import record
from concerte.partners import changes
from concerte.partners.acting import organisation_acted_for
from concerte.partners.errors import MembershipRefused
from concerte.partners.models import Membership, Organisation
from concerte.partners.rules import Role, may_give


@transaction.atomic
def grant_membership(
    person: User,
    organisation: Organisation,
    *,
    role: str,
    title: str = "",
    starts_on: date | None = None,
    acting_user: User | None,
) -> Membership:
    """Let a person speak for an organisation, in a role, from a day on (today by default).

    acting_user: None for an operator's command, which may also load what was held in an organisation that has ended.
    Raises MembershipRefused ("not-allowed", "administrators-only", "unknown-role", "person-inactive",
    "organisation-ended", "already-held"); nothing is then written."""
    day = starts_on or timezone.localdate()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    _check_may_give(acting_user, role)
    if not person.is_active:
        raise MembershipRefused(_("Ce compte est désactivé."), code="person-inactive")
    if acting_user is not None and not organisation.exists_on(day):
        raise MembershipRefused(_("Cette organisation n’existe pas à cette date."), code="organisation-ended")
    held = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), person=person, organisation=organisation)
    if held.filter(role=role).exists():
        raise MembershipRefused(_("Cette personne a déjà ce rôle dans cette organisation."), code="already-held")
    membership = Membership.objects.create(
        person=person, organisation=organisation, role=role, title=title.strip(), starts_on=day
    )
    _record(
        "partners.membership_granted",
        membership,
        acting_user,
        {"role": role, "organisation": organisation.slug, "from": day.isoformat()},
    )
    keep_administration_true(person)
    changes.announce(person.pk)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, on: date, reason: str, acting_user: User | None) -> Membership:
    """End a membership. on: the first day without it; a day already announced may be brought forward or put back.

    Raises MembershipRefused ("not-allowed", "administrators-only", "no-reason", "ends-before-start", "already-ended",
    "last-administrator"); nothing is then written."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=membership.pk)
    _check_may_give(acting_user, membership.role)
    if not reason.strip():
        raise MembershipRefused(_("Indiquez le motif de fin."), code="no-reason")
    if membership.ends_on is not None and membership.ends_on <= timezone.localdate():
        raise MembershipRefused(_("Ce rattachement est déjà terminé."), code="already-ended")
    if on < membership.starts_on:
        raise MembershipRefused(_("La fin ne peut pas venir avant le début."), code="ends-before-start")
    if acting_user is not None and _is_last_administrator(membership):
        raise MembershipRefused(
            _("C’est le dernier compte d’administration\u00a0: donnez ce rôle à quelqu’un d’autre d’abord."),
            code="last-administrator",
        )
    return _close(membership, on=on, reason=reason, acting_user=acting_user)


@transaction.atomic
def end_memberships_of(organisation: Organisation, *, on: date, reason: str, acting_user: User | None) -> None:
    """End everything held in an organisation that exists no more. Whoever may close it closes what is in it, the last
    administrator included: a role in something that is gone would be nobody's."""
    still_held = organisation.memberships.filter(Q(ends_on=None) | Q(ends_on__gt=on)).select_related("organisation")
    for membership in still_held.select_for_update(of=("self",)):
        _close(membership, on=max(on, membership.starts_on), reason=reason, acting_user=acting_user)


@transaction.atomic
def end_everything_held_by(person: User, *, reason: str, acting_user: User | None) -> None:
    """End all the memberships of someone who leaves, and forget the functions they had."""
    today = timezone.localdate()
    still_held = person.memberships.filter(Q(ends_on=None) | Q(ends_on__gt=today)).select_related("organisation")
    for membership in still_held.select_for_update(of=("self",)):
        _close(membership, on=max(today, membership.starts_on), reason=reason, acting_user=acting_user)
    person.memberships.exclude(title="").update(title="")


@transaction.atomic
def invite_person(
    email: str,
    name: str,
    *,
    organisation: Organisation,
    role: str,
    title: str = "",
    starts_on: date | None = None,
    acting_user: User | None,
) -> Membership:
    """Give a role to whoever has this address, opening the account if there is none, and tell them by e-mail.

    name: used for a new account only, and then required. Raises AccountRefused ("bad-address", "no-name") and what
    grant_membership raises; nothing is then written or sent."""
    person = find_person(email) or create_person(email, name, acting_user=acting_user)
    membership = grant_membership(
        person, organisation, role=role, title=title, starts_on=starts_on, acting_user=acting_user
    )
    transaction.on_commit(partial(_send_invitation, membership.pk))
    return membership


@transaction.atomic
def apply_membership_dates(*, days: int = 7) -> list[User]:
    """Bring the rights of those whose memberships began or ended in the last days up to today; returns them."""
    today = timezone.localdate()
    lately = (today - timedelta(days=days), today)
    moved = Membership.objects.filter(Q(starts_on__range=lately) | Q(ends_on__range=lately))
    people = list(User.objects.filter(pk__in=moved.values("person")).order_by("pk"))
    for person in people:
        keep_administration_true(person)
        changes.announce(person.pk)
    return people


def keep_administration_true(person: User) -> None:
    """Make `is_staff` and `is_superuser` say what the person's administrator memberships say today. Somebody who never
    had one keeps what an operator gave (`createsuperuser`)."""
    administered = Membership.objects.filter(person=person, role=Role.ADMINISTRATOR)
    if not administered.exists():
        return
    is_administrator = person.is_active and administered.held_on(timezone.localdate()).exists()
    if (person.is_staff, person.is_superuser) != (is_administrator, is_administrator):
        person.is_staff = person.is_superuser = is_administrator
        person.save(update_fields=["is_staff", "is_superuser"])


def _is_last_administrator(membership: Membership) -> bool:
    if membership.role != Role.ADMINISTRATOR:
        return False
    today = timezone.localdate()
    others = Membership.objects.held_on(today).filter(role=Role.ADMINISTRATOR, ends_on=None, person__is_active=True)
    return membership.is_held_on(today) and not others.exclude(pk=membership.pk).exists()


def _check_may_give(acting_user: User | None, role: str) -> None:
    if role not in Role.values:
        raise MembershipRefused(_("Ce rôle n’existe pas."), code="unknown-role")
    if may_give(acting_user, role):
        return
    if role == Role.ADMINISTRATOR:
        raise MembershipRefused(
            _("Seule l’administration peut donner ou retirer le rôle d’administration."), code="administrators-only"
        )
    raise MembershipRefused(
        _("Seules la coordination et l’administration peuvent modifier les rattachements."), code="not-allowed"
    )


def _send_invitation(membership_id: int) -> None:
    membership = Membership.objects.select_related("person", "organisation").get(pk=membership_id)
    address = settings.BASE_URL + reverse("account_login")
    text = render_to_string("partners/email/invitation_message.txt", {"membership": membership, "address": address})
    subject = _("Votre accès à Concerté pour %(organisation)s") % {"organisation": membership.organisation}
    send_mail(" ".join(subject.split()), text, None, [membership.person.email])


def _close(membership: Membership, *, on: date, reason: str, acting_user: User | None) -> Membership:
    membership.ends_on = on
    membership.ended_because = reason.strip()[:300]
    membership.save(update_fields=["ends_on", "ended_because"])
    _record(
        "partners.membership_ended",
        membership,
        acting_user,
        {"role": membership.role, "organisation": membership.organisation.slug, "on": on.isoformat()},
    )
    keep_administration_true(User.objects.get(pk=membership.person_id))
    changes.announce(membership.person_id)
    return membership


def _record(act: str, membership: Membership, acting_user: User | None, details: dict[str, str]) -> None:
    record(
        act,
        actor=acting_user,
        subject=membership,
        organisation=organisation_acted_for(acting_user),
        details=details,
    )
