"""What every template knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "is_example": settings.EXAMPLE,
        "contact": settings.CONTACT,
        "operator": settings.OPERATOR,
        "source_url": settings.SOURCE_URL,
        "extra_stylesheets": settings.EXTRA_STYLESHEETS,
        "canonical_url": settings.BASE_URL + request.path,
    }
