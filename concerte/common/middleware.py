"""What stands around every page."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from concerte.common import logs
from concerte.common.errors import DomainError

View = Callable[[HttpRequest], HttpResponse]
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Gives each request a name that its log lines carry: that of the proxy in front, or one of ours."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        name = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        request.request_id = name  # type: ignore[attr-defined]  # for what is logged once this has returned
        token = logs.request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-Id"] = name
        return response


class LanguageMiddleware:
    """French, unless the address (`/en/`) or the cookie says otherwise; never what the browser asks for.

    Django's own middleware reads Accept-Language, which gives English errors on French pages.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info)
        if language is None:
            asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
            is_page_without_language = request.path_info.startswith(("/admin", "/langue"))
            language = asked if asked in dict(settings.LANGUAGES) and is_page_without_language else "fr"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class DomainErrorMiddleware:
    """A refusal that no view showed becomes a page with its message and the status 409."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        return render(request, "409.html", {"message": exception.message}, status=409)
