"""Writing the text: the editor, the checks, the codes of new actions."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.programme.views.editor import (
    code_answer,
    draft_place,
    editor_data,
    refusal,
    verdict_answer,
    verdict_of,
)
from concerte.programme.views.workshop import tabs_of, trail_of, workshop_of


@login_required
@require_safe
def draft(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """The editor. Readers get it too: they see the text live, and cannot write."""
    programme, held = workshop_of(request.user, slug)
    context = {
        "programme": programme,
        "may_write": held.may_write,
        "may_coordinate": held.may_coordinate,
        "amendment": None,
        "editor_data": editor_data(request, programme, held.spokesperson.organisation, draft_place(programme, held)),
        "trail": trail_of(programme, (_("Texte en cours"), "")),
        "tabs": tabs_of(programme, held, "draft"),
    }
    return render(request, "programme/draft.html", context)


@login_required
@require_safe
def checks(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """What still misses before the text may be put to the colleges, action by action."""
    programme, held = workshop_of(request.user, slug)
    context = {
        "programme": programme,
        "amendment": None,
        "verdict": verdict_of(programme, programme.draft_id),
        "draft_address": reverse("programme:draft", args=[programme.slug]),
        "may_coordinate": held.may_coordinate,
        "trail": trail_of(programme, (_("Vérifications"), "")),
        "tabs": tabs_of(programme, held, "checks"),
    }
    return render(request, "programme/checks.html", context)


@login_required
@require_safe
def checks_data(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """The same as data, for the panel of the editor. Asked again and again: answered 304 when nothing changed."""
    programme, _held = workshop_of(request.user, slug)
    return verdict_answer(request, verdict_of(programme, programme.draft_id))


@login_required
@require_POST
def new_code(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """A code for an action added or duplicated: {"copied_from": "DCANT-01" or ""} → {"code": "DCANT-18"}."""
    programme, held = workshop_of(request.user, slug)
    if not held.may_write:
        return refusal(_("Vous ne pouvez pas écrire dans ce programme."), "not-allowed", status=403)
    return code_answer(request, programme)
