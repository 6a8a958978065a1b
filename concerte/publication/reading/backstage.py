"""Behind the scenes of a programme ("les coulisses"): how it was made, by whom, who wrote it. Only what is public."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.concertation.models import Exchange, Idea, IdeaState, IdeaStep, Need, Theme, WorkingGroup
from concerte.documents.attribution import letters_by_person
from concerte.governance.models import Consultation, Decision, Disagreement, Meeting
from concerte.partners.models import Circle, Membership
from concerte.programme.models import Edition, Programme
from concerte.publication.reading.facts import Source, named_sources, read_sources
from concerte.publication.reading.programmes import ProgrammeLine, programme_line
from concerte.publication.reading.texts import (
    ShownCollege,
    ShownOrganisation,
    all_colleges,
    by_college,
    shown_organisation,
)

EVERYBODY = AnonymousUser()


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something in the calendar of the making. on, until: partial dates. kind: what it was, in words. address: of its
    page, '' for what is only told. is_imported: known from sources, not from what was done here."""

    on: str
    until: str
    kind: str
    label: str
    address: str
    is_imported: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """How the programme was written, as sources tell it."""

    label: str
    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class CollegeAtWork:
    """What one college did. college: None for organisations of no known one. letters: of the text in progress typed by
    its people; share: of all that people typed, from 0 to 1, None while nobody typed anything."""

    college: ShownCollege | None
    organisations: tuple[ShownOrganisation, ...]
    letters: int
    share: float | None

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(100 * self.share)


@dataclass(frozen=True, kw_only=True)
class ShownGroup:
    """A published working group. pilots: the organisations of its co-pilots today."""

    label: str
    purpose: str
    address: str
    pilots: tuple[ShownOrganisation, ...]
    has_ended: bool


@dataclass(frozen=True, kw_only=True)
class AnsweredIdea:
    """A public idea that got its answer: retained or set aside, why, for which organisation."""

    label: str
    address: str
    state: str
    state_label: str
    reasons: str
    answered_for: ShownOrganisation | None
    answered_on: date | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How many public things of each kind there are."""

    exchanges: int
    needs: int
    themes: int
    groups: int
    ideas: int
    ideas_retained: int
    ideas_set_aside: int
    meetings: int
    decisions: int
    disagreements: int
    consultations: int
    editions: int


@dataclass(frozen=True, kw_only=True)
class BackstagePage:
    """imported_letters: of the text in progress that no person typed here: what was imported."""

    programme: ProgrammeLine
    figures: Figures
    colleges: tuple[CollegeAtWork, ...]
    imported_letters: int
    steps: tuple[Step, ...]
    happenings: tuple[Happening, ...]
    groups: tuple[ShownGroup, ...]
    ideas: tuple[AnsweredIdea, ...]

    @property
    def has_typed(self) -> bool:
        return any(college.letters for college in self.colleges)


@dataclass(frozen=True)
class _Public:
    """What is public of a programme, asked of the database once."""

    exchanges: list[Exchange]
    meetings: list[Meeting]
    decisions: list[Decision]
    editions: list[Edition]
    groups: list[WorkingGroup]
    ideas: list[Idea]


def backstage_page(programme: Programme) -> BackstagePage:
    """What the page and its data say. Its circle must be loaded."""
    colleges = all_colleges()
    sources = read_sources(programme.origin)
    letters = letters_by_person(programme.draft_id)
    public = _public(programme)
    ideas = _answered_ideas(public, programme)
    return BackstagePage(
        programme=programme_line(programme),
        figures=_figures(programme, public),
        colleges=_colleges_at_work(programme, colleges, letters),
        imported_letters=letters.get(None, 0),
        steps=tuple(_steps(programme.origin, sources)),
        happenings=tuple(sorted(_happenings(programme, public, sources), key=lambda each: (each.on, each.label))),
        groups=tuple(_group(group, programme) for group in public.groups),
        ideas=ideas,
    )


def _public(programme: Programme) -> _Public:
    circle = programme.circle
    decisions = Decision.objects.visible_to(EVERYBODY).filter(state=Decision.State.CLOSED)
    meetings = Meeting.objects.public().filter(body__circles=circle).exclude(status=Meeting.Status.CANCELLED)
    groups = WorkingGroup.objects.visible_to(EVERYBODY).filter(circle=circle).order_by("name", "pk")
    return _Public(
        exchanges=list(Exchange.objects.visible_to(EVERYBODY).filter(circle=circle)),
        meetings=list(meetings.select_related("body")),
        decisions=list((decisions.filter(circle=circle) | decisions.filter(body__circles=circle)).distinct()),
        editions=list(programme.editions.defer("content", "record")),
        groups=list(groups.prefetch_related("seats__pilots__organisation__college")),
        ideas=list(Idea.objects.visible_to(EVERYBODY).filter(circle=circle).order_by("state", "title", "pk")),
    )


def _figures(programme: Programme, public: _Public) -> Figures:
    states = Counter(idea.state for idea in public.ideas)
    here = {"circle": OuterRef("pk")}
    needs, themes, disagreements, consultations = (
        Circle.objects.filter(pk=programme.circle_id)
        .values_list(
            _number_of(Need.objects.visible_to(EVERYBODY).filter(closed_at=None, **here)),
            _number_of(Theme.objects.visible_to(EVERYBODY).filter(closed_at=None, **here)),
            _number_of(Disagreement.objects.visible_to(EVERYBODY).filter(**here)),
            _number_of(Consultation.objects.visible_to(EVERYBODY).filter(**here)),
        )
        .get()
    )
    return Figures(
        exchanges=len(public.exchanges),
        needs=needs,
        themes=themes,
        groups=len(public.groups),
        ideas=len(public.ideas),
        ideas_retained=states[IdeaState.RETAINED],
        ideas_set_aside=states[IdeaState.SET_ASIDE],
        meetings=len(public.meetings),
        decisions=len(public.decisions),
        disagreements=disagreements,
        consultations=consultations,
        editions=len(public.editions),
    )


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, inside another query: several counts in one exchange with the database."""
    counted = rows.order_by().values("circle").annotate(number=Count("pk", distinct=True)).values("number")
    return Coalesce(Subquery(counted), 0)


