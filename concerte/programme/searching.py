"""How programmes, actions, proposals and editions are searched by whoever points at them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from django.db.models import Exists, OuterRef, Q

from concerte.documents.services import current_state
from concerte.lineage.matching import MAX_READ, Row, matching
from concerte.lineage.references import Reference, Viewer
from concerte.programme.draft import ActionSheet
from concerte.programme.models import Action, Edition, Programme, Proposal
from concerte.programme.reading import read_content, read_state

_NUMBERED = ("pk", "programme__acronym", "programme__title", "number", "semester")
MAX_TEXTS = 6  # texts in progress that one search reads; programmes that begin last first


def search_programmes(words: str, _viewer: Viewer, limit: int) -> list[Reference]:
    """Programmes are public, whatever may be read of their texts."""
    found = Programme.objects.values_list("pk", "acronym", "title")[:MAX_READ]
    return matching("programme.programme", found, words, limit)


def search_actions(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    """By their code, in one query; when no code answers, by their title.

    A title stands nowhere but in the texts: those of the last editions, and the texts in progress the person reads. An
    edition is read once by a process, for it never changes; a text in progress costs two queries."""
    actions = list(Action.objects.order_by("programme", "number").values_list("pk", "code")[:MAX_READ])
    by_code = matching("programme.action", ((pk, code, "") for pk, code in actions), words, limit)
    if by_code:
        return by_code
    titles = _titles(viewer)
    rows: Iterator[Row] = ((pk, code, titles[code]) for pk, code in actions if code in titles)
    return matching("programme.action", rows, words, limit)


def search_editions(words: str, _viewer: Viewer, limit: int) -> list[Reference]:
    """Editions are public: « DCANT édition 2 », a semester, a programme."""
    found = Edition.objects.order_by("-published_at", "-pk").values_list(*_NUMBERED)[:MAX_READ]
    return matching("programme.edition", _numbered(found, "édition"), words, limit)


def search_proposals(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    seen = Proposal.objects.visible_to(viewer).order_by("-frozen_at", "-pk")
    found = seen.values_list(*_NUMBERED)[:MAX_READ]
    return matching("programme.proposal", _numbered(found, "proposition"), words, limit)


def _numbered(found: Iterable[tuple[int, str, str, int, str]], called: str) -> Iterator[Row]:
    for pk, acronym, title, number, semester in found:
        yield pk, "", f"{acronym} {title} {called} {number} {semester}"


def _titles(viewer: Viewer) -> dict[str, str]:
    """The titles of actions by code, in the texts this person reads: in progress, else as they were published last."""
    newer = Edition.objects.filter(programme=OuterRef("programme"), number__gt=OuterRef("number"))
    titles: dict[str, str] = {}
    for key, digest in Edition.objects.filter(~Exists(newer)).order_by("pk").values_list("pk", "digest"):
        titles |= _titles_of_edition(key, digest)
    entered = Programme.objects.visible_to(viewer).values("pk")
    unpublished = Q(is_draft_public=True) & ~Exists(Edition.objects.filter(programme=OuterRef("pk")))
    drafts = Programme.objects.filter(Q(pk__in=entered) | unpublished).values_list("draft", flat=True)
    for document in drafts[:MAX_TEXTS]:
        titles |= _titles_in(read_state(current_state(document)).by_code)
    return titles


@lru_cache(maxsize=64)
def _titles_of_edition(key: int, _digest: str) -> dict[str, str]:
    content = Edition.objects.values_list("content", flat=True).get(pk=key)
    return _titles_in(read_content(json.loads(content)).by_code)


def _titles_in(sheets: Mapping[str, ActionSheet]) -> dict[str, str]:
    return {code: sheet.title for code, sheet in sheets.items()}
