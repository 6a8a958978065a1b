"""Opinions asked upstream: a State service submits a text that concerns local authorities before it is decided; bodies
give a formal opinion; the State answers each point. How long that takes is an indicator."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.documents.models import Document, StoredFile
from concerte.governance.models.bodies import Body
from concerte.governance.querysets.consultations import ConsultationQuerySet, OpinionQuerySet
from concerte.partners.models import Circle, Organisation
from concerte.territories.strata import Stratum


class Consultation(models.Model):
    """A draft text submitted to bodies. Its number is never reused, its page never goes."""

    class Kind(models.TextChoices):
        DECREE = "decree", _("projet de décret")
        ORDER = "order", _("projet d’arrêté")
        CIRCULAR = "circular", _("projet de circulaire ou d’instruction")
        BILL = "bill", _("avant-projet de loi ou d’ordonnance")
        SOFTWARE = "software", _("projet de logiciel ou de service numérique")
        STANDARD = "standard", _("projet de référentiel ou de norme")

    class State(models.TextChoices):
        OPEN = "open", _("en cours")
        ANSWERED = "answered", _("close, chaque point a sa réponse")
        WITHDRAWN = "withdrawn", _("retirée")

    class Visibility(models.TextChoices):
        COLLEGES = "colleges", _("les collèges du programme")
        PUBLIC = "public", _("tout le monde")

    number = models.PositiveIntegerField("numéro", unique=True)
    circle = models.ForeignKey(Circle, models.PROTECT, related_name="consultations")
    kind = models.CharField("nature", max_length=10, choices=Kind)
    title = models.CharField("intitulé", max_length=300)
    summary = models.TextField("ce que le texte change")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    strata = models.JSONField("collectivités concernées", default=list)  # values of Stratum
    submitted_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("saisine le", default=timezone.now)
    due_on = models.DateField("avis attendus le")
    visibility = models.CharField("visible par", max_length=10, choices=Visibility, default=Visibility.COLLEGES)
    state = models.CharField("état", max_length=10, choices=State, default=State.OPEN)
    answered_at = models.DateTimeField("close le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "saisine en amont"
        verbose_name_plural = "saisines en amont"
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False),
                name="governance_answered_consultation",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ConcernedThing(models.Model):
    """Something the text concerns (an action…), as a plain reference shown by the room that owns it."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="concerned_things")
    kind = models.CharField("objet", max_length=60)
    identifier = models.CharField("identifiant de l’objet", max_length=64)

    class Meta:
        verbose_name = "objet concerné"
        verbose_name_plural = "objets concernés"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("consultation", "kind", "identifier"), name="governance_concerned_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.identifier}"


class CostEstimate(models.Model):
    """What the text would cost one authority of a class of size, as its author expects. Unknown is not zero."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="costs")
    stratum = models.CharField("collectivités", max_length=20, choices=Stratum)
    once_euros = models.PositiveIntegerField("la première année, en euros", null=True, blank=True)
    yearly_euros = models.PositiveIntegerField("chaque année ensuite, en euros", null=True, blank=True)
    note = models.CharField("comment c’est estimé", max_length=300, blank=True)

    class Meta:
        verbose_name = "coût attendu"
        verbose_name_plural = "coûts attendus"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("consultation", "stratum"), name="governance_one_cost_per_stratum"),
        )

    def __str__(self) -> str:
        return f"{self.consultation_id} · {self.stratum}"


class Opinion(models.Model):
    """What one body says of the text: asked, prepared together in a note, then given once and for ever."""

    class Kind(models.TextChoices):
        FAVOURABLE = "favourable", _("favorable")
        RESERVED = "reserved", _("favorable avec réserves")
        UNFAVOURABLE = "unfavourable", _("défavorable")
        NONE = "none", _("prend acte, sans avis")

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="opinions")
    body = models.ForeignKey(Body, models.PROTECT, related_name="opinions")
    note = models.OneToOneField(Document, models.PROTECT, related_name="+")  # where it is written together
    kind = models.CharField("avis", max_length=12, choices=Kind, blank=True)
    text = models.JSONField("texte de l’avis", default=list, blank=True)  # blocks, as they were when it was given
    digest = models.CharField("empreinte du texte", max_length=71, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField("rendu le", null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("consultation", "body"), name="governance_one_opinion_per_body"),
            models.CheckConstraint(
                condition=Q(given_at=None, kind="") | (Q(given_at__isnull=False) & ~Q(kind="")),
                name="governance_given_opinion_says_which",
            ),
        )

    def __str__(self) -> str:
        return f"{self.consultation_id} · {self.body_id}"

    @property
    def is_given(self) -> bool:
        return self.given_at is not None

    def days_late(self, due_on: date, today: date) -> int:
        """How many days after the day it was asked for it came, or has not come yet; 0 in time."""
        last = timezone.localdate(self.given_at) if self.given_at else today
        return max(0, (last - due_on).days)


class OpinionPoint(models.Model):
    """One reserve or remark of an opinion, which the State answers."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="points")
    rank = models.PositiveSmallIntegerField("rang")  # 1, 2… within the opinion
    text = models.TextField("réserve ou remarque")
    answer = models.TextField("réponse", blank=True)
    is_followed = models.BooleanField("le texte en tient compte", null=True)
    answered_for = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)

    class Meta:
        verbose_name = "point d’un avis"
        verbose_name_plural = "points des avis"
        ordering = ("rank",)
        constraints = (
            models.UniqueConstraint(fields=("opinion", "rank"), name="governance_opinion_point_rank"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="governance_answered_point_has_words",
            ),
        )

    def __str__(self) -> str:
        return f"{self.opinion_id} · {self.rank}"
