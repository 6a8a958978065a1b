"""What the programme offers on the page of an idea: to bring it into the text."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from concerte.concertation.ideas_onward import Onward
from concerte.concertation.models import Idea, IdeaState
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference, Viewer
from concerte.programme.models import Programme


def steps_of(idea: Idea, viewer: Viewer) -> Iterator[Onward]:
    """For those who may write the draft, while the idea is retained and has not become an action."""
    if idea.state != IdeaState.RETAINED:
        return
    programme = Programme.objects.writable_by(viewer).filter(circle=idea.circle_id).first()
    if programme is None:
        return
    if Link.objects.standing().out_of(Reference.to(idea)).filter(relation=Relation.BECAME).exists():
        return
    yield Onward(
        label=_("Porter dans le texte"),
        address=reverse("programme:bring_idea", args=[programme.slug, idea.pk]),
        detail=_(
            "Cette idée est retenue : elle peut devenir une action du texte en cours, ou rejoindre une action qui s’y "
            "trouve déjà."
        ),
    )
