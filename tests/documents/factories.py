"""Situations of shared documents."""

import itertools
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from pycrdt import Doc, Text

from concerte.accounts.models import User
from concerte.documents import services, updates
from concerte.documents.log import Write
from concerte.documents.models import Document, Level

_numbers = itertools.count(1)


def make_person(name: str = "Personne") -> User:
    number = next(_numbers)
    return User.objects.create_user(f"personne-{number}@exemple.fr", f"{name} {number}")


def text_update(text: str, client_id: int | None = None) -> bytes:
    """An update that writes this text in a document of its own."""
    doc: Doc[Any] = Doc(client_id=client_id)
    doc.get("text", type=Text).insert(0, text)
    return doc.get_update()


def text_of(state: bytes) -> str:
    """The text of a document, from its state."""
    doc: Doc[Any] = Doc()
    doc.apply_update(state)
    return str(doc.get("text", type=Text))


def sign_in(person: User) -> str:
    """A session of this person; its key."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@dataclass
class Situation:
    """A document, two people who write in it, one who reads, one who may nothing."""

    document: Document
    anne: User
    bruno: User
    reader: User
    stranger: User

    def token(self, person: User) -> str:
        return services.issue_token(self.document, person, 60)

    def text(self) -> str:
        """What the database holds."""
        return text_of(services.current_state(self.document.pk))


def make_situation(seed: bytes | None = None) -> Situation:
    anne, bruno, reader, stranger = (make_person(name) for name in ("Anne", "Bruno", "Lectrice", "Inconnu"))
    document = services.create_document("Programme", seed=seed, acting_user=None)
    levels = {anne.pk: Level.WRITE, bruno.pk: Level.WRITE, reader.pk: Level.READ}
    services.set_accesses(document, levels, acting_user=None)
    return Situation(document, anne, bruno, reader, stranger)


def write(situation: Situation, content: bytes, person: Any, **options: Any) -> Write:
    person_id = person.pk if person is not None else None
    return Write(situation.document.pk, updates.read(content), person_id, **options)


def typed(client_id: int, *texts: str) -> list[bytes]:
    """One update for each text, typed one after the other under one client id."""
    doc: Doc[Any] = Doc(client_id=client_id)
    sent: list[bytes] = []
    subscription = doc.observe(lambda event: sent.append(event.update))
    text = doc.get("text", type=Text)
    for each in texts:
        text.insert(len(text), each)
    del subscription
    return sent
