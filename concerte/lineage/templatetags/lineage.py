"""The thread of a thing beside it, on its own page."""

from typing import Any

from django import template
from django.db import models

from concerte.lineage.reading import shown_thread
from concerte.lineage.references import Reference, Viewer

register = template.Library()


@register.inclusion_tag("lineage/includes/thread_aside.html")
def thread_aside(thing: models.Model, viewer: Viewer) -> dict[str, Any]:
    """What it came of and what came of it, one step each way, and the way to the whole thread."""
    reference = Reference.to(thing)
    found = shown_thread(reference, viewer)
    if found is None:
        return {"has_thread": False}
    return {
        "has_thread": True,
        "reference": reference,
        "is_alone": found.is_alone,
        "origins": [(found.knots[strand.origin], strand) for strand in found.upstream()],
        "outcomes": [(found.knots[strand.outcome], strand) for strand in found.downstream()],
    }
