"""The themes a programme file documents. Loading them twice adds nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.concertation.models import Theme
from concerte.concertation.services import create_theme
from concerte.partners.models import Circle


@transaction.atomic
def load_themes(
    circle: Circle, themes: Sequence[Mapping[str, Any]], *, sources: Iterable[Mapping[str, Any]] = ()
) -> list[Theme]:
    """The themes sources say were asked for, public as those sources are; one whose title is there is left alone.

    themes: the `themes_requested` of the file, as `programme.origin` keeps them ("label", "by", "wanted_for": a
    semester, "certainty", "source": ids…). sources: the table of sources, with "address". No need is put in them: no
    source tells one. Whatever has no label is left out. From a command: nobody acts."""
    by_id = {str(source.get("id")): source for source in sources}
    there = {theme.title: theme for theme in circle.themes.all()}
    loaded = []
    for facts in themes:
        title = _text(facts.get("label"))
        if title:
            theme = there.get(title) or _load(circle, title, facts, by_id)
            loaded.append(there.setdefault(title, theme))
    return loaded


def _load(circle: Circle, title: str, facts: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> Theme:
    named = facts.get("source")
    known = [by_id[str(each)] for each in named if str(each) in by_id] if isinstance(named, list) else []
    return create_theme(
        circle,
        title=title,
        description=_asked(facts),
        visibility=Theme.Visibility.PUBLIC,
        origin={"certainty": _text(facts.get("certainty")), "sources": [_line(each) for each in known]},
        acting_user=None,
    )


def _asked(facts: Mapping[str, Any]) -> str:
    """By whom and for which roadmap, as far as sources tell. Written once, in French, as the source is."""
    by, roadmap = _text(facts.get("by")), _text(facts.get("wanted_for"))
    parts = {"by": by, "roadmap": roadmap}
    if by and roadmap:
        return _("Demandé par les %(by)s pour la feuille de route %(roadmap)s.") % parts
    if by:
        return _("Demandé par les %(by)s.") % parts
    return _("Demandé pour la feuille de route %(roadmap)s.") % parts if roadmap else ""


def _line(source: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(source.get(name)) for name in ("id", "title", "publisher", "date", "address")}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
