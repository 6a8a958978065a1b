"""What this room waits for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from concerte.documents.models import Level
from concerte.governance.models import Consultation, Disagreement, Opinion, OpinionPoint, Stance
from concerte.governance.rules import keeps_secretariat, may_answer, may_submit_upstream
from concerte.partners.circles import circles_of, standing_in


def waiting_disagreements(person: User) -> Iterator[WaitingItem]:
    """Open disagreements: an answer to give, or the stance of a college that has said nothing yet."""
    rows = Disagreement.objects.visible_to(person).open().select_related("circle", "body__secretariat")
    opened = list(rows)
    if not opened:
        return
    standings = {circle.pk: standing_in(person, circle.pk) for circle in circles_of(person)}
    spoke = set(Stance.objects.filter(disagreement__in=opened, replaced_at=None).values_list("disagreement", "college"))
    for each in opened:
        address = reverse("governance:disagreement", args=[each.number])
        if each.body is not None and may_answer(person, each):
            taken = each.escalations.order_by("-pk").values_list("pk", "taken_at").first()
            yield WaitingItem(
                title=_("Un désaccord attend la réponse de %(body)s") % {"body": each.body},
                detail=each.title,
                address=address,
                since=taken[1] if taken else each.opened_at,
                key=f"governance.disagreement-to-answer:{taken[0] if taken else each.pk}",
            )
        standing = standings.get(each.circle_id)
        for organisation in standing.represented if standing else ():
            if (each.pk, organisation.college_id) not in spoke:
                yield WaitingItem(
                    title=_("Un désaccord attend la position de votre collège"),
                    detail=each.title,
                    address=address,
                    since=each.opened_at,
                    key=f"governance.stance-to-take:{each.pk}:{organisation.slug}",
                )


def waiting_consultations(person: User) -> Iterator[WaitingItem]:
    """Opinions to prepare for those who sit or keep the secretariat, points to answer for who submitted the text."""
    seen = Consultation.objects.visible_to(person).open()
    awaited = (
        Opinion.objects.awaited().filter(consultation__in=seen).select_related("consultation", "body__secretariat")
    )
    writable = set(person.document_accesses.filter(level=Level.WRITE).values_list("document_id", flat=True))
    for opinion in awaited.order_by("consultation__due_on", "pk"):
        if opinion.note_id in writable or keeps_secretariat(person, opinion.body):
            is_late = opinion.days_late(opinion.consultation.due_on, timezone.localdate()) > 0
            title = _("Un avis de %(body)s est en retard") if is_late else _("Un avis de %(body)s est attendu")
            yield WaitingItem(
                title=title % {"body": opinion.body},
                detail=opinion.consultation.title,
                address=reverse("governance:opinion", args=[opinion.consultation.number, opinion.body.slug]),
                since=opinion.consultation.submitted_at,
                key=f"governance.opinion-to-give:{opinion.pk}",
            )
    points = OpinionPoint.objects.filter(
        answered_at=None, opinion__in=Opinion.objects.given(), opinion__consultation__in=seen
    ).select_related("opinion__consultation__circle", "opinion__consultation__submitted_for__college", "opinion__body")
    by_opinion = {point.opinion_id: point.opinion for point in points.order_by("opinion", "rank")}
    for opinion in by_opinion.values():
        consultation = opinion.consultation
        if may_submit_upstream(person, consultation.submitted_for, consultation.circle):
            yield WaitingItem(
                title=_("L’avis de %(body)s attend votre réponse") % {"body": opinion.body},
                detail=consultation.title,
                address=reverse("governance:consultation", args=[consultation.number]),
                since=opinion.given_at,
                key=f"governance.points-to-answer:{opinion.pk}",
            )
