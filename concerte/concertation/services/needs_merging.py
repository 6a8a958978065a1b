"""Making one need of several that say the same."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import NeedRefused
from concerte.concertation.models.needs import OPENNESS, Need, NeedSupport
from concerte.concertation.rules.needs import voice_in
from concerte.concertation.services.needs import check_open, checked_reason, close_need, speaking_as
from concerte.journal import services as journal
from concerte.lineage import services as lineage


@transaction.atomic
def merge_needs(duplicates: Sequence[Need], *, into: Need, because: str, acting_user: User) -> Need:
    """Make several needs one of those that exist. Whoever shared a duplicate shares the one that is kept, with what
    they had said; the duplicates keep their pages, and lead to it.

    By the coordination, or by somebody who may speak for all those that raised them. Raises NeedRefused
    ("not-allowed", "not-found", "no-reason", "nothing", "itself", "closed", "other-circle", "less-visible": a
    duplicate is read by fewer people than what would be kept), LineageRefused ("circle"); nothing is then written."""
    kept, merged = _locked(duplicates, into)
    _check_who(kept, merged, acting_user)
    reason = checked_reason(because)
    organisation = speaking_as(kept, acting_user).slug
    sharing = set(kept.supports.standing().values_list("organisation", flat=True))
    carried = []
    for support in NeedSupport.objects.standing().filter(need__in=merged).order_by("joined_at", "pk"):
        if support.organisation_id not in sharing:
            sharing.add(support.organisation_id)
            carried.append(
                NeedSupport(
                    need=kept,
                    organisation_id=support.organisation_id,
                    person_id=support.person_id,
                    words=support.words,
                    came_from_id=support.need_id,
                )
            )
    NeedSupport.objects.bulk_create(carried)
    for need in merged:
        close_need(need, because=reason, merged_into=kept)
    lineage.merge(
        [need.reference for need in merged], kept.reference, organisation=organisation, acting_user=acting_user
    )
    journal.record(
        "concertation.needs_merged",
        actor=acting_user,
        subject=kept,
        organisation=organisation,
        details={"merged": [need.pk for need in merged], "supports": len(carried), "because": reason},
    )
    return kept


def _locked(duplicates: Sequence[Need], into: Need) -> tuple[Need, list[Need]]:
    """The one that is kept and those that are merged, held in the order of their keys."""
    keys = {need.pk for need in duplicates}
    if not keys:
        raise NeedRefused(_("Choisissez au moins un besoin à réunir."), code="nothing")
    if into.pk in keys:
        raise NeedRefused(_("Un besoin ne se réunit pas à lui-même."), code="itself")
    held = Need.objects.select_for_update(of=("self",)).select_related("organisation").order_by("pk")
    rows = {need.pk: need for need in held.filter(pk__in=keys | {into.pk})}
    kept = rows.pop(into.pk)
    return kept, list(rows.values())


def _check_who(kept: Need, merged: list[Need], acting_user: User) -> None:
    everything = [kept, *merged]
    if Need.objects.visible_to(acting_user).filter(pk__in=[need.pk for need in everything]).count() != len(everything):
        raise NeedRefused(_("Un de ces besoins n’est pas accessible."), code="not-found")
    if any(need.circle_id != kept.circle_id for need in merged):
        raise NeedRefused(_("Ces besoins ne sont pas du même programme."), code="other-circle")
    voice = voice_in(acting_user, kept.circle_id)
    if not all(voice.may_close(need) for need in everything):
        raise NeedRefused(
            _("Des besoins sont réunis par la coordination, ou par l’organisation qui les a tous signalés."),
            code="not-allowed",
        )
    for need in everything:
        check_open(need)
    if any(OPENNESS.index(need.visibility) < OPENNESS.index(kept.visibility) for need in merged):
        raise NeedRefused(
            _("Un besoin que moins de personnes peuvent lire ne rejoint pas celui-ci\u00a0: il y serait dévoilé."),
            code="less-visible",
        )
