"""Pages of what went wrong, and what browsers report of it."""

import json
import logging

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)

MAX_REPORT_BYTES = 10_000
REPORTED = ("document-uri", "blocked-uri", "effective-directive", "violated-directive", "source-file", "line-number")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    return render(request, "403.html", {"is_csrf_failure": False}, status=403)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Drawn without the request: what failed may be the session, the database or a context processor."""
    try:
        stylesheet = staticfiles_storage.url("concerte/dist/style.css")
    except ValueError:  # the style was not collected: the page must still say what happened
        stylesheet = ""
    return HttpResponse(render_to_string("500.html", {"stylesheet": stylesheet}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    return render(request, "403.html", {"is_csrf_failure": True}, status=403)


@csrf_exempt
@require_POST
def content_security_report(request: HttpRequest) -> HttpResponse:
    """What a browser refused to load or run (`report-uri` of CSP level 2): a fault of ours, or an attack.

    Kept: the directive and the addresses without their query, which may carry what a person typed. 204, or 400."""
    if len(request.body) > MAX_REPORT_BYTES:
        return HttpResponse(status=413)
    try:
        report = json.loads(request.body)["csp-report"]
        facts = {name: str(report.get(name, "")).split("?")[0][:200] for name in REPORTED}
    except (ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=400)
    logger.warning("content security policy: %s", facts)
    return HttpResponse(status=204)
