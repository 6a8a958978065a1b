"""The locks of decisions. SQLite needs none: its transactions begin IMMEDIATE, one writer at a time.

On PostgreSQL, votes do not wait for each other, only for the close: each holds the row of the decision shared, the
close asks for it alone. A vote that saw the decision open is then committed before it is counted, always."""

from django.db import connection

from concerte.governance.models import Decision, DecisionVoter

_REGISTER = 4_207_355_001  # any number of our own: the advisory lock of the register


def lock_register() -> None:
    """Until the end of the transaction, nobody else opens a decision: numbers have no gap and no double."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REGISTER])


def held_shared(decision: Decision) -> Decision:
    """The decision read again, held with the others who vote until the end of the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM governance_decision WHERE id = %s FOR SHARE", [decision.pk])
    return Decision.objects.select_related("body", "circle").get(pk=decision.pk)


def held_alone(decision: Decision) -> Decision:
    """The decision read again, once all those who were voting have finished, and nobody else can begin."""
    found: Decision = (
        Decision.objects.select_for_update(of=("self",)).select_related("body", "circle").get(pk=decision.pk)
    )
    return found


def held_voters(*voters: DecisionVoter) -> list[DecisionVoter]:
    """Organisations read again, held alone, in an order that is the same for all."""
    keys = [voter.pk for voter in voters]
    return list(
        DecisionVoter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "college", "seat")
        .filter(pk__in=keys)
        .order_by("pk")
    )
