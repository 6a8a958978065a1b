"""Mandates: who holds each seat, given and ended with reasons, kept true to who speaks for which organisation."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.governance.errors import BodyRefused
from concerte.governance.models import Mandate, Seat
from concerte.governance.rules import may_name_for
from concerte.governance.services.bodies import check_period, close_mandate, overlapping_mandates, reason_of
from concerte.governance.services.note_accesses import keep_note_accesses_of_body
from concerte.journal import services as journal
from concerte.partners.models import Membership


@transaction.atomic
def give_mandate(
    seat: Seat,
    *,
    person: User,
    title: str = "",
    is_substitute: bool = False,
    starts_on: date | None = None,
    ends_on: date | None = None,
    acting_user: User | None,
) -> Mandate:
    """Name who holds a seat, or who stands in for its holder. title: shown beside the name ("maire de…").

    starts_on: today by default. ends_on: the first day without it, when it is known beforehand. The person must speak
    for the organisation that day, whatever the role. Raises BodyRefused ("not-allowed", "ends-before-start",
    "outside-seat", "person-inactive", "not-of-organisation", "overlap": somebody is already there, "sits-already":
    the person holds another seat, or is already the other one of this seat); nothing is then written."""
    day = starts_on or timezone.localdate()
    seat = Seat.objects.select_for_update(of=("self",)).select_related("body", "organisation").get(pk=seat.pk)
    _check_may_name(seat, acting_user)
    check_period(day, ends_on)
    if day < seat.starts_on or (seat.ends_on is not None and (ends_on is None or ends_on > seat.ends_on)):
        raise BodyRefused(_("Le mandat doit tenir dans les dates du siège."), code="outside-seat")
    _check_person(seat, person, day)
    if overlapping_mandates(Mandate.objects.filter(seat=seat, is_substitute=is_substitute), day, ends_on).exists():
        raise BodyRefused(
            _("Quelqu’un a déjà ce mandat pendant cette période\u00a0: mettez-y fin d’abord."), code="overlap"
        )
    if overlapping_mandates(Mandate.objects.filter(seat__body=seat.body, person=person), day, ends_on).exists():
        raise BodyRefused(_("Cette personne siège déjà dans cette instance."), code="sits-already")
    mandate = Mandate.objects.create(
        seat=seat, person=person, title=title.strip(), is_substitute=is_substitute, starts_on=day, ends_on=ends_on
    )
    keep_note_accesses_of_body(seat.body)
    journal.record(
        "governance.mandate_given",
        actor=acting_user,
        subject=mandate,
        organisation=seat.organisation.slug,
        details={"body": seat.body.slug, "substitute": is_substitute, "from": day.isoformat()},
    )
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, on: date | None = None, reason: str, acting_user: User | None) -> Mandate:
    """End a mandate. on: the first day without it, today by default; an end already announced may be moved.

    Raises BodyRefused ("not-allowed", "no-reason", "already-ended", "ends-before-start"); nothing is then written."""
    day = on or timezone.localdate()
    mandate = (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("seat__body", "seat__organisation")
        .get(pk=mandate.pk)
    )
    _check_may_name(mandate.seat, acting_user)
    said = reason_of(reason)
    if mandate.ends_on is not None and mandate.ends_on <= timezone.localdate():
        raise BodyRefused(_("Ce mandat est déjà terminé."), code="already-ended")
    check_period(mandate.starts_on, day)
    return close_mandate(mandate, day, said, acting_user)


@transaction.atomic
def end_mandates_without_membership(person_id: int) -> None:
    """End today the mandates of somebody who speaks no more, in any role, for the organisation that sits. Called when
    memberships change; the platform does it, nobody in particular."""
    today = timezone.localdate()
    held = Membership.objects.held_on(today).filter(
        person=OuterRef("person"), organisation=OuterRef("seat__organisation")
    )
    gone = Mandate.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today), ~Exists(held), person=person_id, starts_on__lte=today
    )
    for mandate in gone.select_for_update(of=("self",)).select_related("seat__body"):
        close_mandate(mandate, today, _("La personne ne représente plus cette organisation."), None)


@transaction.atomic
def end_mandates_of_the_erased(person: User, acting_user: User | None) -> None:
    """End what somebody held whose personal data is erased, and forget the titles that would tell who it was."""
    today = timezone.localdate()
    held = Mandate.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), person=person)
    for mandate in held.select_related("seat__body"):
        close_mandate(mandate, today, _("Le compte est fermé."), acting_user)
    Mandate.objects.filter(person=person).exclude(title="").update(title="")


def _check_may_name(seat: Seat, acting_user: User | None) -> None:
    if not may_name_for(acting_user, seat):
        raise BodyRefused(
            _(
                "Seuls le secrétariat de l’instance et les personnes qui représentent cette organisation désignent"
                " qui occupe ce siège."
            ),
            code="not-allowed",
        )


def _check_person(seat: Seat, person: User, day: date) -> None:
    if not person.is_active:
        raise BodyRefused(_("Ce compte est désactivé."), code="person-inactive")
    if not Membership.objects.held_by(person, on=day).filter(organisation=seat.organisation).exists():
        raise BodyRefused(
            _("Cette personne n’est pas rattachée à cette organisation à cette date."), code="not-of-organisation"
        )
