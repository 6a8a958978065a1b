"""A computation as JSON, and back: what is frozen with a decision, shown, downloaded and checked again by anyone.

Format: docs/format-decision.md. Sentences are for people; the check recounts and never reads them."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.utils import translation
from django.utils.translation import gettext as _

from concerte.governance.counting import (
    Ballot,
    Choice,
    Count,
    Objection,
    ObjectionState,
    Poll,
    Tally,
    Voter,
    count,
)
from concerte.governance.counting_rules import read_rule
from concerte.governance.counting_words import college_sentence, whole_sentence
from concerte.governance.errors import CountRefused

COUNT_FORMAT = "concerte-count/1"
MAX_ROWS = 100_000  # voters, ballots or objections
Known = TypeVar("Known", bound=StrEnum)


def computation(counted: Count, names: Mapping[str, str]) -> dict[str, Any]:
    """The whole computation. names: of the colleges, by slug. Sentences are kept in French, as what was decided is."""
    rule, poll = counted.rule, counted.poll
    with translation.override("fr"):
        colleges = [
            {
                **each.as_data(),
                "name": names.get(each.college, each.college),
                "sentence": college_sentence(each, rule, names.get(each.college, each.college)),
            }
            for each in counted.colleges
        ]
        sentence = whole_sentence(counted, names)
    return {
        "format": COUNT_FORMAT,
        "rule": rule.as_data(),
        "is_secret": poll.is_secret,
        "voters": [
            {
                "organisation": voter.organisation,
                "name": voter.name,
                "college": voter.college,
                "weight": voter.weight,
                "has_ended": voter.has_ended,
            }
            for voter in poll.voters
        ],
        "ballots": [
            {
                "organisation": ballot.organisation,
                "choice": ballot.choice.value,
                "represented_by": ballot.represented_by,
                "given_at": ballot.given_at,
                "reasons": ballot.reasons,
            }
            for ballot in poll.ballots
        ],
        "objections": [
            {
                "organisation": each.organisation,
                "state": each.state.value,
                "reasons": each.reasons,
                "wording": each.wording,
                "answer": each.answer,
            }
            for each in poll.objections
        ],
        "participants": list(poll.participants),
        "tallies": [
            {"college": tally.college, "choice": tally.choice.value, "ballots": tally.ballots} for tally in poll.tallies
        ],
        "colleges": colleges,
        "is_adopted": counted.is_adopted,
        "sentence": sentence,
    }


def recount(data: Any) -> Count:
    """Count again from the rule and the votes that a computation holds, whatever result it states.

    Raises CountRefused or RuleRefused for what is no computation, or holds votes its rule does not allow."""
    owner = _mapping(data)
    if owner.get("format") != COUNT_FORMAT:
        raise _unreadable("format")
    poll = Poll(
        voters=tuple(_voter(each) for each in _mappings(owner, "voters")),
        ballots=tuple(_ballot(each) for each in _mappings(owner, "ballots")),
        objections=tuple(_objection(each) for each in _mappings(owner, "objections")),
        participants=tuple(_texts(owner, "participants")),
        tallies=tuple(
            Tally(
                college=_text(each, "college"),
                choice=_known(Choice, each, "choice"),
                ballots=_number(each, "ballots"),
            )
            for each in _mappings(owner, "tallies")
        ),
        is_secret=_boolean(owner, "is_secret"),
    )
    return count(read_rule(owner.get("rule")), poll)


def faults_of(data: Any) -> Iterator[tuple[str, str]]:
    """Where the result that a computation states does not follow from its rule and its votes: code, message.

    Raises CountRefused or RuleRefused as `recount` does."""
    counted = recount(data)
    stated = _mappings(data, "colleges")
    if [each.get("college") for each in stated] != [each.college for each in counted.colleges]:
        yield "other-colleges", _("le calcul ne porte pas sur les collèges de la règle.")
        return
    for each, found in zip(stated, counted.colleges, strict=True):
        told = {name: value for name, value in each.items() if name not in {"name", "sentence"}}
        if told != found.as_data():
            message = _("le calcul du collège « %(college)s » ne suit pas des votes.")
            yield "other-count", message % {"college": found.college}
    if data.get("is_adopted") is not counted.is_adopted:
        yield "other-result", _("le résultat annoncé ne suit pas du calcul.")


def _voter(data: Mapping[str, Any]) -> Voter:
    return Voter(
        organisation=_text(data, "organisation"),
        name=_text(data, "name"),
        college=_text(data, "college"),
        weight=_number(data, "weight"),
        has_ended=_boolean(data, "has_ended"),
    )


def _ballot(data: Mapping[str, Any]) -> Ballot:
    return Ballot(
        organisation=_text(data, "organisation"),
        choice=_known(Choice, data, "choice"),
        represented_by=_text(data, "represented_by"),
        given_at=_text(data, "given_at"),
        reasons=_text(data, "reasons"),
    )


def _objection(data: Mapping[str, Any]) -> Objection:
    return Objection(
        organisation=_text(data, "organisation"),
        state=_known(ObjectionState, data, "state"),
        reasons=_text(data, "reasons"),
        wording=_text(data, "wording"),
        answer=_text(data, "answer"),
    )


def _known(kind: type[Known], owner: Mapping[str, Any], name: str) -> Known:
    try:
        return kind(_text(owner, name))
    except ValueError:
        raise _unreadable(name) from None


def _text(owner: Mapping[str, Any], name: str) -> str:
    value = owner.get(name)
    if not isinstance(value, str):
        raise _unreadable(name)
    return value


def _number(owner: Mapping[str, Any], name: str) -> int:
    value = owner.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _unreadable(name)
    return value


def _boolean(owner: Mapping[str, Any], name: str) -> bool:
    value = owner.get(name)
    if not isinstance(value, bool):
        raise _unreadable(name)
    return value


def _texts(owner: Mapping[str, Any], name: str) -> list[str]:
    value = owner.get(name)
    if not isinstance(value, list) or len(value) > MAX_ROWS or not all(isinstance(each, str) for each in value):
        raise _unreadable(name)
    return value


def _mappings(owner: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = owner.get(name)
    if not isinstance(value, list) or len(value) > MAX_ROWS or not all(isinstance(each, dict) for each in value):
        raise _unreadable(name)
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _unreadable("computation")
    return value


def _unreadable(name: str) -> CountRefused:
    message = _("le calcul n’est pas lisible : le membre « %(name)s » manque ou n’est pas ce qu’il doit être.")
    return CountRefused(message % {"name": name}, code="unreadable")
