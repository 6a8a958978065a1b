"""What a page that holds a note shows of it."""

from typing import Any

from django.http import HttpRequest

from concerte.documents.models import Document, Level
from concerte.documents.notes import read_note
from concerte.documents.rules import level_of
from concerte.partners.models import Organisation


def note_data(
    request: HttpRequest, document: Document, *, speaks_for: Organisation | None, label: str
) -> dict[str, Any]:
    """One note, for `documents/includes/note_editor.html`. Whoever calls has asked that the person may see the page."""
    level = level_of(request.user, document.pk) if request.user.is_authenticated else None
    return {
        "label": label,
        "blocks": read_note(document.pk),
        "mayWrite": level == Level.WRITE,
        "speaksFor": str(speaks_for or ""),
    }
