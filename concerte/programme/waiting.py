"""What the programmes wait for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.sections import Section
from concerte.accounts.waiting import WaitingItem
from concerte.documents.models import Amendment
from concerte.partners.circles import Standing
from concerte.partners.models import Organisation
from concerte.programme.models import Programme, Proposal
from concerte.programme.outcome import rule_outcome
from concerte.programme.rules import may_found_programmes, standing

ANSWER_SHOWN = timedelta(days=30)  # nothing is to be done about an answer: it is read, and leaves the page by itself


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


def amendments_waiting_for(person: User) -> Iterator[WaitingItem]:
    """For the coordination, the amendments that wait for an answer; for an author, the answer, for a time."""
    programmes = {each.draft_id: each for each in Programme.objects.visible_to(person)}
    coordinated = [draft for draft, each in programmes.items() if standing(person, each).may_coordinate]
    known = Amendment.objects.defer("base_state").select_related("organisation").order_by("pk")
    for amendment in known.waiting().filter(document__in=coordinated):
        yield WaitingItem(
            title=_("Un amendement de %(organisation)s attend une réponse") % {"organisation": amendment.organisation},
            detail=_amendment_in_words(programmes[amendment.document_id], amendment),
            address=_amendment_address(programmes[amendment.document_id], amendment),
            since=amendment.submitted_at,
            key=f"programme.amendment:{amendment.pk}",
        )
    lately = timezone.now() - ANSWER_SHOWN
    answered = known.filter(author=person, answered_by__isnull=False, closed_at__gt=lately, document__in=programmes)
    for amendment in answered:
        yield WaitingItem(
            title=_("Votre amendement est accepté")
            if amendment.status == Amendment.Status.ACCEPTED
            else _("Votre amendement est écarté\u00a0: lire la réponse"),
            detail=_amendment_in_words(programmes[amendment.document_id], amendment),
            address=_amendment_address(programmes[amendment.document_id], amendment),
            since=amendment.closed_at,
            key=f"programme.amendment_answered:{amendment.pk}",
        )


def _amendment_in_words(programme: Programme, amendment: Amendment) -> str:
    return _("%(programme)s, amendement %(number)d\u00a0: %(title)s") % {
        "programme": programme,
        "number": amendment.number,
        "title": amendment.title,
    }


def _amendment_address(programme: Programme, amendment: Amendment) -> str:
    return reverse("programme:amendment", args=[programme.slug, amendment.number])


def programmes_to_open(person: User) -> Section | None:
    """For those who may open a programme: where to do it."""
    return Section("programme/includes/open_a_programme.html") if may_found_programmes(person) else None
