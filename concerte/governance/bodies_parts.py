"""What a body decided, what is taken to it and asked of it: parts of its page."""

from concerte.governance.models import Body, Consultation, Decision, Disagreement
from concerte.governance.rules import keeps_secretariat
from concerte.governance.sections import Section
from concerte.lineage.references import Viewer

SHOWN = 8


def decisions_of(body: Body, viewer: Viewer) -> Section | None:
    """The last decisions this person may see; for the secretariat, the way to open one."""
    decisions = list(Decision.objects.visible_to(viewer).filter(body=body).order_by("-number")[: SHOWN + 1])
    may_open = keeps_secretariat(viewer, body)
    if not decisions and not may_open:
        return None
    context = {"body": body, "decisions": decisions[:SHOWN], "has_more": len(decisions) > SHOWN, "may_open": may_open}
    return Section("governance/includes/body_decisions.html", context)


def asked_of(body: Body, viewer: Viewer) -> Section | None:
    """The open disagreements taken to it, and the opinions it is asked for."""
    disagreements = list(Disagreement.objects.visible_to(viewer).open().filter(body=body)[:SHOWN])
    awaited = Consultation.objects.visible_to(viewer).open().filter(opinions__body=body, opinions__given_at=None)
    consultations = list(awaited.order_by("due_on", "pk")[:SHOWN])
    if not disagreements and not consultations:
        return None
    return Section(
        "governance/includes/body_asked.html", {"disagreements": disagreements, "consultations": consultations}
    )
