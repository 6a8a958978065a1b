"""From an idea to the text: a retained idea becomes an action of the draft, or joins one that is there."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.models import Idea, IdeaState
from concerte.documents.rich_text import Blocks, Node, normalise, one_line
from concerte.documents.services import append_update, current_state
from concerte.journal import services as journal
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.circles import Standing
from concerte.programme.draft import ActionSheet, SectionKind, empty_sections
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Action, Programme
from concerte.programme.reading import read_state
from concerte.programme.rules import standing
from concerte.programme.seeding import with_action
from concerte.programme.services.codes import register_action
from concerte.programme.services.locks import locked_programme

_BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


@transaction.atomic
def bring_idea_into_draft(
    programme: Programme,
    idea: Idea,
    *,
    axis_id: str,
    section: str = SectionKind.OBJECTIVES.value,
    acting_user: User,
) -> Action:
    """Make an action of a retained idea: a new code, its title, its text in one section, last in an axis of the draft.
    Once committed, it appears in the editors that are open.

    The words are entered by acting_user; whose idea it is stays in the lineage. Raises ProgrammeRefused ("not-allowed",
    "unknown-idea", "not-retained", "already-brought", "unknown-axis", "unknown-section", "too-many"); nothing is then
    written."""
    programme = locked_programme(programme)
    held, idea = _allowed(programme, idea, acting_user)
    if section not in SectionKind.values:
        raise ProgrammeRefused(_("Cette partie d’une action n’existe pas."), code="unknown-section")
    if Link.objects.standing().out_of(Reference.to(idea)).filter(relation=Relation.BECAME).exists():
        raise ProgrammeRefused(_("Cette idée est déjà devenue une action."), code="already-brought")
    action = register_action(programme, acting_user=acting_user)
    sheet = ActionSheet(
        code=action.code,
        key=f"idee-{idea.pk}",
        title=one_line(idea.title),
        sections=empty_sections() | {section: text_of_idea(idea.text)},
    )
    update = with_action(current_state(programme.draft_id), axis_id, sheet)
    if update is None:
        raise ProgrammeRefused(_("Cet axe n’est plus dans le texte en cours."), code="unknown-axis")
    append_update(programme.draft_id, update, acting_user=acting_user)
    _leave_a_thread(idea, action, Relation.BECAME, held, acting_user)
    return action


@transaction.atomic
def join_idea_to_action(programme: Programme, idea: Idea, *, code: str, acting_user: User) -> Action:
    """Say that a retained idea is carried by an action of the draft, whose text is left as it is.

    Raises ProgrammeRefused ("not-allowed", "unknown-idea", "not-retained", "unknown-action", "already-joined"), or
    LineageRefused ("circle"); nothing is then written."""
    programme = locked_programme(programme)
    held, idea = _allowed(programme, idea, acting_user)
    action = programme.actions.filter(code=code).first()
    if action is None or code not in read_state(current_state(programme.draft_id)).by_code:
        raise ProgrammeRefused(_("Cette action n’est pas dans le texte en cours."), code="unknown-action")
    there = Link.objects.standing().out_of(Reference.to(idea)).into(Reference.to(action))
    if there.filter(relation__in=[Relation.BECAME, Relation.JOINED]).exists():
        raise ProgrammeRefused(_("Cette action porte déjà cette idée."), code="already-joined")
    _leave_a_thread(idea, action, Relation.JOINED, held, acting_user)
    return action


def text_of_idea(text: str) -> Blocks:
    """Plain text as blocks: an empty line separates two paragraphs, another end of line stays one."""
    paragraphs: list[Node] = []
    for block in _BETWEEN_PARAGRAPHS.split(text.replace("\r\n", "\n")):
        content: list[Node] = []
        for line in block.strip("\n").split("\n"):
            content += [{"type": "hardBreak"}] if content else []
            content += [{"type": "text", "text": line.strip()}] if line.strip() else []
        paragraphs.append({"type": "paragraph", "content": content})
    return normalise(paragraphs)


def _allowed(programme: Programme, idea: Idea, acting_user: User) -> tuple[Standing, Idea]:
    """What the person is to the programme, and the idea read again and locked, once it is sure that it may go on."""
    held = standing(acting_user, programme)
    if not held.may_write:
        raise ProgrammeRefused(_("Vous ne pouvez pas écrire dans ce programme."), code="not-allowed")
    visible = Idea.objects.visible_to(acting_user).filter(pk=idea.pk, circle=programme.circle_id)
    if not visible.exists():
        raise ProgrammeRefused(_("Cette idée n’est pas de ce programme."), code="unknown-idea")
    idea = Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.pk)
    if idea.state != IdeaState.RETAINED:
        raise ProgrammeRefused(_("Seule une idée retenue entre dans le texte."), code="not-retained")
    return held, idea


def _leave_a_thread(idea: Idea, action: Action, relation: Relation, held: Standing, acting_user: User) -> None:
    organisation = held.writing_for[0].slug if len(held.writing_for) == 1 else held.coordinating_slug
    link(Reference.to(idea), Reference.to(action), relation, organisation=organisation, acting_user=acting_user)
    journal.record(
        f"programme.idea_{relation}",
        actor=acting_user,
        subject=action,
        organisation=organisation,
        details={"idea": idea.pk, "code": action.code},
    )
