"""What needs have in common, and what each organisation puts first."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.concertation.querysets.themes import PriorityRoundQuerySet, ThemeQuerySet
from concerte.lineage.references import Reference
from concerte.partners.models import Circle, Organisation

THEME_KIND = "concertation.theme"  # written in links of lineage
EXCHANGE_KIND = "concertation.exchange"
DEFAULT_POINTS = 10
MAX_POINTS = 1000


class Theme(models.Model):
    """Needs and exchanges put together under one name. Never erased: merged or withdrawn, with a reason."""

    class Visibility(models.TextChoices):
        COLLEGES = "colleges", _("les collèges du programme")
        PUBLIC = "public", _("tout le monde")

    circle = models.ForeignKey(Circle, models.PROTECT, verbose_name="cercle", related_name="themes")
    title = models.CharField("titre", max_length=200)
    description = models.TextField("description", max_length=6000, blank=True)
    visibility = models.CharField("visible par", max_length=10, choices=Visibility, default=Visibility.COLLEGES)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="créé par", null=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="au nom de", null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="réuni dans", null=True, blank=True, related_name="merged_themes"
    )
    closed_at = models.DateTimeField("retiré ou réuni le", null=True, blank=True)
    closed_because = models.CharField("motif", max_length=300, blank=True)
    origin = models.JSONField("faits importés", default=dict, blank=True)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = "thème"
        verbose_name_plural = "thèmes"
        ordering = ("title", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_at__isnull=False), name="concertation_merged_theme_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(closed_because=""), name="concertation_closed_theme_says_why"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> Reference:
        return Reference(THEME_KIND, str(self.pk))

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class PriorityRound(models.Model):
    """A time during which each organisation spreads the same number of points over the themes of a circle."""

    circle = models.ForeignKey(Circle, models.PROTECT, verbose_name="cercle", related_name="priority_rounds")
    number = models.PositiveIntegerField("numéro")
    points = models.PositiveSmallIntegerField("points par organisation", default=DEFAULT_POINTS)
    question = models.CharField("question posée", max_length=300, blank=True)
    opened_at = models.DateTimeField("ouvert le", auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PriorityRoundQuerySet.as_manager()

    class Meta:
        verbose_name = "tour de priorités"
        verbose_name_plural = "tours de priorités"
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("circle", "number"), name="concertation_one_number_per_round"),
            models.UniqueConstraint(
                fields=("circle",), condition=Q(closed_at=None), name="concertation_one_open_round"
            ),
            models.CheckConstraint(
                condition=Q(points__gte=1, points__lte=MAX_POINTS), name="concertation_round_has_points"
            ),
        )

    def __str__(self) -> str:
        return f"{self.circle_id} · {self.number}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Allocation(models.Model):
    """The points one organisation puts on one theme in a round. Changed at will until the round closes."""

    round = models.ForeignKey(PriorityRound, models.PROTECT, verbose_name="tour", related_name="allocations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="organisation", related_name="+")
    theme = models.ForeignKey(Theme, models.PROTECT, verbose_name="thème", related_name="allocations")
    points = models.PositiveSmallIntegerField("points")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField("placés le", auto_now=True)

    class Meta:
        verbose_name = "points donnés"
        verbose_name_plural = "points donnés"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("round", "organisation", "theme"), name="concertation_one_allocation_per_theme"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.theme_id} · {self.points}"
