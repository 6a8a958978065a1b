"""Studying ideas and answering them; making one of several, or several of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.concertation.errors import IdeaRefused
from concerte.concertation.models.ideas import Idea, IdeaState, IdeaStep, IdeaVisibility
from concerte.concertation.rules.ideas import BeforeIdea, before_idea
from concerte.concertation.services.ideas import WIDTH, check_words, journal_idea, locked_idea
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import merge, split
from concerte.partners.models import Organisation

# From each state, those one may go to by an answer.
NEXT_STATES: dict[IdeaState, tuple[IdeaState, ...]] = {
    IdeaState.PROPOSED: (IdeaState.UNDER_STUDY, IdeaState.RETAINED, IdeaState.SET_ASIDE),
    IdeaState.UNDER_STUDY: (IdeaState.RETAINED, IdeaState.SET_ASIDE, IdeaState.PROPOSED),
    IdeaState.RETAINED: (IdeaState.UNDER_STUDY,),
    IdeaState.SET_ASIDE: (IdeaState.UNDER_STUDY,),
}
MAX_PARTS = 12


@dataclass(frozen=True)
class Part:
    """One of the ideas another is split into."""

    title: str
    text: str


@transaction.atomic
def move_idea(idea: Idea, *, state: str, reasons: str = "", acting_user: User) -> IdeaStep:
    """Take an idea to another state: to study it, to retain it or set it aside with reasons, or to come back on that
    with reasons. Co-pilots of its group, coordination of the circle.

    Raises IdeaRefused ("not-allowed", "no-such-step", "no-reasons", "in-the-draft"); nothing is then written."""
    idea = locked_idea(idea)
    me = _answering(idea, acting_user)
    before = idea.known_state
    if state not in NEXT_STATES.get(before, ()):
        raise IdeaRefused(_("Une idée ne passe pas de cet état à celui-là."), code="no-such-step")
    after = IdeaState(state)
    if not reasons.strip() and (after.is_answered or before.is_answered or after == IdeaState.PROPOSED):
        raise IdeaRefused(_("Dites pourquoi : la réponse à une idée est motivée."), code="no-reasons")
    if before == IdeaState.RETAINED and is_in_the_draft(idea):
        raise IdeaRefused(
            _("Cette idée est déjà dans le texte en cours : c’est l’action qu’il faut y revoir."), code="in-the-draft"
        )
    return _step(idea, after, reasons, acting_user, me.answering_for)


@transaction.atomic
def merge_ideas(
    ideas: Sequence[Idea],
    *,
    title: str,
    text: str,
    reasons: str,
    acting_user: User,
) -> Idea:
    """Make one idea of several of the same group (or of the circle): it has all their authors and comes of all of them,
    with what inspired them. They stay readable, and lead to it.

    Raises IdeaRefused ("not-allowed", "too-few", "not-together", "answered", "no-title", "no-text", "too-long",
    "no-reasons"); nothing is then written."""
    found = [locked_idea(idea) for idea in sorted(set(ideas), key=lambda idea: idea.pk)]
    if len(found) < 2:
        raise IdeaRefused(_("Choisissez au moins deux idées à réunir."), code="too-few")
    if len({(idea.circle_id, idea.group_id) for idea in found}) > 1:
        raise IdeaRefused(_("On réunit des idées d’un même groupe."), code="not-together")
    me, *_others = [_reshaping(idea, acting_user) for idea in found]
    check_words(title, text)
    _check_reasons(reasons)
    narrowest = min(found, key=lambda idea: WIDTH[IdeaVisibility(idea.visibility)])
    made = Idea.objects.create(
        circle=found[0].circle,
        group=found[0].group,
        title=title.strip(),
        text=text.strip().replace("\r\n", "\n"),
        visibility=narrowest.visibility,
    )
    _give_authors(made, found)
    organisation = _acting_for(me)
    journal_idea("idea_made_of_others", made, acting_user, organisation, ideas=[idea.pk for idea in found])
    merge(
        [Reference.to(idea) for idea in found],
        Reference.to(made),
        organisation=organisation.slug if organisation else "",
        acting_user=acting_user,
    )
    for idea in found:
        _step(idea, IdeaState.MERGED, reasons, acting_user, organisation)
    return made


@transaction.atomic
def split_idea(idea: Idea, *, parts: Sequence[Part], reasons: str, acting_user: User) -> list[Idea]:
    """Make several ideas of one: each has its authors and comes of it.

    Raises IdeaRefused ("not-allowed", "too-few", "too-many", "answered", "no-title", "no-text", "too-long",
    "no-reasons"); nothing is then written."""
    idea = locked_idea(idea)
    me = _reshaping(idea, acting_user)
    if len(parts) < 2:
        raise IdeaRefused(_("On divise une idée en deux au moins."), code="too-few")
    if len(parts) > MAX_PARTS:
        raise IdeaRefused(_("C’est trop de parts à la fois."), code="too-many")
    for part in parts:
        check_words(part.title, part.text)
    _check_reasons(reasons)
    organisation = _acting_for(me)
    made = []
    for part in parts:
        one = Idea.objects.create(
            circle=idea.circle,
            group=idea.group,
            title=part.title.strip(),
            text=part.text.strip().replace("\r\n", "\n"),
            visibility=idea.visibility,
        )
        _give_authors(one, [idea])
        journal_idea("idea_made_of_others", one, acting_user, organisation, ideas=[idea.pk])
        made.append(one)
    split(
        Reference.to(idea),
        [Reference.to(one) for one in made],
        organisation=organisation.slug if organisation else "",
        acting_user=acting_user,
    )
    _step(idea, IdeaState.SPLIT, reasons, acting_user, organisation)
    return made


def is_in_the_draft(idea: Idea) -> bool:
    """Whether the idea became an action, or joined one."""
    came_of_it = Link.objects.standing().out_of(Reference.to(idea))
    return came_of_it.filter(relation__in=[Relation.BECAME, Relation.JOINED]).exists()


def _step(idea: Idea, state: IdeaState, reasons: str, acting_user: User, organisation: Organisation | None) -> IdeaStep:
    idea.state = state
    idea.save(update_fields=["state"])
    step = idea.steps.create(state=state, reasons=reasons.strip(), person=acting_user, organisation=organisation)
    journal_idea("idea_moved", idea, acting_user, organisation, state=state.value)
    return step


def _give_authors(made: Idea, origins: Sequence[Idea]) -> None:
    for person_id, organisation_id in dict.fromkeys(
        pair for origin in origins for pair in origin.authors.values_list("person_id", "organisation_id")
    ):
        made.authors.create(person_id=person_id, organisation_id=organisation_id)


def _answering(idea: Idea, acting_user: User) -> BeforeIdea:
    me = before_idea(acting_user, idea)
    if not me.may_answer:
        raise IdeaRefused(
            _("Seuls les copilotes du groupe et la coordination répondent à une idée."), code="not-allowed"
        )
    return me


def _reshaping(idea: Idea, acting_user: User) -> BeforeIdea:
    me = before_idea(acting_user, idea)
    if not me.may_reshape:
        raise IdeaRefused(
            _("Seuls ses auteurs et ceux qui y répondent réunissent ou divisent une idée."), code="not-allowed"
        )
    if idea.state not in {IdeaState.PROPOSED, IdeaState.UNDER_STUDY}:
        raise IdeaRefused(_("Une de ces idées a déjà sa réponse, ou continue ailleurs."), code="answered")
    return me


def _check_reasons(reasons: str) -> None:
    if not reasons.strip():
        raise IdeaRefused(_("Dites pourquoi."), code="no-reasons")


def _acting_for(me: BeforeIdea) -> Organisation | None:
    if me.answering_for is not None:
        return me.answering_for
    return me.circle.writing_for[0] if me.circle.writing_for else None
