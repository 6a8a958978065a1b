"""What both sides of an exchange confirm: its facts and its notes, as canonical data."""

from typing import Any

from concerte.common.canonical import digest_of
from concerte.concertation.models.exchanges import Exchange
from concerte.documents.notes import read_note
from concerte.documents.rich_text import Blocks, clean, one_line

FORMAT = "concerte-exchange/1"


def exchange_content(exchange: Exchange, notes: Blocks) -> dict[str, Any]:
    """The content whose digest is confirmed. People with an account are named by their key: the record says who was
    there without keeping a name that may have to be erased."""
    return {
        "format": FORMAT,
        "title": one_line(exchange.title),
        "held_on": exchange.held_on,
        "organisations": sorted(exchange.parties.values_list("organisation__slug", flat=True)),
        "people": sorted(exchange.people.values_list("pk", flat=True)),
        "other_people": [clean(line) for line in exchange.other_people_lines],
        "subjects": [clean(line) for line in exchange.subject_lines],
        "visibility": exchange.visibility,
        "follow_ups": [
            {
                "what": one_line(each.what),
                "person": each.person_id,
                "organisation": each.organisation.slug if each.organisation else None,
                "due_on": each.due_on.isoformat(),
            }
            for each in exchange.follow_ups.select_related("organisation").order_by("pk")
        ],
        "notes": list(notes),
    }


def current_content(exchange: Exchange) -> dict[str, Any]:
    """The content as it is written now."""
    return exchange_content(exchange, read_note(exchange.note_id))


def current_digest(exchange: Exchange) -> str:
    """The digest of what is written now; of a fixed exchange, of what both sides confirmed."""
    return exchange.fixed_digest or digest_of(current_content(exchange))
