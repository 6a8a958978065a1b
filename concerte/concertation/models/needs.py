"""What territories need: raised by one organisation, joined by others, followed until something came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.concertation.querysets.needs import NeedQuerySet, NeedSupportQuerySet
from concerte.lineage.references import Reference
from concerte.partners.models import Circle, Organisation
from concerte.territories.models import Stratum
from concerte.territories.strata import in_order

NEED_KIND = "concertation.need"  # written in links of lineage


class Urgency(models.TextChoices):
    """Said with words, never with a number. From the most pressing."""

    BLOCKED = "blocked", _("tout de suite\u00a0: un service est bloqué")
    SEMESTER = "semester", _("dans les six mois")
    YEAR = "year", _("dans l’année")
    LATER = "later", _("plus tard\u00a0: à préparer")


class NeedVisibility(models.TextChoices):
    SIDES = "sides", _("les organisations qui le portent")
    COLLEGES = "colleges", _("les collèges du programme")
    PUBLIC = "public", _("tout le monde")


# What may be read by more people, never by fewer.
OPENNESS: list[str] = [NeedVisibility.SIDES, NeedVisibility.COLLEGES, NeedVisibility.PUBLIC]


class Need(models.Model):
    """A difficulty somebody meets, in the words of who raised it. Never erased: withdrawn or merged, with a reason."""

    circle = models.ForeignKey(Circle, models.PROTECT, verbose_name="cercle", related_name="needs")
    title = models.CharField("titre", max_length=200)
    difficulty = models.TextField("quelle est la difficulté", max_length=6000)
    concerned = models.TextField("qui est concerné", max_length=2000)
    # Values of Stratum between spaces, one at both ends (" commune-0 epci "): found by LIKE on any database.
    strata_text = models.CharField("types et tailles de collectivités", max_length=200, blank=True, default=" ")
    urgency = models.CharField("urgence", max_length=10, choices=Urgency)
    visibility = models.CharField("visible par", max_length=10, choices=NeedVisibility, default=NeedVisibility.COLLEGES)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="signalé par", related_name="raised_needs"
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", null=True, related_name="+"
    )
    raised_at = models.DateTimeField("signalé le", auto_now_add=True)
    theme = models.ForeignKey(
        "concertation.Theme", models.PROTECT, verbose_name="thème", null=True, blank=True, related_name="needs"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="réuni dans", null=True, blank=True, related_name="merged_needs"
    )
    closed_at = models.DateTimeField("retiré ou réuni le", null=True, blank=True)
    closed_because = models.CharField("motif", max_length=300, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = "besoin"
        verbose_name_plural = "besoins"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("circle", "closed_at", "theme", "-id"), name="concertation_needs_of_circle"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_at__isnull=False), name="concertation_merged_need_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(closed_because=""), name="concertation_closed_need_says_why"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def strata(self) -> list[Stratum]:
        """The types and sizes of authorities concerned, from the smallest; none when it was not said."""
        return in_order(self.strata_text.split())

    @property
    def reference(self) -> Reference:
        return Reference(NEED_KIND, str(self.pk))

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_withdrawn(self) -> bool:
        return self.closed_at is not None and self.merged_into_id is None


class NeedSupport(models.Model):
    """An organisation says « nous aussi ». Who raised the need is the first; counted once per organisation."""

    need = models.ForeignKey(Need, models.PROTECT, verbose_name="besoin", related_name="supports")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="organisation", related_name="supported_needs"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", null=True, related_name="+"
    )
    words = models.CharField("en quoi", max_length=600, blank=True)
    joined_at = models.DateTimeField("rejoint le", auto_now_add=True)
    # The need that was merged, from which this support comes; empty when it was given here.
    came_from = models.ForeignKey(Need, models.PROTECT, verbose_name="venu de", null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = NeedSupportQuerySet.as_manager()

    class Meta:
        verbose_name = "soutien à un besoin"
        verbose_name_plural = "soutiens aux besoins"
        ordering = ("joined_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("need", "organisation"),
                condition=Q(withdrawn_at=None),
                name="concertation_one_support_per_organisation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.need_id} · {self.organisation_id}"


class NeedStem(models.Model):
    """One stem of a need, to find those that resemble a text: the index of the search, rebuilt with the need."""

    circle = models.ForeignKey(Circle, models.CASCADE, db_index=False, related_name="+")
    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    stem = models.CharField("racine", max_length=40)
    weight = models.PositiveSmallIntegerField("poids")  # 3 in the title, 1 elsewhere

    class Meta:
        verbose_name = "racine d’un besoin"
        verbose_name_plural = "racines des besoins"
        ordering = ("pk",)
        indexes = (models.Index(fields=("circle", "stem", "need", "weight"), name="concertation_need_stems"),)

    def __str__(self) -> str:
        return f"{self.need_id} · {self.stem}"


class NeedWord(models.Model):
    """A stem that some need of a circle holds, or held: where a misspelt word is looked up. Only ever added to."""

    circle = models.ForeignKey(Circle, models.CASCADE, db_index=False, related_name="+")
    stem = models.CharField("racine", max_length=40)

    class Meta:
        verbose_name = "racine connue"
        verbose_name_plural = "racines connues"
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("circle", "stem"), name="concertation_need_words"),)

    def __str__(self) -> str:
        return self.stem
