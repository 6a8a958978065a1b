"""What the pure part of the room is told of the database: plain values, so that it needs none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


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
class BodyFacts:
    """The body that decided."""

    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class DecisionFacts:
    """The decision an edition comes of. body: None, the organisations that take part decided. digest: of the text that
    was decided. computation: concerte-count/1, as it was frozen; computation_digest: its digest."""

    number: int
    question: str
    body: BodyFacts | None
    rule_name: str
    digest: str
    opened_at: datetime
    closed_at: datetime
    computation: Mapping[str, Any]
    computation_digest: str
