"""An idea as somebody reads it: its page and its data say the same."""

from dataclasses import dataclass
from typing import Any

from concerte.concertation.models import Idea, IdeaAppreciation, IdeaAuthor, IdeaComment, IdeaStep
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference, Shown, Viewer, show
from concerte.partners.models import Circle, College

_IN_THE_TEXT = {Relation.BECAME, Relation.JOINED}


@dataclass(frozen=True, kw_only=True)
class ShownLink:
    """One end of a link. relation: in words."""

    relation: str
    shown: Shown


@dataclass(frozen=True, kw_only=True)
class CollegeAppreciations:
    """What the organisations of a college think. Each college has its own: they are never counted together."""

    college: College
    given: tuple[IdeaAppreciation, ...]

    @property
    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """(kind, in words, how many organisations), the three of them."""
        return tuple(
            (kind.value, str(kind.label), sum(each.kind == kind for each in self.given))
            for kind in IdeaAppreciation.Kind
        )


@dataclass(frozen=True, kw_only=True)
class Discussion:
    """A comment and what was answered to it."""

    comment: IdeaComment
    answers: tuple[IdeaComment, ...]


@dataclass(frozen=True, kw_only=True)
class ShownIdea:
    """answer: the step that retained it or set it aside, while it stands. in_the_text: the actions it became or joined.

    colleges: those of the circle. discussions, replaced: empty for who is not of the circle."""

    idea: Idea
    authors: tuple[IdeaAuthor, ...]
    steps: tuple[IdeaStep, ...]
    answer: IdeaStep | None
    colleges: tuple[CollegeAppreciations, ...]
    replaced: tuple[IdeaAppreciation, ...]
    discussions: tuple[Discussion, ...]
    origins: tuple[ShownLink, ...]
    in_the_text: tuple[ShownLink, ...]
    outcomes: tuple[ShownLink, ...]


def shown_idea(idea: Idea, viewer: Viewer, *, is_of_circle: bool) -> ShownIdea:
    steps = tuple(idea.steps.select_related("person", "organisation__college"))
    appreciations = list(idea.appreciations.select_related("organisation", "college", "person"))
    into = list(Link.objects.standing().into(Reference.to(idea)).order_by("pk"))
    out_of = list(Link.objects.standing().out_of(Reference.to(idea)).order_by("pk"))
    seen = show([*(each.origin for each in into), *(each.outcome for each in out_of)], viewer)
    outcomes = [(each, seen[each.outcome]) for each in out_of if each.outcome in seen]
    return ShownIdea(
        idea=idea,
        authors=tuple(idea.authors.select_related("person", "organisation__college")),
        steps=steps,
        answer=steps[-1] if steps and idea.known_state.is_answered else None,
        colleges=tuple(_by_college(idea.circle, [each for each in appreciations if each.replaced_at is None])),
        replaced=tuple(each for each in appreciations if each.replaced_at is not None) if is_of_circle else (),
        discussions=_discussions(idea) if is_of_circle else (),
        origins=tuple(
            ShownLink(relation=each.get_relation_display(), shown=seen[each.origin])
            for each in into
            if each.origin in seen
        ),
        in_the_text=_links(outcomes, in_the_text=True),
        outcomes=_links(outcomes, in_the_text=False),
    )


def idea_data(shown: ShownIdea) -> dict[str, Any]:
    """The same as data: organisations, no person."""
    idea = shown.idea
    return {
        "title": idea.title,
        "paragraphs": idea.paragraphs,
        "state": idea.state,
        "proposed_at": idea.created_at.isoformat(),
        "organisations": list(dict.fromkeys(each.organisation.slug for each in shown.authors)),
        "answer": {
            "reasons": shown.answer.reasons,
            "organisation": shown.answer.organisation.slug if shown.answer.organisation else None,
            "given_at": shown.answer.taken_at.isoformat(),
        }
        if shown.answer is not None
        else None,
        "appreciations": [
            {
                "college": side.college.slug,
                "given": [
                    {"organisation": each.organisation.slug, "kind": each.kind, "reasons": each.reasons}
                    for each in side.given
                ],
            }
            for side in shown.colleges
        ],
        "origins": [_link_data(each) for each in shown.origins],
        "outcomes": [_link_data(each) for each in (*shown.in_the_text, *shown.outcomes)],
        "origin": idea.origin,
    }


def _link_data(link: ShownLink) -> dict[str, str]:
    return {"relation": link.relation, "label": link.shown.label, "address": link.shown.address}


def _links(outcomes: list[tuple[Link, Shown]], *, in_the_text: bool) -> tuple[ShownLink, ...]:
    return tuple(
        ShownLink(relation=link.get_relation_display(), shown=shown)
        for link, shown in outcomes
        if (link.relation in _IN_THE_TEXT) is in_the_text
    )


def _by_college(circle: Circle, given: list[IdeaAppreciation]) -> list[CollegeAppreciations]:
    """The colleges of the circle, each with what its organisations think; those that think nothing yet included."""
    colleges = College.objects.filter(organisations__participations__circle=circle).distinct()
    known = {college.pk: college for college in colleges.order_by("position", "pk")}
    for each in given:
        known.setdefault(each.college_id, each.college)
    return [
        CollegeAppreciations(college=college, given=tuple(each for each in given if each.college_id == college.pk))
        for college in known.values()
    ]


def _discussions(idea: Idea) -> tuple[Discussion, ...]:
    comments = list(idea.comments.select_related("person", "organisation__college", "withdrawn_by"))
    return tuple(
        Discussion(comment=comment, answers=tuple(each for each in comments if each.answers_id == comment.pk))
        for comment in comments
        if comment.answers_id is None
    )
