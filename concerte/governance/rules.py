"""Who may do what in the bodies. Asked of today's mandates and memberships."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.models import Body, Decision, DecisionVoter, Mandate, Proxy
from concerte.partners.circles import standing_in
from concerte.partners.rules import Role, holds_role


def sits_on(person: User | AnonymousUser, body: Body) -> bool:
    """Whether the person holds a mandate on this body today, as holder or substitute, voting or observing."""
    if not isinstance(person, User):
        return False
    return Mandate.objects.held_by(person, timezone.localdate()).filter(seat__body=body).exists()


def keeps_secretariat(person: User | AnonymousUser, body: Body) -> bool:
    """Whether the person convenes this body, keeps its agenda and opens its votes: the coordination role in the
    organisation that is its secretariat."""
    return body.secretariat_id is not None and holds_role(person, Role.COORDINATION, organisation=body.secretariat)


def keeps_decision(person: User | AnonymousUser, decision: Decision) -> bool:
    """Whether the person closes, answers for and reviews this decision: the secretariat of the body; without a body,
    the coordination of the circle."""
    if decision.body is not None:
        return keeps_secretariat(person, decision.body)
    return decision.circle_id is not None and standing_in(person, decision.circle_id).may_coordinate


def may_answer_objections(person: User | AnonymousUser, decision: Decision) -> bool:
    """The secretariat, or whoever put the question."""
    return decision.opened_by_id == person.pk or keeps_decision(person, decision)


@dataclass(frozen=True)
class VotingRight:
    """In whose name a person may vote, and as what. represented_by: the organisation of theirs that holds its proxy."""

    voter: DecisionVoter
    is_substitute: bool
    represented_by: DecisionVoter | None = None


def voting_rights(person: User | AnonymousUser, decision: Decision, day: date) -> list[VotingRight]:
    """The organisations for which the person may vote on this decision that day: their mandates, then the proxies
    these organisations hold. In two queries."""
    if not isinstance(person, User):
        return []
    mandates = Mandate.objects.held_by(person, day).filter(seat__in=decision.voters.values("seat"))
    as_substitute: dict[int, bool] = {}
    for seat, is_substitute in mandates.values_list("seat", "is_substitute"):
        as_substitute[seat] = as_substitute.get(seat, True) and is_substitute
    if not as_substitute:
        return []
    own = list(
        decision.voters.filter(seat__in=as_substitute).select_related("organisation", "college").order_by("name", "pk")
    )
    given = (
        Proxy.objects.filter(holder__in=own, withdrawn_at=None)
        .select_related("giver__organisation", "giver__college", "holder__organisation", "holder__college")
        .order_by("giver__name", "pk")
    )
    still_seated = Q(giver__seat__ends_on=None) | Q(giver__seat__ends_on__gt=day)
    rights = [VotingRight(voter, as_substitute[voter.seat_id]) for voter in own]
    rights += [
        VotingRight(proxy.giver, as_substitute[proxy.holder.seat_id], proxy.holder)
        for proxy in given.filter(still_seated)
    ]
    return rights
