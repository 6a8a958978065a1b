"""Raising needs, joining them, leaving them, taking them back."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import NeedRefused
from concerte.concertation.models.needs import OPENNESS, Need, NeedSupport, NeedVisibility, Urgency
from concerte.concertation.needs_index import index_needs
from concerte.concertation.rules.needs import voice_in
from concerte.journal import services as journal
from concerte.lineage import references
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.models import Circle, Organisation
from concerte.territories.strata import in_order

MAX_REASON = 300  # letters


@transaction.atomic
def raise_need(
    circle: Circle,
    *,
    title: str,
    difficulty: str,
    concerned: str = "",
    strata: Collection[str] = (),
    urgency: str,
    visibility: str = NeedVisibility.COLLEGES,
    organisation: Organisation,
    raised_in: Reference | None = None,
    acting_user: User | None,
) -> Need:
    """Say what an organisation needs; it is the first to share it.

    strata: values of Stratum. raised_in: the exchange it was born in, that the person may read. acting_user: nobody,
    for an operator's command. Raises NeedRefused ("not-allowed", "no-title", "no-difficulty", "unknown-urgency",
    "unknown-visibility", "unknown-stratum", "unknown-origin"); nothing is then written."""
    if acting_user is not None and not voice_in(acting_user, circle.pk).may_speak_for(organisation.pk):
        raise NeedRefused(
            _("Un besoin est signalé par une personne qui peut écrire pour l’organisation."), code="not-allowed"
        )
    content = _checked(title, difficulty, concerned, strata, urgency)
    if visibility not in NeedVisibility.values:
        raise NeedRefused(_("Dites qui peut voir ce besoin."), code="unknown-visibility")
    if raised_in is not None and acting_user is not None and not references.show([raised_in], acting_user):
        raise NeedRefused(_("L’échange d’où vient ce besoin n’est pas accessible."), code="unknown-origin")
    need = Need.objects.create(
        circle=circle, organisation=organisation, visibility=visibility, raised_by=acting_user, **content
    )
    NeedSupport.objects.create(need=need, organisation=organisation, person=acting_user)
    index_needs([need])
    details = {"urgency": urgency, "visibility": visibility}
    _record("concertation.need_raised", need, organisation, acting_user, details)
    if raised_in is not None:
        link(raised_in, need.reference, Relation.RAISED, organisation=organisation.slug, acting_user=acting_user)
    return need


@transaction.atomic
def update_need(
    need: Need,
    *,
    title: str,
    difficulty: str,
    concerned: str,
    strata: Collection[str],
    urgency: str,
    acting_user: User,
) -> Need:
    """Correct what is said of a need, while no other organisation has said « nous aussi » to these words.

    Raises NeedRefused ("not-allowed", "closed", "others-joined", and those of the words as `raise_need` does); nothing
    is then written."""
    need = locked_need(need)
    if not voice_in(acting_user, need.circle_id).may_speak_for(need.organisation_id):
        raise NeedRefused(_("Seule l’organisation qui l’a signalé corrige un besoin."), code="not-allowed")
    check_open(need)
    if need.supports.standing().exclude(organisation=need.organisation_id).exists():
        raise NeedRefused(
            _("D’autres organisations partagent déjà ce besoin, dans ces mots\u00a0: il ne change plus."),
            code="others-joined",
        )
    content = _checked(title, difficulty, concerned, strata, urgency)
    changed = [name for name, value in content.items() if getattr(need, name) != value]
    if not changed:
        return need
    for name in changed:
        setattr(need, name, content[name])
    need.save(update_fields=changed)
    index_needs([need])
    _record("concertation.need_updated", need, need.organisation, acting_user, {"fields": sorted(changed)})
    return need


@transaction.atomic
def show_need_to(need: Need, *, visibility: str, acting_user: User) -> Need:
    """Let more people read a need; never fewer, for they have read it.

    Raises NeedRefused ("not-allowed", "closed", "unknown-visibility", "less-visible"); nothing is then written."""
    need = locked_need(need)
    if not voice_in(acting_user, need.circle_id).may_speak_for(need.organisation_id):
        raise NeedRefused(_("Seule l’organisation qui l’a signalé dit qui le voit."), code="not-allowed")
    check_open(need)
    if visibility not in NeedVisibility.values:
        raise NeedRefused(_("Dites qui peut voir ce besoin."), code="unknown-visibility")
    if OPENNESS.index(visibility) < OPENNESS.index(need.visibility):
        raise NeedRefused(_("Ce qui a été lu ne peut plus être caché."), code="less-visible")
    if visibility != need.visibility:
        need.visibility = visibility
        need.save(update_fields=["visibility"])
        details = {"visibility": visibility}
        _record("concertation.need_shown", need, need.organisation, acting_user, details)
    return need


@transaction.atomic
def join_need(need: Need, *, organisation: Organisation, words: str = "", acting_user: User | None) -> NeedSupport:
    """« Nous aussi » : an organisation shares a need. words: in what way, if it says so.

    Raises NeedRefused ("not-allowed", "not-found", "closed", "already-joined"); nothing is then written."""
    need = locked_need(need)
    check_visible(need, acting_user)
    if acting_user is not None and not voice_in(acting_user, need.circle_id).may_speak_for(organisation.pk):
        raise NeedRefused(_("Vous ne pouvez pas écrire pour cette organisation."), code="not-allowed")
    check_open(need)
    if need.supports.standing().filter(organisation=organisation).exists():
        raise NeedRefused(
            _("%(organisation)s partage déjà ce besoin.") % {"organisation": organisation}, code="already-joined"
        )
    support = NeedSupport.objects.create(
        need=need, organisation=organisation, person=acting_user, words=words.strip()[:600]
    )
    _record("concertation.need_joined", need, organisation, acting_user, {})
    return support


@transaction.atomic
def leave_need(need: Need, *, organisation: Organisation, because: str, acting_user: User) -> NeedSupport:
    """An organisation no longer shares a need; that it did stays written, with the reason.

    Raises NeedRefused ("not-allowed", "no-reason", "closed", "not-joined", "last": nobody else shares it, so the need
    itself is to be withdrawn); nothing is then written."""
    need = locked_need(need)
    if not voice_in(acting_user, need.circle_id).may_speak_for(organisation.pk):
        raise NeedRefused(_("Vous ne pouvez pas écrire pour cette organisation."), code="not-allowed")
    check_open(need)
    reason = checked_reason(because)
    supports = list(need.supports.standing())
    left = next((each for each in supports if each.organisation_id == organisation.pk), None)
    if left is None:
        raise NeedRefused(
            _("%(organisation)s ne partage pas ce besoin.") % {"organisation": organisation}, code="not-joined"
        )
    if len(supports) == 1:
        raise NeedRefused(
            _("Aucune autre organisation ne partage ce besoin\u00a0: retirez plutôt le besoin lui-même."), code="last"
        )
    left.withdrawn_at = timezone.now()
    left.withdrawn_because = reason
    left.save(update_fields=["withdrawn_at", "withdrawn_because"])
    _record("concertation.need_left", need, organisation, acting_user, {"because": reason})
    return left


@transaction.atomic
def withdraw_need(need: Need, *, because: str, acting_user: User) -> Need:
    """Take a need back, with a reason; its page stays. While others share it, only the coordination may.

    Raises NeedRefused ("not-allowed", "not-found", "no-reason", "closed", "others-joined"); nothing is then written."""
    need = locked_need(need)
    check_visible(need, acting_user)
    voice = voice_in(acting_user, need.circle_id)
    if not voice.may_close(need):
        raise NeedRefused(
            _("Un besoin est retiré par l’organisation qui l’a signalé, ou par la coordination."), code="not-allowed"
        )
    check_open(need)
    reason = checked_reason(because)
    others = need.supports.standing().exclude(organisation=need.organisation_id).exists()
    if others and not voice.standing.may_coordinate:
        raise NeedRefused(
            _("D’autres organisations partagent ce besoin\u00a0: quittez-le, il reste le leur."), code="others-joined"
        )
    close_need(need, because=reason)
    _record("concertation.need_withdrawn", need, speaking_as(need, acting_user), acting_user, {"because": reason})
    return need


def locked_need(need: Need) -> Need:
    """The row as it is now, held until the end of the transaction."""
    return Need.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=need.pk)


def check_visible(need: Need, acting_user: User | None) -> None:
    if acting_user is not None and not Need.objects.visible_to(acting_user).filter(pk=need.pk).exists():
        raise NeedRefused(_("Ce besoin n’est pas accessible."), code="not-found")


def check_open(need: Need) -> None:
    if not need.is_open:
        raise NeedRefused(_("Ce besoin est retiré ou réuni dans un autre\u00a0: il ne change plus."), code="closed")


def checked_reason(because: str) -> str:
    if not because.strip():
        raise NeedRefused(_("Dites pourquoi."), code="no-reason")
    return because.strip()[:MAX_REASON]


def close_need(need: Need, *, because: str, merged_into: Need | None = None) -> None:
    """Out of the lists and of the search; the page, the supports and the thread stay."""
    need.closed_at = timezone.now()
    need.closed_because = because
    need.merged_into = merged_into
    need.save(update_fields=["closed_at", "closed_because", "merged_into"])
    index_needs([need])


def speaking_as(need: Need, acting_user: User) -> Organisation:
    """In whose name somebody who may close a need does: their own organisation before the coordination."""
    voice = voice_in(acting_user, need.circle_id)
    if voice.may_speak_for(need.organisation_id) or voice.standing.coordinating is None:
        return need.organisation
    return voice.standing.coordinating


def _checked(title: str, difficulty: str, concerned: str, strata: Collection[str], urgency: str) -> dict[str, Any]:
    """The words of a need, as they are kept."""
    if not title.strip():
        raise NeedRefused(_("Donnez un titre à ce besoin."), code="no-title")
    if not difficulty.strip():
        raise NeedRefused(_("Dites quelle est la difficulté."), code="no-difficulty")
    if urgency not in Urgency.values:
        raise NeedRefused(_("Dites quand ce besoin se fait sentir."), code="unknown-urgency")
    known = in_order(strata)
    if len(known) != len(set(strata)):
        raise NeedRefused(_("Ce type de collectivité n’est pas connu."), code="unknown-stratum")
    return {
        "title": " ".join(title.split())[:200],
        "difficulty": difficulty.strip()[:6000],
        "concerned": concerned.strip()[:2000],
        "strata_text": f" {''.join(f'{stratum.value} ' for stratum in known)}",
        "urgency": urgency,
    }


def _record(
    act: str, need: Need, organisation: Organisation, acting_user: User | None, details: dict[str, Any]
) -> None:
    journal.record(act, actor=acting_user, subject=need, organisation=organisation.slug, details=details)
