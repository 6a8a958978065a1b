"""How exchanges, groups and ideas are shown to whoever holds a reference to them."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.common.partial_dates import PartialDate
from concerte.concertation.models import Exchange, Idea, WorkingGroup
from concerte.lineage.references import Shown, Viewer


def keys(ids: Collection[str]) -> list[int]:
    """The ids that are keys; a reference may hold anything."""
    return [int(each) for each in ids if each.isascii() and each.isdecimal() and len(each) < 19]


def show_exchanges(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    found = Exchange.objects.visible_to(viewer).filter(pk__in=keys(ids)).select_related("circle").order_by("pk")
    return {
        str(each.pk): Shown(
            label=each.title,
            address=reverse("concertation:exchange", args=[each.circle.slug, each.pk]),
            detail="" if each.is_fixed else _("à confirmer"),
            on=PartialDate.parse(each.held_on).first_day,
        )
        for each in found
    }


def show_groups(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    found = WorkingGroup.objects.visible_to(viewer).filter(pk__in=keys(ids)).select_related("circle").order_by("pk")
    return {
        str(each.pk): Shown(
            label=each.name,
            address=reverse("concertation:group", args=[each.circle.slug, each.pk]),
            detail=_("terminé") if each.has_ended else "",
        )
        for each in found
    }


def show_ideas(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    found = Idea.objects.visible_to(viewer).filter(pk__in=keys(ids)).select_related("circle").order_by("pk")
    return {
        str(each.pk): Shown(
            label=each.title,
            address=reverse("concertation:idea", args=[each.circle.slug, each.pk]),
            detail=each.get_state_display(),
            on=each.created_at.date(),
        )
        for each in found
    }
