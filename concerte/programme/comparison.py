"""What changed from one text of a programme to another, action by action.

Actions are followed by their code through moves and renames; those without a code by the key the editor gave them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from concerte.common.comparison import Run, compare_words
from concerte.documents.rich_text import Blocks, plain_text
from concerte.programme.draft import ActionSheet, Axis, Draft, Stage, empty_sections


class Fate(StrEnum):
    """What became of an action between the two texts."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"  # still there, now withdrawn, merged or transferred: the text says so
    MISSING = "missing"  # gone without a word


# Fields of an action compared as values.
FIELDS = (
    "stage", "pilots", "partners", "start", "deadline", "audience",
    "certainty", "sources", "axis_basis", "pilots_basis", "deadline_basis",
)  # fmt: skip


@dataclass(frozen=True)
class TextChange:
    """A text that changed. runs: word by word. is_layout_only: the same words under other marks or in other blocks."""

    old: str
    new: str
    runs: tuple[Run, ...]

    @property
    def is_layout_only(self) -> bool:
        return self.old == self.new


@dataclass(frozen=True)
class FieldChange:
    """A field that changed. old, new: texts, or tuples of slugs (pilots, partners, sources)."""

    field: str
    old: str | tuple[str, ...]
    new: str | tuple[str, ...]

    @property
    def gone(self) -> tuple[str, ...]:
        """Of a list: what is no longer in it."""
        return tuple(item for item in self.old if item not in self.new) if isinstance(self.old, tuple) else ()

    @property
    def added(self) -> tuple[str, ...]:
        """Of a list: what is new in it."""
        return tuple(item for item in self.new if item not in self.old) if isinstance(self.new, tuple) else ()


@dataclass(frozen=True)
class Move:
    """From one axis to another: their titles then and now."""

    old_axis: str
    new_axis: str
    old_title: str
    new_title: str


@dataclass(frozen=True)
class ActionChange:
    """What changed in one action. old: None for one added; new: None for one missing. sections: by kind."""

    fate: Fate
    old: ActionSheet | None
    new: ActionSheet | None
    title: TextChange | None
    moved: Move | None
    fields: tuple[FieldChange, ...]
    sections: Mapping[str, TextChange]

    @property
    def code(self) -> str:
        return (self.new or self.old or ActionSheet()).code

    @property
    def label(self) -> str:
        return (self.new or self.old or ActionSheet()).label

    @property
    def is_renamed(self) -> bool:
        return self.title is not None and self.old is not None and self.new is not None


@dataclass(frozen=True)
class AxisChange:
    """What changed in an axis itself. is_added, is_gone: it is only in the new text, only in the old one."""

    id: str
    shown_title: str
    is_added: bool
    is_gone: bool
    title: TextChange | None
    intro: TextChange | None
    is_basis_changed: bool


@dataclass(frozen=True)
class Comparison:
    """All that changed; false when nothing did. is_reordered: the same axes and actions, in another order."""

    title: TextChange | None
    preamble: TextChange | None
    axes: tuple[AxisChange, ...]
    actions: tuple[ActionChange, ...]
    is_reordered: bool

    def __bool__(self) -> bool:
        return bool(self.title or self.preamble or self.axes or self.actions or self.is_reordered)

    def of_fate(self, fate: Fate) -> tuple[ActionChange, ...]:
        return tuple(change for change in self.actions if change.fate is fate)

    @property
    def added(self) -> tuple[ActionChange, ...]:
        return self.of_fate(Fate.ADDED)

    @property
    def changed(self) -> tuple[ActionChange, ...]:
        return self.of_fate(Fate.CHANGED)

    @property
    def withdrawn(self) -> tuple[ActionChange, ...]:
        return self.of_fate(Fate.WITHDRAWN)

    @property
    def missing(self) -> tuple[ActionChange, ...]:
        return self.of_fate(Fate.MISSING)


# What an axis or an action is known by in its text; the number tells apart those that share an id or a code.
_Name = tuple[str, int]
_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class _Placed:
    """An action with its axis."""

    axis_name: _Name
    axis: Axis
    action: ActionSheet


