"""The ways of deciding that an example body starts with: one of each method."""

from fractions import Fraction

from django.db import transaction

from concerte.accounts.models import User
from concerte.governance.counting_rules import CollegeRule, Method, Quorum, Rule
from concerte.governance.models import Body, NamedRule
from concerte.governance.services import name_rule

DOUBLE_MAJORITY = "Double majorité, la moitié présente"
CONSENT = "Consentement"
APPROVALS = "Une approbation par collège"


@transaction.atomic
def load_example_rules(body: Body, *, acting_user: User | None) -> list[NamedRule]:
    """Name one rule of each method for a body, for the colleges that have a vote in it; those it has are left alone."""
    colleges = list(
        body.seats.filter(is_voting=True)
        .order_by("college__position")
        .values_list("college__slug", flat=True)
        .distinct()
    )
    if not colleges:
        return []
    rules = {
        DOUBLE_MAJORITY: Rule(
            method=Method.MAJORITY,
            may_close_early=True,
            colleges=tuple(CollegeRule(college=each, quorum=Quorum(share=Fraction(1, 2))) for each in colleges),
        ),
        CONSENT: Rule(
            method=Method.CONSENT,
            may_close_early=True,
            colleges=tuple(CollegeRule(college=each) for each in colleges),
        ),
        APPROVALS: Rule(
            method=Method.APPROVALS,
            may_close_early=True,
            colleges=tuple(CollegeRule(college=each) for each in colleges),
        ),
    }
    there = set(NamedRule.objects.filter(body=body, withdrawn_at=None).values_list("name", flat=True))
    return [
        name_rule(body, name=name, rule=rule, acting_user=acting_user)
        for name, rule in rules.items()
        if name not in there
    ]
