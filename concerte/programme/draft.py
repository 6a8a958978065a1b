"""A programme's text as plain data: what a document says once it is read, what an edition says for ever."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from concerte.documents.rich_text import Blocks


class Stage(models.TextChoices):
    """Where an action stands in its life. The values are written in every stored document."""

    PROPOSED = "proposed", _("proposée")
    DRAFTING = "drafting", _("en rédaction")
    TO_DECIDE = "to_decide", _("à décider")
    ADOPTED = "adopted", _("adoptée")
    IN_PROGRESS = "in_progress", _("en cours")
    ON_HOLD = "on_hold", _("suspendue")
    COMPLETED = "completed", _("terminée")
    TRANSFERRED = "transferred", _("transférée")
    WITHDRAWN = "withdrawn", _("retirée")
    MERGED = "merged", _("fusionnée")

    @property
    def is_over_here(self) -> bool:
        """Nothing more is asked of such an action in this programme: neither pilots nor deadline."""
        return self in {Stage.TRANSFERRED, Stage.WITHDRAWN, Stage.MERGED}


class SectionKind(models.TextChoices):
    """The sections of an action, in the order they are read. The values are written in every stored document."""

    PROBLEM = "problem", _("Problème à résoudre")
    OBJECTIVES = "objectives", _("Objectifs")
    EFFECTS = "effects", _("Effets attendus")
    DELIVERABLES = "deliverables", _("Livrables")
    MILESTONES = "milestones", _("Jalons")


class Certainty(models.TextChoices):
    """How far an imported fact is established."""

    DOCUMENTED = "documented", _("établi par une source")
    PARTIAL = "partial", _("partiellement établi")


class Basis(models.TextChoices):
    """What an imported field rests on; empty once a person has filled the field in here."""

    DOCUMENTED = "documented", _("établi par une source")
    DEDUCED = "deduced", _("déduit")
    UNKNOWN = "unknown", _("inconnu")


def empty_sections() -> dict[str, Blocks]:
    """The five sections, with nothing in them."""
    return {kind.value: () for kind in SectionKind}


@dataclass(frozen=True, kw_only=True)
class ActionSheet:
    """An action as it is written. code: '' until the server gave one; start, deadline: as written, see PartialDate.

    pilots, partners: slugs of organisations. sources: ids in the programme's table. sections: always the five kinds."""

    code: str = ""
    key: str = ""
    title: str = ""
    stage: str = Stage.PROPOSED.value
    pilots: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    start: str = ""
    deadline: str = ""
    audience: str = ""
    certainty: str = ""
    sources: tuple[str, ...] = ()
    axis_basis: str = ""
    pilots_basis: str = ""
    deadline_basis: str = ""
    sections: Mapping[str, Blocks] = field(default_factory=empty_sections)

    @property
    def label(self) -> str:
        """What to call it in a sentence: its code, or its title while it has none. '' when it has neither."""
        return self.code or self.title

    @property
    def stage_label(self) -> str:
        return str(Stage(self.stage).label)


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A part of the programme. id: letters, figures, hyphens; basis: what the axis itself rests on."""

    id: str
    title: str = ""
    basis: str = ""
    intro: Blocks = ()
    actions: tuple[ActionSheet, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The whole text of a programme."""

    title: str = ""
    preamble: Blocks = ()
    axes: tuple[Axis, ...] = ()

    def __iter__(self) -> Iterator[tuple[Axis, ActionSheet]]:
        """Each action with its axis, in reading order."""
        return ((axis, action) for axis in self.axes for action in axis.actions)

    @property
    def actions(self) -> tuple[ActionSheet, ...]:
        """All actions, in reading order."""
        return tuple(action for _axis, action in self)

    @property
    def by_code(self) -> dict[str, ActionSheet]:
        """The actions that have a code. Where two carry the same one, the first in reading order."""
        return {action.code: action for action in reversed(self.actions) if action.code}

    @property
    def axis_of(self) -> dict[str, Axis]:
        """The axis of each action that has a code."""
        return {action.code: axis for axis in reversed(self.axes) for action in axis.actions if action.code}

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.preamble or self.axes)
