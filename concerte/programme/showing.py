"""A proposal as its page shows it: the text that was frozen, what it changes, whether the draft went on without it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from concerte.documents.services import current_state
from concerte.partners.models import College
from concerte.programme.comparison import Comparison, compare
from concerte.programme.content import draft_digest
from concerte.programme.draft import Draft
from concerte.programme.models import Edition, Programme, Proposal
from concerte.programme.reading import read_content, read_state


@dataclass(frozen=True)
class ProposalShown:
    """draft: the frozen text. previous: the edition it comes after. directory: the organisations both name, by slug."""

    draft: Draft
    directory: Mapping[str, "NamedOrganisation"]
    previous: Edition | None
    comparison: Comparison | None
    has_draft_moved: bool

    @property
    def stages(self) -> list[tuple[str, str, int]]:
        """How many actions at which stage: value, label, count; in the order they are first met."""
        counts: dict[str, tuple[str, int]] = {}
        for action in self.draft.actions:
            counts[action.stage] = (action.stage_label, counts.get(action.stage, ("", 0))[1] + 1)
        return [(value, label, count) for value, (label, count) in counts.items()]


@dataclass(frozen=True)
class NamedOrganisation:
    """An organisation as the frozen text names it. college: None when it is no longer known here."""

    name: str
    college: College | None


def proposal_shown(programme: Programme, proposal: Proposal) -> ProposalShown:
    """Everything is read in the frozen content: a name changed since does not change what was put to the colleges."""
    content = json.loads(proposal.content)
    text = read_content(content)
    link = content.get("previous")
    previous = programme.editions.filter(number=link["number"]).first() if link else None
    before = json.loads(previous.content) if previous else {"organisations": []}
    return ProposalShown(
        draft=text,
        directory=_directory([before, content]),
        previous=previous,
        comparison=compare(read_content(before), text) if previous else None,
        has_draft_moved=proposal.is_open and not is_still_the_draft(proposal, programme),
    )


def is_still_the_draft(proposal: Proposal, programme: Programme) -> bool:
    """Whether the text in progress is, word for word, the one that was frozen."""
    return _today(programme) == proposal.draft_digest


def _today(programme: Programme) -> str:
    return draft_digest(read_state(current_state(programme.draft_id)))


def _directory(contents: Iterable[Mapping[str, Any]]) -> dict[str, NamedOrganisation]:
    """The organisations named in some contents; where two name one differently, as the last does."""
    colleges = {college.slug: college for college in College.objects.all()}
    return {
        organisation["slug"]: NamedOrganisation(
            name=organisation["acronym"] or organisation["name"], college=colleges.get(organisation["college"])
        )
        for content in contents
        for organisation in content["organisations"]
    }
