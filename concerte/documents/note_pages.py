"""What a page that holds a note hands to its editor, and to who reads without it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from concerte.accounts.models import User
from concerte.documents.models import Document, Level
from concerte.documents.notes import read_note
from concerte.documents.rules import level_of
from concerte.partners.models import Organisation


def note_data(
    request: HttpRequest, document: Document, *, speaks_for: Organisation | None, label: str
) -> dict[str, Any]:
    """One note, for `documents/includes/note_editor.html`. Whoever calls has asked that the person may see the page.

    speaks_for: the organisation shown beside the person's name, with its college; None: none. label: what the note is,
    said of the place one writes in ("Notes de l’échange"). What the person may do is asked of today's rights:
    `mayRead` (they see the text live), `mayWrite`. Without either, the page shows the text as it is committed."""
    person = request.user if request.user.is_authenticated else None
    level = level_of(person, document.pk) if person is not None else None
    note: dict[str, Any] = {
        "elementId": f"note-{document.pk}",
        "label": label,
        "blocks": read_note(document.pk),
        "mayRead": level is not None,
        "mayWrite": level == Level.WRITE,
        "signIn": f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}",
        "editor": None,
    }
    if person is not None and level is not None:
        note["editor"] = {
            "documentId": str(document.pk),
            "socketPath": f"/ws/documents/{document.pk}",
            "mayWrite": level == Level.WRITE,
            "person": _person_data(person, speaks_for),
            "label": label,
            "language": get_language(),
        }
    return note


def _person_data(person: User, speaks_for: Organisation | None) -> dict[str, Any]:
    """Who the others see writing, in the names of `frontend/editor/data.ts`."""
    college = speaks_for.college if speaks_for is not None else None
    return {
        "id": person.pk,
        "name": person.name,
        "organisation": str(speaks_for or ""),
        "college": college.slug if college else "",
        "appearance": college.appearance if college else 0,
    }
