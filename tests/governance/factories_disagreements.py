"""Disagreements by situation: a circle of two organisations, bodies one above the other."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.models import Body, Disagreement, Mandate, Seat
from concerte.governance.services import escalate, open_disagreement, take_stance
from concerte.partners.models import Circle, Organisation
from tests.programme.factories import Workshop, workshop


@dataclass(frozen=True)
class Dispute:
    """A disagreement of a programme at work, and the bodies it may be taken to."""

    workshop: Workshop
    steering: Body
    political: Body
    disagreement: Disagreement

    @property
    def circle(self) -> Circle:
        return self.workshop.programme.circle

    def both_speak(self) -> None:
        """An organisation of each college says what it holds."""
        for person, organisation in (
            (self.workshop.state_representative, self.workshop.state),
            (self.workshop.representative, self.workshop.association),
        ):
            take_stance(
                self.disagreement,
                position=f"{organisation} paie sa part",
                reasons="C’est équitable.",
                wording="Chacun paie sa part.",
                organisation=organisation,
                acting_user=person,
            )

    def taken_to(self, body: Body, *, due_on: date | None = None) -> None:
        escalate(
            self.disagreement,
            body=body,
            because="Pas d’accord au groupe.",
            due_on=due_on or timezone.localdate() + timedelta(days=30),
            organisation=self.workshop.association,
            acting_user=self.workshop.representative,
        )
        self.disagreement.refresh_from_db()


def dispute(**changes: str) -> Dispute:
    at_work = workshop()
    political = body("instance-politique", at_work.state)
    steering = body("instance-de-pilotage", at_work.state, above=political)
    steering.circles.add(at_work.programme.circle)
    opened = open_disagreement(
        at_work.programme.circle,
        title="Qui paie l’hébergement ?",
        description="Le coût par habitant varie de un à dix.",
        organisation=at_work.association,
        acting_user=at_work.representative,
        **changes,
    )
    return Dispute(at_work, steering, political, opened)


def body(slug: str, secretariat: Organisation, above: Body | None = None) -> Body:
    made: Body = Body.objects.create(
        slug=slug, name=f"Instance {slug}", level=Body.Level.STEERING, secretariat=secretariat, above=above
    )
    return made


def seated(on: Body, organisation: Organisation, person: User) -> Mandate:
    seat = Seat.objects.create(
        body=on, organisation=organisation, college=organisation.college, starts_on=date(2026, 1, 1)
    )
    mandate: Mandate = Mandate.objects.create(seat=seat, person=person, starts_on=date(2026, 1, 1))
    return mandate
