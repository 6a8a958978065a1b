"""What changed between two editions, as it is shown: in short on the home of a programme, by words on its own page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concerte.common.comparison import Run
from concerte.common.templatetags.typography import partial_date
from concerte.programme.comparison import ActionChange, AxisChange, Comparison, Fate, FieldChange, TextChange
from concerte.programme.draft import ActionSheet, Basis, Certainty, SectionKind, Stage
from concerte.publication.reading.texts import Directory, action_address

_FATES = {
    Fate.ADDED: gettext_lazy("nouvelle"),
    Fate.CHANGED: gettext_lazy("modifiée"),
    Fate.WITHDRAWN: gettext_lazy("close"),
    Fate.MISSING: gettext_lazy("sortie du texte"),
}
_FIELDS = {
    "stage": gettext_lazy("stade"),
    "pilots": gettext_lazy("pilotes"),
    "partners": gettext_lazy("partenaires"),
    "start": gettext_lazy("début"),
    "deadline": gettext_lazy("échéance"),
    "audience": gettext_lazy("pour qui"),
    "certainty": gettext_lazy("certitude"),
    "sources": gettext_lazy("sources"),
    "axis_basis": gettext_lazy("fondement de l’axe"),
    "pilots_basis": gettext_lazy("fondement des pilotes"),
    "deadline_basis": gettext_lazy("fondement de l’échéance"),
}


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """What became of one action. fate: "added", "changed", "withdrawn" or "missing"; parts: what changed, in words."""

    fate: str
    label: str
    code: str
    title: str
    address: str
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShownTextChange:
    """A text that changed. runs: same, deleted and inserted words; empty when only the layout did."""

    label: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class ShownFieldChange:
    """A field that changed, in words; '' for none. is_content: these words are those of the text, not of the page."""

    label: str
    old: str
    new: str
    is_content: bool


@dataclass(frozen=True, kw_only=True)
class ShownActionChange:
    """All that changed in one action."""

    line: ChangeLine
    move: str
    fields: tuple[ShownFieldChange, ...]
    texts: tuple[ShownTextChange, ...]


@dataclass(frozen=True, kw_only=True)
class ShownAxisChange:
    """All that changed in one axis itself. state: "added", "gone" or "changed"."""

    title: str
    state: str
    texts: tuple[ShownTextChange, ...]


@dataclass(frozen=True, kw_only=True)
class ShownComparison:
    """All that changed from one edition to the next."""

    texts: tuple[ShownTextChange, ...]
    axes: tuple[ShownAxisChange, ...]
    actions: tuple[ShownActionChange, ...]
    is_reordered: bool

    @property
    def is_empty(self) -> bool:
        return not (self.texts or self.axes or self.actions or self.is_reordered)


def change_lines(comparison: Comparison) -> tuple[ChangeLine, ...]:
    """One line per action that changed: added first, then changed, closed, missing."""
    ordered = sorted(comparison.actions, key=lambda change: list(Fate).index(change.fate))
    return tuple(_line(change) for change in ordered)


def shown_comparison(comparison: Comparison, directory: Directory) -> ShownComparison:
    """The comparison in words. directory: must know the organisations of both texts."""
    texts = {_("Titre"): comparison.title, _("Préambule"): comparison.preamble}
    return ShownComparison(
        texts=_texts(texts),
        axes=tuple(_axis(change) for change in comparison.axes),
        actions=tuple(_action(change, directory) for change in comparison.actions),
        is_reordered=comparison.is_reordered,
    )


def _line(change: ActionChange) -> ChangeLine:
    shown = change.new or change.old or ActionSheet()
    return ChangeLine(
        fate=change.fate.value,
        label=str(_FATES[change.fate]),
        code=shown.code,
        title=shown.title,
        address=action_address(shown.code),
        parts=tuple(_parts(change)) if change.old and change.new else (),
    )


def _parts(change: ActionChange) -> list[str]:
    parts = [_("titre")] if change.title else []
    parts += [_("axe")] if change.moved else []
    parts += [str(_FIELDS[field.field]) for field in change.fields]
    return parts + [str(SectionKind(kind).label).lower() for kind in change.sections]


def _action(change: ActionChange, directory: Directory) -> ShownActionChange:
    sections = {str(SectionKind(kind).label): text for kind, text in change.sections.items()}
    is_both = bool(change.old and change.new)
    move = _("De l’axe « %(old)s » à l’axe « %(new)s »")
    return ShownActionChange(
        line=_line(change),
        move=move % {"old": change.moved.old_title, "new": change.moved.new_title} if change.moved else "",
        fields=tuple(_field(field, directory) for field in change.fields) if is_both else (),
        texts=_texts({_("Titre"): change.title if is_both else None, **sections}),
    )


def _axis(change: AxisChange) -> ShownAxisChange:
    state = "added" if change.is_added else "gone" if change.is_gone else "changed"
    return ShownAxisChange(
        title=change.shown_title or change.id,
        state=state,
        texts=_texts({_("Titre"): change.title, _("Présentation"): change.intro}),
    )


def _texts(changes: Mapping[str, TextChange | None]) -> tuple[ShownTextChange, ...]:
    return tuple(
        ShownTextChange(label=label, runs=() if change.is_layout_only else change.runs)
        for label, change in changes.items()
        if change is not None
    )


def _field(change: FieldChange, directory: Directory) -> ShownFieldChange:
    return ShownFieldChange(
        label=str(_FIELDS[change.field]),
        old=_in_words(change.field, change.old, directory),
        new=_in_words(change.field, change.new, directory),
        is_content=change.field in {"pilots", "partners", "audience", "sources"},
    )


def _in_words(field: str, value: str | tuple[str, ...], directory: Directory) -> str:
    if isinstance(value, tuple):
        if field == "sources":
            return ", ".join(value)
        return ", ".join(organisation.label for organisation in directory.of(value))
    if field == "stage":
        return str(Stage(value).label)
    if field in {"start", "deadline"}:
        return partial_date(value)
    labels = {**dict(Certainty.choices), **dict(Basis.choices)}
    return str(labels.get(value, value))