def compare(old: Draft, new: Draft) -> Comparison:
    """The new text seen from the old one. Actions come in the order of the new text, then those that are missing."""
    old_axes, new_axes = _axes(old), _axes(new)
    old_actions, new_actions = _actions(old_axes), _actions(new_axes)
    axes = [_axis_change(old_axes.get(name), new_axes.get(name)) for name in _names(old_axes, new_axes)]
    actions = [
        _action_change(old_actions.get(name), new_actions.get(name)) for name in _names(old_actions, new_actions)
    ]
    stayed = [
        name
        for name, placed in old_actions.items()
        if name in new_actions and new_actions[name].axis_name == placed.axis_name
    ]
    return Comparison(
        title=_line_change(old.title, new.title),
        preamble=_blocks_change(old.preamble, new.preamble),
        axes=tuple(change for change in axes if change),
        actions=tuple(change for change in actions if change),
        is_reordered=_is_reordered([name for name in old_axes if name in new_axes], new_axes)
        or _is_reordered(stayed, new_actions),
    )


def _axes(draft: Draft) -> dict[_Name, Axis]:
    return dict(_numbered((axis.id, axis) for axis in draft.axes))


def _actions(axes: Mapping[_Name, Axis]) -> dict[_Name, _Placed]:
    """Actions by their code, or else the key that the editor gave them, or else their title."""
    return dict(
        _numbered(
            (f"code {action.code}" if action.code else f"key {action.key or action.title}", _Placed(name, axis, action))
            for name, axis in axes.items()
            for action in axis.actions
        )
    )


def _numbered(named: Iterable[tuple[str, _Thing]]) -> Iterator[tuple[_Name, _Thing]]:
    seen: Counter[str] = Counter()
    for name, thing in named:
        seen[name] += 1
        yield (name, seen[name]), thing


def _names(old: Iterable[_Name], new: Iterable[_Name]) -> list[_Name]:
    """All names once: those of the new text in its order, then those that are only in the old one."""
    return list(dict.fromkeys([*new, *old]))


def _is_reordered(kept: Sequence[_Name], new: Iterable[_Name]) -> bool:
    """kept: names of the old text that are still there, in the old order."""
    still = set(kept)
    return list(kept) != [name for name in new if name in still]


def _axis_change(old: Axis | None, new: Axis | None) -> AxisChange | None:
    shown = new or old
    if shown is None or old == new:
        return None
    title = _line_change(old.title if old else "", new.title if new else "")
    intro = _blocks_change(old.intro if old else (), new.intro if new else ())
    is_basis_changed = old is not None and new is not None and old.basis != new.basis
    if old and new and not (title or intro or is_basis_changed):
        return None  # only its actions changed: they are said one by one
    return AxisChange(
        id=shown.id,
        shown_title=shown.title,
        is_added=old is None,
        is_gone=new is None,
        title=title,
        intro=intro,
        is_basis_changed=is_basis_changed,
    )


def _action_change(old: _Placed | None, new: _Placed | None) -> ActionChange | None:
    before, after = old.action if old else ActionSheet(), new.action if new else ActionSheet()
    moved = None
    if old and new and old.axis_name != new.axis_name:
        moved = Move(old.axis.id, new.axis.id, old.axis.title, new.axis.title)
    title = _line_change(before.title, after.title)
    fields = tuple(
        FieldChange(name, getattr(before, name), getattr(after, name))
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    )
    sections = {
        kind: change
        for kind in empty_sections()
        if (change := _blocks_change(before.sections.get(kind, ()), after.sections.get(kind, ())))
    }
    if old and new and not (title or moved or fields or sections):
        return None
    return ActionChange(
        fate=_fate(old, new),
        old=old.action if old else None,
        new=new.action if new else None,
        title=title,
        moved=moved,
        fields=fields,
        sections=sections,
    )


def _fate(old: _Placed | None, new: _Placed | None) -> Fate:
    if old is None:
        return Fate.ADDED
    if new is None:
        return Fate.MISSING
    is_now_over = Stage(new.action.stage).is_over_here and not Stage(old.action.stage).is_over_here
    return Fate.WITHDRAWN if is_now_over else Fate.CHANGED


def _line_change(old: str, new: str) -> TextChange | None:
    return TextChange(old, new, compare_words(old, new)) if old != new else None


def _blocks_change(old: Blocks, new: Blocks) -> TextChange | None:
    if tuple(old) == tuple(new):
        return None
    old_text, new_text = plain_text(old), plain_text(new)
    return TextChange(old_text, new_text, compare_words(old_text, new_text))