def _colleges_at_work(
    programme: Programme, colleges: Mapping[str, ShownCollege], letters: Mapping[int | None, int]
) -> tuple[CollegeAtWork, ...]:
    parts = programme.participations.select_related("organisation__college").order_by("organisation__name", "pk")
    organisations = {part.organisation_id: shown_organisation(part.organisation) for part in parts}
    written = _letters_by_college(programme, letters)
    total = sum(written.values())
    return tuple(
        CollegeAtWork(
            college=colleges.get(slug),
            organisations=tuple(of_college),
            letters=written[slug],
            share=written[slug] / total if total else None,
        )
        for slug, of_college in by_college(organisations.values(), colleges).items()
        if of_college or written[slug]
    )


def _letters_by_college(programme: Programme, letters: Mapping[int | None, int]) -> Counter[str]:
    """By slug of college: that of the organisation, among those that take part, through which the person came first.

    Somebody who holds nothing there any more is counted with the college they wrote for."""
    held = (
        Membership.objects.filter(
            person__in=[person for person in letters if person is not None],
            organisation__participations__circle=programme.circle_id,
        )
        .order_by("-starts_on", "-pk")
        .values_list("person_id", "organisation__college__slug")
    )
    counted: Counter[str] = Counter()
    for person, college in dict(held).items():  # the earliest comes last, and stays
        counted[college] += letters[person]
    return counted


def _steps(origin: Mapping[str, Any], sources: Mapping[str, Source]) -> Iterable[Step]:
    for fact in _facts(origin, "method"):
        label, text = _words(fact, "label"), _words(fact, "text")
        if label and text:
            yield Step(label=label, text=text, sources=named_sources(_names(fact), sources))


def _happenings(programme: Programme, public: _Public, sources: Mapping[str, Source]) -> Iterable[Happening]:
    for fact in _facts(programme.origin, "milestones"):
        if _words(fact, "date") and _words(fact, "label"):
            yield _happening(
                on=_words(fact, "date"),
                until=_words(fact, "end"),
                label=_words(fact, "label"),
                is_imported=True,
                sources=named_sources(_names(fact), sources),
            )
    for exchange in public.exchanges:
        address = reverse("concertation:exchange", args=[programme.slug, exchange.pk])
        yield _happening(on=exchange.held_on, kind=_("échange bilatéral"), label=exchange.title, address=address)
    for meeting in public.meetings:
        yield _happening(
            on=meeting.day_text,
            kind=_("réunion"),
            label=meeting.title or meeting.body.name,
            address=reverse("governance:meeting", args=[meeting.pk]),
            is_imported=bool(meeting.origin),
        )
    for decision in public.decisions:
        day = timezone.localdate(decision.closed_at).isoformat() if decision.closed_at else ""
        address = reverse("governance:decision", args=[decision.number])
        yield _happening(on=day, kind=_("décision"), label=decision.question, address=address)
    for edition in public.editions:
        yield _happening(
            on=timezone.localdate(edition.published_at).isoformat(),
            kind=_("édition"),
            label=_("Édition %(number)d") % {"number": edition.number},
            address=reverse("publication:edition", args=[programme.slug, edition.number]),
        )


def _happening(
    *,
    on: str,
    label: str,
    until: str = "",
    kind: str = "",
    address: str = "",
    is_imported: bool = False,
    sources: tuple[Source, ...] = (),
) -> Happening:
    return Happening(
        on=on, until=until, kind=kind, label=label, address=address, is_imported=is_imported, sources=sources
    )


def _group(group: WorkingGroup, programme: Programme) -> ShownGroup:
    pilots = [pilot for seat in group.seats.all() for pilot in seat.pilots.all() if pilot.ended_at is None]
    return ShownGroup(
        label=group.name,
        purpose=group.purpose,
        address=reverse("concertation:group", args=[programme.slug, group.pk]),
        pilots=tuple(shown_organisation(pilot.organisation) for pilot in pilots),
        has_ended=group.has_ended,
    )


def _answered_ideas(public: _Public, programme: Programme) -> tuple[AnsweredIdea, ...]:
    answered = [idea for idea in public.ideas if idea.known_state.is_answered]
    steps = IdeaStep.objects.select_related("organisation__college").order_by("pk")
    prefetch_related_objects(answered, Prefetch("steps", queryset=steps))
    return tuple(_answered(idea, programme) for idea in answered)


def _answered(idea: Idea, programme: Programme) -> AnsweredIdea:
    steps = [step for step in idea.steps.all() if step.state == idea.state]
    last = steps[-1] if steps else None
    return AnsweredIdea(
        label=idea.title,
        address=reverse("concertation:idea", args=[programme.slug, idea.pk]),
        state=idea.state,
        state_label=str(idea.known_state.label),
        reasons=last.reasons if last else "",
        answered_for=shown_organisation(last.organisation) if last and last.organisation else None,
        answered_on=timezone.localdate(last.taken_at) if last else None,
    )


def _facts(origin: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = origin.get(name)
    return [fact for fact in found if isinstance(fact, Mapping)] if isinstance(found, list) else []


def _names(fact: Mapping[str, Any]) -> list[str]:
    found = fact.get("source")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _words(fact: Mapping[str, Any], name: str) -> str:
    value = fact.get(name)
    return value if isinstance(value, str) else ""
