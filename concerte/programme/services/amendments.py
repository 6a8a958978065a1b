"""Amendments to the draft of a programme: who may propose, submit and answer them, and the thread they leave."""

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents import amending
from concerte.documents.errors import AmendmentRefused
from concerte.documents.models import Amendment
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.models import Organisation
from concerte.programme.amendments import answering_for, belongs_to_author, changes_in_words, outcome_of
from concerte.programme.comparison import Comparison
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Programme
from concerte.programme.reading import read_state
from concerte.programme.rules import standing
from concerte.programme.services.accesses import keep_accesses_true, keep_amendment_accesses_true
from concerte.programme.services.locks import locked_programme


@transaction.atomic
def open_amendment(
    programme: Programme, *, title: str, reasons: str, organisation: Organisation, acting_user: User
) -> Amendment:
    """An amendment to the draft, to be written by the people of this organisation and shown to nobody else until it is
    submitted.

    Raises ProgrammeRefused("not-allowed") for who is not of this organisation in the programme, AmendmentRefused as
    `propose_amendment` does; nothing is then written."""
    programme = locked_programme(programme)
    keep_accesses_true(programme)  # a day may have begun since, and readers could not amend in earlier versions
    if organisation not in standing(acting_user, programme).organisations:
        raise ProgrammeRefused(_("Vous n’êtes pas de cette organisation dans ce programme."), code="not-allowed")
    amendment = amending.propose_amendment(
        programme.draft, title=title, reasons=reasons, organisation=organisation, acting_user=acting_user
    )
    keep_amendment_accesses_true(programme)
    return amendment


@transaction.atomic
def submit_amendment(programme: Programme, amendment: Amendment, *, acting_user: User) -> Amendment:
    """Put an amendment to those who may write the draft; everybody of the workshop may read it from then on.

    Raises ProgrammeRefused("not-allowed"), AmendmentRefused as `documents.amending.submit_amendment` does, and
    "nothing-changes" when no word that is read differs; nothing is then written."""
    programme = locked_programme(programme)
    _check_of_author(programme, amendment, acting_user)
    if amendment.is_being_written and not changes_in_words(amendment):
        raise AmendmentRefused(_("Cet amendement ne change rien au texte."), code="nothing-changes")
    amendment = amending.submit_amendment(amendment, acting_user=acting_user)
    keep_amendment_accesses_true(programme)
    return amendment


@transaction.atomic
def accept_amendment(
    programme: Programme, amendment: Amendment, *, answer: str, organisation: Organisation, acting_user: User
) -> Amendment:
    """Merge an amendment into the draft, and tie it to every action whose text it changes.

    organisation: in whose name it is answered. Raises ProgrammeRefused("not-allowed"), AmendmentRefused as
    `documents.amending.accept_amendment` and `amendments.outcome_of` do; nothing is then written."""
    programme = locked_programme(programme)
    _check_answers(programme, amendment, organisation, acting_user)
    amendment, merge = amending.accept_amendment(
        amendment, answer=answer, organisation=organisation, acting_user=acting_user
    )
    outcome = outcome_of(changes_in_words(amendment), read_state(merge.before), read_state(merge.after))
    _leave_a_thread(programme, amendment, outcome, organisation, acting_user)
    return amendment


@transaction.atomic
def set_aside_amendment(
    programme: Programme, amendment: Amendment, *, answer: str, organisation: Organisation, acting_user: User
) -> Amendment:
    """Leave the draft as it is, and say why.

    organisation: in whose name it is answered. Raises ProgrammeRefused("not-allowed"), AmendmentRefused as
    `documents.amending.set_aside_amendment` does; nothing is then written."""
    programme = locked_programme(programme)
    _check_answers(programme, amendment, organisation, acting_user)
    return amending.set_aside_amendment(amendment, answer=answer, organisation=organisation, acting_user=acting_user)


@transaction.atomic
def withdraw_amendment(programme: Programme, amendment: Amendment, *, because: str, acting_user: User) -> Amendment:
    """Take an amendment back, by somebody of the organisation it is of.

    Raises ProgrammeRefused("not-allowed"), AmendmentRefused as `documents.amending.withdraw_amendment` does; nothing is
    then written."""
    programme = locked_programme(programme)
    _check_of_author(programme, amendment, acting_user)
    return amending.withdraw_amendment(amendment, because=because, acting_user=acting_user)


def _check_of_author(programme: Programme, amendment: Amendment, acting_user: User) -> None:
    _check_of_programme(programme, amendment)
    if not belongs_to_author(standing(acting_user, programme), amendment):
        raise ProgrammeRefused(
            _("Seules les personnes de l’organisation auteure peuvent le faire."), code="not-allowed"
        )


def _check_answers(programme: Programme, amendment: Amendment, organisation: Organisation, acting_user: User) -> None:
    _check_of_programme(programme, amendment)
    if organisation not in answering_for(standing(acting_user, programme), amendment):
        raise ProgrammeRefused(
            _("Y répondent les personnes qui écrivent le texte, sauf celles de l’organisation qui le propose."),
            code="not-allowed",
        )


def _check_of_programme(programme: Programme, amendment: Amendment) -> None:
    if amendment.document_id != programme.draft_id:
        raise ProgrammeRefused(_("Cet amendement n’est pas de ce programme."), code="not-allowed")


def _leave_a_thread(
    programme: Programme, amendment: Amendment, outcome: Comparison, organisation: Organisation, acting_user: User
) -> None:
    """From the amendment to each action it changes; an action it adds was born of it."""
    changed = {change.code: change for change in outcome.actions if change.code}
    for action in programme.actions.filter(code__in=changed):
        relation = Relation.AMENDED if changed[action.code].old is not None else Relation.RAISED
        link(
            Reference.to(amendment),
            Reference.to(action),
            relation,
            organisation=organisation.slug,
            acting_user=acting_user,
        )
