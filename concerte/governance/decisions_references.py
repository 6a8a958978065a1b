"""How a decision is shown where it is pointed at."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.governance.models import Decision
from concerte.governance.references import keys
from concerte.lineage.references import Shown


def shown_decisions(ids: Collection[str], viewer: User | AnonymousUser) -> Mapping[str, Shown]:
    """Those of these decisions that the person may see, in one query."""
    found = Decision.objects.visible_to(viewer).filter(pk__in=keys(ids)).select_related("body", "circle")
    return {
        str(decision.pk): Shown(
            label=_("Décision n° %(number)d : %(question)s")
            % {"number": decision.number, "question": decision.question},
            address=reverse("governance:decision", args=[decision.number]),
            detail=_detail(decision),
            on=timezone.localdate(decision.closed_at or decision.opens_at),
        )
        for decision in found
    }


def _detail(decision: Decision) -> str:
    state = str(decision.get_state_display())
    if decision.state == Decision.State.CLOSED:
        state = _("adoptée") if decision.is_adopted else _("non adoptée")
    return f"{decision.body or decision.circle}, {state}"
