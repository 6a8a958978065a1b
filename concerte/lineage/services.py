"""Everything that changes the links: the only way in."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.journal import services as journal
from concerte.lineage.errors import LineageRefused
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.walking import leads_to


@transaction.atomic
def link(
    origin: Reference, outcome: Reference, relation: Relation, *, organisation: str = "", acting_user: User | None
) -> Link:
    """Say that `outcome` came of `origin`. A link that is there already is returned as it is.

    organisation: the slug of the one in whose name the person acts, if any. Raises LineageRefused ("itself", "circle":
    the origin came of the outcome); nothing is then written."""
    if origin == outcome:
        raise LineageRefused(_("Rien ne vient de soi-même."), code="itself")
    there = Link.objects.standing().out_of(origin).into(outcome).filter(relation=relation).first()
    if there is not None:
        return there
    if leads_to(outcome, origin):
        raise LineageRefused(
            _("Ce lien ferait un cercle : ce qui serait l’origine vient déjà de ce qui serait la suite."),
            code="circle",
        )
    made = Link.objects.create(
        from_kind=origin.kind,
        from_id=origin.id,
        to_kind=outcome.kind,
        to_id=outcome.id,
        relation=relation,
        made_by=acting_user,
        organisation=organisation,
    )
    journal.record(
        "lineage.link_made",
        actor=acting_user,
        subject=made,
        organisation=organisation,
        details={"from": str(origin), "to": str(outcome), "relation": str(relation)},
    )
    return made


@transaction.atomic
def merge(
    origins: Sequence[Reference], outcome: Reference, *, organisation: str = "", acting_user: User | None
) -> list[Link]:
    """Say that several things of a kind were made one. Raises LineageRefused as `link` does; all or nothing."""
    return [
        link(origin, outcome, Relation.MERGED, organisation=organisation, acting_user=acting_user) for origin in origins
    ]


@transaction.atomic
def split(
    origin: Reference, outcomes: Sequence[Reference], *, organisation: str = "", acting_user: User | None
) -> list[Link]:
    """Say that one thing was made several. Raises LineageRefused as `link` does; all or nothing."""
    return [
        link(origin, outcome, Relation.SPLIT, organisation=organisation, acting_user=acting_user)
        for outcome in outcomes
    ]


@transaction.atomic
def withdraw_link(made: Link, *, because: str, acting_user: User | None) -> Link:
    """Take back a link that was wrong; it stays readable in the journal and in the table, with the reason.

    Raises LineageRefused ("already-withdrawn", "no-reason"); nothing is then written."""
    made = Link.objects.select_for_update().get(pk=made.pk)
    if made.withdrawn_at is not None:
        raise LineageRefused(_("Ce lien est déjà retiré."), code="already-withdrawn")
    if not because.strip():
        raise LineageRefused(_("Dites pourquoi ce lien est retiré."), code="no-reason")
    made.withdrawn_at = timezone.now()
    made.withdrawn_because = because.strip()
    made.save(update_fields=["withdrawn_at", "withdrawn_because"])
    journal.record(
        "lineage.link_withdrawn", actor=acting_user, subject=made, details={"because": made.withdrawn_because}
    )
    return made
