"""Where a proposal stands: what the rule of its decision makes of what was said. The count itself is governance's."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.common.templatetags.typography import day
from concerte.governance.counting import Ballot, Choice, CollegeCount, Count, Poll, Voter, count
from concerte.governance.counting_rules import CollegeRule, Method, Rule
from concerte.governance.counting_words import college_sentence, missing_sentences
from concerte.governance.decisions_polls import college_names, count_of, instant
from concerte.governance.models import Decision
from concerte.partners.models import College, Organisation
from concerte.programme.models import Position, Programme, Proposal

# An edition is a decision of both colleges: a programme whose rules name fewer cannot publish.
MINIMUM_COLLEGES = 2
CHOICE_OF_POSITION = {Position.Kind.APPROVAL: Choice.FOR, Position.Kind.OBJECTION: Choice.AGAINST}


@dataclass(frozen=True)
class CollegeOutcome:
    """Where one college stands. approvals, objections: the positions that count today, one per organisation."""

    college: College
    whole_rule: Rule
    rule: CollegeRule
    counted: CollegeCount
    approvals: tuple[Position, ...] = ()
    objections: tuple[Position, ...] = ()

    @property
    def sentence(self) -> str:
        """The whole computation of the college."""
        return college_sentence(self.counted, self.whole_rule, self.college.name)

    @property
    def needed(self) -> int:
        return self.counted.needed

    @property
    def is_suspended(self) -> bool:
        return "objection" in self.counted.reasons

    @property
    def is_met(self) -> bool:
        return self.counted.is_adopted

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still needed, a sentence each; nothing when the rule is met."""
        sentences = []
        lacking = self.needed - self.counted.votes_for.organisations
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
    """Where all the colleges stand, in the order of the rule. positions: all those that count today, one per
    organisation; none when a body decides. counted: the computation; None while a body votes, for its result is not
    known before the close. missing: what is still needed before the edition may be published, a sentence each.
    decision: None on a text frozen before decisions were kept."""

    decision: Decision | None
    colleges: tuple[CollegeOutcome, ...]
    positions: tuple[Position, ...]
    counted: Count | None
    missing: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        return not self.missing


def rule_outcome(proposal: Proposal) -> RuleOutcome:
    """Where the rule of the decision on this proposal stands, in a few queries."""
    decision = proposal.decision
    if decision is not None and decision.body_id is not None:
        return _outcome_of_body(decision)
    rule = decision.parsed_rule if decision else approvals_of(proposal.programme)
    positions = tuple(
        proposal.positions.filter(replaced_at=None, digest=proposal.digest)
        .select_related("organisation", "college", "person")
        .order_by("pk")
    )
    counted = count(rule, _poll(proposal, rule, positions))
    colleges = _college_outcomes(counted, positions)
    missing = tuple(sentence for side in colleges for sentence in side.missing)
    return RuleOutcome(decision, colleges, positions, counted, missing + _too_few_colleges(counted))


def approvals_of(programme: Programme) -> Rule:
    """What each college asks for when no body decides; no college when the administration has not said."""
    asked = programme.approval_rules.select_related("college").order_by("college__position", "pk")
    return Rule(
        method=Method.APPROVALS,
        colleges=tuple(
            CollegeRule(
                college=rule.college.slug,
                minimum_approvals=rule.minimum_approvals,
                is_blocked_by_objection=rule.is_blocked_by_objection,
            )
            for rule in asked
        ),
    )


def poll_of(proposal: Proposal) -> Poll:
    """All that was said on a proposal no body decides: what the decision is concluded with."""
    counted = rule_outcome(proposal).counted
    if counted is None:
        raise AssertionError("a body votes on its own page")
    return counted.poll


def _outcome_of_body(decision: Decision) -> RuleOutcome:
    """A body votes in its own room: nothing is known before the close, then its computation is the outcome."""
    if decision.state == Decision.State.WITHDRAWN:
        return RuleOutcome(decision, (), (), None, (_("La décision a été retirée."),))
    if not decision.is_over:
        values = {"body": decision.body, "day": day(decision.closes_at and timezone.localtime(decision.closes_at))}
        return RuleOutcome(decision, (), (), None, (_("%(body)s vote jusqu’au %(day)s.") % values,))
    counted = count_of(decision)
    missing = missing_sentences(counted, college_names()) + _too_few_colleges(counted)
    return RuleOutcome(decision, _college_outcomes(counted, ()), (), counted, missing)


def _poll(proposal: Proposal, rule: Rule, positions: tuple[Position, ...]) -> Poll:
    """The organisations that take part today, and those whose position stands, in the colleges the rule names."""
    taking_part = Organisation.objects.filter(
        pk__in=proposal.programme.participations.held_on(timezone.localdate()).values("organisation")
    ).select_related("college")
    voters = {
        organisation.slug: Voter(
            organisation=organisation.slug, name=organisation.name, college=organisation.college.slug
        )
        for organisation in taking_part
    }
    for position in positions:
        voters[position.organisation.slug] = Voter(
            organisation=position.organisation.slug, name=position.organisation.name, college=position.college.slug
        )
    asked = {side.college for side in rule.colleges}
    return Poll(
        voters=tuple(voters[slug] for slug in sorted(voters) if voters[slug].college in asked),
        ballots=tuple(
            Ballot(
                organisation=position.organisation.slug,
                choice=CHOICE_OF_POSITION[Position.Kind(position.kind)],
                given_at=instant(position.given_at),
                reasons=position.reasons,
            )
            for position in positions
            if position.college.slug in asked
        ),
    )


def _college_outcomes(counted: Count, positions: tuple[Position, ...]) -> tuple[CollegeOutcome, ...]:
    colleges = College.objects.in_bulk([each.college for each in counted.colleges], field_name="slug")
    return tuple(
        CollegeOutcome(
            college=colleges[each.college],
            whole_rule=counted.rule,
            rule=rule,
            counted=each,
            approvals=_of(positions, each.college, Position.Kind.APPROVAL),
            objections=_of(positions, each.college, Position.Kind.OBJECTION),
        )
        for rule, each in zip(counted.rule.colleges, counted.colleges, strict=True)
    )


def _too_few_colleges(counted: Count) -> tuple[str, ...]:
    if len(counted.colleges) >= MINIMUM_COLLEGES:
        return ()
    return (_("Ce programme n’a pas de règle d’approbation pour chaque collège : l’administration doit les fixer."),)


def _of(positions: tuple[Position, ...], college: str, kind: str) -> tuple[Position, ...]:
    return tuple(position for position in positions if position.college.slug == college and position.kind == kind)
