"""How what lives in this room is searched by whoever points at it: what the person may see, one query for each kind."""

from concerte.governance.models import Body, Consultation, Decision, Disagreement, Meeting
from concerte.governance.register import search
from concerte.lineage.matching import MAX_READ, asked_words, matching
from concerte.lineage.references import Reference, Viewer


def search_bodies(words: str, _viewer: Viewer, limit: int) -> list[Reference]:
    """Bodies are public."""
    rows = Body.objects.order_by("name", "pk").values_list("pk", "acronym", "name")[:MAX_READ]
    return matching("governance.body", rows, words, limit)


def search_meetings(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    """By their title, their body, their year."""
    seen = Meeting.objects.visible_to(viewer).select_related("body")
    found = seen.only("title", "starts_at", "known_as", "time_zone", "body__name", "body__acronym")[:MAX_READ]
    rows = ((each.pk, "", f"{each.title} {each.body.acronym} {each.body.name} {each.day_text}") for each in found)
    return matching("governance.meeting", rows, words, limit)


def search_decisions(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    """As the register is searched: by its number, or by any word of it."""
    asked = asked_words(words)
    if not asked:
        return []
    found = search(Decision.objects.visible_to(viewer), " ".join(asked)).order_by("-number")
    rows = list(found.values_list("pk", "number")[:MAX_READ])
    best = sorted(rows, key=lambda row: [str(row[1])] != asked)
    return [Reference("governance.decision", str(key)) for key, _number in best[:limit]]


def search_disagreements(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    found = Disagreement.objects.visible_to(viewer).order_by("-number").values_list("pk", "number", "title")
    return matching("governance.disagreement", found[:MAX_READ], words, limit)


def search_consultations(words: str, viewer: Viewer, limit: int) -> list[Reference]:
    found = Consultation.objects.visible_to(viewer).order_by("-number").values_list("pk", "number", "title")
    return matching("governance.consultation", found[:MAX_READ], words, limit)
