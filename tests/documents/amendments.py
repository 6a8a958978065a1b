"""Amendments by situation: a document, those who write it, an organisation that may only suggest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pycrdt import Doc, Text

from concerte.accounts.models import User
from concerte.documents.amending import propose_amendment, submit_amendment
from concerte.documents.models import Amendment, Document, Level
from concerte.documents.services import append_update, current_state, set_accesses
from concerte.partners.models import Membership, Organisation
from tests.documents.factories import Situation, make_person, make_situation, text_of, text_update
from tests.partners.factories import MembershipFactory, OrganisationFactory

WORDS = {"title": "Dire « les communes »", "reasons": "Le texte ne les nomme pas."}


@dataclass
class Proposing:
    """A document of Anne's and Bruno's; Claire and David may only suggest, for the association. Bruno may answer for
    the service."""

    situation: Situation
    service: Organisation
    association: Organisation
    claire: User
    david: User

    @property
    def document(self) -> Document:
        return self.situation.document

    def propose(self, **changes: Any) -> Amendment:
        """An amendment that Claire and David may write in."""
        facts: dict[str, Any] = {**WORDS, "organisation": self.association, "acting_user": self.claire}
        amendment = propose_amendment(self.document, **(facts | changes))
        set_accesses(amendment.fork, {self.claire.pk: Level.WRITE, self.david.pk: Level.WRITE})
        return amendment

    def submitted(self, words: str = " et les communes") -> Amendment:
        amendment = self.propose()
        type_in(amendment.fork, words, by=self.claire)
        return submit_amendment(amendment, acting_user=self.claire)

    def answer(self, **changes: Any) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "answer": "C’est juste.",
            "organisation": self.service,
            "acting_user": self.situation.bruno,
        }
        return facts | changes


def make_proposing() -> Proposing:
    situation = make_situation(seed=text_update("L’État"))
    service, association = OrganisationFactory(), OrganisationFactory(local=True)
    claire, david = make_person("Claire"), make_person("David")
    for person in (claire, david):
        MembershipFactory(person=person, organisation=association, role=Membership.Role.READER)
    MembershipFactory(person=situation.bruno, organisation=service)
    levels = {person.pk: Level.WRITE for person in (situation.anne, situation.bruno)}
    set_accesses(situation.document, levels | {claire.pk: Level.SUGGEST, david.pk: Level.SUGGEST})
    return Proposing(situation, service, association, claire, david)


def edit_in(document: Document, edit: Callable[[Doc[Any]], None], *, by: User, client_id: int | None = None) -> None:
    """Somebody opens a document, edits it and leaves."""
    doc: Doc[Any] = Doc(client_id=client_id)
    doc.apply_update(current_state(document.pk))
    before = doc.get_state()
    edit(doc)
    append_update(document.pk, doc.get_update(before), acting_user=by)


def type_in(document: Document, words: str, *, by: User, client_id: int | None = None) -> None:
    """Somebody writes at the end of the text."""

    def typing(doc: Doc[Any]) -> None:
        text = doc.get("text", type=Text)
        text.insert(len(text), words)

    edit_in(document, typing, by=by, client_id=client_id)


def erase_in(document: Document, *, by: User) -> None:
    """Somebody erases the whole text."""
    edit_in(document, lambda doc: doc.get("text", type=Text).clear(), by=by)


def read(document: Document) -> str:
    return text_of(current_state(document.pk))
