"""What still misses before a programme may be published, read from its draft.

Blocking: publication waits. Advisory: said, and left to the writers.

| code | blocking | when |
|---|---|---|
| programme-without-title, programme-without-action | yes | the programme has no title, or no action at all |
| axis-without-title, axis-id-twice | yes | an axis cannot be named, or two share one address |
| axis-without-action | no | an axis announces nothing |
| no-code, code-twice | yes | an action has no code yet; two actions carry the same one |
| no-title, title-twice | yes, no | an action has no title; two have the same one, accents and case aside |
| axis-deduced | no | the import chose the axis; nobody confirmed it |
| no-pilot | yes | no existing pilot in one of the colleges |
| pilots-deduced | yes | the import deduced the pilots: naming a pilot commits it, so somebody must say so |
| unknown-organisation | yes | a pilot or a partner is not in the directory |
| ended-organisation | if it is to pilot | it no longer exists (partner, or pilot of a completed action: only said) |
| no-deadline, deadline-deduced | no | nothing says when, or only the import does |
| unreadable-deadline, unreadable-start | yes | it is not a date of a calendar |
| deadline-before-start | yes | the dates contradict each other |
| deadline-outside, start-outside | yes, no | the deadline is not in the period of the programme; the start is not |
| no-deliverables | yes | nothing says what will exist at the end |
| verb-without-result | no | the title only accompanies or reflects, and no deliverable says towards what |
| empty-section | no | another section says nothing |

A missing deadline is advisory because an honest "we do not know yet" may be published (unknown is shown as unknown); a
deadline that is wrong may not. Nothing is asked of what is withdrawn, merged or transferred but a code and a title."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from concerte.common.partial_dates import PartialDate
from concerte.common.templatetags.typography import day, partial_date
from concerte.documents.rich_text import plain_text
from concerte.programme.draft import ActionSheet, Axis, Basis, Draft, SectionKind, Stage
from concerte.programme.facts import CollegeFacts, OrganisationFacts

__all__ = ["CollegeFacts", "Finding", "OrganisationFacts", "Severity", "blocking", "check"]

# A title that begins so says that something will be done, not what will exist when it is.
_VAGUE_VERBS = frozenset({
    "accompagner", "aider", "ameliorer", "approfondir", "contribuer", "developper", "encourager", "favoriser",
    "mobiliser", "poursuivre", "promouvoir", "reflechir", "renforcer", "sensibiliser", "soutenir", "travailler",
})  # fmt: skip


class Severity(StrEnum):
    BLOCKING = "blocking"
    ADVISORY = "advisory"


@dataclass(frozen=True)
class Finding:
    """One thing that misses. action, key, axis, place: where the editor leads to; '' when it does not apply."""

    severity: Severity
    code: str
    message: str
    action: str = ""
    key: str = ""
    axis: str = ""
    place: str = ""

    @property
    def is_blocking(self) -> bool:
        return self.severity is Severity.BLOCKING

    def as_json(self) -> dict[str, str]:
        return {
            "severity": self.severity.value,
            "code": self.code,
            "message": self.message,
            "action": self.action,
            "key": self.key,
            "axis": self.axis,
            "place": self.place,
        }


@dataclass(frozen=True)
class _Frame:
    """What the actions of one programme are checked against."""

    organisations: Mapping[str, OrganisationFacts]
    colleges: Sequence[CollegeFacts]
    starts_on: PartialDate | None
    ends_on: PartialDate | None
    today: date


def check(
    draft: Draft,
    *,
    organisations: Mapping[str, OrganisationFacts],
    colleges: Sequence[CollegeFacts],
    starts_on: str,
    ends_on: str,
    today: date,
) -> tuple[Finding, ...]:
    """All findings, in reading order. organisations: by slug. starts_on, ends_on: partial dates of the programme."""
    frame = _Frame(organisations, tuple(colleges), _parsed(starts_on), _parsed(ends_on), today)
    return (
        *_check_programme(draft),
        *_check_axes(draft.axes),
        *_check_doubles(draft),
        *(finding for axis, action in draft for finding in _check_action(axis, action, frame)),
    )


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those publication waits for."""
    return tuple(finding for finding in findings if finding.is_blocking)


