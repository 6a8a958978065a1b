"""Documents, people, rights and tokens for our own server, made with its own services.

Run with the environment of the server to prepare: fixtures.py ORDER.json, which holds
{"situations": {"S1": [documents, people], …}, "closed": documents}. Writes tokens.json next to it: for each situation
its documents, with the id and the tokens of each."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.db import transaction

PAGE = "Concerté "  # what a closed document holds, over and over


def prepare(situations: dict[str, tuple[int, int]]) -> dict[str, Any]:
    from concerte.accounts.models import User  # noqa: PLC0415 - Django is set up by now
    from concerte.documents.models import Level  # noqa: PLC0415
    from concerte.documents.services import create_document, issue_token, set_accesses  # noqa: PLC0415

    # A person may open twenty connections: here each connection is another person.
    most = max(documents * people for documents, people in situations.values())
    everyone = [User.objects.create_user(f"personne-{number}@exemple.fr", str(number)) for number in range(most)]
    prepared: dict[str, Any] = {}
    for name, (documents, people) in situations.items():
        prepared[name] = []
        for number in range(documents):
            document = create_document(f"{name} {number}", seed=None, acting_user=None)
            here = everyone[number * people : (number + 1) * people]
            set_accesses(document, {person.pk: Level.WRITE for person in here})
            tokens = [issue_token(document, person, 24 * 60) for person in here]
            prepared[name].append({"id": str(document.pk), "tokens": tokens})
    return prepared


def add_closed_documents(count: int) -> None:
    """Documents that nobody opens, with a page of 20 kB each; straight into the tables, as there are many."""
    from pycrdt import Doc, Text  # noqa: PLC0415

    from concerte.documents.models import Document, LoggedUpdate  # noqa: PLC0415

    page: Doc[Text] = Doc()
    page.get("t", type=Text).insert(0, PAGE * 2_000)
    content = page.get_update()
    documents = Document.objects.bulk_create(Document(name=f"closed {number}") for number in range(count))
    LoggedUpdate.objects.bulk_create(
        (LoggedUpdate(document=document, update_bytes=content) for document in documents), batch_size=500
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
    django.setup()
    path = Path(sys.argv[1])
    order = json.loads(path.read_text())
    with transaction.atomic():
        path.with_name("tokens.json").write_text(json.dumps(prepare(order["situations"])))
        add_closed_documents(order["closed"])
