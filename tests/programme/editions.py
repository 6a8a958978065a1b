"""Editions by situation, as the files anyone downloads."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from concerte.common.canonical import digest_of
from concerte.programme.content import edition_content, edition_file, edition_record
from concerte.programme.draft import Draft
from concerte.programme.facts import (
    CollegeFacts,
    EditionLink,
    OrganisationFacts,
    PositionFacts,
    ProgrammeFacts,
    RuleFacts,
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


def position(organisation: str, kind: str = "approval", reasons: str = "") -> PositionFacts:
    facts = ORGANISATIONS[organisation]
    return PositionFacts(organisation, facts.name, facts.college, kind, reasons, PUBLISHED_AT)


def an_edition_file(
    draft: Draft | None = None, *, previous: Mapping[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """The file of an edition both colleges approved. previous: the file of the edition before."""
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
    record = edition_record(
        edition_digest=changes.get("edition_digest", digest_of(content)),
        published_at=PUBLISHED_AT,
        published_by_organisation="service-d-essai",
        rules=changes.get("rules", [RuleFacts(college.slug, 1, True) for college in COLLEGES]),
        positions=changes.get("positions", [position(organisation) for organisation in ORGANISATIONS]),
    )
    return edition_file(content=content, digest=digest_of(content), record=record, record_digest=digest_of(record))
