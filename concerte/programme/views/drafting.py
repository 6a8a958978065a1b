"""Writing: the editor, the checks, the codes of new actions."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.canonical import digest_of
from concerte.documents.services import current_state
from concerte.partners.circles import Standing
from concerte.partners.models import College, Organisation
from concerte.programme.draft import SectionKind, Stage
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Programme
from concerte.programme.reading import read_state
from concerte.programme.services import new_action_code
from concerte.programme.verdict import Verdict, verdict_on
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
        "editor_data": _editor_data(request, programme, held),
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
        "verdict": _verdict(programme),
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
    found = _verdict(programme).as_data()
    etag = f'"{digest_of(found)}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    answer = JsonResponse({**found, "read_at": timezone.now().isoformat()})
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_POST
def new_code(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """A code for an action added or duplicated: {"copied_from": "DCANT-01" or ""} → {"code": "DCANT-18"}."""
    programme, held = workshop_of(request.user, slug)
    if not held.may_write:
        return _refusal(_("Vous ne pouvez pas écrire dans ce programme."), "not-allowed", status=403)
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError:
        asked = None
    copied_from = asked.get("copied_from") or "" if isinstance(asked, dict) else None
    if not isinstance(copied_from, str):
        return _refusal(_("Cette demande est illisible."), "malformed", status=400)
    try:
        action = new_action_code(programme, copied_from=copied_from, acting_user=request.user)
    except ProgrammeRefused as refusal:
        return _refusal(refusal.message, refusal.code, status=403 if refusal.code == "not-allowed" else 409)
    return JsonResponse({"code": action.code}, status=201)


def _refusal(message: str, code: str, *, status: int) -> JsonResponse:
    return JsonResponse({"message": message, "code": code}, status=status)


def _verdict(programme: Programme) -> Verdict:
    return verdict_on(programme, read_state(current_state(programme.draft_id)))


def _editor_data(request: AuthenticatedRequest, programme: Programme, held: Standing) -> dict[str, Any]:
    """What the editor is handed, in the names of `frontend/editor/data.ts`."""
    speaks_for = held.spokesperson.organisation
    return {
        "documentId": str(programme.draft_id),
        "socketPath": f"/ws/documents/{programme.draft_id}",
        "mayWrite": held.may_write,
        "person": {
            "id": request.user.pk,
            "name": request.user.name,
            "organisation": str(speaks_for),
            "college": speaks_for.college.slug,
            "appearance": speaks_for.college.appearance,
        },
        "programme": {
            "slug": programme.slug,
            "title": programme.title,
            "startsOn": programme.starts_on,
            "endsOn": programme.ends_on,
            "codePrefix": programme.code_prefix,
        },
        "colleges": [
            {"slug": each.slug, "name": each.name, "shortName": each.short_name, "appearance": each.appearance}
            for each in College.objects.all()
        ],
        "organisations": [_organisation_data(each) for each in Organisation.objects.select_related("college")],
        "stages": [{"value": stage.value, "label": str(stage.label)} for stage in Stage],
        "sections": [
            {"kind": kind.value, "label": str(kind.label), "hint": hint} for kind, hint in _section_hints().items()
        ],
        "newCodeUrl": reverse("programme:new_code", args=[programme.slug]),
        "checksUrl": reverse("programme:checks_data", args=[programme.slug]),
        "checksPage": reverse("programme:checks", args=[programme.slug]),
        "csrfToken": get_token(request),
        "language": get_language(),
        "proposal": _open_proposal_data(programme),
    }


def _organisation_data(organisation: Organisation) -> dict[str, Any]:
    return {
        "slug": organisation.slug,
        "name": organisation.name,
        "acronym": organisation.acronym,
        "college": organisation.college.slug,
        "endedOn": organisation.ends_on.isoformat() if organisation.ends_on else None,
    }


def _open_proposal_data(programme: Programme) -> dict[str, Any] | None:
    proposal = programme.proposals.open().defer("content").first()
    if proposal is None:
        return None
    return {
        "number": proposal.number,
        "url": reverse("programme:proposal", args=[programme.slug, proposal.number]),
        "state": proposal.state,
    }


def _section_hints() -> dict[SectionKind, str]:
    """What each section is for, in the words shown while it is empty."""
    return {
        SectionKind.PROBLEM: _("Quelle difficulté rencontrent aujourd’hui les usagers, les agents ou les élus ?"),
        SectionKind.OBJECTIVES: _("Ce que l’action veut obtenir, en une phrase par objectif."),
        SectionKind.EFFECTS: _("Ce qui aura changé, pour qui, et à quoi cela se verra."),
        SectionKind.DELIVERABLES: _("Ce qui sera remis : un outil, un guide, un accord, un texte."),
        SectionKind.MILESTONES: _("Les étapes et leurs dates."),
    }
