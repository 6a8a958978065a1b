"""Who may what in a document, from the rows the rooms above keep true."""

from uuid import UUID

from concerte.accounts.models import User
from concerte.documents.models import Access, Level


def level_of(person: User, document_id: UUID) -> Level | None:
    """What a person may do in a document; None: nothing."""
    level = Access.objects.in_force().filter(document_id=document_id, person=person).values_list("level", flat=True)
    return next((Level(each) for each in level), None)


def may_read(person: User, document_id: UUID) -> bool:
    return level_of(person, document_id) is not None


def may_write(person: User, document_id: UUID) -> bool:
    return level_of(person, document_id) == Level.WRITE
