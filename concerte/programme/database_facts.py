"""What the database knows, as the plain facts the pure part of the room works on."""

from collections.abc import Iterable, Mapping

from concerte.partners.models import College, Organisation
from concerte.programme.facts import (
    CollegeFacts,
    EditionLink,
    OrganisationFacts,
    PositionFacts,
    ProgrammeFacts,
    RuleFacts,
)
from concerte.programme.models import ApprovalRule, Edition, Position, Programme


def programme_facts(programme: Programme) -> ProgrammeFacts:
    return ProgrammeFacts(
        slug=programme.slug,
        title=programme.title,
        acronym=programme.acronym,
        code_prefix=programme.code_prefix,
        summary=programme.summary,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        notice=programme.notice,
        is_fictitious=programme.is_fictitious,
    )


def college_facts(programme: Programme) -> list[CollegeFacts]:
    """The colleges whose agreement the programme asks for."""
    colleges = College.objects.filter(pk__in=programme.approval_rules.values("college"))
    return [CollegeFacts(slug=college.slug, name=college.name) for college in colleges]


def organisation_facts() -> Mapping[str, OrganisationFacts]:
    """The whole directory, by slug."""
    return {
        organisation.slug: OrganisationFacts(
            name=organisation.name,
            acronym=organisation.acronym,
            college=organisation.college.slug,
            ended_on=organisation.ends_on,
        )
        for organisation in Organisation.objects.select_related("college")
    }


def link_to(previous: Edition | None) -> EditionLink | None:
    if previous is None:
        return None
    return EditionLink(number=previous.number, digest=previous.digest, record_digest=previous.record_digest)


def rule_facts(rules: Iterable[ApprovalRule]) -> list[RuleFacts]:
    return [
        RuleFacts(
            college=rule.college.slug,
            minimum_approvals=rule.minimum_approvals,
            is_blocked_by_objection=rule.is_blocked_by_objection,
        )
        for rule in rules
    ]


def position_facts(positions: Iterable[Position]) -> list[PositionFacts]:
    return [
        PositionFacts(
            organisation=position.organisation.slug,
            organisation_name=position.organisation.name,
            college=position.college.slug,
            kind=position.kind,
            reasons=position.reasons,
            given_at=position.given_at,
        )
        for position in positions
    ]