def _check_programme(draft: Draft) -> Iterator[Finding]:
    if not draft.title:
        yield _blocks("programme-without-title", _("Le programme n’a pas de titre."), place="title")
    if not draft.actions:
        yield _blocks("programme-without-action", _("Le programme ne contient aucune action."))


def _check_axes(axes: Sequence[Axis]) -> Iterator[Finding]:
    seen: set[str] = set()
    for rank, axis in enumerate(axes, 1):
        name = axis.title or _("n° %(rank)d") % {"rank": rank}
        if not axis.title:
            yield _blocks(
                "axis-without-title",
                _("L’axe n° %(rank)d n’a pas de titre.") % {"rank": rank},
                axis=axis.id,
                place="title",
            )
        if not axis.actions:
            yield _advises(
                "axis-without-action", _("L’axe « %(axis)s » ne contient aucune action.") % {"axis": name}, axis=axis.id
            )
        if axis.id in seen:
            message = _("L’axe « %(axis)s » porte le même identifiant qu’un autre (%(id)s) : il lui en faut un à lui.")
            yield _blocks("axis-id-twice", message % {"axis": name, "id": axis.id}, axis=axis.id)
        seen.add(axis.id)


def _check_doubles(draft: Draft) -> Iterator[Finding]:
    """Codes and titles borne by two actions; said once for each action after the first."""
    first_of_code: dict[str, ActionSheet] = {}
    first_of_title: dict[str, ActionSheet] = {}
    for axis, action in draft:
        if action.code and first_of_code.setdefault(action.code, action) is not action:
            message = _("Le code %(code)s est porté par deux actions : l’une des deux doit recevoir le sien.")
            yield _blocks("code-twice", message % {"code": action.code}, **_at(axis, action, "code"))
        title = _folded(action.title)
        if title and (first := first_of_title.setdefault(title, action)) is not action:
            message = _("%(action)s : le titre est le même que celui de l’action %(other)s.")
            values = {"action": _name(action), "other": first.label}
            yield _advises("title-twice", message % values, **_at(axis, action, "title"))


def _check_action(axis: Axis, action: ActionSheet, frame: _Frame) -> Iterator[Finding]:
    if not action.code:
        yield _blocks(
            "no-code",
            _("%(action)s : l’action n’a pas encore de code.") % {"action": _name(action)},
            **_at(axis, action, "code"),
        )
    if not action.title:
        yield _blocks(
            "no-title",
            _("%(action)s : l’action n’a pas de titre.") % {"action": _name(action)},
            **_at(axis, action, "title"),
        )
    if Stage(action.stage).is_over_here:
        return
    if action.axis_basis == Basis.DEDUCED:
        message = _("%(action)s : le rattachement à l’axe « %(axis)s » est déduit, il reste à confirmer.")
        yield _advises(
            "axis-deduced", message % {"action": _name(action), "axis": axis.title}, **_at(axis, action, "axis")
        )
    yield from _check_organisations(axis, action, frame)
    yield from _check_dates(axis, action, frame)
    yield from _check_sections(axis, action)


def _check_organisations(axis: Axis, action: ActionSheet, frame: _Frame) -> Iterator[Finding]:
    known = [frame.organisations[slug] for slug in action.pilots if slug in frame.organisations]
    for college in frame.colleges:
        if all(pilot.college != college.slug for pilot in known):
            message = _("%(action)s : aucun pilote du collège « %(college)s ».")
            values = {"action": _name(action), "college": college.name}
            yield _blocks("no-pilot", message % values, **_at(axis, action, "pilots"))
    if action.pilots and action.pilots_basis == Basis.DEDUCED:
        message = _("%(action)s : les pilotes sont déduits des sources, personne ne les a confirmés.")
        yield _blocks("pilots-deduced", message % {"action": _name(action)}, **_at(axis, action, "pilots"))
    for place, slugs in (("pilots", action.pilots), ("partners", action.partners)):
        for slug in slugs:
            yield from _check_organisation(slug, axis, action, place, frame)


