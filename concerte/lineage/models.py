"""What came of what: links between plain references."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.lineage.references import Reference


class Relation(models.TextChoices):
    """How the second thing came of the first. The values are written in exports."""

    RAISED = "raised", _("a fait naître")  # an exchange, a need
    GROUPED = "grouped", _("est rangé dans")  # a need or an exchange, a theme
    MERGED = "merged", _("est réuni dans")  # two things of a kind made one
    SPLIT = "split", _("est divisé en")  # one thing made several
    INSPIRED = "inspired", _("a inspiré")  # a need or a theme, an idea
    BECAME = "became", _("est devenu")  # an idea, an action
    JOINED = "joined", _("a rejoint")  # an idea, an action that was there
    AMENDED = "amended", _("a modifié")  # an amendment, an action
    DISCUSSED = "discussed", _("a été examiné dans")  # anything, a meeting
    SUBMITTED = "submitted", _("a été soumis à")  # anything, a decision
    DECIDED = "decided", _("a décidé de")  # a decision, what it changed
    PUBLISHED = "published", _("est publié dans")  # an action, an edition
    REVISED = "revised", _("est suivi de")  # an edition, the next


class LinkQuerySet(models.QuerySet["Link"]):
    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def out_of(self, reference: Reference) -> Self:
        return self.filter(from_kind=reference.kind, from_id=reference.id)

    def into(self, reference: Reference) -> Self:
        return self.filter(to_kind=reference.kind, to_id=reference.id)


class Link(models.Model):
    """One thing came of another. Written by services only; withdrawn with a reason, never erased."""

    from_kind = models.CharField("origine", max_length=60)
    from_id = models.CharField("identifiant de l’origine", max_length=64)
    to_kind = models.CharField("suite", max_length=60)
    to_id = models.CharField("identifiant de la suite", max_length=64)
    relation = models.CharField("relation", max_length=12, choices=Relation)
    made_at = models.DateTimeField("établi le", auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.CharField("au nom de", max_length=80, blank=True)  # slug
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien d’origine"
        verbose_name_plural = "liens d’origine"
        ordering = ("pk",)
        indexes = (
            models.Index(fields=("from_kind", "from_id"), name="lineage_downstream"),
            models.Index(fields=("to_kind", "to_id"), name="lineage_upstream"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("from_kind", "from_id", "to_kind", "to_id", "relation"),
                condition=Q(withdrawn_at=None),
                name="lineage_one_link",
            ),
            models.CheckConstraint(
                condition=~Q(from_kind=models.F("to_kind"), from_id=models.F("to_id")), name="lineage_not_itself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.origin} {self.relation} {self.outcome}"

    @property
    def origin(self) -> Reference:
        return Reference(self.from_kind, self.from_id)

    @property
    def outcome(self) -> Reference:
        return Reference(self.to_kind, self.to_id)
