"""Organisations, as everyone sees them. No person is named here."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.partners.models import College, Organisation
from concerte.partners.rules import may_manage
from concerte.territories.models import Territory


def organisations(request: HttpRequest) -> HttpResponse:
    context = {
        "colleges": _colleges(),
        "today": timezone.localdate(),
        "may_manage": may_manage(request.user),
        "trail": [{"label": _("Organisations"), "href": ""}],
    }
    return render(request, "partners/organisations.html", context)


def organisations_data(_request: HttpRequest) -> JsonResponse:
    """The twin of the list, for machines."""
    colleges = [
        {
            "slug": college.slug,
            "name": college.name,
            "organisations": [_as_data(organisation) for organisation in college.organisations.all()],
        }
        for college in _colleges()
    ]
    return _json({"colleges": colleges})


def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Organisation.objects.select_related("college", "territory__departement"), slug=slug)
    context = {
        "organisation": shown,
        "exists": shown.exists_on(timezone.localdate()),
        "may_manage": may_manage(request.user),
        "trail": [
            {"label": _("Organisations"), "href": reverse("partners:organisations")},
            {"label": str(shown), "href": "", "is_content": True},
        ],
    }
    return render(request, "partners/organisation.html", context)


def organisation_data(_request: HttpRequest, slug: str) -> JsonResponse:
    shown = get_object_or_404(Organisation.objects.select_related("college", "territory__departement"), slug=slug)
    return _json({**_as_data(shown), "college": {"slug": shown.college.slug, "name": shown.college.name}})


def _colleges() -> "list[College]":
    existing_first = Organisation.objects.select_related("territory").order_by("name", "pk")
    return list(College.objects.prefetch_related(Prefetch("organisations", queryset=existing_first)))


def _as_data(shown: Organisation) -> dict[str, Any]:
    """What the page says, and nothing else; unknown stays null."""
    return {
        "slug": shown.slug,
        "name": shown.name,
        "acronym": shown.acronym,
        "kind": shown.kind,
        "kind_label": shown.kind_label,
        "territory": _territory_as_data(shown.territory) if shown.territory is not None else None,
        "first_day": shown.start_text or None,  # partial dates, at the precision they are known
        "last_day": shown.end_text or None,
        "ended_because": shown.ended_because,
        "certainty": shown.certainty,
        "sources": shown.sources,
        "note": shown.note,
        "address": settings.BASE_URL + reverse("partners:organisation", args=[shown.slug]),
    }


def _territory_as_data(territory: Territory) -> dict[str, Any]:
    stratum = territory.stratum
    return {
        "level": territory.level,
        "code": territory.code,
        "name": territory.name,
        "population": territory.population,
        "stratum": stratum.value if stratum is not None else None,
    }


def _json(content: dict[str, Any]) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
