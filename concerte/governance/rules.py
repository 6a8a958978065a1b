"""Who may do what in the bodies. Asked of today's mandates and memberships."""

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.models import Body, Disagreement, Mandate
from concerte.partners.circles import standing_in
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
