"""The one lock of the room: the row of the programme. Whoever changes something of a programme takes it first."""

from concerte.programme.models import Programme


def locked_programme(programme: Programme) -> Programme:
    """The programme read again, its row locked until the end of the transaction.

    no_key: rows that point to the programme (a log line, an access) may still be written meanwhile. SQLite has no row
    locks and needs none: its transactions begin IMMEDIATE, one writer at a time."""
    locked: Programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    return locked
