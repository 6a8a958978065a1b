"""What the programmes wait for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.sections import Section
from concerte.accounts.waiting import WaitingItem
from concerte.partners.circles import Standing
from concerte.partners.models import Organisation
from concerte.programme.models import Programme, Proposal
from concerte.programme.outcome import rule_outcome
from concerte.programme.rules import may_found_programmes, standing


def waiting_for(person: User) -> Iterator[WaitingItem]:
    """Proposals that wait for a position or for publication, then the drafts the person may write or read."""
    programmes = list(Programme.objects.visible_to(person))
    waiting = Proposal.objects.open().filter(programme__in=programmes).defer("content")
    proposals = {proposal.programme_id: proposal for proposal in waiting.select_related("programme", "decision__body")}
    for programme in programmes:
        held = standing(person, programme)
        if programme.pk in proposals:
            yield from _about_proposal(proposals[programme.pk], held)
        yield _draft(programme, held)


def _about_proposal(proposal: Proposal, held: Standing) -> Iterator[WaitingItem]:
    programme = proposal.programme
    address = reverse("programme:proposal", args=[programme.slug, proposal.number])
    detail = _("%(programme)s, proposition %(number)d") % {"programme": programme, "number": proposal.number}
    for organisation in _silent(proposal, held):
        yield WaitingItem(
            title=_("Une proposition attend la position de %(organisation)s") % {"organisation": organisation},
            detail=detail,
            address=address,
            since=proposal.frozen_at,
            key=f"programme.position:{proposal.pk}:{organisation.slug}",
        )
    if held.may_coordinate and rule_outcome(proposal).is_met:
        yield WaitingItem(
            title=_("La règle de chaque collège est remplie\u00a0: publier"),
            detail=detail,
            address=address,
            since=proposal.frozen_at,
            key=f"programme.publish:{proposal.pk}",
        )


def _silent(proposal: Proposal, held: Standing) -> list[Organisation]:
    """The organisations the person represents that have not answered yet; none when a body votes in its own room."""
    if not held.represented or (proposal.decision is not None and proposal.decision.body_id is not None):
        return []
    answered = set(proposal.positions.filter(replaced_at=None).values_list("organisation", flat=True))
    return [organisation for organisation in held.represented if organisation.pk not in answered]


def _draft(programme: Programme, held: Standing) -> WaitingItem:
    return WaitingItem(
        title=_("Écrire %(programme)s") % {"programme": programme}
        if held.may_write
        else _("Lire le texte en cours de %(programme)s") % {"programme": programme},
        detail=programme.title,
        address=reverse("programme:draft", args=[programme.slug]),
    )


def programmes_to_open(person: User) -> Section | None:
    """For those who may open a programme: where to do it."""
    return Section("programme/includes/open_a_programme.html") if may_found_programmes(person) else None
