"""What machines of operators ask: is it alive, does it work, which version is it, what are its figures.

The names of the addresses are those of Dockerflow (https://github.com/mozilla-services/Dockerflow)."""

import importlib.metadata
import json
import secrets
from collections.abc import Callable
from functools import cache, wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from concerte import __version__
from concerte.accounts.rules import is_administrator
from concerte.documents import health, metrics

View = Callable[[HttpRequest], HttpResponse]


def _for_machines(view: View) -> View:
    """Never kept by anyone on the way, never indexed."""

    @wraps(view)
    @require_safe
    def answer(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return answer


@_for_machines
def lbheartbeat(_request: HttpRequest) -> HttpResponse:
    """200 as soon as the process answers, whatever the state of what it leans on."""
    return HttpResponse(b"", content_type="text/plain; charset=utf-8")


@_for_machines
def heartbeat(_request: HttpRequest) -> HttpResponse:
    """200 when the process does its work, be it with warnings; 503 when it cannot."""
    found = health.checks()
    worst = next((status for status in ("failed", "warning") if any(c.status == status for c in found)), "ok")
    checks = {
        check.name: {"status": check.status, "detail": check.detail, "milliseconds": check.milliseconds}
        for check in found
    }
    return JsonResponse({"status": worst, "checks": checks}, status=503 if worst == "failed" else 200)


@_for_machines
def version(_request: HttpRequest) -> HttpResponse:
    commit = settings.COMMIT or _commit_noted_by_pip()
    facts = {"source": settings.SOURCE_URL, "version": __version__, "commit": commit}
    return JsonResponse(facts)


@_for_machines
def metrics_for_operators(request: HttpRequest) -> HttpResponse:
    """Figures, for who holds the token and for administrators; for anyone else there is nothing here."""
    if not (presents_token(request) or is_administrator(request.user)):
        raise Http404
    health.checks()  # its result is among the figures
    content, content_type = metrics.exposition(request.headers.get("Accept", ""))
    return HttpResponse(content, content_type=content_type)


def presents_token(request: HttpRequest) -> bool:
    """Whether the request carries the token of the settings, if there is one. Asks neither session nor database."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    if not expected or scheme.lower() != "bearer":
        return False
    return secrets.compare_digest(token.strip().encode(), expected.encode())


@cache
def _commit_noted_by_pip() -> str:
    """What pip wrote down when it installed from a repository (PEP 610); empty otherwise."""
    try:
        noted = json.loads(importlib.metadata.distribution("concerte").read_text("direct_url.json") or "{}")
    except importlib.metadata.PackageNotFoundError:  # run from its sources
        return ""
    return str(noted.get("vcs_info", {}).get("commit_id", ""))
