"""Documents, people, rights and tokens for our own server. Run with the environment of the server to prepare:

fixtures.py DOCUMENTS.json: reads {"S1": [documents, people], …}, and writes next to it, in tokens.json, for each name
its documents: their id and a token for each person."""

import json
import os
import sys
from pathlib import Path

import django
from django.db import transaction


def prepare(wanted: dict[str, tuple[int, int]]) -> dict[str, list[dict[str, object]]]:
    from concerte.accounts.models import User  # noqa: PLC0415 - Django is set up by now
    from concerte.documents.models import Level  # noqa: PLC0415
    from concerte.documents.services import create_document, issue_token, set_accesses  # noqa: PLC0415

    people: list[User] = []
    most = max(documents * per_document for documents, per_document in wanted.values())
    with transaction.atomic():
        # A person may open twenty connections: here each connection is another person.
        people = [User.objects.create_user(f"personne-{number}@exemple.fr", str(number)) for number in range(most)]
        prepared: dict[str, list[dict[str, object]]] = {}
        for name, (documents, per_document) in wanted.items():
            prepared[name] = []
            for number in range(documents):
                document = create_document(f"{name} {number}", seed=None, acting_user=None)
                here = people[number * per_document : (number + 1) * per_document]
                set_accesses(document, {person.pk: Level.WRITE for person in here})
                tokens = [issue_token(document, person, 24 * 60) for person in here]
                prepared[name].append({"id": str(document.pk), "tokens": tokens})
    return prepared


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
    django.setup()
    order = Path(sys.argv[1])
    order.with_name("tokens.json").write_text(json.dumps(prepare(json.loads(order.read_text()))))
