"""Merging, splitting and withdrawing themes: what was in them moves, the thread stays."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import ThemeRefused
from concerte.concertation.models.needs import Need
from concerte.concertation.models.themes import PriorityRound, Theme
from concerte.concertation.rules.themes import may_reshape
from concerte.concertation.services.themes import (
    MAX_AT_ONCE,
    check_open,
    create_theme,
    exchange_links,
    locked_theme,
    put_needs_in,
    record,
)
from concerte.lineage import services as lineage
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.partners.circles import standing_in
from concerte.partners.models import Organisation

MAX_REASON = 300  # letters


@transaction.atomic
def merge_themes(theme: Theme, *, into: Theme, because: str, acting_user: User) -> Theme:
    """Make one theme of two that exist: all that is in the first goes to the second, which is returned.

    The needs keep their link to the theme that is closed, and that theme leads to the other: however many there are,
    the thread gets one more step. Raises ThemeRefused ("not-allowed", "closed", "itself", "no-reason", "other-circle",
    "less-visible", "round-open"), LineageRefused ("circle"); nothing is then written."""
    first, second = sorted((theme, into), key=lambda each: each.pk)
    held = {each.pk: locked_theme(each) for each in (first, second)}
    merged, kept = held[theme.pk], held[into.pk]
    organisation = _reshaper(merged, acting_user)
    if merged.pk == kept.pk:
        raise ThemeRefused(_("Un thème ne se réunit pas à lui-même."), code="itself")
    check_open(merged)
    check_open(kept)
    if merged.circle_id != kept.circle_id:
        raise ThemeRefused(_("Ces thèmes ne sont pas du même programme."), code="other-circle")
    if merged.visibility != Theme.Visibility.PUBLIC and kept.visibility == Theme.Visibility.PUBLIC:
        raise ThemeRefused(
            _("Un thème qui n’est pas public ne rejoint pas un thème public\u00a0: rendez-le public d’abord."),
            code="less-visible",
        )
    reason = _checked_reason(because)
    moved = Need.objects.filter(theme=merged).update(theme=kept)
    _close(merged, because=reason, merged_into=kept)
    lineage.merge([merged.reference], kept.reference, organisation=organisation.slug, acting_user=acting_user)
    for made in exchange_links(merged):
        lineage.link(
            made.origin, kept.reference, Relation.GROUPED, organisation=organisation.slug, acting_user=acting_user
        )
    details = {"merged": merged.pk, "needs": moved, "because": reason}
    record("concertation.themes_merged", kept, acting_user, organisation, details)
    return kept


@transaction.atomic
def split_theme(
    theme: Theme,
    *,
    title: str,
    description: str = "",
    needs: Sequence[Need] = (),
    exchanges: Sequence[Reference] = (),
    acting_user: User,
) -> Theme:
    """Take a part of a theme out into a new one, which is returned and keeps the same visibility; the rest stays.

    Done several times it makes several themes of one. Raises ThemeRefused ("not-allowed", "closed", "nothing",
    "not-in-theme", "too-many", "no-title", "round-open"); nothing is then written."""
    theme = locked_theme(theme)
    organisation = _reshaper(theme, acting_user)
    check_open(theme)
    keys = {need.pk for need in needs}
    if not keys and not exchanges:
        raise ThemeRefused(_("Choisissez ce qui part dans le nouveau thème."), code="nothing")
    if len(keys) > MAX_AT_ONCE:
        raise ThemeRefused(_("Déplacez %(limit)d besoins au plus à la fois.") % {"limit": MAX_AT_ONCE}, code="too-many")
    seen = Need.objects.visible_to(acting_user).open().filter(theme=theme, pk__in=keys)
    taken = list(Need.objects.select_for_update(of=("self",)).filter(pk__in=seen.values("pk")).order_by("pk"))
    links = [made for made in exchange_links(theme) if made.origin in exchanges]
    if len(taken) != len(keys) or len(links) != len(set(exchanges)):
        raise ThemeRefused(_("Une partie de ce qui est choisi n’est plus dans ce thème."), code="not-in-theme")
    part = create_theme(
        theme.circle, title=title, description=description, visibility=theme.visibility, acting_user=acting_user
    )
    lineage.split(theme.reference, [part.reference], organisation=organisation.slug, acting_user=acting_user)
    because = _("Le thème a été divisé")
    put_needs_in(part, taken, because=because, acting_user=acting_user)
    for made in links:
        lineage.withdraw_link(made, because=because, acting_user=acting_user)
        lineage.link(
            made.origin, part.reference, Relation.GROUPED, organisation=organisation.slug, acting_user=acting_user
        )
    details = {"into": part.pk, "needs": [need.pk for need in taken], "exchanges": [made.from_id for made in links]}
    record("concertation.theme_split", theme, acting_user, organisation, details)
    return part


@transaction.atomic
def withdraw_theme(theme: Theme, *, because: str, acting_user: User) -> Theme:
    """Close a theme that holds nothing, with a reason; its page stays.

    Raises ThemeRefused ("not-allowed", "closed", "no-reason", "not-empty", "round-open"); nothing is then written."""
    theme = locked_theme(theme)
    organisation = _reshaper(theme, acting_user)
    check_open(theme)
    reason = _checked_reason(because)
    if Need.objects.open().filter(theme=theme).exists() or exchange_links(theme).exists():
        raise ThemeRefused(
            _("Ce thème n’est pas vide\u00a0: sortez-en ce qu’il contient, ou réunissez-le à un autre."),
            code="not-empty",
        )
    _close(theme, because=reason)
    record("concertation.theme_withdrawn", theme, acting_user, organisation, {"because": reason})
    return theme


def _reshaper(theme: Theme, acting_user: User) -> Organisation:
    """The organisation that coordinates. While points are being spread over them, themes keep their shape."""
    standing = standing_in(acting_user, theme.circle_id)
    if not may_reshape(standing) or standing.coordinating is None:
        raise ThemeRefused(_("Seule la coordination réunit, divise ou retire des thèmes."), code="not-allowed")
    if PriorityRound.objects.open().filter(circle=theme.circle_id).exists():
        raise ThemeRefused(
            _("Un tour de priorités est ouvert\u00a0: les thèmes ne changent pas avant sa clôture."), code="round-open"
        )
    return standing.coordinating


def _checked_reason(because: str) -> str:
    if not because.strip():
        raise ThemeRefused(_("Dites pourquoi."), code="no-reason")
    return because.strip()[:MAX_REASON]


def _close(theme: Theme, *, because: str, merged_into: Theme | None = None) -> None:
    theme.closed_at = timezone.now()
    theme.closed_because = because
    theme.merged_into = merged_into
    theme.save(update_fields=["closed_at", "closed_because", "merged_into"])
