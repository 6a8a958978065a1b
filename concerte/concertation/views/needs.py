"""Needs as they are read: the list, one of them, and those that resemble what is being typed."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.concertation.forms.needs import NeedFilterForm
from concerte.concertation.models.needs import OPENNESS, Need
from concerte.concertation.needs_counting import count_territories
from concerte.concertation.needs_fate import Fate, fate_of, story_of
from concerte.concertation.needs_index import resembling
from concerte.concertation.needs_reading import (
    SharingCollege,
    address_of,
    card_data,
    cards,
    filtered,
    sharing_colleges,
    sharing_data,
)
from concerte.concertation.querysets.needs import NeedQuerySet
from concerte.concertation.rules.ideas import may_propose
from concerte.concertation.rules.needs import Voice, voice_in
from concerte.concertation.views.frame import circle_of, place_in
from concerte.partners.models import Circle

NEEDS_PER_PAGE = 25


@require_safe
def needs(request: HttpRequest, slug: str) -> HttpResponse:
    circle, standing = circle_of(request.user, slug)
    form = NeedFilterForm(request.GET)
    found = _listed(request.user, circle, form.wanted())
    page = Paginator(found, NEEDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **place_in(circle, "needs"),
        "form": form,
        "is_filtered": bool(form.wanted()),
        "page": page,
        "cards": cards(page.object_list),
        "may_raise": voice_in(request.user, circle.pk, standing).may_raise,
        "is_participant": standing.may_read,
    }
    return render(request, "concertation/needs.html", context)


@require_safe
def needs_data(request: HttpRequest, slug: str) -> JsonResponse:
    """The twin of the list, for machines: the same needs, in pages."""
    circle, _standing = circle_of(request.user, slug)
    found = _listed(request.user, circle, NeedFilterForm(request.GET).wanted())
    page = Paginator(found, NEEDS_PER_PAGE).get_page(request.GET.get("page"))
    return as_json(
        {
            "count": page.paginator.count,
            "page": page.number,
            "pages": page.paginator.num_pages,
            "needs": [card_data(card) for card in cards(page.object_list)],
        }
    )


@require_safe
def need(request: HttpRequest, slug: str, need_id: int) -> HttpResponse:
    circle, shown, voice = need_of(request.user, slug, need_id)
    return render(request, "concertation/need.html", need_page(request.user, circle, shown, voice))


@require_safe
def need_data(request: HttpRequest, slug: str, need_id: int) -> JsonResponse:
    """The twin of the page, for machines."""
    _circle, shown, _voice = need_of(request.user, slug, need_id)
    story = story_of(shown.reference, request.user)
    (card,) = cards([shown])
    return as_json(
        {
            **card_data(card),
            "difficulty": shown.difficulty,
            "concerned": shown.concerned,
            "state": fate_of(shown, story).value,
            "closed_because": shown.closed_because,
            "shared_by": sharing_data(sharing_colleges(shown)),
            "origins": [{"kind": step.reference.kind, "id": step.reference.id} for step in story.origins],
            "outcomes": [{"kind": step.reference.kind, "id": step.reference.id} for step in story.outcomes],
            "address": address_of(shown),
        }
    )


@login_required
@require_POST
def resembling_needs(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """A part of the page where a need is written: what others have said already. Nothing is written here."""
    circle, _standing = circle_of(request.user, slug)
    text = f"{request.POST.get('title', '')} {request.POST.get('difficulty', '')}"
    found = resembling(circle.pk, text, request.user)
    context = {"circle": circle, "likenesses": found, "was_asked": bool(text.strip())}
    return render(request, "concertation/includes/needs_resembling.html", context)


def need_of(person: User | AnonymousUser, slug: str, need_id: int) -> tuple[Circle, Need, Voice]:
    """The need of an address, for those who may read it, and in whose name the person may speak of it."""
    circle, standing = circle_of(person, slug)
    joined = Need.objects.select_related("circle", "organisation__college", "theme", "merged_into", "raised_by")
    shown = get_object_or_404(joined.visible_to(person), circle=circle, pk=need_id)
    return circle, shown, voice_in(person, circle.pk, standing)


def need_page(person: User | AnonymousUser, circle: Circle, shown: Need, voice: Voice) -> dict[str, Any]:
    """All that the page of a need shows."""
    colleges = sharing_colleges(shown)
    supports = [support for each in colleges for support in each.supports]
    sharing = {support.organisation_id for support in supports}
    story = story_of(shown.reference, person)
    is_own = voice.may_speak_for(shown.organisation_id)
    may_join = [each for each in voice.speaking_for if each.pk not in sharing] if shown.is_open else []
    may_leave = [each for each in voice.speaking_for if each.pk in sharing]
    return {
        **place_in(circle, "needs", (shown.title, "")),
        "need": shown,
        "fate": fate_of(shown, story),
        "is_withdrawn": fate_of(shown, story) is Fate.WITHDRAWN,
        "merged_into": _visible(person, shown.merged_into_id),
        "colleges": colleges,
        "count": count_territories(support.organisation.territory for support in supports),
        "story": story,
        "may_join": may_join,
        "may_leave": may_leave if shown.is_open and len(supports) > 1 else [],
        "may_edit": shown.is_open and is_own and sharing == {shown.organisation_id},
        "may_show": shown.is_open and is_own and shown.visibility != OPENNESS[-1],
        "may_withdraw": _may_withdraw(shown, voice, colleges),
        "may_propose": shown.is_open and may_propose(voice.standing, None),
        "may_merge": shown.is_open and voice.may_close(shown),
        "is_participant": voice.standing.may_read,
    }


def as_json(content: dict[str, Any]) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})


def _may_withdraw(shown: Need, voice: Voice, colleges: list[SharingCollege]) -> bool:
    if not shown.is_open:
        return False
    others = [
        support for each in colleges for support in each.supports if support.organisation_id != shown.organisation_id
    ]
    return voice.standing.may_coordinate or (voice.may_speak_for(shown.organisation_id) and not others)


def _visible(person: User | AnonymousUser, need_id: int | None) -> Need | None:
    if need_id is None:
        return None
    return Need.objects.visible_to(person).filter(pk=need_id).first()


def _listed(person: User | AnonymousUser, circle: Circle, wanted: dict[str, str]) -> NeedQuerySet:
    visible = Need.objects.visible_to(person).open().filter(circle=circle)
    return filtered(visible, circle.pk, wanted).select_related("circle", "organisation__college", "theme")
