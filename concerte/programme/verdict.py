"""The checks on the draft of a programme, fed with what the database knows, gathered to be shown."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.programme.checks import Finding, Severity, blocking, check
from concerte.programme.database_facts import college_facts, organisation_facts
from concerte.programme.draft import Draft
from concerte.programme.models import Programme
from concerte.programme.reading import read_content


@dataclass(frozen=True)
class FindingGroup:
    """What was found about one action, or about the programme and its axes. label: code and title, '' for the whole."""

    label: str
    findings: tuple[Finding, ...]
    code: str = ""


@dataclass(frozen=True)
class Verdict:
    """All that still misses, blocking and advisory told apart."""

    draft: Draft
    findings: tuple[Finding, ...]

    @cached_property
    def blocking(self) -> tuple[Finding, ...]:
        return blocking(self.findings)

    @cached_property
    def advisory(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_blocking)

    @cached_property
    def groups(self) -> tuple[FindingGroup, ...]:
        """What concerns the whole first, then action by action in reading order; blocking before advisory in each."""
        titles = {action.code or action.key: action for action in self.draft.actions}
        gathered: dict[str, list[Finding]] = {}
        for finding in sorted(self.findings, key=lambda found: bool(found.action or found.key)):
            gathered.setdefault(finding.action or finding.key, []).append(finding)
        return tuple(
            FindingGroup(
                label=titles[name].title if name in titles else "",
                code=titles[name].code if name in titles else "",
                findings=tuple(sorted(found, key=lambda finding: not finding.is_blocking)),
            )
            for name, found in gathered.items()
        )

    def as_data(self) -> dict[str, Any]:
        return {
            "blocking": len(self.blocking),
            "advisory": len(self.advisory),
            "findings": [finding.as_json() for finding in self.findings],
        }


def verdict_on(programme: Programme, draft: Draft) -> Verdict:
    """What misses in this draft today, in four queries."""
    findings = check(
        draft,
        organisations=organisation_facts(),
        colleges=college_facts(programme),
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        today=timezone.localdate(),
    )
    return Verdict(draft, (*findings, *_unknown_codes(programme, draft), *_vanished_actions(programme, draft)))


def _unknown_codes(programme: Programme, draft: Draft) -> tuple[Finding, ...]:
    """Codes that this programme never gave: pasted from another one, or made up by a client.

    Publishing one would give two actions the same code the day it is really given."""
    given = set(programme.actions.values_list("code", flat=True))
    message = _("%(code)s : ce code n’a pas été donné par ce programme.")
    return tuple(
        Finding(
            Severity.BLOCKING,
            "unknown-code",
            message % {"code": action.code},
            action=action.code,
            key=action.key,
            axis=axis.id,
            place="code",
        )
        for axis, action in draft
        if action.code and action.code not in given
    )


def _vanished_actions(programme: Programme, draft: Draft) -> tuple[Finding, ...]:
    """Published actions that are no longer in the text. Advisory: what was deleted cannot always be brought back under
    its code, and the comparison shows it to those who decide; but it should have been withdrawn, saying why."""
    last = programme.editions.order_by("-number").values_list("content", flat=True).first()
    if last is None:
        return ()
    published = read_content(json.loads(last))
    present = draft.by_code
    message = _(
        "%(code)s : cette action de la dernière édition n’est plus dans le texte ; "
        "la mettre au stade « retirée » en dirait la raison."
    )
    return tuple(
        Finding(Severity.ADVISORY, "action-vanished", message % {"code": code}, axis=axis.id)
        for code, axis in published.axis_of.items()
        if code not in present
    )