def _check_organisation(slug: str, axis: Axis, action: ActionSheet, place: str, frame: _Frame) -> Iterator[Finding]:
    organisation = frame.organisations.get(slug)
    where = _at(axis, action, place)
    if organisation is None:
        message = _("%(action)s : l’organisation « %(slug)s » n’est pas dans l’annuaire.")
        yield _blocks("unknown-organisation", message % {"action": _name(action), "slug": slug}, **where)
    elif organisation.ended_on is not None and organisation.ended_on <= frame.today:
        message = _("%(action)s : l’organisation « %(name)s » n’existe plus depuis le %(day)s.")
        values = {
            "action": _name(action),
            "name": organisation.name,
            "day": day(organisation.ended_on),
        }
        is_still_to_pilot = place == "pilots" and action.stage != Stage.COMPLETED
        says = _blocks if is_still_to_pilot else _advises
        yield says("ended-organisation", message % values, **where)


def _check_dates(axis: Axis, action: ActionSheet, frame: _Frame) -> Iterator[Finding]:
    start, deadline = _parsed(action.start), _parsed(action.deadline)
    values = {"action": _name(action), "start": partial_date(action.start), "deadline": partial_date(action.deadline)}
    at_start, at_deadline = _at(axis, action, "start"), _at(axis, action, "deadline")
    if action.start and start is None:
        message = _("%(action)s : le début « %(start)s » n’est pas une date lisible.")
        yield _blocks("unreadable-start", message % values, **at_start)
    if start and _is_outside(start, frame):
        message = _("%(action)s : le début (%(start)s) est hors de la période du programme.")
        yield _advises("start-outside", message % values, **at_start)
    if not action.deadline:
        yield _advises("no-deadline", _("%(action)s : aucune échéance.") % values, **at_deadline)
    elif deadline is None:
        message = _("%(action)s : l’échéance « %(deadline)s » n’est pas une date lisible.")
        yield _blocks("unreadable-deadline", message % values, **at_deadline)
    elif action.deadline_basis == Basis.DEDUCED:
        message = _("%(action)s : l’échéance (%(deadline)s) est déduite des sources, elle reste à confirmer.")
        yield _advises("deadline-deduced", message % values, **at_deadline)
    if deadline and _is_outside(deadline, frame):
        message = _("%(action)s : l’échéance (%(deadline)s) est hors de la période du programme.")
        yield _blocks("deadline-outside", message % values, **at_deadline)
    if start and deadline and deadline.is_wholly_before(start):
        message = _("%(action)s : l’échéance (%(deadline)s) précède le début (%(start)s).")
        yield _blocks("deadline-before-start", message % values, **at_deadline)


def _check_sections(axis: Axis, action: ActionSheet) -> Iterator[Finding]:
    for kind in SectionKind:
        if plain_text(action.sections.get(kind.value, ())).strip():
            continue
        where = _at(axis, action, f"section:{kind.value}")
        if kind is not SectionKind.DELIVERABLES:
            message = _("%(action)s : la section « %(section)s » est vide.")
            yield _advises("empty-section", message % {"action": _name(action), "section": kind.label}, **where)
            continue
        message = _("%(action)s : aucun livrable ne dit ce qui existera à la fin.")
        yield _blocks("no-deliverables", message % {"action": _name(action)}, **where)
        verb = _folded(action.title).split(" ")[0]
        if verb in _VAGUE_VERBS:
            message = _("%(action)s : le titre dit ce que l’on va faire, rien ne dit avec quel résultat.")
            yield _advises("verb-without-result", message % {"action": _name(action)}, **_at(axis, action, "title"))


def _is_outside(known: PartialDate, frame: _Frame) -> bool:
    is_too_early = frame.starts_on is not None and known.is_wholly_before(frame.starts_on)
    return is_too_early or (frame.ends_on is not None and frame.ends_on.is_wholly_before(known))


def _parsed(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None


def _folded(title: str) -> str:
    """A title without case, accents or punctuation: two that differ only so are the same title."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    return " ".join(re.findall(r"\w+", "".join(letter for letter in letters if not unicodedata.combining(letter))))


def _name(action: ActionSheet) -> str:
    return action.label or _("Action sans titre")


def _at(axis: Axis, action: ActionSheet, place: str) -> dict[str, Any]:
    return {"action": action.code, "key": action.key, "axis": axis.id, "place": place}


def _blocks(code: str, message: str, **where: str) -> Finding:
    return Finding(Severity.BLOCKING, code, message, **where)


def _advises(code: str, message: str, **where: str) -> Finding:
    return Finding(Severity.ADVISORY, code, message, **where)
