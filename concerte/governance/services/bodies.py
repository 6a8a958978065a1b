"""Bodies: made, changed, ended; seats given to organisations and ended. Mandates are in `mandates`."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.rules import is_administrator
from concerte.common.partial_dates import PartialDate
from concerte.governance.errors import BodyRefused
from concerte.governance.models import Body, Mandate, Seat
from concerte.governance.rules import circles_coordinated_by, may_change_body, may_create_bodies, may_seat
from concerte.governance.services.note_accesses import keep_note_accesses_of_body
from concerte.journal import services as journal
from concerte.partners.acting import organisation_acted_for
from concerte.partners.models import Circle, College, Organisation

# Fields that may be given to create_body and update_body; the circles and the slug are apart.
FIELDS = (
    "name",
    "acronym",
    "level",
    "purpose",
    "secretariat",
    "above",
    "publicity",
    "time_zone",
    "quorum_percent",
    "has_secret_ballots",
    "notice_days",
    "max_proxies",
    "starts_on",
)
Row = TypeVar("Row", Seat, Mandate)
RESERVED_SLUGS = ("nouvelle",)  # an address of its own under /instances


@transaction.atomic
def create_body(
    *,
    slug: str,
    name: str,
    level: str,
    circles: Iterable[Circle] = (),
    origin: Mapping[str, Any] | None = None,
    acting_user: User | None,
    **facts: Any,
) -> Body:
    """Make a body. facts: any other of FIELDS (starts_on: a partial date, '' when unknown). origin: imported facts.

    acting_user: None for an operator's command. Somebody who coordinates makes bodies in their own circles only, and
    in one at least. Raises BodyRefused ("not-allowed", "bad-slug", "slug-taken", "no-name", "bad-level",
    "bad-date", "bad-time-zone", "bad-quorum", "not-your-circle", "no-circle"); nothing is then written."""
    if not may_create_bodies(acting_user):
        raise BodyRefused(_("Seules la coordination et l’administration créent des instances."), code="not-allowed")
    chosen = list(circles)
    _check_slug(slug)
    _check_circles(chosen, (), acting_user)
    made = Body(slug=slug, origin=dict(origin or {}))
    _fill(made, {"name": name, "level": level, **facts})
    made.save(force_insert=True)
    made.circles.set(chosen)
    _record("governance.body_created", made, acting_user, {"circles": sorted(circle.slug for circle in chosen)})
    return made


@transaction.atomic
def update_body(body: Body, *, circles: Iterable[Circle] | None = None, acting_user: User | None, **facts: Any) -> Body:
    """Correct or change a body. facts: any of FIELDS; what is not given stays. circles: all of them, when given.

    What was convened or decided keeps the rules of its day. Raises BodyRefused as create_body does, and
    "above-itself"; nothing is then written."""
    body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
    if not may_change_body(acting_user, body):
        raise BodyRefused(
            _("Seules la coordination du programme et l’administration modifient cette instance."), code="not-allowed"
        )
    before = {field: getattr(body, field) for field in FIELDS}
    _fill(body, facts)
    changed = [field for field in FIELDS if getattr(body, field) != before[field]]
    if circles is not None:
        held, chosen = list(body.circles.all()), list(circles)
        _check_circles(chosen, held, acting_user)
        if set(held) != set(chosen):
            body.circles.set(chosen)
            changed.append("circles")
    if changed:
        body.save(update_fields=[field for field in changed if field != "circles"])
        _record("governance.body_updated", body, acting_user, {"changed": sorted(changed)})
    return body


@transaction.atomic
def end_body(body: Body, *, on: date | None = None, reason: str, acting_user: User | None) -> Body:
    """Say that a body meets no more. on: the first day without it, today by default. Its seats and mandates end with
    it; its page, its meetings and its decisions stay.

    Raises BodyRefused ("not-allowed", "no-reason", "already-ended"); nothing is then written."""
    day = on or timezone.localdate()
    body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
    if not may_change_body(acting_user, body):
        raise BodyRefused(
            _("Seules la coordination et l’administration mettent fin à une instance."), code="not-allowed"
        )
    said = reason_of(reason)
    if body.ends_on is not None:
        raise BodyRefused(_("La fin de cette instance est déjà enregistrée."), code="already-ended")
    body.ends_on, body.ended_because = day, said
    body.save(update_fields=["ends_on", "ended_because"])
    _record("governance.body_ended", body, acting_user, {"on": day.isoformat()})
    for seat in body.seats.filter(Q(ends_on=None) | Q(ends_on__gt=day)):
        _close_seat(seat, day, _("L’instance n’existe plus."), acting_user)
    return body


@transaction.atomic
def grant_seat(
    body: Body,
    *,
    organisation: Organisation,
    college: College | None = None,
    is_voting: bool = True,
    weight: int = 1,
    starts_on: date | None = None,
    ends_on: date | None = None,
    acting_user: User | None,
) -> Seat:
    """Give an organisation a seat. college: in which it votes here, its own by default. weight: number of voices,
    1 to 100. starts_on: today by default. ends_on: the first day without it, when it is known beforehand.

    Raises BodyRefused ("not-allowed", "body-ended", "organisation-ended", "ends-before-start", "bad-weight",
    "overlap"); nothing is then written."""
    day = starts_on or timezone.localdate()
    body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
    _check_may_seat(body, acting_user)
    check_period(day, ends_on)
    if not body.exists_on(day):
        raise BodyRefused(_("Cette instance n’existe pas à cette date."), code="body-ended")
    if not organisation.exists_on(day):
        raise BodyRefused(_("Cette organisation n’existe pas à cette date."), code="organisation-ended")
    if not 1 <= weight <= 100:
        raise BodyRefused(_("Un siège porte de 1 à 100 voix."), code="bad-weight")
    if _overlapping(Seat.objects.filter(body=body, organisation=organisation), day, ends_on).exists():
        raise BodyRefused(_("Cette organisation siège déjà pendant cette période."), code="overlap")
    seat = Seat.objects.create(
        body=body,
        organisation=organisation,
        college=college or organisation.college,
        is_voting=is_voting,
        weight=weight,
        starts_on=day,
        ends_on=ends_on,
    )
    details = {"organisation": organisation.slug, "college": seat.college.slug, "voting": is_voting, "weight": weight}
    _record("governance.seat_granted", seat, acting_user, {**details, "from": day.isoformat()})
    return seat


@transaction.atomic
def end_seat(seat: Seat, *, on: date | None = None, reason: str, acting_user: User | None) -> Seat:
    """End a seat, and the mandates that hold it. on: the first day without it, today by default.

    Raises BodyRefused ("not-allowed", "no-reason", "already-ended", "ends-before-start"); nothing is then written."""
    day = on or timezone.localdate()
    seat = Seat.objects.select_for_update(of=("self",)).select_related("body").get(pk=seat.pk)
    _check_may_seat(seat.body, acting_user)
    said = reason_of(reason)
    if seat.ends_on is not None and seat.ends_on <= timezone.localdate():
        raise BodyRefused(_("Ce siège est déjà terminé."), code="already-ended")
    check_period(seat.starts_on, day)
    return _close_seat(seat, day, said, acting_user)


# --- Shared with mandates -------------------------------------------------------------------------------------------


def reason_of(text: str) -> str:
    """The reason, trimmed. Raises BodyRefused("no-reason")."""
    if not text.strip():
        raise BodyRefused(_("Indiquez le motif\u00a0: il reste affiché."), code="no-reason")
    return text.strip()[:300]


def check_period(starts_on: date, ends_on: date | None) -> None:
    """Raises BodyRefused("ends-before-start")."""
    if ends_on is not None and ends_on < starts_on:
        raise BodyRefused(_("La fin ne peut pas venir avant le début."), code="ends-before-start")


def overlapping_mandates(mandates: QuerySet[Mandate], starts_on: date, ends_on: date | None) -> QuerySet[Mandate]:
    return _overlapping(mandates, starts_on, ends_on)


def close_mandate(mandate: Mandate, day: date, reason: str, acting_user: User | None) -> Mandate:
    """End a mandate, whoever may; one that had not begun ends the day it begins."""
    mandate.ends_on = max(day, mandate.starts_on)
    mandate.ended_because = reason
    mandate.save(update_fields=["ends_on", "ended_because"])
    keep_note_accesses_of_body(mandate.seat.body)
    _record("governance.mandate_ended", mandate, acting_user, {"on": mandate.ends_on.isoformat()})
    return mandate


def _overlapping(rows: "QuerySet[Row]", starts_on: date, ends_on: date | None) -> "QuerySet[Row]":
    """Those that share a day with the period. One that ended the day it began was held no day."""
    found = rows.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on)).exclude(ends_on=F("starts_on"))
    return found.filter(starts_on__lt=ends_on) if ends_on is not None else found


def _close_seat(seat: Seat, day: date, reason: str, acting_user: User | None) -> Seat:
    seat.ends_on = max(day, seat.starts_on)
    seat.ended_because = reason
    seat.save(update_fields=["ends_on", "ended_because"])
    _record("governance.seat_ended", seat, acting_user, {"on": seat.ends_on.isoformat()})
    still_held = seat.mandates.filter(Q(ends_on=None) | Q(ends_on__gt=seat.ends_on))
    for mandate in still_held.select_related("seat__body"):
        close_mandate(mandate, seat.ends_on, reason, acting_user)
    return seat


# --- Checks ---------------------------------------------------------------------------------------------------------


def _check_may_seat(body: Body, acting_user: User | None) -> None:
    if not may_seat(acting_user, body):
        raise BodyRefused(
            _("Seuls le secrétariat de l’instance, la coordination et l’administration attribuent les sièges."),
            code="not-allowed",
        )


def _check_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise BodyRefused(
            _("L’identifiant ne contient que des lettres sans accent, des chiffres et des tirets."), code="bad-slug"
        ) from error
    if slug in RESERVED_SLUGS:
        raise BodyRefused(_("Cet identifiant est réservé."), code="bad-slug")
    if Body.objects.filter(slug=slug).exists():
        raise BodyRefused(_("Cet identifiant est déjà celui d’une autre instance."), code="slug-taken")


def _check_circles(chosen: Collection[Circle], held: Collection[Circle], acting_user: User | None) -> None:
    """Whoever coordinates adds and takes away their own circles, and leaves at least one."""
    if acting_user is None or is_administrator(acting_user):
        return
    if not chosen:
        raise BodyRefused(_("Choisissez au moins un programme."), code="no-circle")
    own = set(circles_coordinated_by(acting_user))
    if (set(chosen) ^ set(held)) - own:
        raise BodyRefused(
            _("Vous ne pouvez rattacher une instance qu’aux programmes que vous coordonnez."), code="not-your-circle"
        )


def _fill(body: Body, facts: Mapping[str, Any]) -> None:
    """Put the facts on the body, checked, without saving."""
    unknown = facts.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"not facts of a body: {sorted(unknown)}")
    for field, value in facts.items():
        setattr(body, field, value.strip() if isinstance(value, str) else value)
    if not body.name:
        raise BodyRefused(_("Indiquez le nom de l’instance."), code="no-name")
    if body.level not in Body.Level.values:
        raise BodyRefused(_("Ce niveau n’existe pas."), code="bad-level")
    if body.time_zone not in available_timezones():
        raise BodyRefused(_("Ce fuseau horaire n’existe pas."), code="bad-time-zone")
    if not 0 <= body.quorum_percent <= 100:
        raise BodyRefused(_("Le quorum est une part, de 0 à 100\u00a0%."), code="bad-quorum")
    _check_start(body.starts_on)
    _check_above(body)


def _check_start(text: str) -> None:
    try:
        if text:
            PartialDate.parse(text)
    except ValueError as error:
        raise BodyRefused(_("Écrivez la date comme 2026, 2026-S1, 2026-03 ou 2026-03-15."), code="bad-date") from error


def _check_above(body: Body) -> None:
    """The bodies above one another end somewhere."""
    seen, higher = {body.pk}, body.above
    while higher is not None:
        if higher.pk in seen:
            raise BodyRefused(_("Une instance ne peut pas être au-dessus d’elle-même."), code="above-itself")
        seen.add(higher.pk)
        higher = higher.above


def _record(act: str, subject: Body | Seat | Mandate, acting_user: User | None, details: dict[str, Any]) -> None:
    journal.record(
        act,
        actor=acting_user,
        subject=subject,
        organisation=organisation_acted_for(acting_user),
        details=details,
    )
