"""What an edition says, as canonical JSON. The format is described in docs/format-edition.md."""

from typing import Any

from concerte.common.canonical import digest_of
from concerte.programme.draft import ActionSheet, Axis, Draft


def draft_content(draft: Draft) -> dict[str, Any]:
    """The text alone: title, preamble, axes, actions. `reading.read_content` gives the draft back."""
    return {
        "title": draft.title,
        "preamble": list(draft.preamble),
        "axes": [_axis_content(axis) for axis in draft.axes],
    }


def draft_digest(draft: Draft) -> str:
    """The digest of the text alone: it changes when, and only when, what is read in the draft changes."""
    return digest_of(draft_content(draft))


def _axis_content(axis: Axis) -> dict[str, Any]:
    return {
        "id": axis.id,
        "title": axis.title,
        "basis": axis.basis,
        "intro": list(axis.intro),
        "actions": [_action_content(action) for action in axis.actions],
    }


def _action_content(action: ActionSheet) -> dict[str, Any]:
    return {
        "code": action.code,
        "key": action.key,
        "title": action.title,
        "stage": action.stage,
        "pilots": list(action.pilots),
        "partners": list(action.partners),
        "start": action.start,
        "deadline": action.deadline,
        "audience": action.audience,
        "certainty": action.certainty,
        "sources": list(action.sources),
        "axis_basis": action.axis_basis,
        "pilots_basis": action.pilots_basis,
        "deadline_basis": action.deadline_basis,
        "sections": {kind: list(blocks) for kind, blocks in action.sections.items()},
    }
