"""The page that says why a sign-in goes no further, and leads back to asking for a code."""

from http import HTTPStatus

from allauth.core.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

_REASONS = {
    "expired": (
        HTTPStatus.GONE,
        _("Ce code n’est plus valable"),
        _(
            "Il a expiré, il a déjà servi, ou il a été demandé depuis un autre navigateur. "
            "Demandez-en un nouveau\u00a0: le plus récent est le seul qui fonctionne."
        ),
    ),
    "too-many-attempts": (
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Trop d’essais avec un code inexact"),
        _("Par sécurité, ce code est annulé. Demandez-en un nouveau."),
    ),
    "inactive": (
        HTTPStatus.FORBIDDEN,
        _("Ce compte est désactivé"),
        _("La coordination du programme peut vous dire pourquoi, et le rouvrir."),
    ),
}
WAIT_SECONDS = 60  # the longest period of the limits on sign-in


def refuse_code(request: HttpRequest, reason: str) -> HttpResponse:
    """reason: "expired", "too-many-attempts" or "inactive"."""
    status, title, text = _REASONS[reason]
    return render(request, "accounts/code_refused.html", {"title": title, "text": text}, status=status)


def refuse_too_many(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = respond_429(request)
    response["Retry-After"] = str(WAIT_SECONDS)
    return response
