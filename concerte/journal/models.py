"""The journal: appended only, plain values, no foreign key upwards."""

from typing import Self

from django.db import models


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: models.Model) -> Self:
        """What happened to one row of any room."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_id=str(subject.pk))

    def of_kind(self, model: type[models.Model]) -> Self:
        return self.filter(subject_kind=model._meta.label_lower)

    def by(self, actor: models.Model | None) -> Self:
        """What one person did; what operators did from a command when nobody is given."""
        return self.filter(actor_id=actor.pk if actor is not None else None)

    def in_the_name_of(self, organisation_slug: str) -> Self:
        return self.filter(organisation=organisation_slug)


class Entry(models.Model):
    """One act: who did what, when, on what, for which organisation.

    Plain values on purpose: an entry outlives the rows it speaks of, and a room below everything cannot point upwards.
    """

    recorded_at = models.DateTimeField("enregistré le", auto_now_add=True, db_index=True)
    act = models.CharField("acte", max_length=80, db_index=True)  # "programme.edition_published"
    actor_id = models.BigIntegerField("personne", null=True, db_index=True)  # nothing: the operator, from a command
    organisation = models.CharField("au nom de", max_length=80, blank=True)  # slug
    subject_kind = models.CharField("objet", max_length=60)  # "programme.edition"
    subject_id = models.CharField("identifiant de l’objet", max_length=64)
    details = models.JSONField("détails", default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("subject_kind", "subject_id"), name="journal_by_subject"),)

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d %H:%M} {self.act}"
