"""How the text of a programme is shown in templates."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from django import template
from django.utils.translation import gettext as _

from concerte.common.templatetags.typography import partial_date
from concerte.documents.rich_text import Blocks, plain_text
from concerte.documents.templatetags.rich_text import rich_text
from concerte.programme.checks import Finding
from concerte.programme.comparison import ActionChange, Fate
from concerte.programme.draft import ActionSheet, Basis, Certainty, SectionKind, Stage
from concerte.programme.showing import NamedOrganisation

register = template.Library()
register.filter("rich_text", rich_text)


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


@register.filter
def message_alone(finding: Finding) -> str:
    """The message of a finding that stands under the name of its action: without saying that name again."""
    name, colon, rest = finding.message.partition("\u00a0: ")
    return rest[:1].upper() + rest[1:] if colon and name == finding.action else finding.message


@register.filter
def title_of_change(change: ActionChange) -> str:
    """The title of an action that changed: today's, or the one it had."""
    sheet = change.new or change.old
    return sheet.title if sheet else ""


@register.filter
def fate_label(change: ActionChange) -> str:
    """What became of an action, in a word."""
    return {
        Fate.ADDED: _("ajoutée"),
        Fate.CHANGED: _("modifiée"),
        Fate.WITHDRAWN: _("retirée"),
        Fate.MISSING: _("disparue"),
    }[change.fate]


@register.filter
def tag_of_change(change: ActionChange) -> str:
    """The kind of tag that goes with it."""
    return {Fate.ADDED: "tag-success", Fate.CHANGED: "tag-info"}.get(change.fate, "tag-warning")


@register.filter
def field_label(field: str) -> str:
    """The name of a field of an action, as on its sheet."""
    return {
        "stage": _("Stade"),
        "pilots": _("Pilotes"),
        "partners": _("Partenaires"),
        "start": _("Début"),
        "deadline": _("Échéance"),
        "audience": _("Public"),
        "certainty": _("Certitude"),
        "sources": _("Sources"),
        "axis_basis": _("Ce qui fonde le rattachement à l’axe"),
        "pilots_basis": _("Ce qui fonde les pilotes"),
        "deadline_basis": _("Ce qui fonde l’échéance"),
    }.get(field, field)


@register.filter
def field_value(value: str | tuple[str, ...], directory: Mapping[str, NamedOrganisation]) -> str:
    """A value of a field in words: names of organisations, a stage, what a fact rests on, a date, or the text."""
    if isinstance(value, tuple):
        return ", ".join(organisation.name for organisation in named_in(value, directory))
    for words in (Stage, Basis, Certainty):
        if value in words.values:
            return str(words(value).label)
    return partial_date(value)


@register.filter
def section_label(kind: str) -> str:
    """The name of a section of an action."""
    return str(SectionKind(kind).label) if kind in SectionKind.values else kind
