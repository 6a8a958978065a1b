"""What machines ask a site first."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

# Pages where people work: nothing there for a search engine, and a crawler would only fill the logs.
_NOT_FOR_CRAWLERS = (
    "/admin/",
    "/connexion",
    "/mon-espace",
    "/coordination/",
    "/*/redaction",
    "/*/verifications",
    "/*/propositions",
)
SECURITY_TXT_LASTS = timedelta(days=365)


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _not_for_crawlers()), ""]
    lines.append(f"Sitemap: {settings.BASE_URL}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _not_for_crawlers() -> list[str]:
    """The paths, then their twins in the other languages; those that begin anywhere have their twins already."""
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    rooted = [path for path in _NOT_FOR_CRAWLERS if not path.startswith(("/*/", "/admin/"))]
    return [*_NOT_FOR_CRAWLERS, *(f"/{code}{path}" for code in others for path in rooted)]


@require_safe
def security(_request: HttpRequest) -> HttpResponse:
    """Whom to tell about a flaw (RFC 9116). Expires: at midnight, a year ahead of the day it is asked."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    contact = f"mailto:{settings.CONTACT}" if settings.CONTACT else f"{settings.SOURCE_URL}/security"
    lines = [
        f"Contact: {contact}",
        f"Expires: {(midnight + SECURITY_TXT_LASTS).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
