"""Pages of what went wrong."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


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
