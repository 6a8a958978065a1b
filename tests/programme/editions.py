"""Editions by situation, as the files anyone downloads."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from concerte.common.canonical import digest_of
from concerte.governance.counting import Ballot, Choice, Poll, Voter, count
from concerte.governance.counting_data import computation
from concerte.governance.counting_rules import CollegeRule, Method, Rule
from concerte.programme.content import edition_content, edition_file, edition_record
from concerte.programme.draft import Draft
from concerte.programme.facts import (
    BodyFacts,
    CollegeFacts,
    DecisionFacts,
    EditionLink,
    OrganisationFacts,
    ProgrammeFacts,
)
from tests.programme.drafts import complete_action, draft_of

PROGRAMME = ProgrammeFacts(
    slug="exercice",
    title="Exercice",
    acronym="EXO",
    code_prefix="EXO",
    summary="Pour s’exercer",
    starts_on="2026-07-01",
    ends_on="2027-12-31",
    notice="Ceci est un exercice.",
    is_fictitious=True,
)
COLLEGES = [CollegeFacts("etat", "État"), CollegeFacts("collectivites", "Collectivités")]
ORGANISATIONS = {
    "service-d-essai": OrganisationFacts("Service d’essai", "etat"),
    "association-d-essai": OrganisationFacts("Association d’essai", "collectivites", acronym="AE"),
}
PUBLISHED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class RuleFacts:
    """What a college asked for, in the records of the first format."""

    college: str
    minimum_approvals: int
    is_blocked_by_objection: bool


def position(organisation: str, kind: str = "approval", reasons: str = "") -> dict[str, str]:
    """As the records of the first format told it."""
    facts = ORGANISATIONS[organisation]
    return {
        "organisation": organisation,
        "organisation_name": facts.name,
        "college": facts.college,
        "kind": kind,
        "reasons": reasons,
        "given_at": "2026-11-22T09:30:00Z",
    }


def first_record(**changes: Any) -> dict[str, Any]:
    """A record of the first format, which had no name: what was published before there were decisions."""
    rules = changes.get("rules", [RuleFacts(college.slug, 1, True) for college in COLLEGES])
    return {
        "edition_digest": changes["edition_digest"],
        "published_at": "2026-11-22T09:30:00Z",
        "published_by_organisation": "service-d-essai",
        "rules": [asdict(rule) for rule in rules],
        "positions": changes.get("positions", [position(organisation) for organisation in ORGANISATIONS]),
    }


def rule_of(**changes: Any) -> Rule:
    """The same for both colleges. changes: of CollegeRule."""
    method = changes.pop("method", Method.MAJORITY)
    return Rule(method=method, colleges=tuple(CollegeRule(college=each.slug, **changes) for each in COLLEGES))


def decided(choices: Mapping[str, Choice] | None = None, **changes: Any) -> DecisionFacts:
    """A decision of a body in which each organisation votes. choices: by organisation; all for, by default."""
    said = choices or dict.fromkeys(ORGANISATIONS, Choice.FOR)
    poll = Poll(
        voters=tuple(
            Voter(organisation=slug, name=facts.name, college=facts.college) for slug, facts in ORGANISATIONS.items()
        ),
        ballots=tuple(
            Ballot(organisation=slug, choice=choice, given_at="2026-11-20T10:00:00Z") for slug, choice in said.items()
        ),
    )
    result = computation(count(changes.pop("rule", rule_of()), poll), {each.slug: each.name for each in COLLEGES})
    facts: dict[str, Any] = {
        "number": 12,
        "question": "Faut-il publier\u202f?",
        "body": BodyFacts("cos", "Comité d’orientation"),
        "rule_name": "Double majorité",
        "opened_at": datetime(2026, 11, 6, tzinfo=UTC),
        "closed_at": datetime(2026, 11, 21, tzinfo=UTC),
        "computation": result,
        "computation_digest": digest_of(result),
    }
    return DecisionFacts(**(facts | changes))


def an_edition_file(
    draft: Draft | None = None, *, previous: Mapping[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """The file of an edition both colleges approved, with a record of the first format, or of the second when
    decision=… gives what it is decided by (its digest set to the text's). previous: the file of the edition before."""
    number = previous["edition"]["edition"]["number"] + 1 if previous else 1
    link = EditionLink(number - 1, previous["digest"], previous["record_digest"]) if previous else None
    content = edition_content(
        PROGRAMME,
        draft or draft_of(complete_action()),
        number=number,
        semester=changes.get("semester", "2026-S2"),
        previous=link,
        colleges=COLLEGES,
        organisations=ORGANISATIONS,
    )
    digest = changes.pop("edition_digest", digest_of(content))
    make_decision = changes.pop("decision", None)
    if make_decision is None:
        record = first_record(edition_digest=digest, **changes)
    else:
        record = edition_record(
            edition_digest=digest,
            published_at=PUBLISHED_AT,
            published_by_organisation="service-d-essai",
            decision=make_decision(digest=digest),
        )
    return edition_file(content=content, digest=digest_of(content), record=record, record_digest=digest_of(record))
