"""Amendments: those who may only suggest write in a fork; those who may write merge it, or say why not.

What a person may in the document and in the fork is asked of their rows of rights. For which organisation somebody may
answer is asked by the room that holds the document: it knows what it is for."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents import limits
from concerte.documents.errors import AmendmentRefused
from concerte.documents.forking import Merge, changes_nothing, fork_document, merge_fork, merge_today
from concerte.documents.models import Access, Amendment, Document, Level
from concerte.documents.rules import level_of, may_write
from concerte.documents.services import set_accesses
from concerte.journal import services as journal
from concerte.partners.circles import READING_ROLES
from concerte.partners.models import Organisation
from concerte.partners.rules import holds_role

MAX_TITLE_CHARACTERS = 200
MAX_WORDS_CHARACTERS = 5000  # of the reasons, of an answer


@transaction.atomic
def propose_amendment(
    document: Document, *, title: str, reasons: str, organisation: Organisation, acting_user: User
) -> Amendment:
    """Open an amendment: a fork of the document as it is now. Nobody may open the fork until set_accesses says so.

    title: at most 200 characters; reasons: at most 5000. Raises AmendmentRefused: "not-allowed", "not-a-member",
    "no-title", "no-reasons", "too-long", "too-many"; nothing is then written."""
    # One after the other: the number is the next one.
    document = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    level = level_of(acting_user, document.pk)
    if level is None or level < Level.SUGGEST:
        raise AmendmentRefused(_("Vous ne pouvez pas proposer d’amendement à ce texte."), code="not-allowed")
    _check_member(acting_user, organisation)
    title = _words(title, _("Donnez un titre à cet amendement."), "no-title", MAX_TITLE_CHARACTERS)
    reasons = _words(reasons, _("Dites pourquoi cet amendement est proposé."), "no-reasons")
    if document.amendments.open().filter(organisation=organisation).count() >= limits.AMENDMENTS_PER_ORGANISATION:
        raise AmendmentRefused(
            _("Votre organisation a déjà %(count)d amendements ouverts\u00a0: retirez-en un, ou attendez une réponse.")
            % {"count": limits.AMENDMENTS_PER_ORGANISATION},
            code="too-many",
        )
    number = (document.amendments.aggregate(last=Max("number"))["last"] or 0) + 1
    fork, base_state = fork_document(document, f"{document.name[:160]} · amendement {number}")
    amendment: Amendment = document.amendments.create(
        fork=fork,
        number=number,
        title=title,
        reasons=reasons,
        author=acting_user,
        organisation=organisation,
        base_state=base_state,
    )
    _record("proposed", amendment, organisation, acting_user)
    return amendment


@transaction.atomic
def submit_amendment(amendment: Amendment, *, acting_user: User) -> Amendment:
    """Put an amendment to those who may write the document. From then on nobody writes in its fork.

    Raises AmendmentRefused: "not-writing", "not-allowed", "nothing-changes", "unreadable"; nothing is then written."""
    amendment = locked_amendment(amendment)
    if not amendment.is_being_written:
        raise AmendmentRefused(_("Cet amendement n’est plus en rédaction."), code="not-writing")
    if not may_write(acting_user, amendment.fork_id):
        raise AmendmentRefused(_("Seule l’organisation qui l’écrit peut déposer cet amendement."), code="not-allowed")
    merge = merge_today(amendment.document_id, amendment.fork_id, bytes(amendment.base_state))
    if changes_nothing(merge.changes):
        raise AmendmentRefused(_("Cet amendement ne change rien au texte."), code="nothing-changes")
    amendment.status = Amendment.Status.SUBMITTED
    amendment.submitted_at = timezone.now()
    amendment.save(update_fields=["status", "submitted_at"])
    _take_pens_away(amendment, acting_user)
    _record("submitted", amendment, amendment.organisation, acting_user)
    return amendment


@transaction.atomic
def accept_amendment(
    amendment: Amendment, *, answer: str, organisation: Organisation, acting_user: User
) -> tuple[Amendment, Merge]:
    """Merge an amendment into the document, each word in the name of who wrote it; what others wrote meanwhile is kept.
    Once committed, it appears in the editors that are open. Two at once: the second finds it closed.

    organisation: in whose name it is answered. Returns it and what it changed: a caller that finds that wrong raises,
    and nothing is written. Raises AmendmentRefused: "not-submitted", "not-allowed", "not-a-member", "no-answer",
    "too-long", "nothing-changes", "unreadable", "foreign-client", "document-full"; nothing is then written."""
    amendment = locked_amendment(amendment)
    _answer(amendment, answer, organisation, acting_user)
    merge, line = merge_fork(
        amendment.document_id, amendment.fork_id, bytes(amendment.base_state), person_id=acting_user.pk
    )
    _close(amendment, Amendment.Status.ACCEPTED, acting_user)
    _record("accepted", amendment, organisation, acting_user, line=line)
    return amendment, merge


@transaction.atomic
def set_aside_amendment(
    amendment: Amendment, *, answer: str, organisation: Organisation, acting_user: User
) -> Amendment:
    """Leave the document as it is, and say why. The amendment stays readable.

    organisation: in whose name it is answered. Raises AmendmentRefused: "not-submitted", "not-allowed", "not-a-member",
    "no-answer", "too-long"; nothing is then written."""
    amendment = locked_amendment(amendment)
    _answer(amendment, answer, organisation, acting_user)
    _close(amendment, Amendment.Status.SET_ASIDE, acting_user)
    _record("set_aside", amendment, organisation, acting_user)
    return amendment


@transaction.atomic
def withdraw_amendment(amendment: Amendment, *, because: str, acting_user: User) -> Amendment:
    """Take an amendment back, by the organisation it is of; it stays readable, with the reason.

    Raises AmendmentRefused: "closed", "not-a-member", "no-reasons", "too-long"; nothing is then written."""
    amendment = locked_amendment(amendment)
    if amendment.is_closed:
        raise AmendmentRefused(_("Cet amendement est déjà clos."), code="closed")
    _check_member(acting_user, amendment.organisation)
    amendment.withdrawn_because = _words(because, _("Dites pourquoi cet amendement est retiré."), "no-reasons")
    _close(amendment, Amendment.Status.WITHDRAWN, acting_user)
    _record("withdrawn", amendment, amendment.organisation, acting_user)
    return amendment


def locked_amendment(amendment: Amendment) -> Amendment:
    """The amendment read again, its row locked until the end of the transaction."""
    locked: Amendment = (
        Amendment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("document", "fork", "organisation")
        .get(pk=amendment.pk)
    )
    return locked


def _answer(amendment: Amendment, answer: str, organisation: Organisation, acting_user: User) -> None:
    """Note who answers what, once it is sure that they may."""
    if not amendment.is_submitted:
        raise AmendmentRefused(_("Cet amendement n’attend pas, ou plus, de réponse."), code="not-submitted")
    if not may_write(acting_user, amendment.document_id):
        raise AmendmentRefused(_("Seules les personnes qui écrivent ce texte y répondent."), code="not-allowed")
    _check_member(acting_user, organisation)
    amendment.answer = _words(answer, _("Une réponse se motive\u00a0: dites pourquoi."), "no-answer")
    amendment.answered_by = acting_user
    amendment.answered_for = organisation


def _close(amendment: Amendment, status: Amendment.Status, acting_user: User) -> None:
    """Nobody opens its fork any more: what it was is told from its state."""
    amendment.status = status
    amendment.closed_at = timezone.now()
    amendment.save(update_fields=["status", "closed_at", "answer", "answered_by", "answered_for", "withdrawn_because"])
    set_accesses(amendment.fork, {}, acting_user=acting_user)


def _take_pens_away(amendment: Amendment, acting_user: User) -> None:
    """In this very transaction: what an open editor sends a moment later is refused."""
    levels = dict(Access.objects.filter(document=amendment.fork_id).values_list("person_id", "level"))
    set_accesses(
        amendment.fork,
        {person: min(Level(level), Level.READ) for person, level in levels.items()},
        acting_user=acting_user,
    )


def _check_member(person: User, organisation: Organisation) -> None:
    if not holds_role(person, *READING_ROLES, organisation=organisation):
        raise AmendmentRefused(_("Vous n’êtes pas de cette organisation."), code="not-a-member")


def _words(text: str, missing: str, code: str, most: int = MAX_WORDS_CHARACTERS) -> str:
    text = text.strip()
    if not text:
        raise AmendmentRefused(missing, code=code)
    if len(text) > most:
        raise AmendmentRefused(
            _("Ce texte est trop long\u00a0: %(count)d caractères au plus.") % {"count": most}, code="too-long"
        )
    return text


def _record(act: str, amendment: Amendment, organisation: Organisation, acting_user: User, **details: int) -> None:
    journal.record(
        f"documents.amendment_{act}",
        actor=acting_user,
        subject=amendment,
        organisation=organisation.slug,
        details={"document": str(amendment.document_id), "number": amendment.number, **details},
    )
