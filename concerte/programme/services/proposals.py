"""Freezing a text and putting it to the colleges."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.accounts.models import User
from concerte.common.canonical import canonical_json, digest_of
from concerte.common.semesters import Semester
from concerte.common.templatetags.typography import semester as semester_in_words
from concerte.documents.services import current_state
from concerte.journal import services as journal
from concerte.partners.circles import Standing
from concerte.programme.content import draft_digest, edition_content
from concerte.programme.database_facts import college_facts, link_to, organisation_facts, programme_facts
from concerte.programme.draft import Draft
from concerte.programme.errors import ProposalRefused
from concerte.programme.models import Edition, Programme, Proposal
from concerte.programme.reading import read_state
from concerte.programme.rules import standing
from concerte.programme.services.deciding import open_decision_on, take_decision_back
from concerte.programme.services.locks import locked_programme
from concerte.programme.verdict import verdict_on

MAX_MESSAGE_CHARACTERS = 5000


@transaction.atomic
def freeze_proposal(programme: Programme, *, semester: str, message: str = "", acting_user: User) -> Proposal:
    """Freeze the draft as it is read now and put it to the colleges: a decision opens on its digest.

    semester: "2026-S2", not before that of the last edition. Raises ProposalRefused ("not-allowed", "already-open",
    "bad-semester", "message-too-long", "checks", with the findings, "no-rule", or as the deciding body cannot decide);
    nothing is then written."""
    programme = locked_programme(programme)
    coordination = coordination_of(programme, acting_user)
    if programme.proposals.open().exists():
        raise ProposalRefused(
            _("Une proposition est déjà soumise aux collèges : publiez-la ou retirez-la d’abord."), code="already-open"
        )
    if len(message) > MAX_MESSAGE_CHARACTERS:
        raise ProposalRefused(_("Le message aux collèges est trop long."), code="message-too-long")
    previous = programme.editions.order_by("-number").first()
    _check_semester(semester, previous)
    draft = read_state(current_state(programme.draft_id))
    verdict = verdict_on(programme, draft)
    if verdict.blocking:
        sentence = ngettext(
            "Il reste %(count)d point à régler avant de soumettre le texte.",
            "Il reste %(count)d points à régler avant de soumettre le texte.",
            len(verdict.blocking),
        )
        raise ProposalRefused(sentence % {"count": len(verdict.blocking)}, code="checks", findings=verdict.blocking)
    content = _content(programme, draft, semester, previous)
    last = programme.proposals.order_by("-number").first()
    proposal = programme.proposals.create(
        number=last.number + 1 if last else 1,
        semester=semester,
        content=canonical_json(content).decode(),
        digest=digest_of(content),
        draft_digest=draft_digest(draft),
        message=message.strip(),
        frozen_by=acting_user,
    )
    decision = open_decision_on(proposal, acting_user=acting_user)
    journal.record(
        "programme.proposal_frozen",
        actor=acting_user,
        subject=proposal,
        organisation=coordination.coordinating_slug,
        details={
            "programme": programme.slug,
            "number": proposal.number,
            "semester": semester,
            "digest": proposal.digest,
            "decision": decision.number,
        },
    )
    return proposal


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, reason: str, acting_user: User) -> Proposal:
    """Take a proposal back from the colleges. It stays readable, with the reason and the positions taken on it.

    Raises ProposalRefused ("not-allowed", "not-open", "no-reason"); nothing is then written."""
    programme = locked_programme(proposal.programme)
    coordination = coordination_of(programme, acting_user)
    proposal = programme.proposals.select_related("decision__body").get(pk=proposal.pk)
    if not proposal.is_open:
        raise ProposalRefused(_("Cette proposition n’est plus soumise aux collèges."), code="not-open")
    if not reason.strip():
        raise ProposalRefused(_("Dites pourquoi cette proposition est retirée."), code="no-reason")
    proposal.state = Proposal.State.WITHDRAWN
    proposal.withdrawn_because = reason.strip()
    proposal.withdrawn_at = timezone.now()
    proposal.save(update_fields=["state", "withdrawn_because", "withdrawn_at"])
    take_decision_back(proposal, because=proposal.withdrawn_because, acting_user=acting_user)
    journal.record(
        "programme.proposal_withdrawn",
        actor=acting_user,
        subject=proposal,
        organisation=coordination.coordinating_slug,
        details={"programme": programme.slug, "number": proposal.number, "because": proposal.withdrawn_because},
    )
    return proposal


def coordination_of(programme: Programme, acting_user: User) -> Standing:
    """What the person is to the programme, once it is sure that they coordinate it."""
    held = standing(acting_user, programme)
    if not held.may_coordinate:
        raise ProposalRefused(_("Seule la coordination de ce programme peut le faire."), code="not-allowed")
    return held


def _content(programme: Programme, draft: Draft, semester: str, previous: Edition | None) -> dict[str, Any]:
    return edition_content(
        programme_facts(programme),
        draft,
        number=previous.number + 1 if previous else 1,
        semester=semester,
        previous=link_to(previous),
        colleges=college_facts(programme),
        organisations=organisation_facts(),
        sources=programme.origin.get("sources", []),
    )


def _check_semester(semester: str, previous: Edition | None) -> None:
    try:
        known = Semester.parse(semester)
    except ValueError:
        raise ProposalRefused(_("Un semestre s’écrit 2026-S1 ou 2026-S2."), code="bad-semester") from None
    if previous is not None and known < Semester.parse(previous.semester):
        raise ProposalRefused(
            _("La dernière édition est celle du %(semester)s : la suivante ne peut la précéder.")
            % {"semester": semester_in_words(previous.semester)},
            code="bad-semester",
        )
