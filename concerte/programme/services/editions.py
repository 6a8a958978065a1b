"""Publishing: a proposal that both colleges adopted becomes an edition, once and for ever."""

import json
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.canonical import canonical_json, digest_of
from concerte.governance.models import Decision
from concerte.journal import services as journal
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.programme.content import edition_record
from concerte.programme.database_facts import decision_facts, link_to
from concerte.programme.errors import ProposalRefused
from concerte.programme.models import Edition, Proposal
from concerte.programme.outcome import rule_outcome
from concerte.programme.services.deciding import actions_of, concluded_decision
from concerte.programme.services.locks import locked_programme
from concerte.programme.services.proposals import coordination_of


@transaction.atomic
def publish_edition(proposal: Proposal, *, digest: str, acting_user: User) -> Edition:
    """Publish the very text that a decision of the colleges adopted. Of two calls at once, one publishes, the other is
    refused.

    digest: of the text the person was shown. Raises ProposalRefused ("not-allowed", "not-open", "other-digest",
    "rules", with what is missing, "not-next"); nothing is then written."""
    programme = locked_programme(proposal.programme)
    coordination = coordination_of(programme, acting_user)
    proposal = programme.proposals.select_related("programme", "frozen_by", "decision__body").get(pk=proposal.pk)
    _check_may_be_published(proposal, digest)
    previous = programme.editions.order_by("-number").first()
    _check_follows(proposal, previous)
    decision = concluded_decision(proposal, acting_user=acting_user)
    published_at = timezone.now()
    record = edition_record(
        edition_digest=proposal.digest,
        published_at=published_at,
        published_by_organisation=coordination.coordinating_slug,
        decision=decision_facts(decision),
    )
    edition = programme.editions.create(
        proposal=proposal,
        number=previous.number + 1 if previous else 1,
        semester=proposal.semester,
        content=proposal.content,
        digest=proposal.digest,
        previous=previous,
        record=canonical_json(record).decode(),
        record_digest=digest_of(record),
        published_at=published_at,
        published_by=acting_user,
    )
    proposal.state = Proposal.State.PUBLISHED
    proposal.save(update_fields=["state"])
    journal.record(
        "programme.edition_published",
        actor=acting_user,
        subject=edition,
        organisation=coordination.coordinating_slug,
        details={
            "programme": programme.slug,
            "number": edition.number,
            "digest": edition.digest,
            "decision": decision.number,
        },
    )
    _leave_a_thread(edition, decision, coordination.coordinating_slug, acting_user)
    return edition


def _check_may_be_published(proposal: Proposal, digest: str) -> None:
    if not proposal.is_open:
        raise ProposalRefused(
            _("Cette proposition n’est plus soumise aux collèges : elle est %(state)s.")
            % {"state": proposal.get_state_display()},
            code="not-open",
        )
    if digest != proposal.digest:
        raise ProposalRefused(
            _("Le texte affiché n’est pas celui de cette proposition : relisez-la avant de publier."),
            code="other-digest",
        )
    outcome = rule_outcome(proposal)
    if not outcome.is_met:
        raise ProposalRefused(
            _("Il manque une décision de chaque collège sur ce texte."), code="rules", missing=outcome.missing
        )


def _leave_a_thread(edition: Edition, decision: Decision, organisation: str, acting_user: User) -> None:
    """The edition comes of the decision, made for this organisation (a slug); each action of the text is published in
    it, and the edition before is followed by this one."""
    link(
        Reference.to(decision),
        Reference.to(edition),
        Relation.DECIDED,
        organisation=organisation,
        acting_user=acting_user,
    )
    for action in actions_of(edition):
        link(Reference.to(action), Reference.to(edition), Relation.PUBLISHED, acting_user=acting_user)
    if edition.previous is not None:
        link(Reference.to(edition.previous), Reference.to(edition), Relation.REVISED, acting_user=acting_user)


def _check_follows(proposal: Proposal, previous: Edition | None) -> None:
    """The content says which edition it comes after. Only one proposal is open at a time, so this cannot fail unless
    somebody wrote in the database by hand: better no edition than a broken chain."""
    link = json.loads(proposal.content)["previous"]
    expected = asdict(known) if (known := link_to(previous)) else None
    if link != expected:
        raise ProposalRefused(
            _("Une autre édition a été publiée depuis que ce texte est figé : retirez-le et figez-en un autre."),
            code="not-next",
        )
