"""Bringing ideas, correcting them, what is said of them."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import IdeaRefused
from concerte.concertation.models.groups import WorkingGroup
from concerte.concertation.models.ideas import Idea, IdeaAppreciation, IdeaComment, IdeaVisibility
from concerte.concertation.rules.groups import in_group
from concerte.concertation.rules.ideas import before_idea, is_closed, proposing_for
from concerte.concertation.services.groups_accesses import locked_group
from concerte.journal import services as journal
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference, show
from concerte.lineage.services import link
from concerte.partners.circles import standing_in
from concerte.partners.models import Circle, Organisation

MAX_TEXT_CHARACTERS = 20_000
# How many people read an idea. A merged one holds the words of all: only those who could read each of them read it.
WIDTH = {IdeaVisibility.GROUP: 0, IdeaVisibility.COLLEGES: 1, IdeaVisibility.PUBLIC: 2}


@transaction.atomic
def propose_idea(
    circle: Circle,
    *,
    group: WorkingGroup | None = None,
    title: str,
    text: str,
    organisation: Organisation,
    visibility: str,
    inspired_by: Iterable[Reference] = (),
    acting_user: User,
) -> Idea:
    """Bring an idea to a group, or to the whole circle. text: plain, an empty line between two paragraphs.

    inspired_by: needs, themes, exchanges the person may see. Raises IdeaRefused ("not-allowed", "ended", "no-title",
    "no-text", "too-long", "bad-visibility", "unknown-origin"); nothing is then written."""
    group = locked_group(group) if group is not None else None
    mine = in_group(acting_user, group) if group is not None else None
    held = mine.circle if mine is not None else standing_in(acting_user, circle.pk)
    if organisation not in proposing_for(held, mine) or (group is not None and group.circle_id != circle.pk):
        raise IdeaRefused(_("Vous ne pouvez pas proposer d’idée ici au nom de cette organisation."), code="not-allowed")
    if is_closed(group):
        raise IdeaRefused(_("Ce groupe est terminé."), code="ended")
    check_words(title, text)
    _check_visibility(visibility, group)
    idea = Idea.objects.create(
        circle=circle, group=group, title=title.strip(), text=_one_form(text), visibility=visibility
    )
    idea.authors.create(person=acting_user, organisation=organisation)
    journal_idea("idea_proposed", idea, acting_user, organisation)
    for origin in inspired_by:
        inspire(idea, origin, organisation=organisation, acting_user=acting_user)
    return idea


@transaction.atomic
def correct_idea(idea: Idea, *, title: str, text: str, visibility: str, acting_user: User) -> Idea:
    """Change the words of an idea that has no answer yet: its authors, and who answers it.

    Raises IdeaRefused ("not-allowed", "answered", "no-title", "no-text", "too-long", "bad-visibility",
    "not-yours-alone"); nothing is then written."""
    idea = locked_idea(idea)
    me = before_idea(acting_user, idea)
    if not me.may_reshape:
        raise IdeaRefused(_("Seuls ses auteurs et ceux qui y répondent corrigent une idée."), code="not-allowed")
    has_new_words = (title.strip(), _one_form(text)) != (idea.title, idea.text)
    if has_new_words and (idea.known_state.is_answered or idea.known_state.goes_on_elsewhere):
        raise IdeaRefused(
            _("Cette idée a sa réponse : ses mots ne changent plus, sinon ce qui a été décidé ne serait plus elle."),
            code="answered",
        )
    check_words(title, text)
    _check_visibility(visibility, idea.group)
    is_wider = WIDTH[IdeaVisibility(visibility)] > WIDTH[IdeaVisibility(idea.visibility)]
    if is_wider and not me.may_answer and idea.authors.count() > 1:
        raise IdeaRefused(
            _("Cette idée a plusieurs auteurs : la coordination ou les copilotes décident de l’ouvrir."),
            code="not-yours-alone",
        )
    values = {"title": title.strip(), "text": _one_form(text), "visibility": visibility}
    changed = sorted(name for name, value in values.items() if getattr(idea, name) != value)
    if changed:
        before = {"title": idea.title, "text": idea.text} if has_new_words else {}
        for name in changed:
            setattr(idea, name, values[name])
        idea.save(update_fields=changed)
        journal_idea("idea_corrected", idea, acting_user, me.answering_for, fields=changed, before=before)
    return idea


@transaction.atomic
def inspire(idea: Idea, origin: Reference, *, organisation: Organisation, acting_user: User) -> None:
    """Say what inspired an idea: a need, a theme, an exchange that the person may see.

    Raises IdeaRefused ("not-allowed", "unknown-origin"), LineageRefused as `link` does; nothing is then written."""
    held = standing_in(acting_user, idea.circle_id)
    if organisation not in held.writing_for or not Idea.objects.visible_to(acting_user).filter(pk=idea.pk).exists():
        raise IdeaRefused(_("Vous ne pouvez pas lier cette idée."), code="not-allowed")
    if origin not in show([origin], acting_user):
        raise IdeaRefused(_("Ce besoin ou ce thème n’a pas été trouvé."), code="unknown-origin")
    link(origin, Reference.to(idea), Relation.INSPIRED, organisation=organisation.slug, acting_user=acting_user)


@transaction.atomic
def comment_idea(
    idea: Idea, *, text: str, organisation: Organisation, answers: IdeaComment | None = None, acting_user: User
) -> IdeaComment:
    """Say something of an idea, or answer a comment; an answer to an answer stands under the first comment.

    Raises IdeaRefused ("not-allowed", "no-text", "too-long", "unknown-comment"); nothing is then written."""
    me = before_idea(acting_user, idea)
    visible = Idea.objects.visible_to(acting_user).filter(pk=idea.pk).exists()
    if not visible or organisation not in me.circle.writing_for:
        raise IdeaRefused(_("Vous ne pouvez pas commenter au nom de cette organisation."), code="not-allowed")
    _check_text(text)
    if answers is not None and answers.idea_id != idea.pk:
        raise IdeaRefused(_("Le commentaire auquel vous répondez n’a pas été trouvé."), code="unknown-comment")
    if answers is not None and answers.answers_id is not None:
        answers = answers.answers
    comment = idea.comments.create(text=_one_form(text), person=acting_user, organisation=organisation, answers=answers)
    journal_idea("idea_commented", idea, acting_user, organisation, comment=comment.pk)
    return comment


@transaction.atomic
def withdraw_comment(comment: IdeaComment, *, because: str, acting_user: User) -> IdeaComment:
    """Take a comment back, one's own, or another's when one answers the idea. Its place and the reason stay readable.

    Raises IdeaRefused ("not-allowed", "already-withdrawn", "no-reason"); nothing is then written."""
    comment = IdeaComment.objects.select_for_update(of=("self",)).select_related("idea").get(pk=comment.pk)
    if comment.person_id != acting_user.pk and not before_idea(acting_user, comment.idea).may_answer:
        raise IdeaRefused(_("Seul son auteur, ou qui répond à l’idée, retire un commentaire."), code="not-allowed")
    if comment.withdrawn_at is not None:
        raise IdeaRefused(_("Ce commentaire est déjà retiré."), code="already-withdrawn")
    if not because.strip():
        raise IdeaRefused(_("Dites pourquoi ce commentaire est retiré."), code="no-reason")
    comment.withdrawn_at = timezone.now()
    comment.withdrawn_because = because.strip()
    comment.withdrawn_by = acting_user
    comment.save(update_fields=["withdrawn_at", "withdrawn_because", "withdrawn_by"])
    journal_idea("comment_withdrawn", comment.idea, acting_user, None, comment=comment.pk)
    return comment


@transaction.atomic
def appreciate_idea(
    idea: Idea, *, organisation: Organisation, kind: str, reasons: str, acting_user: User
) -> IdeaAppreciation:
    """Say what an organisation thinks of an idea, through somebody who represents it. Replaces what it said before.

    Raises IdeaRefused ("not-allowed", "goes-on-elsewhere", "unknown-kind", "no-reasons"); nothing is then written."""
    idea = locked_idea(idea)
    visible = Idea.objects.visible_to(acting_user).filter(pk=idea.pk).exists()
    if not visible or organisation not in standing_in(acting_user, idea.circle_id).represented:
        raise IdeaRefused(_("Seuls ceux qui représentent une organisation parlent pour elle."), code="not-allowed")
    if idea.known_state.goes_on_elsewhere:
        raise IdeaRefused(_("Cette idée continue dans d’autres : appréciez celles-là."), code="goes-on-elsewhere")
    if kind not in IdeaAppreciation.Kind.values:
        raise IdeaRefused(_("Une appréciation est favorable, réservée ou défavorable."), code="unknown-kind")
    if not reasons.strip():
        raise IdeaRefused(_("Une appréciation est motivée."), code="no-reasons")
    idea.appreciations.filter(organisation=organisation, replaced_at=None).update(replaced_at=timezone.now())
    given = idea.appreciations.create(
        organisation=organisation,
        college=organisation.college,
        person=acting_user,
        kind=kind,
        reasons=_one_form(reasons),
    )
    journal_idea("idea_appreciated", idea, acting_user, organisation, kind=kind)
    return given


def locked_idea(idea: Idea) -> Idea:
    """The idea read again, its row locked until the end of the transaction (SQLite has one writer at a time)."""
    locked: Idea = (
        Idea.objects.select_for_update(of=("self",), no_key=True).select_related("group", "circle").get(pk=idea.pk)
    )
    return locked


def check_words(title: str, text: str) -> None:
    """Raises IdeaRefused ("no-title", "no-text", "too-long")."""
    if not title.strip():
        raise IdeaRefused(_("Donnez un titre à l’idée."), code="no-title")
    _check_text(text)


def journal_idea(
    act: str, idea: Idea, acting_user: User | None, organisation: Organisation | None, **details: Any
) -> None:
    journal.record(
        f"concertation.{act}",
        actor=acting_user,
        subject=idea,
        organisation=organisation.slug if organisation is not None else "",
        details=details,
    )


def _check_text(text: str) -> None:
    if not text.strip():
        raise IdeaRefused(_("Écrivez un texte."), code="no-text")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise IdeaRefused(_("Ce texte est trop long."), code="too-long")


def _check_visibility(visibility: str, group: WorkingGroup | None) -> None:
    if visibility not in IdeaVisibility.values or (group is None and visibility == IdeaVisibility.GROUP):
        raise IdeaRefused(_("Choisissez qui peut lire cette idée."), code="bad-visibility")


def _one_form(text: str) -> str:
    """Lines as a browser sends them, and as they are kept."""
    return text.strip().replace("\r\n", "\n")
