"""Creating themes and putting things in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import ThemeRefused
from concerte.concertation.models.needs import Need
from concerte.concertation.models.themes import EXCHANGE_KIND, Theme
from concerte.concertation.rules.themes import may_arrange, name_of_arranger
from concerte.journal import services as journal
from concerte.lineage import references
from concerte.lineage.models import Link, LinkQuerySet, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link, withdraw_link
from concerte.partners.circles import standing_in
from concerte.partners.models import Circle, Organisation

MAX_AT_ONCE = 200  # needs moved in one go: a page of them, and not the whole board by mistake


@transaction.atomic
def create_theme(
    circle: Circle,
    *,
    title: str,
    description: str = "",
    visibility: str = Theme.Visibility.COLLEGES,
    origin: Mapping[str, Any] | None = None,
    acting_user: User | None,
) -> Theme:
    """A new, empty theme. acting_user: nobody, for an operator's command. origin: for what was imported, {"sources":
    [{"id", "title", "publisher", "date", "address"}], "certainty"}.

    Raises ThemeRefused ("not-allowed", "no-title", "unknown-visibility"); nothing is then written."""
    organisation = arranger(circle.pk, acting_user)
    content = _checked(title, description, visibility)
    theme = Theme.objects.create(
        circle=circle, created_by=acting_user, organisation=organisation, origin=dict(origin or {}), **content
    )
    record("concertation.theme_created", theme, acting_user, organisation, {"visibility": theme.visibility})
    return theme


@transaction.atomic
def describe_theme(theme: Theme, *, title: str, description: str, visibility: str, acting_user: User) -> Theme:
    """Rename a theme, say what it is about and who may read it.

    Raises ThemeRefused ("not-allowed", "closed", "no-title", "unknown-visibility", "less-visible": it was public);
    nothing is then written."""
    theme = locked_theme(theme)
    organisation = arranger(theme.circle_id, acting_user)
    check_open(theme)
    content = _checked(title, description, visibility)
    if theme.visibility == Theme.Visibility.PUBLIC and content["visibility"] != Theme.Visibility.PUBLIC:
        raise ThemeRefused(_("Ce thème a été public\u00a0: il le reste."), code="less-visible")
    changed = [name for name, value in content.items() if getattr(theme, name) != value]
    if changed:
        for name in changed:
            setattr(theme, name, content[name])
        theme.save(update_fields=changed)
        record("concertation.theme_described", theme, acting_user, organisation, {"fields": sorted(changed)})
    return theme


@transaction.atomic
def group_needs(theme: Theme, needs: Sequence[Need], *, acting_user: User | None) -> int:
    """Put needs in a theme, out of the one they were in; returns how many moved. Those that are there already stay.

    Raises ThemeRefused ("not-allowed", "closed", "not-found", "closed-need", "other-circle", "too-many"),
    LineageRefused ("circle"); nothing is then written."""
    theme = locked_theme(theme)
    organisation = arranger(theme.circle_id, acting_user)
    check_open(theme)
    moved = [need for need in _locked_needs(needs, theme.circle_id, acting_user) if need.theme_id != theme.pk]
    put_needs_in(
        theme, moved, because=_("Rangé dans le thème « %(theme)s »") % {"theme": theme}, acting_user=acting_user
    )
    if moved:
        details = {"needs": [need.pk for need in moved]}
        record("concertation.needs_grouped", theme, acting_user, organisation, details)
    return len(moved)


@transaction.atomic
def ungroup_needs(needs: Sequence[Need], *, acting_user: User) -> int:
    """Take needs out of their theme, back to those that wait for one; returns how many were in one.

    needs: of one circle. Raises ThemeRefused as `group_needs` does; nothing is then written."""
    if not needs:
        return 0
    circle_id = needs[0].circle_id
    organisation = arranger(circle_id, acting_user)
    grouped = [need for need in _locked_needs(needs, circle_id, acting_user) if need.theme_id is not None]
    withdraw_groupings([need.reference for need in grouped], because=_("Sorti du thème"), acting_user=acting_user)
    by_theme: dict[int, list[int]] = {}
    for need in grouped:
        by_theme.setdefault(need.theme_id or 0, []).append(need.pk)
    Need.objects.filter(pk__in=[need.pk for need in grouped]).update(theme=None)
    for theme in Theme.objects.filter(pk__in=by_theme).order_by("pk"):
        details = {"needs": by_theme[theme.pk]}
        record("concertation.needs_ungrouped", theme, acting_user, organisation, details)
    return len(grouped)


@transaction.atomic
def group_exchange(theme: Theme, exchange: Reference, *, acting_user: User | None) -> Link:
    """Put an exchange in a theme; it may be in several. exchange: kind "concertation.exchange".

    Raises ThemeRefused ("not-allowed", "closed", "not-found"), LineageRefused ("circle"); nothing is then written."""
    theme = locked_theme(theme)
    organisation = arranger(theme.circle_id, acting_user)
    check_open(theme)
    is_seen = acting_user is None or bool(references.show([exchange], acting_user))
    if exchange.kind != EXCHANGE_KIND or not is_seen:
        raise ThemeRefused(_("Cet échange n’est pas accessible."), code="not-found")
    made = link(
        exchange, theme.reference, Relation.GROUPED, organisation=slug_of(organisation), acting_user=acting_user
    )
    record("concertation.exchange_grouped", theme, acting_user, organisation, {"exchange": exchange.id})
    return made


@transaction.atomic
def ungroup_exchange(theme: Theme, exchange: Reference, *, acting_user: User) -> None:
    """Take an exchange out of a theme. Raises ThemeRefused ("not-allowed", "closed", "not-found")."""
    theme = locked_theme(theme)
    organisation = arranger(theme.circle_id, acting_user)
    check_open(theme)
    made = exchange_links(theme).filter(from_id=exchange.id).first()
    if made is None or not references.show([exchange], acting_user):
        raise ThemeRefused(_("Cet échange n’est pas dans ce thème."), code="not-found")
    withdraw_link(made, because=_("Sorti du thème"), acting_user=acting_user)
    record("concertation.exchange_ungrouped", theme, acting_user, organisation, {"exchange": exchange.id})


def exchange_links(theme: Theme) -> LinkQuerySet:
    """The links of the exchanges that are in a theme."""
    links = Link.objects.standing().into(theme.reference)
    return links.filter(from_kind=EXCHANGE_KIND, relation=Relation.GROUPED)


def put_needs_in(theme: Theme, needs: Sequence[Need], *, because: str, acting_user: User | None) -> None:
    """The rows and the thread together. needs: locked, open, of the same circle, not in that theme."""
    organisation = arranger(theme.circle_id, acting_user)
    withdraw_groupings(
        [need.reference for need in needs if need.theme_id is not None], because=because, acting_user=acting_user
    )
    for need in needs:
        link(
            need.reference,
            theme.reference,
            Relation.GROUPED,
            organisation=slug_of(organisation),
            acting_user=acting_user,
        )
    Need.objects.filter(pk__in=[need.pk for need in needs]).update(theme=theme)


def withdraw_groupings(of: Sequence[Reference], *, because: str, acting_user: User | None) -> None:
    """Take back the links that say in which theme these needs are."""
    kept = Link.objects.standing().filter(relation=Relation.GROUPED)
    for kind in sorted({reference.kind for reference in of}):
        ids = [reference.id for reference in of if reference.kind == kind]
        for made in kept.filter(from_kind=kind, from_id__in=ids):
            withdraw_link(made, because=because, acting_user=acting_user)


def arranger(circle_id: int, acting_user: User | None) -> Organisation | None:
    """The organisation in whose name somebody arranges themes; None for an operator.

    Raises ThemeRefused("not-allowed")."""
    if acting_user is None:
        return None
    standing = standing_in(acting_user, circle_id)
    if not may_arrange(standing):
        raise ThemeRefused(
            _("Les thèmes sont tenus par celles et ceux qui écrivent dans le programme."), code="not-allowed"
        )
    slug = name_of_arranger(standing)
    return next(each for each in standing.writing_for if each.slug == slug)


def slug_of(organisation: Organisation | None) -> str:
    return organisation.slug if organisation is not None else ""


def locked_theme(theme: Theme) -> Theme:
    return Theme.objects.select_for_update(of=("self",)).select_related("circle").get(pk=theme.pk)


def check_open(theme: Theme) -> None:
    if not theme.is_open:
        raise ThemeRefused(_("Ce thème est retiré ou réuni dans un autre\u00a0: il ne change plus."), code="closed")


def record(
    act: str, theme: Theme, acting_user: User | None, organisation: Organisation | None, details: dict[str, Any]
) -> None:
    journal.record(act, actor=acting_user, subject=theme, organisation=slug_of(organisation), details=details)


def _locked_needs(needs: Sequence[Need], circle_id: int, acting_user: User | None) -> list[Need]:
    keys = {need.pk for need in needs}
    if len(keys) > MAX_AT_ONCE:
        raise ThemeRefused(_("Rangez %(limit)d besoins au plus à la fois.") % {"limit": MAX_AT_ONCE}, code="too-many")
    held = list(Need.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    if acting_user is not None:
        seen = Need.objects.visible_to(acting_user).filter(pk__in=keys).count()
        if seen != len(keys):
            raise ThemeRefused(_("Un de ces besoins n’est pas accessible."), code="not-found")
    if any(need.circle_id != circle_id for need in held):
        raise ThemeRefused(_("Ces besoins ne sont pas du même programme."), code="other-circle")
    if any(not need.is_open for need in held):
        raise ThemeRefused(_("Un de ces besoins est retiré ou réuni dans un autre."), code="closed-need")
    return held


def _checked(title: str, description: str, visibility: str) -> dict[str, str]:
    if not title.strip():
        raise ThemeRefused(_("Donnez un titre à ce thème."), code="no-title")
    if visibility not in Theme.Visibility.values:
        raise ThemeRefused(_("Dites qui peut voir ce thème."), code="unknown-visibility")
    return {
        "title": " ".join(title.split())[:200],
        "description": description.strip()[:6000],
        "visibility": visibility,
    }
