"""What the database knows, as the plain facts the pure part of the room works on."""

from collections.abc import Mapping

from concerte.governance.models import Decision
from concerte.partners.models import College, Organisation
from concerte.programme.facts import (
    BodyFacts,
    CollegeFacts,
    DecisionFacts,
    EditionLink,
    OrganisationFacts,
    ProgrammeFacts,
)
from concerte.programme.models import Edition, Programme


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


def decision_facts(decision: Decision) -> DecisionFacts:
    """A closed decision, as the record of an edition carries it."""
    if decision.closed_at is None:
        raise AssertionError("only a closed decision is recorded")
    return DecisionFacts(
        number=decision.number,
        question=decision.question,
        body=BodyFacts(decision.body.slug, decision.body.name) if decision.body else None,
        rule_name=decision.rule_name,
        digest=decision.digest,
        opened_at=decision.opens_at,
        closed_at=decision.closed_at,
        computation=decision.computation,
        computation_digest=decision.result_digest,
    )
