"""How what lives in this room is searched by whoever points at it: what the person may see, one query for each kind."""

from collections.abc import Iterable, Iterator

from concerte.concertation.models import Exchange, Idea, Need, Theme, WorkingGroup
from concerte.lineage.matching import MAX_READ, Row, matching
from concerte.lineage.references import Reference, Viewer


def search_exchanges(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    """By their subject and their day."""
    found = Exchange.objects.visible_to(viewer).order_by("-pk").values_list("pk", "title", "held_on")[:MAX_READ]
    rows = ((pk, "", f"{title} {held_on}") for pk, title, held_on in found)
    return matching("concertation.exchange", rows, words, limit)


def search_needs(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    """Those that were joined to another or withdrawn are not found: nobody means them any more."""
    found = Need.objects.visible_to(viewer).open().order_by("-pk").values_list("pk", "title")[:MAX_READ]
    return matching("concertation.need", _unnumbered(found), words, limit)


def search_themes(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    found = Theme.objects.visible_to(viewer).open().order_by("-pk").values_list("pk", "title")[:MAX_READ]
    return matching("concertation.theme", _unnumbered(found), words, limit)


def search_groups(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    found = WorkingGroup.objects.visible_to(viewer).order_by("-pk").values_list("pk", "name")[:MAX_READ]
    return matching("concertation.workinggroup", _unnumbered(found), words, limit)


def search_ideas(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    found = Idea.objects.visible_to(viewer).order_by("-pk").values_list("pk", "title")[:MAX_READ]
    return matching("concertation.idea", _unnumbered(found), words, limit)


def _unnumbered(found: Iterable[tuple[int, str]]) -> Iterator[Row]:
    return ((pk, "", title) for pk, title in found)
