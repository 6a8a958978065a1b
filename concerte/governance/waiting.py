"""What this room waits for from a person: shown on their page “Mon espace”."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from concerte.governance.models import Disagreement, Stance
from concerte.governance.rules import may_answer
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
