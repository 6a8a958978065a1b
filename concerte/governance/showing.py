"""How what lives in this room is shown where others point at it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.governance.models import Consultation, Disagreement
from concerte.governance.references import keys
from concerte.lineage.references import Reference, Shown, Viewer


def show_disagreements(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    found = Disagreement.objects.visible_to(viewer).filter(pk__in=keys(ids))
    return {
        str(each.pk): Shown(
            label=_("Désaccord n° %(number)d : %(title)s") % {"number": each.number, "title": each.title},
            address=reverse("governance:disagreement", args=[each.number]),
            detail=each.get_state_display(),
            on=each.opened_at.date(),
        )
        for each in found
    }


def show_consultations(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    found = Consultation.objects.visible_to(viewer).filter(pk__in=keys(ids))
    return {
        str(each.pk): Shown(
            label=_("Saisine n° %(number)d : %(title)s") % {"number": each.number, "title": each.title},
            address=reverse("governance:consultation", args=[each.number]),
            detail=each.get_state_display(),
            on=each.submitted_at.date(),
        )
        for each in found
    }


def numbered(model: type[models.Model], values: Mapping[str, Any]) -> Reference | None:
    """What a page whose address holds a number shows."""
    found = model._default_manager.filter(number=values["number"]).first()
    return Reference.to(found) if found is not None else None
