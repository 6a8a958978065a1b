"""How actions, proposals and editions are shown to whoever holds a reference to them."""

import json
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.common.templatetags.typography import semester
from concerte.documents.services import current_state
from concerte.lineage.references import Reference, Shown, Viewer
from concerte.programme.draft import ActionSheet
from concerte.programme.models import Action, Edition, Programme, Proposal
from concerte.programme.reading import read_content, read_state


def show_programmes(ids: Collection[str], _viewer: Viewer) -> Mapping[str, Shown]:
    """Programmes are public: their page shows to each what they may read of them."""
    return {
        str(each.pk): Shown(
            label=each.title, address=reverse("publication:programme", args=[each.slug]), detail=each.acronym
        )
        for each in Programme.objects.filter(pk__in=_keys(ids))
    }


def show_actions(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    """Code and title, from the text this person reads: the draft for those who enter the workshop, otherwise what was
    published. An action that stands only in a text that is not public is not shown to others."""
    found = Action.objects.filter(pk__in=_keys(ids)).select_related("programme").order_by("programme", "number")
    actions = list(found)
    entered = set(Programme.objects.visible_to(viewer).values_list("pk", flat=True)) if actions else set()
    shown: dict[str, Shown] = {}
    for programme, of_programme in groupby(actions, key=lambda action: action.programme):
        its_own = list(of_programme)
        sheets = _sheets(programme, {each.code for each in its_own}, reads_draft=programme.pk in entered)
        shown |= {str(each.pk): _shown_action(each, sheets[each.code]) for each in its_own if each.code in sheets}
    return shown


def show_editions(ids: Collection[str], _viewer: Viewer) -> Mapping[str, Shown]:
    """Editions are public."""
    found = Edition.objects.filter(pk__in=_keys(ids)).select_related("programme").defer("content").order_by("pk")
    return {
        str(each.pk): Shown(
            label=_("%(programme)s, édition %(number)d") % {"programme": each.programme, "number": each.number},
            address=reverse("publication:edition", args=[each.programme.slug, each.number]),
            detail=semester(each.semester),
            on=timezone.localdate(each.published_at),
        )
        for each in found
    }


def show_proposals(ids: Collection[str], viewer: Viewer) -> Mapping[str, Shown]:
    """Those of these proposals whose workshop the person may enter."""
    found = Proposal.objects.visible_to(viewer).filter(pk__in=_keys(ids)).select_related("programme").defer("content")
    return {
        str(proposal.pk): Shown(
            label=_("%(programme)s, proposition %(number)d")
            % {"programme": proposal.programme, "number": proposal.number},
            address=reverse("programme:proposal", args=[proposal.programme.slug, proposal.number]),
            detail=str(proposal.get_state_display()),
            on=timezone.localdate(proposal.frozen_at),
        )
        for proposal in found
    }


def _sheets(programme: Programme, codes: set[str], *, reads_draft: bool) -> dict[str, ActionSheet]:
    """The sheets of these actions, each from the first text that has it: the draft when it is read, the last edition,
    then the earlier ones."""
    sheets: dict[str, ActionSheet] = {}
    editions = list(programme.editions.order_by("-number"))
    if reads_draft or (programme.is_draft_public and not editions):
        sheets = _among(codes, read_state(current_state(programme.draft_id)).by_code)
    for edition in editions:
        if codes <= sheets.keys():
            break
        sheets = _among(codes, read_content(json.loads(edition.content)).by_code) | sheets
    return sheets


def _among(codes: Iterable[str], sheets: Mapping[str, ActionSheet]) -> dict[str, ActionSheet]:
    return {code: sheets[code] for code in codes if code in sheets}


def _shown_action(action: Action, sheet: ActionSheet) -> Shown:
    try:
        address = reverse("publication:action", args=[action.code])
    except NoReverseMatch:
        address = ""
    return Shown(label=f"{action.code} {sheet.title}".strip(), address=address, detail=sheet.stage_label)


def _keys(ids: Collection[str]) -> list[int]:
    """The ids that are keys; a reference may hold anything."""
    return [int(each) for each in ids if each.isascii() and each.isdecimal() and len(each) < 19]


def programme_of_page(values: Mapping[str, Any]) -> Reference | None:
    """What the page of a programme shows, that of its text in progress included."""
    found = Programme.objects.filter(slug=values["slug"]).first()
    return Reference.to(found) if found is not None else None


def action_of_page(values: Mapping[str, Any]) -> Reference | None:
    """What the public page of an action shows."""
    found = Action.objects.filter(code=str(values["code"]).upper()).first()
    return Reference.to(found) if found is not None else None


def proposal_of_page(values: Mapping[str, Any]) -> Reference | None:
    """What the page of a proposal shows."""
    found = Proposal.objects.filter(programme__slug=values["slug"], number=values["number"]).defer("content").first()
    return Reference.to(found) if found is not None else None


def edition_of_page(values: Mapping[str, Any]) -> Reference | None:
    """What the page of an edition shows."""
    found = Edition.objects.filter(programme__slug=values["slug"], number=values["number"]).defer("content").first()
    return Reference.to(found) if found is not None else None
