"""The page of a thread and its data."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concerte.lineage.graph import graph_of
from concerte.lineage.outline import outline
from concerte.lineage.reading import Knot, ShownThread, shown_thread
from concerte.lineage.references import Reference

FORMAT = "concerte-thread/1"


@require_safe
def thread(request: HttpRequest, kind: str, identifier: str) -> HttpResponse:
    """Where something comes from and what it became, as far as this person may see."""
    found = _thread(request, kind, identifier)
    about = found.about
    context = {
        "thread": found,
        "about": about,
        "graph": None if found.is_alone else graph_of(found),
        "upstream": outline(found, -1),
        "downstream": outline(found, 1),
        "has_hidden": any(not knot.is_visible for knot in found.knots),
        "trail": [
            {"label": about.label, "href": about.address, "is_content": True},
            {"label": _("Le fil"), "href": ""},
        ],
    }
    return render(request, "lineage/thread.html", context)


@require_safe
def thread_data(request: HttpRequest, kind: str, identifier: str) -> HttpResponse:
    """The same as data: {"format", "about", "things", "links"}; things are named by their rank."""
    found = _thread(request, kind, identifier)
    data = {
        "format": FORMAT,
        "about": 0,
        "things": [_thing(knot) for knot in found.knots],
        "links": [
            {
                "from": strand.origin,
                "to": strand.outcome,
                "relation": strand.relation,
                "on": strand.on.isoformat(),
                "organisation": strand.organisation,
            }
            for strand in found.strands
        ],
    }
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _thing(knot: Knot) -> dict[str, Any]:
    return {
        "kind": knot.kind,
        "id": knot.id,
        "label": knot.label,
        "detail": knot.detail,
        "address": knot.address,
        "on": knot.on.isoformat() if knot.on else None,
        "step": knot.step,
        "is_public": knot.is_visible,
    }


def _thread(request: HttpRequest, kind: str, identifier: str) -> ShownThread:
    found = shown_thread(Reference(kind, identifier), request.user)
    if found is None:
        raise Http404
    return found
