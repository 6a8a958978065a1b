"""An amendment as its page shows it: what it proposed, what accepting it would change today, who may answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from concerte.documents.errors import AmendmentRefused
from concerte.documents.forking import merge_today
from concerte.documents.models import Amendment
from concerte.documents.services import current_state
from concerte.partners.circles import Standing
from concerte.partners.models import Organisation
from concerte.programme.comparison import Comparison, compare
from concerte.programme.draft import ActionSheet, Draft
from concerte.programme.reading import read_state
from concerte.programme.showing import NamedOrganisation


@dataclass(frozen=True, kw_only=True)
class AmendmentShown:
    """proposed: what it changes in the text it began from. today: what accepting it now would change; None when it is
    closed, or cannot be accepted as things are: obstacle then says why. directory: organisations by slug."""

    proposed: Comparison
    directory: Mapping[str, NamedOrganisation]
    today: Comparison | None = None
    has_text_moved: bool = False
    obstacle: str = ""


def amendment_shown(amendment: Amendment) -> AmendmentShown:
    """What the page tells, from the state the fork began from, the fork and the text as it is now."""
    base_state = bytes(amendment.base_state)
    base = read_state(base_state)
    proposed = compare(base, read_state(current_state(amendment.fork_id)))
    shown = AmendmentShown(proposed=proposed, directory=_directory())
    if amendment.is_closed:
        return shown
    try:
        merge = merge_today(amendment.document_id, amendment.fork_id, base_state)
        before = read_state(merge.before)
        shown = replace(shown, has_text_moved=before != base)
        return replace(shown, today=outcome_of(proposed, before, read_state(merge.after)))
    except AmendmentRefused as refusal:
        return replace(shown, obstacle=refusal.message)


def outcome_of(proposed: Comparison, before: Draft, after: Draft) -> Comparison:
    """What a merge changes in the text of the programme. proposed: what was changed in the fork; before, after: the
    text without and with it.

    Raises AmendmentRefused: "action-gone" when an action it writes in is not in the merged text, "nothing-changes"."""
    if gone := _gone(proposed, after):
        raise AmendmentRefused(
            _("Ce que cet amendement modifie n’est plus dans le texte commun\u00a0: %(actions)s.")
            % {"actions": ", ".join(gone)},
            code="action-gone",
        )
    outcome = compare(before, after)
    if not outcome:
        raise AmendmentRefused(_("Cet amendement ne change plus rien au texte."), code="nothing-changes")
    return outcome


def changes_in_words(amendment: Amendment) -> Comparison:
    """What it changes in the text it began from; false when nothing that is read differs."""
    return compare(read_state(bytes(amendment.base_state)), read_state(current_state(amendment.fork_id)))


def answering_for(held: Standing, amendment: Amendment) -> tuple[Organisation, ...]:
    """The organisations in whose name the person may answer an amendment, the likeliest first: nobody answers that of
    an organisation of their own, but the coordination, which answers for the whole programme."""
    if held.coordinating is not None:
        others = (each for each in held.writing_for if each.pk not in {held.coordinating.pk, amendment.organisation_id})
        return (held.coordinating, *others)
    if belongs_to_author(held, amendment):
        return ()
    return held.writing_for


def belongs_to_author(held: Standing, amendment: Amendment) -> bool:
    """Whether the person belongs to the organisation the amendment is of."""
    return any(each.pk == amendment.organisation_id for each in held.organisations)


def _gone(proposed: Comparison, after: Draft) -> list[str]:
    """What to call the actions and axes an amendment writes in that the merged text has not."""
    actions = {name for sheet in after.actions for name in (sheet.code, sheet.key) if name}
    axes = {axis.id for axis in after.axes}
    gone = [
        change.label or change.new.key
        for change in proposed.actions
        if change.new is not None and not _is_among(change.new, actions)
    ]
    return gone + [axis.shown_title or axis.id for axis in proposed.axes if not axis.is_gone and axis.id not in axes]


def _is_among(sheet: ActionSheet, names: set[str]) -> bool:
    """An action is known by its code, one without a code by its key; one with neither cannot be looked for."""
    name = sheet.code or sheet.key
    return not name or name in names


def _directory() -> dict[str, NamedOrganisation]:
    return {
        organisation.slug: NamedOrganisation(name=str(organisation), college=organisation.college)
        for organisation in Organisation.objects.select_related("college")
    }
