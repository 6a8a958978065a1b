"""The thread of a thing beside it, on its own page."""

from typing import Any

from django import template
from django.db import models

from concerte.lineage.reading import nearest
from concerte.lineage.references import Reference, Viewer

register = template.Library()


@register.inclusion_tag("lineage/includes/thread_aside.html")
def thread_aside(thing: models.Model, viewer: Viewer) -> dict[str, Any]:
    """What it came of and what came of it, one step each way, and the way to the whole thread. Of a thing the page has
    shown already: whether this person may see it is not asked again."""
    reference = Reference.to(thing)
    origins, outcomes = nearest(reference, viewer)
    return {"reference": reference, "origins": origins, "outcomes": outcomes}
