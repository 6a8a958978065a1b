"""Who may do what in the bodies. Asked of today's mandates and memberships."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from concerte.accounts.models import User
from concerte.accounts.rules import is_administrator
from concerte.governance.models import Body, Decision, DecisionVoter, Disagreement, Mandate, Meeting, Proxy, Seat
from concerte.governance.querysets.meetings import bodies_from_inside
from concerte.partners.circles import memberships_in_circles, standing_in
from concerte.partners.models import Circle, Organisation
from concerte.partners.rules import Role, holds_role

STATE = "etat"  # the slug of the college that submits texts upstream


def sits_on(person: User | AnonymousUser, body: Body) -> bool:
    """Whether the person holds a mandate on this body today, as holder or substitute, voting or observing."""
    if not isinstance(person, User):
        return False
    return Mandate.objects.held_by(person, timezone.localdate()).filter(seat__body=body).exists()


def keeps_secretariat(person: User | AnonymousUser, body: Body) -> bool:
    """Whether the person convenes this body, keeps its agenda and opens its votes: the coordination role in the
    organisation that is its secretariat."""
    return body.secretariat_id is not None and holds_role(person, Role.COORDINATION, organisation=body.secretariat)


# --- Bodies, seats, mandates. Nobody (None) is an operator, from a command. ---


def circles_coordinated_by(person: User | AnonymousUser) -> models.QuerySet[Circle]:
    """The circles the person coordinates today, through an organisation that does."""
    if not isinstance(person, User):
        return Circle.objects.none()
    held = memberships_in_circles(timezone.localdate()).filter(
        person=person, role=Role.COORDINATION, participation_coordinates=True
    )
    return Circle.objects.filter(pk__in=held.values("participation_circle"))


def may_create_bodies(person: User | AnonymousUser | None) -> bool:
    """Administration, and the coordination of a circle."""
    return person is None or is_administrator(person) or circles_coordinated_by(person).exists()


def may_change_body(person: User | AnonymousUser | None, body: Body) -> bool:
    """Administration, and the coordination of one of the circles the body belongs to."""
    if person is None or is_administrator(person):
        return True
    return circles_coordinated_by(person).filter(pk__in=body.circles.values("pk")).exists()


def may_seat(person: User | AnonymousUser | None, body: Body) -> bool:
    """Whether the person gives and ends the seats of this body: its secretariat, and who may change it."""
    return person is None or keeps_secretariat(person, body) or may_change_body(person, body)


def may_name_for(person: User | AnonymousUser | None, seat: Seat) -> bool:
    """Whether the person names who holds this seat: the secretariat of the body, and a representative of the
    organisation that sits, for its own holder and substitute."""
    if person is None or keeps_secretariat(person, seat.body):
        return True
    return holds_role(person, Role.REPRESENTATIVE, organisation=seat.organisation)


# --- Meetings ---


def is_inside(person: User | AnonymousUser, body: Body) -> bool:
    """Whether the person sits on this body today, speaks for an organisation that does, or keeps its secretariat."""
    return Body.objects.filter(bodies_from_inside(person), pk=body.pk).exists()


def may_speak_for_seat(person: User | AnonymousUser, seat: Seat) -> bool:
    """Whether the person excuses this organisation or gives its proxy: its holder or substitute of today, and its
    representatives."""
    if not isinstance(person, User):
        return False
    held = Mandate.objects.held_by(person, timezone.localdate()).filter(seat=seat)
    return held.exists() or holds_role(person, Role.REPRESENTATIVE, organisation=seat.organisation)


def may_read_minutes(person: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the person, who sees the meeting, reads its minutes: once fixed whoever sees it; before, those who sit
    and the secretariat."""
    if meeting.minutes_state == Meeting.Minutes.FIXED:
        return True
    return sits_on(person, meeting.body) or keeps_secretariat(person, meeting.body)


def may_read_restricted_papers(person: User | AnonymousUser, body: Body) -> bool:
    """Those who sit, those who speak for an organisation that does, and the secretariat."""
    return is_inside(person, body)


def voting_mandate(person: User | AnonymousUser, body: Body) -> Mandate | None:
    """The mandate with a vote the person holds on this body today, as holder or substitute."""
    if not isinstance(person, User):
        return None
    held = Mandate.objects.held_by(person, timezone.localdate()).filter(seat__body=body, seat__is_voting=True)
    return held.select_related("seat__organisation", "seat__college").first()


# --- Disagreements, opinions asked upstream ---


def may_speak_in(person: User | AnonymousUser, organisation: Organisation, circle: Circle) -> bool:
    """Whether the person may take a stance for this organisation in this circle: its representatives only."""
    return any(represented.pk == organisation.pk for represented in standing_in(person, circle.pk).represented)


def may_answer(person: User | AnonymousUser, disagreement: Disagreement) -> bool:
    """Whether the person may close a disagreement: the secretariat of the body that has it; while none has it, the
    coordination of the circle."""
    if disagreement.body is not None:
        return keeps_secretariat(person, disagreement.body)
    return standing_in(person, disagreement.circle_id).may_coordinate


def may_submit_upstream(person: User | AnonymousUser, organisation: Organisation, circle: Circle) -> bool:
    """Whether the person may submit a text of this organisation to the bodies, and answer them: who represents or
    coordinates a State service that takes part. Local authorities are asked; they do not ask themselves."""
    return organisation.college.slug == STATE and any(
        membership.organisation_id == organisation.pk and membership.role in (Role.REPRESENTATIVE, Role.COORDINATION)
        for membership in standing_in(person, circle.pk).memberships
    )


# --- Decisions ---


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
