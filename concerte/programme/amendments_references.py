"""How amendments are shown, found and searched by whoever points at them: a thread, the agenda of a meeting."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.documents.models import Amendment
from concerte.lineage.matching import MAX_READ, matching
from concerte.lineage.references import Reference, Shown, Viewer
from concerte.partners.circles import memberships_in_circles
from concerte.programme.models import Programme


def show_amendments(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    """Those of these amendments this person may read. An amendment has no name of the programme: its document has."""
    keys = [int(each) for each in ids if each.isascii() and each.isdecimal() and len(each) < 19]
    found = list(_visible_to(viewer).filter(pk__in=keys).select_related("organisation").defer("base_state"))
    programmes = {
        each.draft_id: each for each in Programme.objects.filter(draft__in={each.document_id for each in found})
    }
    return {
        str(each.pk): Shown(
            label=_("%(programme)s, amendement %(number)d\u00a0: %(title)s")
            % {"programme": programmes[each.document_id], "number": each.number, "title": each.title},
            address=reverse("programme:amendment", args=[programmes[each.document_id].slug, each.number]),
            detail=_("%(organisation)s, %(status)s")
            % {"organisation": each.organisation, "status": each.get_status_display()},
            on=timezone.localdate(each.submitted_at or each.created_at),
        )
        for each in found
    }


def amendment_of_page(values: Mapping[str, Any]) -> Reference | None:
    """What the page of an amendment shows."""
    programme = Programme.objects.filter(slug=values["slug"]).first()
    found = (
        programme and Amendment.objects.filter(document=programme.draft_id, number=values["number"]).only("pk").first()
    )
    return Reference.to(found) if found else None


def search_amendments(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    """By their number, their title, their organisation."""
    found = _visible_to(viewer).order_by("-pk").values_list("pk", "number", "title", "organisation__name")[:MAX_READ]
    rows = ((pk, number, f"{title} {organisation}") for pk, number, title, organisation in found)
    return matching("documents.amendment", rows, words, limit)


def _visible_to(viewer: Viewer) -> QuerySet[Amendment]:
    """As on the pages of the workshop: those submitted in the programmes the person enters, and those their own
    organisations write there."""
    if not viewer.is_authenticated:
        return Amendment.objects.none()
    held = memberships_in_circles(timezone.localdate()).filter(person=viewer)
    seen = Q()
    by_circle: dict[int, set[int]] = {}
    for circle, organisation in held.values_list("participation_circle", "organisation"):
        by_circle.setdefault(circle, set()).add(organisation)
    drafts = dict(Programme.objects.filter(circle__in=by_circle).values_list("draft", "circle"))
    for draft, circle in drafts.items():
        seen |= Q(document=draft) & (Q(submitted_at__isnull=False) | Q(organisation__in=by_circle[circle]))
    return Amendment.objects.filter(seen) if seen else Amendment.objects.none()
