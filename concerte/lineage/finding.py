"""Finding the thing somebody means, to point at it: by the address of its page, or by a few words.

Each room registers, in `AppConfig.ready()`, the pages of the things it owns, and how they are searched. Only what the
person may see is ever found: whatever is found is asked of `references` again."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils import translation

from concerte.lineage import references
from concerte.lineage.references import Reference, Shown, Viewer

# The values in the address of a page: the thing it shows, None when there is none. One query.
PageReader = Callable[[Mapping[str, Any]], Reference | None]
# A few words and at most how many: what answers to them, the best first. What the person may not see may be among it.
Searcher = Callable[[str, Viewer, int], Iterable[Reference]]

MAX_FOUND = 12
_pages: dict[str, PageReader] = {}
_searchers: dict[str, Searcher] = {}


def register_page(view_name: str, reader: PageReader) -> None:
    """Say what the page of that name ("governance:meeting") shows. Registering it again replaces what was said."""
    _pages[view_name] = reader


def register_search(kind: str, searcher: Searcher) -> None:
    """Say how things of a kind are searched. Registering it again replaces what was said."""
    _searchers[kind] = searcher


def unregister(name: str) -> None:
    """Forget a page or a search."""
    _pages.pop(name, None)
    _searchers.pop(name, None)


def from_address(address: str, viewer: Viewer) -> Reference | None:
    """What the page at this address shows, whole address or path, in any language; None when it is no page of a thing,
    or of one this person may not see."""
    path = urlsplit(address.strip()).path
    # The address may be that of a page in another language than the one being read.
    for language in dict.fromkeys([translation.get_language_from_path(path) or "fr", "fr"]):
        with translation.override(language):
            try:
                match = resolve(path)
            except Resolver404:
                continue
        reader = _pages.get(match.view_name)
        found = reader(match.kwargs) if reader is not None else None
        return found if found is not None and references.show([found], viewer) else None
    return None


def search(words: str, viewer: Viewer, limit: int = MAX_FOUND) -> dict[Reference, Shown]:
    """What answers to a few words, of all kinds, as this person may see it, kind by kind and the best first; nothing
    for no words. limit: of each kind."""
    if not words.strip():
        return {}
    found = [each for searcher in _searchers.values() for each in list(searcher(words.strip(), viewer, limit))[:limit]]
    shown = references.show(found, viewer)
    return {each: shown[each] for each in found if each in shown}
