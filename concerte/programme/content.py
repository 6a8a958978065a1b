"""What an edition says, as canonical JSON, and the file that is downloaded. Format: docs/format-edition.md."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from concerte.common.canonical import digest_of
from concerte.documents.rich_text import clean, one_line
from concerte.programme.draft import ActionSheet, Axis, Draft
from concerte.programme.facts import (
    CollegeFacts,
    DecisionFacts,
    EditionLink,
    OrganisationFacts,
    ProgrammeFacts,
)

EDITION_FORMAT = "concerte-edition/1"
FILE_FORMAT = "concerte-edition-file/1"
RECORD_FORMAT = "concerte-record/2"
_KIND_OF_CHOICE = {"for": "approval", "against": "objection", "abstention": "abstention"}
LANGUAGE = "fr"


def edition_content(
    programme: ProgrammeFacts,
    draft: Draft,
    *,
    number: int,
    semester: str,
    previous: EditionLink | None,
    colleges: Sequence[CollegeFacts],
    organisations: Mapping[str, OrganisationFacts],
    sources: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The content of the edition that would come of this draft: what both colleges read, and what the digest is of.

    number: of the edition, from 1. organisations: by slug; those the text names are taken. sources: the programme's
    table; those the text names are taken."""
    return {
        "format": EDITION_FORMAT,
        "language": LANGUAGE,
        "programme": _frame(programme),
        "edition": {"number": number, "semester": semester},
        "previous": _link(previous) if previous else None,
        "colleges": [{"slug": college.slug, "name": one_line(college.name)} for college in colleges],
        "organisations": _organisations(draft, organisations),
        "sources": _sources(draft, sources),
        **draft_content(draft),
    }


def draft_content(draft: Draft) -> dict[str, Any]:
    """The text alone: title, preamble, axes, actions. `reading.read_content` gives the draft back, without the keys."""
    return {
        "title": draft.title,
        "preamble": list(draft.preamble),
        "axes": [_axis(axis) for axis in draft.axes],
    }


def draft_digest(draft: Draft) -> str:
    """The digest of the text alone: it changes when, and only when, what is read in the draft changes."""
    return digest_of(draft_content(draft))


def edition_record(
    *,
    edition_digest: str,
    published_at: datetime,
    published_by_organisation: str,
    decision: DecisionFacts,
) -> dict[str, Any]:
    """How the edition was decided: the decision and its whole computation. Organisations only: no person is named in
    what is downloaded.

    published_by_organisation: a slug."""
    body = decision.body
    return {
        "format": RECORD_FORMAT,
        "edition_digest": edition_digest,
        "published_at": _instant(published_at),
        "published_by_organisation": published_by_organisation,
        "decision": {
            "number": decision.number,
            "question": one_line(decision.question),
            "body": {"slug": body.slug, "name": one_line(body.name)} if body else None,
            "rule_name": one_line(decision.rule_name),
            "digest": decision.digest,
            "opened_at": _instant(decision.opened_at),
            "closed_at": _instant(decision.closed_at),
            "computation": decision.computation,
            "computation_digest": decision.computation_digest,
        },
    }


def positions_in(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """What organisations said, by name, in a record of any format: organisation, organisation_name, college, kind
    ("approval", "objection", "abstention"), reasons, given_at. Nothing for a secret ballot."""
    if record.get("format") != RECORD_FORMAT:
        return list(record["positions"])  # the first format, which had no name
    computation = record["decision"]["computation"]
    voters = {voter["organisation"]: voter for voter in computation["voters"]}
    return [
        {
            "organisation": ballot["organisation"],
            "organisation_name": voters[ballot["organisation"]]["name"],
            "college": voters[ballot["organisation"]]["college"],
            "kind": _KIND_OF_CHOICE[ballot["choice"]],
            "reasons": ballot["reasons"],
            "given_at": ballot["given_at"],
        }
        for ballot in computation["ballots"]
    ]


def edition_file(
    *, content: Mapping[str, Any], digest: str, record: Mapping[str, Any], record_digest: str
) -> dict[str, Any]:
    """The file anyone downloads and `concerte verify` checks."""
    return {
        "format": FILE_FORMAT,
        "edition": content,
        "digest": digest,
        "record": record,
        "record_digest": record_digest,
    }


def _frame(programme: ProgrammeFacts) -> dict[str, Any]:
    return {
        "slug": programme.slug,
        "title": one_line(programme.title),
        "acronym": one_line(programme.acronym),
        "code_prefix": programme.code_prefix,
        "summary": _several_lines(programme.summary),
        "starts_on": programme.starts_on,
        "ends_on": programme.ends_on,
        "notice": _several_lines(programme.notice),
        "is_fictitious": programme.is_fictitious,
    }


def _link(previous: EditionLink) -> dict[str, Any]:
    return {"number": previous.number, "digest": previous.digest, "record_digest": previous.record_digest}


def _organisations(draft: Draft, organisations: Mapping[str, OrganisationFacts]) -> list[dict[str, str]]:
    named = {slug for action in draft.actions for slug in (*action.pilots, *action.partners)}
    return [
        {
            "slug": slug,
            "name": one_line(organisations[slug].name),
            "acronym": one_line(organisations[slug].acronym),
            "college": organisations[slug].college,
        }
        for slug in sorted(named & organisations.keys())
    ]


def _sources(draft: Draft, table: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    named = {source for action in draft.actions for source in action.sources}
    known = {source.get("id"): source for source in table}
    return [
        {name: one_line(known[source].get(name)) for name in ("id", "title", "publisher", "date", "address")}
        for source in sorted(named & known.keys())
    ]


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "id": axis.id,
        "title": axis.title,
        "basis": axis.basis,
        "intro": list(axis.intro),
        "actions": [_action(action) for action in axis.actions],
    }


def _action(action: ActionSheet) -> dict[str, Any]:
    return {
        "code": action.code,
        "title": action.title,
        "stage": action.stage,
        "pilots": list(action.pilots),
        "partners": list(action.partners),
        "start": action.start,
        "deadline": action.deadline,
        "audience": action.audience,
        "certainty": action.certainty,
        "sources": list(action.sources),
        "axis_basis": action.axis_basis,
        "pilots_basis": action.pilots_basis,
        "deadline_basis": action.deadline_basis,
        "sections": {kind: list(blocks) for kind, blocks in action.sections.items()},
    }


def _several_lines(text: str) -> str:
    return "\n".join(clean(line).rstrip() for line in text.splitlines()).strip()


def _instant(moment: datetime) -> str:
    """`2026-11-22T09:30:00Z`: to the second, in universal time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
