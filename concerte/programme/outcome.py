"""What each college's rule makes of the positions taken on a proposal."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.partners.models import College
from concerte.programme.models import ApprovalRule, Position, Proposal

# An edition is a decision of both colleges: a programme whose rules name fewer cannot publish.
MINIMUM_COLLEGES = 2


@dataclass(frozen=True)
class CollegeOutcome:
    """Where one college stands. approvals, objections: the positions that count today, one per organisation."""

    rule: ApprovalRule
    approvals: tuple[Position, ...]
    objections: tuple[Position, ...]

    @property
    def college(self) -> College:
        return self.rule.college

    @property
    def needed(self) -> int:
        return self.rule.minimum_approvals

    @property
    def is_suspended(self) -> bool:
        return self.rule.is_blocked_by_objection and bool(self.objections)

    @property
    def is_met(self) -> bool:
        return len(self.approvals) >= self.needed and not self.is_suspended

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still needed, a sentence each; nothing when the rule is met."""
        sentences = []
        lacking = self.needed - len(self.approvals)
        if lacking > 0:
            sentence = ngettext(
                "%(college)s : il manque l’approbation d’une organisation.",
                "%(college)s : il manque l’approbation de %(count)d organisations.",
                lacking,
            )
            sentences.append(sentence % {"college": self.college.name, "count": lacking})
        if self.is_suspended:
            sentences.extend(
                _("%(college)s : l’objection de %(organisation)s suspend la publication.")
                % {"college": self.college.name, "organisation": objection.organisation}
                for objection in self.objections
            )
        return tuple(sentences)


@dataclass(frozen=True)
class RuleOutcome:
    """Where all the colleges stand, in their order. positions: all those that count today, one per organisation."""

    colleges: tuple[CollegeOutcome, ...]
    positions: tuple[Position, ...]

    @property
    def is_met(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still needed before the edition may be published, a sentence each."""
        sentences = [sentence for outcome in self.colleges for sentence in outcome.missing]
        if len(self.colleges) < MINIMUM_COLLEGES:
            sentences.append(
                _("Ce programme n’a pas de règle d’approbation pour chaque collège : l’administration doit les fixer.")
            )
        return tuple(sentences)


def rule_outcome(proposal: Proposal) -> RuleOutcome:
    """Where each college's rule stands on this proposal, in two queries."""
    positions = list(
        proposal.positions.filter(replaced_at=None, digest=proposal.digest)
        .select_related("organisation", "college", "person")
        .order_by("pk")
    )
    rules = proposal.programme.approval_rules.select_related("college").order_by("college__position", "pk")
    return RuleOutcome(
        colleges=tuple(
            CollegeOutcome(
                rule=rule,
                approvals=_of(positions, rule.college_id, Position.Kind.APPROVAL),
                objections=_of(positions, rule.college_id, Position.Kind.OBJECTION),
            )
            for rule in rules
        ),
        positions=tuple(positions),
    )


def _of(positions: list[Position], college_id: int, kind: str) -> tuple[Position, ...]:
    return tuple(position for position in positions if position.college_id == college_id and position.kind == kind)
