"""How needs and themes are shown where others point at them."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.concertation.models.needs import Need
from concerte.concertation.models.themes import Theme
from concerte.lineage.references import Shown, Viewer


def shown_needs(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    found = Need.objects.visible_to(viewer).filter(pk__in=_keys(ids)).select_related("circle", "organisation")
    return {
        str(need.pk): Shown(
            label=need.title,
            address=reverse("concertation:need", args=[need.circle.slug, need.pk]),
            detail=_state(need) or str(need.organisation),
            on=need.raised_at.date(),
        )
        for need in found
    }


def shown_themes(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    found = Theme.objects.visible_to(viewer).filter(pk__in=_keys(ids)).select_related("circle")
    return {
        str(theme.pk): Shown(
            label=theme.title,
            address=reverse("concertation:theme", args=[theme.circle.slug, theme.pk]),
            detail=_state(theme),
            on=theme.created_at.date(),
        )
        for theme in found
    }


def _state(thing: Need | Theme) -> str:
    if thing.is_open:
        return ""
    return _("réuni dans un autre") if thing.merged_into_id is not None else _("retiré")


def _keys(ids: Collection[str]) -> list[int]:
    """What can be a key: references are text, and may have been typed by hand."""
    return [int(each) for each in ids if each.isascii() and each.isdigit() and len(each) < 19]
