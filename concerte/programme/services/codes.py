"""The codes of actions: given once, never again."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents.models import Amendment
from concerte.documents.rules import may_write
from concerte.journal import services as journal
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Action, Programme
from concerte.programme.rules import may_found_programmes, may_write_draft
from concerte.programme.services.locks import locked_programme

# Codes a programme may give: far above any real programme, low enough that a client gone wild fills no disk.
MAX_ACTION_NUMBER = 9999


@transaction.atomic
def register_action(
    programme: Programme,
    *,
    number: int | None = None,
    origin: dict[str, Any] | None = None,
    copied_from: Action | None = None,
    amendment: Amendment | None = None,
    acting_user: User | None,
) -> Action:
    """Give an action its code, for ever: `DCANT-07`. Two calls at once get two codes.

    number: one fixed by an import (operator and administration only); the next free one by default. origin: imported
    facts, never edited. amendment: the one it is added in, whose writers may ask for it. acting_user: someone who may
    write the draft, an administrator, or nobody (the operator).
    Raises ProgrammeRefused ("not-allowed", "number-taken", "bad-number", "too-many", "unknown-action")."""
    programme = locked_programme(programme)
    is_administration = may_found_programmes(acting_user)
    is_writer = acting_user is not None and number is None and _may_write(acting_user, programme, amendment)
    if not is_administration and not is_writer:
        raise ProgrammeRefused(_("Vous ne pouvez pas écrire dans ce programme."), code="not-allowed")
    if copied_from is not None and copied_from.programme_id != programme.pk:
        raise ProgrammeRefused(_("Cette action n’est pas de ce programme."), code="unknown-action")
    number = programme.next_action_number if number is None else number
    if number < 1:
        raise ProgrammeRefused(_("Le numéro d’une action commence à 1."), code="bad-number")
    if number > MAX_ACTION_NUMBER:
        raise ProgrammeRefused(_("Ce programme a donné tous ses codes d’action."), code="too-many")
    if programme.actions.filter(number=number).exists():
        raise ProgrammeRefused(_("Ce numéro d’action a déjà été donné."), code="number-taken")
    action = programme.actions.create(
        code=f"{programme.code_prefix}-{number:02d}", number=number, origin=origin or {}, copied_from=copied_from
    )
    programme.next_action_number = max(programme.next_action_number, number + 1)
    programme.save(update_fields=["next_action_number"])
    journal.record(
        "programme.action_registered",
        actor=acting_user,
        subject=action,
        details={"code": action.code, "copied_from": copied_from.code if copied_from else ""},
    )
    return action


@transaction.atomic
def new_action_code(
    programme: Programme, *, copied_from: str = "", amendment: Amendment | None = None, acting_user: User
) -> Action:
    """A code for an action just added or duplicated in the editor. copied_from: the code of the one it is a copy of.
    amendment: the one that is being written, if it is not the draft: a code that comes to nothing is never given again.

    Raises ProgrammeRefused ("not-allowed", "too-many", "unknown-action"); nothing is then written."""
    original = programme.actions.filter(code=copied_from).first() if copied_from else None
    if copied_from and original is None:
        raise ProgrammeRefused(_("L’action à dupliquer n’a pas été trouvée."), code="unknown-action")
    return register_action(programme, copied_from=original, amendment=amendment, acting_user=acting_user)


def _may_write(person: User, programme: Programme, amendment: Amendment | None) -> bool:
    if amendment is None:
        return may_write_draft(person, programme)
    return amendment.document_id == programme.draft_id and may_write(person, amendment.fork_id)
