"""What became of a need or of a theme, and where it came from: read off the thread, never typed."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.concertation.models.needs import Need
from concerte.concertation.models.themes import THEME_KIND
from concerte.lineage import references
from concerte.lineage.references import Reference, Shown
from concerte.lineage.walking import thread_of


class Fate(models.TextChoices):
    """How far a need has come, from the beginning. The values are written in exports."""

    RAISED = "raised", _("signalé")
    THEME = "theme", _("rangé dans un thème")
    IDEA = "idea", _("a inspiré une idée")
    ACTION = "action", _("est devenu une action")
    EDITION = "edition", _("est publié dans une édition")
    MERGED = "merged", _("réuni dans un autre besoin")
    WITHDRAWN = "withdrawn", _("retiré")


# What a need has become when its thread reaches such a thing; the last one wins.
_REACHED = {
    THEME_KIND: Fate.THEME,
    "concertation.idea": Fate.IDEA,
    "programme.action": Fate.ACTION,
    "programme.edition": Fate.EDITION,
}


@dataclass(frozen=True)
class Step:
    """Something on the thread. kind: what such a thing is called. distance: in steps, from 1."""

    reference: Reference
    kind: str
    shown: Shown
    distance: int


@dataclass(frozen=True)
class Story:
    """origins, outcomes: what the viewer may see upstream and downstream, the nearest first."""

    origins: tuple[Step, ...]
    outcomes: tuple[Step, ...]


def story_of(reference: Reference, viewer: User | AnonymousUser) -> Story:
    """A few queries for the thread, one or two for each kind of thing on it."""
    thread = thread_of(reference)
    around = {each: distance for each, distance in thread.steps.items() if distance}
    shown = references.show(around, viewer)
    steps = [
        Step(each, references.kind_label(each.kind), shown[each], distance)
        for each, distance in sorted(around.items(), key=lambda item: (abs(item[1]), item[0]))
        if each in shown
    ]
    return Story(
        origins=tuple(step for step in steps if step.distance < 0),
        outcomes=tuple(step for step in steps if step.distance > 0),
    )


def fate_of(need: Need, story: Story) -> Fate:
    """How far a need has come, as far as the viewer of its story may see."""
    if need.is_withdrawn:
        return Fate.WITHDRAWN
    order = list(Fate)
    reached = [_REACHED[step.reference.kind] for step in story.outcomes if step.reference.kind in _REACHED]
    furthest = max(reached, key=order.index, default=Fate.RAISED)
    if need.merged_into_id is not None and furthest in (Fate.RAISED, Fate.THEME):
        return Fate.MERGED
    return furthest
