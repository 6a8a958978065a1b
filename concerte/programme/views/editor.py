"""What is handed to the editor, and what it asks for, wherever it writes: in the draft or in an amendment."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.canonical import digest_of
from concerte.documents.models import Amendment
from concerte.documents.services import current_state
from concerte.partners.circles import Standing
from concerte.partners.models import College, Organisation
from concerte.programme.draft import SectionKind, Stage
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Programme
from concerte.programme.reading import read_state
from concerte.programme.services import new_action_code
from concerte.programme.verdict import Verdict, verdict_on


@dataclass(frozen=True)
class Place:
    """The document the editor opens, whether this person writes there, and where it asks for codes and checks."""

    document_id: UUID
    may_write: bool
    new_code_address: str
    checks_data_address: str
    checks_address: str


def draft_place(programme: Programme, held: Standing) -> Place:
    return Place(
        programme.draft_id,
        held.may_write,
        reverse("programme:new_code", args=[programme.slug]),
        reverse("programme:checks_data", args=[programme.slug]),
        reverse("programme:checks", args=[programme.slug]),
    )


def amendment_place(programme: Programme, amendment: Amendment, *, may_write: bool) -> Place:
    address = [programme.slug, amendment.number]
    return Place(
        amendment.fork_id,
        may_write,
        reverse("programme:amendment_code", args=address),
        reverse("programme:amendment_checks_data", args=address),
        reverse("programme:amendment_checks", args=address),
    )


def verdict_of(programme: Programme, document_id: UUID) -> Verdict:
    """What misses in the draft, or in an amendment of it."""
    return verdict_on(programme, read_state(current_state(document_id)))


def verdict_answer(request: AuthenticatedRequest, verdict: Verdict) -> HttpResponse:
    """A verdict as data. Asked again and again: answered 304 when nothing changed."""
    found = verdict.as_data()
    etag = f'"{digest_of(found)}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    answer = JsonResponse({**found, "read_at": timezone.now().isoformat()})
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def code_answer(
    request: AuthenticatedRequest, programme: Programme, amendment: Amendment | None = None
) -> JsonResponse:
    """A code for an action added or duplicated: {"copied_from": "DCANT-01" or ""} → {"code": "DCANT-18"}."""
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError:
        asked = None
    copied_from = asked.get("copied_from") or "" if isinstance(asked, dict) else None
    if not isinstance(copied_from, str):
        return refusal(_("Cette demande est illisible."), "malformed", status=400)
    try:
        action = new_action_code(programme, copied_from=copied_from, amendment=amendment, acting_user=request.user)
    except ProgrammeRefused as refused:
        return refusal(refused.message, refused.code, status=403 if refused.code == "not-allowed" else 409)
    return JsonResponse({"code": action.code}, status=201)


def refusal(message: str, code: str, *, status: int) -> JsonResponse:
    return JsonResponse({"message": message, "code": code}, status=status)


def editor_data(
    request: AuthenticatedRequest, programme: Programme, speaks_for: Organisation, place: Place
) -> dict[str, Any]:
    """What the editor is handed, in the names of `frontend/editor/data.ts`. speaks_for: shown beside the name."""
    return {
        "documentId": str(place.document_id),
        "socketPath": f"/ws/documents/{place.document_id}",
        "mayWrite": place.may_write,
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
        "newCodeUrl": place.new_code_address,
        "checksUrl": place.checks_data_address,
        "checksPage": place.checks_address,
        "csrfToken": get_token(request),
        "language": get_language(),
        "proposal": _open_proposal_data(programme) if place.document_id == programme.draft_id else None,
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
