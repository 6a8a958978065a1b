"""What decisions wait for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from concerte.governance.counting_rules import Method
from concerte.governance.models import (
    Body,
    Decision,
    DecisionVoter,
    Mandate,
    Objection,
    Proxy,
    SecretParticipation,
    Vote,
)
from concerte.partners.models import Membership, Organisation

BLOCKING = (Objection.State.OPEN, Objection.State.MAINTAINED)


def decisions_waiting_for(person: User) -> Iterator[WaitingItem]:
    """To vote, an item for each organisation; to answer an objection; to say whether an answer satisfies; to review."""
    yield from _to_vote(person)
    kept = Body.objects.filter(
        secretariat__in=Organisation.objects.where_person_is(person, Membership.Role.COORDINATION)
    )
    yield from _to_answer(person, kept)
    yield from _answered(person)
    yield from _to_review(kept)


def _to_vote(person: User) -> Iterator[WaitingItem]:
    today = timezone.localdate()
    held = Mandate.objects.held_by(person, today)
    own = DecisionVoter.objects.filter(seat__in=held.values("seat"))
    given = Proxy.objects.filter(giver=OuterRef("pk"), withdrawn_at=None)
    entrusted = Proxy.objects.filter(giver=OuterRef("pk"), withdrawn_at=None, holder__in=own)
    said = Vote.objects.filter(voter=OuterRef("pk"), replaced_at=None, digest=F("decision__digest"))
    secretly = SecretParticipation.objects.filter(voter=OuterRef("pk"))
    objecting = Objection.objects.filter(voter=OuterRef("pk"), state__in=BLOCKING)
    is_seated = Q(seat__ends_on=None) | Q(seat__ends_on__gt=today)
    waiting = (
        DecisionVoter.objects.filter(
            (Q(pk__in=own.values("pk")) & ~Exists(given)) | Exists(entrusted),
            ~Exists(said),
            ~Exists(secretly),
            ~Exists(objecting),
            is_seated,
            decision__in=Decision.objects.open_at(timezone.now()),
        )
        .select_related("decision__body", "organisation")
        .order_by("decision__number", "name", "pk")
    )
    for voter in waiting:
        decision = voter.decision
        is_consent = decision.parsed_rule.method == Method.CONSENT
        sentence = (
            _("Une décision par consentement attend %(organisation)s")
            if is_consent
            else _("Une décision attend le vote de %(organisation)s")
        )
        yield WaitingItem(
            title=sentence % {"organisation": voter.organisation},
            detail=_detail(decision),
            address=_address(decision),
            since=decision.opens_at,
            key=f"governance.vote:{decision.pk}:{voter.organisation.slug}",
        )


def _to_answer(person: User, kept: "QuerySet[Body]") -> Iterator[WaitingItem]:
    open_ones = Decision.objects.open_at(timezone.now()).filter(Q(body__in=kept) | Q(opened_by=person))
    waiting = (
        Objection.objects.filter(state__in=BLOCKING, decision__in=open_ones)
        .select_related("decision__body", "voter__organisation")
        .annotate(last_step=Max("steps__pk"))
        .order_by("pk")
    )
    for objection in waiting:
        yield WaitingItem(
            title=_("Une objection de %(organisation)s attend une réponse")
            % {"organisation": objection.voter.organisation},
            detail=_detail(objection.decision),
            address=f"{_address(objection.decision)}#objection-{objection.pk}",
            since=objection.made_at,
            key=f"governance.objection:{objection.pk}:{objection.last_step or 0}",
        )


def _answered(person: User) -> Iterator[WaitingItem]:
    held = Mandate.objects.held_by(person, timezone.localdate())
    waiting = (
        Objection.objects.filter(
            state=Objection.State.ANSWERED,
            voter__seat__in=held.values("seat"),
            decision__in=Decision.objects.open_at(timezone.now()),
        )
        .select_related("decision__body", "voter__organisation")
        .annotate(last_step=Max("steps__pk"), answered_at=Max("steps__happened_at"))
        .order_by("pk")
    )
    for objection in waiting:
        yield WaitingItem(
            title=_("L’objection de %(organisation)s a reçu une réponse : suffit-elle ?")
            % {"organisation": objection.voter.organisation},
            detail=_detail(objection.decision),
            address=f"{_address(objection.decision)}#objection-{objection.pk}",
            since=objection.answered_at,
            key=f"governance.answered:{objection.pk}:{objection.last_step or 0}",
        )


def _to_review(kept: "QuerySet[Body]") -> Iterator[WaitingItem]:
    due = Decision.objects.filter(
        body__in=kept, state=Decision.State.CLOSED, review_on__lte=timezone.localdate()
    ).select_related("body")
    for decision in due.order_by("review_on", "number"):
        yield WaitingItem(
            title=_("Une décision est à revoir"),
            detail=_detail(decision),
            address=reverse("governance:review_decision", args=[decision.number]),
            key=f"governance.review:{decision.pk}:{decision.review_on}",
        )


def _detail(decision: Decision) -> str:
    return _("n° %(number)d, %(body)s : %(question)s") % {
        "number": decision.number,
        "body": decision.body,
        "question": decision.question,
    }


def _address(decision: Decision) -> str:
    return reverse("governance:decision", args=[decision.number])
