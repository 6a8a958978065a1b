"""Everything that changes organisations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.journal.services import record
from concerte.partners.acting import organisation_acted_for
from concerte.partners.errors import OrganisationRefused
from concerte.partners.memberships import (
    apply_membership_dates,
    end_membership,
    end_memberships_of,
    grant_membership,
    invite_person,
)
from concerte.partners.models import College, Organisation
from concerte.partners.rules import may_manage
from concerte.territories.models import Territory

__all__ = [
    "add_sources",
    "apply_membership_dates",
    "create_organisation",
    "end_membership",
    "end_organisation",
    "grant_membership",
    "invite_person",
    "set_territory",
    "update_organisation",
]


@transaction.atomic
def create_organisation(
    *,
    slug: str,
    name: str,
    acronym: str = "",
    college: College,
    kind: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    starts_known_as: str = "",
    ends_known_as: str = "",
    certainty: str = "",
    sources: Sequence[dict[str, Any]] = (),
    note: str = "",
    acting_user: User | None,
) -> Organisation:
    """Add an organisation.

    starts_on: its first day, None when unknown. ends_on: the first day without it, None while it exists.
    starts_known_as, ends_known_as: partial dates ("2019") when the first and last days are not known to the day.
    certainty, sources: of imported facts only. acting_user: None for an operator's command.
    Raises OrganisationRefused ("not-allowed", "bad-slug", "slug-taken", "no-name", "ends-before-start")."""
    _check_may_manage(acting_user)
    _check_name_and_dates(name, starts_on, ends_on)
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise OrganisationRefused(
            _("L’identifiant ne contient que des lettres sans accent, des chiffres et des tirets."), code="bad-slug"
        ) from error
    if Organisation.objects.filter(slug=slug).exists():
        raise OrganisationRefused(_("Cet identifiant est déjà celui d’une autre organisation."), code="slug-taken")
    organisation = Organisation.objects.create(
        slug=slug,
        name=name.strip(),
        acronym=acronym.strip(),
        college=college,
        kind=kind.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        starts_known_as=starts_known_as,
        ends_known_as=ends_known_as,
        certainty=certainty,
        sources=list(sources),
        note=note.strip(),
    )
    _record("partners.organisation_created", organisation, acting_user, {"slug": slug, "college": college.slug})
    return organisation


@transaction.atomic
def add_sources(
    organisation: Organisation, *, sources: Sequence[dict[str, Any]], certainty: str, acting_user: User | None
) -> Organisation:
    """Add what another import knows of an organisation: the sources it lacks (by id), a certainty that can only grow.

    Raises OrganisationRefused ("not-allowed")."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    _check_may_manage(acting_user)
    known = {source.get("id") for source in organisation.sources}
    added = [source for source in sources if source.get("id") not in known]
    is_surer = (
        certainty == Organisation.Certainty.DOCUMENTED and organisation.certainty == Organisation.Certainty.PARTIAL
    )
    if not added and not is_surer:
        return organisation
    organisation.sources = [*organisation.sources, *added]
    organisation.certainty = certainty if is_surer else organisation.certainty
    organisation.save(update_fields=["sources", "certainty"])
    _record("partners.sources_added", organisation, acting_user, {"count": len(added)})
    return organisation


@transaction.atomic
def update_organisation(
    organisation: Organisation,
    *,
    name: str,
    acronym: str,
    college: College,
    kind: str,
    starts_on: date | None,
    note: str,
    acting_user: User | None,
) -> Organisation:
    """Correct what is said of an organisation. Its slug, written in drafts and editions, never changes; the college it
    had when it took a position stays written beside that position.

    A first day changed by hand is no longer what the sources say: its certainty is then emptied.
    Raises OrganisationRefused ("not-allowed", "no-name", "ends-before-start")."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    _check_may_manage(acting_user)
    _check_name_and_dates(name, starts_on, organisation.ends_on)
    new = {
        "name": name.strip(),
        "acronym": acronym.strip(),
        "college": college,
        "kind": kind.strip(),
        "starts_on": starts_on,
        "note": note.strip(),
    }
    changed = [field for field, value in new.items() if getattr(organisation, field) != value]
    if not changed:
        return organisation
    for field in changed:
        setattr(organisation, field, new[field])
    if "starts_on" in changed:
        organisation.certainty = organisation.starts_known_as = ""
        changed += ["certainty", "starts_known_as"]
    organisation.save(update_fields=changed)
    _record("partners.organisation_updated", organisation, acting_user, {"changed": sorted(changed)})
    return organisation


@transaction.atomic
def set_territory(organisation: Organisation, *, territory: Territory | None, acting_user: User | None) -> Organisation:
    """Say which territory an organisation runs or is rooted in, or that it has none.

    Raises OrganisationRefused ("not-allowed"); nothing is then written."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    _check_may_manage(acting_user)
    if organisation.territory_id == (territory.pk if territory is not None else None):
        return organisation
    organisation.territory = territory
    organisation.save(update_fields=["territory"])
    details = {"territory": territory.pk if territory is not None else ""}
    _record("partners.territory_set", organisation, acting_user, details)
    return organisation


@transaction.atomic
def end_organisation(
    organisation: Organisation, *, on: date | None = None, reason: str, acting_user: User | None
) -> Organisation:
    """Say that an organisation exists no more, and end the memberships still open in it, for the same reason.

    on: the first day without it, today by default. Its page and what it signed stay.
    Raises OrganisationRefused ("not-allowed", "no-reason", "already-ended", "ends-before-start"); nothing is then
    written."""
    day = on or timezone.localdate()
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    _check_may_manage(acting_user)
    if not reason.strip():
        raise OrganisationRefused(
            _("Indiquez le motif\u00a0: il reste affiché sur la page de l’organisation."), code="no-reason"
        )
    if organisation.ends_on is not None:
        raise OrganisationRefused(_("La fin de cette organisation est déjà enregistrée."), code="already-ended")
    _check_name_and_dates(organisation.name, organisation.starts_on, day)
    organisation.ends_on = day
    organisation.ends_known_as = ""
    organisation.ended_because = reason.strip()[:300]
    organisation.certainty = ""
    organisation.save(update_fields=["ends_on", "ends_known_as", "ended_because", "certainty"])
    _record("partners.organisation_ended", organisation, acting_user, {"on": day.isoformat()})
    end_memberships_of(organisation, on=day, reason=_("L’organisation n’existe plus."), acting_user=acting_user)
    return organisation


def _check_may_manage(acting_user: User | None) -> None:
    if not may_manage(acting_user):
        raise OrganisationRefused(
            _("Seules la coordination et l’administration peuvent modifier les organisations."), code="not-allowed"
        )


def _check_name_and_dates(name: str, starts_on: date | None, ends_on: date | None) -> None:
    if not name.strip():
        raise OrganisationRefused(_("Indiquez le nom de l’organisation."), code="no-name")
    if starts_on is not None and ends_on is not None and ends_on <= starts_on:
        raise OrganisationRefused(_("La fin doit venir après le début."), code="ends-before-start")


def _record(act: str, organisation: Organisation, acting_user: User | None, details: dict[str, Any]) -> None:
    record(
        act,
        actor=acting_user,
        subject=organisation,
        organisation=organisation_acted_for(acting_user),
        details=details,
    )
