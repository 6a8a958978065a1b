"""Who decides on an edition, by which rule: a body, or the organisations that take part."""

import json
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.errors import DomainError
from concerte.common.templatetags.typography import semester as semester_in_words
from concerte.governance.counting_rules import Rule, read_rule
from concerte.governance.models import Body, Decision, NamedRule
from concerte.governance.services import close_if_due, conclude_decision, put_to_vote, take_back
from concerte.journal import services as journal
from concerte.lineage.references import Reference
from concerte.programme.errors import ProgrammeRefused, ProposalRefused
from concerte.programme.models import Action, Edition, Programme, Proposal
from concerte.programme.outcome import MINIMUM_COLLEGES, approvals_of, poll_of
from concerte.programme.reading import read_content
from concerte.programme.rules import may_found_programmes
from concerte.programme.services.locks import locked_programme


@transaction.atomic
def set_deciding_body(
    programme: Programme, *, body: Body | None, named_rule: NamedRule | None, days: int, acting_user: User | None
) -> Programme:
    """Say which body decides on the editions, by which of its rules, in how many days; none: the organisations that
    take part, by their approvals. The rule is copied: changing it there changes nothing here.

    Raises ProgrammeRefused ("not-allowed", "proposal-open", "no-rule", "rule-of-another-body", "one-college",
    "bad-days"); nothing is then written."""
    programme = locked_programme(programme)
    if not may_found_programmes(acting_user):
        raise ProgrammeRefused(
            _("Seule l’administration de la plateforme dit qui décide d’un programme."), code="not-allowed"
        )
    if programme.proposals.open().exists():
        raise ProgrammeRefused(
            _("Une proposition est soumise aux collèges : la règle ne change pas en cours de route."),
            code="proposal-open",
        )
    if not 1 <= days <= 365:
        raise ProgrammeRefused(_("Un vote dure de un à 365 jours."), code="bad-days")
    programme.deciding_body, programme.decision_days = body, days
    programme.decision_rule, programme.decision_rule_name = {}, ""
    if body is not None:
        rule = _rule_of_body(body, named_rule)
        programme.decision_rule, programme.decision_rule_name = rule.rule, rule.name
    programme.save(update_fields=["deciding_body", "decision_days", "decision_rule", "decision_rule_name"])
    journal.record(
        "programme.deciding_body_set",
        actor=acting_user,
        subject=programme,
        details={"body": body.slug if body else "", "rule": programme.decision_rule, "days": days},
    )
    return programme


def _rule_of_body(body: Body, named_rule: NamedRule | None) -> NamedRule:
    if named_rule is None or named_rule.withdrawn_at is not None:
        raise ProgrammeRefused(_("Choisissez une règle de cette instance."), code="no-rule")
    if named_rule.body_id != body.pk:
        raise ProgrammeRefused(_("Cette règle est celle d’une autre instance."), code="rule-of-another-body")
    if len(named_rule.parsed.colleges) < MINIMUM_COLLEGES:
        raise ProgrammeRefused(_("Une édition se décide par plus d’un collège."), code="one-college")
    return named_rule


def open_decision_on(proposal: Proposal, *, acting_user: User) -> Decision:
    """Open the decision on the digest of a proposal that was just frozen, and tie them. Each action of the text is put
    to it, so that the thread of an action tells who decided on it.

    Raises ProposalRefused ("no-rule", or as the opening is refused); the caller's transaction is then given up."""
    programme = proposal.programme
    body = programme.deciding_body
    now = timezone.now()
    try:
        decision = put_to_vote(
            body,
            question=_("Faut-il publier l’édition du %(semester)s de « %(programme)s » ?")
            % {"semester": semester_in_words(proposal.semester), "programme": programme.title[:200]},
            rule=read_rule(programme.decision_rule) if body else _approvals(programme),
            rule_name=programme.decision_rule_name if body else _("Approbations de chaque collège"),
            opens_at=now,
            closes_at=now + timedelta(days=programme.decision_days) if body else None,
            explanation=proposal.message,
            subject=Reference.to(proposal),
            subject_label=_("%(programme)s, proposition %(number)d")
            % {"programme": programme, "number": proposal.number},
            subject_digest=proposal.digest,
            circle=programme.circle,
            comes_of=[Reference.to(action) for action in actions_of(proposal)],
            acting_user=acting_user,
        )
    except DomainError as refusal:
        raise ProposalRefused(refusal.message, code=refusal.code) from refusal
    proposal.decision = decision
    proposal.save(update_fields=["decision"])
    return decision


def actions_of(frozen: Proposal | Edition) -> QuerySet[Action]:
    """Those of a frozen text, by number."""
    codes = read_content(json.loads(frozen.content)).by_code
    return Action.objects.filter(programme=frozen.programme_id, code__in=codes).order_by("number")


def take_decision_back(proposal: Proposal, *, because: str, acting_user: User) -> None:
    """Withdraw the decision with its proposal. One whose vote is over keeps its result."""
    if proposal.decision is None:
        return
    decision = close_if_due(proposal.decision)
    if decision.state == Decision.State.OPEN:
        take_back(decision, because=because, acting_user=acting_user)


def concluded_decision(proposal: Proposal, *, acting_user: User) -> Decision:
    """The decision on a proposal whose rule is met, closed, with its computation. On a text frozen before decisions
    were kept it opens now: the register says when it was really written down."""
    decision = proposal.decision or open_decision_on(proposal, acting_user=acting_user)
    if decision.body_id is not None:
        return close_if_due(decision)
    return conclude_decision(decision, poll=poll_of(proposal), acting_user=acting_user)


def _approvals(programme: Programme) -> Rule:
    rule = approvals_of(programme)
    if not rule.colleges:
        raise ProposalRefused(
            _("Ce programme n’a pas de règle d’approbation pour chaque collège : l’administration doit les fixer."),
            code="no-rule",
        )
    return rule
