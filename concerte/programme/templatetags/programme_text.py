"""How the text of a programme is shown in templates."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString

from concerte.programme.checks import Finding
from concerte.programme.draft import ActionSheet, SectionKind, Stage
from concerte.programme.rendering import render
from concerte.programme.rich_text import Blocks, plain_text
from concerte.programme.showing import NamedOrganisation

register = template.Library()


@register.filter
def rich_text(blocks: Blocks, heading_offset: int = 0) -> SafeString:
    """The blocks as HTML that may be shown to anyone. heading_offset: added to heading levels 3 and 4."""
    return render(blocks, heading_offset=heading_offset)


@register.filter
def written_sections(action: ActionSheet) -> list[tuple[str, Blocks]]:
    """The sections that say something: label and blocks, in the order they are read."""
    return [
        (str(kind.label), action.sections[kind.value])
        for kind in SectionKind
        if plain_text(action.sections.get(kind.value, ())).strip()
    ]


@register.filter
def named_in(slugs: Iterable[str], directory: Mapping[str, NamedOrganisation]) -> list[NamedOrganisation]:
    """The organisations of a list of slugs; one the directory does not know keeps its slug for a name."""
    return [directory.get(slug) or NamedOrganisation(slug, None) for slug in slugs]


@register.filter
def stage_label(value: str) -> str:
    """A stage in words; what is no stage is shown as it is."""
    return str(Stage(value).label) if value in Stage.values else value


@register.filter
def place_in_draft(finding: Finding) -> str:
    """The end of the address that leads the editor to what a finding is about; '' for the whole text."""
    target = finding.action or finding.key or finding.axis
    if not target:
        return ""
    return f"#{quote(target)}" + (f":{quote(finding.place, safe=':')}" if finding.place else "")
