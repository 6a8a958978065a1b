"""What the pure part of the room is told of the database: plain values, so that it needs none."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class ProgrammeFacts:
    """The frame of a programme. starts_on, ends_on: partial dates."""

    slug: str
    title: str
    acronym: str
    code_prefix: str
    summary: str
    starts_on: str
    ends_on: str
    notice: str = ""
    is_fictitious: bool = False


@dataclass(frozen=True)
class CollegeFacts:
    """A college that must have a pilot in each action."""

    slug: str
    name: str


@dataclass(frozen=True)
class OrganisationFacts:
    """What is to be known of an organisation. college: its slug; ended_on: first day without it."""

    name: str
    college: str
    ended_on: date | None = None
    acronym: str = ""


@dataclass(frozen=True)
class EditionLink:
    """The edition before: what an edition carries of it."""

    number: int
    digest: str
    record_digest: str


@dataclass(frozen=True)
class RuleFacts:
    """What a college asked for. college: its slug; minimum_approvals: a number of organisations."""

    college: str
    minimum_approvals: int
    is_blocked_by_objection: bool


@dataclass(frozen=True)
class PositionFacts:
    """What an organisation said. organisation, college: slugs; kind: "approval" or "objection"."""

    organisation: str
    organisation_name: str
    college: str
    kind: str
    reasons: str
    given_at: datetime
