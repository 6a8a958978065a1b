"""The register of decisions: numbers without a gap, and finding a decision by its words."""

from django.db.models import Max

from concerte.common.folding import fold
from concerte.governance.models import Decision
from concerte.governance.querysets.decisions import DecisionQuerySet

MAX_WORDS = 12


def searchable_text(decision: Decision) -> str:
    """What a decision is looked up by: its number, its words, its object, its body, in folded form."""
    body = f"{decision.body.name} {decision.body.acronym}" if decision.body else ""
    parts = (
        str(decision.number),
        decision.question,
        decision.explanation,
        decision.wording,
        decision.subject_label,
        body,
        decision.circle.name if decision.circle else "",
    )
    return " ".join(fold(part) for part in parts if part)


def search(decisions: DecisionQuerySet, words: str) -> DecisionQuerySet:
    """Those that hold every word, or its beginning."""
    for word in fold(words).split()[:MAX_WORDS]:
        decisions = decisions.filter(searchable__contains=word)
    return decisions


def next_number() -> int:
    """The number of the next decision. Under the lock of the register (locks.lock_register) only."""
    last: int | None = Decision.objects.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
