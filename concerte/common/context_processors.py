"""What every template knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "is_example": settings.EXAMPLE,
        "contact": settings.CONTACT,
        "operator": settings.OPERATOR,
        "source_url": settings.SOURCE_URL,
        "extra_stylesheets": settings.EXTRA_STYLESHEETS,
        "canonical_url": settings.BASE_URL + request.path,
        "alternates": _alternates(request.path),
    }


def _alternates(path: str) -> list[dict[str, Any]]:
    """The same page in each language. The address alone says the language: a link is enough to change it."""
    current = get_language()
    return [
        {
            "code": code,
            "label": label,
            "path": translate_url(path, code),
            "address": settings.BASE_URL + translate_url(path, code),
            "is_current": code == current,
        }
        for code, label in settings.LANGUAGES
    ]
