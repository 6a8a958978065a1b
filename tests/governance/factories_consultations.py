"""Consultations by situation: a text of the State before one or two bodies."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from concerte.accounts.models import User
from concerte.documents.notes import seed_note
from concerte.documents.rich_text import paragraph
from concerte.documents.services import append_update
from concerte.governance.models import Body, Consultation, Opinion
from concerte.governance.services import Cost, add_point, give_opinion, submit_consultation
from tests.governance.factories_disagreements import body, seated
from tests.programme.factories import Role, Workshop, member, workshop


@dataclass(frozen=True)
class Upstream:
    """A text submitted; the association sits on the body, and keeps its secretariat."""

    workshop: Workshop
    body: Body
    secretary: User
    consultation: Consultation

    @property
    def opinion(self) -> Opinion:
        found: Opinion = self.consultation.opinions.get(body=self.body)
        return found

    def write(self, words: str = "Trop court pour les petites communes.") -> None:
        append_update(self.opinion.note_id, seed_note((paragraph(words),)), acting_user=self.secretary)

    def give(self, kind: str = "reserved", points: int = 1) -> Opinion:
        self.write()
        for number in range(points):
            add_point(self.opinion, text=f"Point {number + 1}", acting_user=self.secretary)
        return give_opinion(self.opinion, kind=kind, acting_user=self.secretary)


def submitted(**changes: Any) -> Upstream:
    at_work = workshop()
    asked = body("comite-de-pilotage", at_work.association)
    asked.circles.add(at_work.programme.circle)
    secretary = member(at_work.association, Role.COORDINATION)
    seated(asked, at_work.association, at_work.representative)
    consultation = submit_consultation(at_work.programme.circle, **values(at_work, asked), **changes)
    return Upstream(at_work, asked, secretary, consultation)


def values(at_work: Workshop, asked: Body) -> dict[str, Any]:
    return {
        "kind": "decree",
        "title": "Projet de décret sur l’hébergement des données",
        "summary": "Les données de santé sont hébergées en France.",
        "due_on": timezone.localdate() + timedelta(days=30),
        "strata": ["commune-0", "epci"],
        "costs": {"commune-0": Cost(once_euros=1200), "epci": Cost(note="Non chiffré")},
        "bodies": [asked],
        "organisation": at_work.state,
        "acting_user": at_work.state_representative,
    }
