"""What the pages of the workshop share: finding the programme, saying where we are."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents.models import Amendment
from concerte.partners.circles import Standing
from concerte.programme.models import Programme, Proposal
from concerte.programme.rules import standing

Trail = list[dict[str, str | bool]]


def workshop_of(person: User, slug: str) -> tuple[Programme, Standing]:
    """The programme, and what the person is to it. Not found for those who may not even see its workshop."""
    programme = get_object_or_404(
        Programme.objects.visible_to(person).select_related("draft", "deciding_body"), slug=slug
    )
    return programme, standing(person, programme)


def proposal_of(programme: Programme, number: int) -> Proposal:
    """A proposal of a programme found by `workshop_of`: whoever may enter the workshop sees all of its proposals."""
    found: Proposal = get_object_or_404(
        programme.proposals.select_related("frozen_by", "edition", "decision__body"), number=number
    )
    return found


def amendment_of(programme: Programme, held: Standing, number: int) -> Amendment:
    """An amendment of a programme found by `workshop_of`: those being written are found by their organisation alone."""
    seen = programme.draft.amendments.seen_by_members_of(held.organisations)
    found: Amendment = get_object_or_404(
        seen.select_related("organisation__college", "author", "answered_by", "answered_for__college", "fork"),
        number=number,
    )
    return found


def trail_of(programme: Programme, *steps: tuple[str, str]) -> Trail:
    """The breadcrumb of a page of the workshop. steps: labels and addresses after the programme; '' for this page."""
    trail: Trail = [
        {"label": _("Programmes"), "href": reverse("publication:programmes")},
        {"label": str(programme), "href": reverse("publication:programme", args=[programme.slug]), "is_content": True},
    ]
    trail.extend({"label": label, "href": href} for label, href in steps)
    return trail


def tabs_of(programme: Programme, held: Standing, current: str) -> list[dict[str, Any]]:
    """The pages of the workshop, for its second navigation. current: the name of this page's address."""
    pages = [
        ("draft", _("Texte en cours")),
        ("amendments", _("Amendements")),
        ("checks", _("Vérifications")),
        ("proposals", _("Propositions")),
    ]
    if held.may_coordinate:
        pages.append(("coordination", _("Coordination")))
    return [
        {
            "label": label,
            "href": reverse(f"programme:{name}", args=[programme.slug]),
            "is_current": name == current,
        }
        for name, label in pages
    ]
