"""How bodies and meetings are shown, and found by the address of their page, by whoever points at them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.common.templatetags.typography import partial_date
from concerte.governance.models import Body, Meeting
from concerte.lineage.references import Reference, Shown, Viewer


def bodies_shown(ids: Collection[str], _viewer: Viewer) -> Mapping[str, Shown]:
    """Bodies are public."""
    return {
        str(body.pk): Shown(
            label=body.name,
            address=reverse("governance:body", args=[body.slug]),
            detail=body.get_level_display(),
        )
        for body in Body.objects.filter(pk__in=keys(ids))
    }


def meetings_shown(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    return {
        str(meeting.pk): Shown(
            label=_("%(body)s, %(day)s") % {"body": meeting.body, "day": partial_date(meeting.day_text)},
            address=reverse("governance:meeting", args=[meeting.pk]),
            detail=meeting.title or meeting.get_status_display(),
            on=meeting.day,
        )
        for meeting in Meeting.objects.visible_to(viewer).filter(pk__in=keys(ids)).select_related("body")
    }


def body_of_page(values: Mapping[str, Any]) -> Reference | None:
    body = Body.objects.filter(slug=values["slug"]).first()
    return Reference.to(body) if body else None


def meeting_of_page(values: Mapping[str, Any]) -> Reference | None:
    return Reference("governance.meeting", str(values["meeting_id"]))


def keys(ids: Collection[str]) -> list[int]:
    """The keys among what was asked: a reference is plain text, and may be anything."""
    return [int(each) for each in ids if each.isdecimal() and len(each) < 19]
