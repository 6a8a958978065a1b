"""Disagreements as things of their own: what each college holds, what was tried, who is to settle it, by when."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.governance.models.bodies import Body
from concerte.governance.querysets.disagreements import DisagreementQuerySet
from concerte.lineage.references import Reference
from concerte.partners.models import Circle, College, Organisation


class Disagreement(models.Model):
    """Something the colleges of a circle do not agree on. Its number is never reused, its page never goes."""

    class State(models.TextChoices):
        OPEN = "open", _("en discussion")
        SETTLED = "settled", _("tranché par un accord")
        RECORDED = "recorded", _("acté comme désaccord")
        WITHDRAWN = "withdrawn", _("retiré")

    class Visibility(models.TextChoices):
        COLLEGES = "colleges", _("les collèges du programme")
        PUBLIC = "public", _("tout le monde")

    number = models.PositiveIntegerField("numéro", unique=True)
    circle = models.ForeignKey(Circle, models.PROTECT, related_name="disagreements")
    title = models.CharField("sujet", max_length=200)
    description = models.TextField("de quoi il s’agit", blank=True)
    # What it is about, if it is something of ours: a plain reference, shown by the room that owns it.
    subject_kind = models.CharField("objet", max_length=60, blank=True)
    subject_id = models.CharField("identifiant de l’objet", max_length=64, blank=True)
    state = models.CharField("état", max_length=10, choices=State, default=State.OPEN)
    visibility = models.CharField("visible par", max_length=10, choices=Visibility, default=Visibility.COLLEGES)
    # Who is to settle it now: nobody yet, a group, then one body after the other.
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="disagreements")
    due_on = models.DateField("réponse attendue le", null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("ouvert le", auto_now_add=True)
    answer = models.TextField("réponse", blank=True)
    agreed_wording = models.TextField("rédaction retenue", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        verbose_name = "désaccord"
        verbose_name_plural = "désaccords"
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("settled", "recorded")) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="governance_answered_disagreement",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def subject(self) -> Reference | None:
        return Reference(self.subject_kind, self.subject_id) if self.subject_kind else None


class Stance(models.Model):
    """What an organisation holds in a disagreement, for its college: reasons, and the wording it proposes. A new one
    replaces the last, which stays."""

    disagreement = models.ForeignKey(Disagreement, models.PROTECT, related_name="stances")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")  # of the organisation that day
    position = models.CharField("position", max_length=300)
    reasons = models.TextField("motifs")
    wording = models.TextField("rédaction proposée", blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("donnée le", auto_now_add=True)
    replaced_at = models.DateTimeField("remplacée le", null=True, blank=True)

    class Meta:
        verbose_name = "position dans un désaccord"
        verbose_name_plural = "positions dans les désaccords"
        ordering = ("college__position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("disagreement", "organisation"), condition=Q(replaced_at=None), name="governance_one_stance"
            ),
        )

    def __str__(self) -> str:
        return f"{self.disagreement_id} · {self.organisation_id}"


class Attempt(models.Model):
    """Something that was tried to agree."""

    disagreement = models.ForeignKey(Disagreement, models.PROTECT, related_name="attempts")
    tried_on = models.DateField("le")
    text = models.TextField("ce qui a été tenté")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("noté le", auto_now_add=True)

    class Meta:
        verbose_name = "tentative d’accord"
        verbose_name_plural = "tentatives d’accord"
        ordering = ("tried_on", "pk")

    def __str__(self) -> str:
        return f"{self.disagreement_id} · {self.tried_on}"


class Escalation(models.Model):
    """The disagreement was taken to a body, which answers by a day."""

    disagreement = models.ForeignKey(Disagreement, models.PROTECT, related_name="escalations")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    because = models.TextField("motif")
    due_on = models.DateField("réponse attendue le")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("portée le", auto_now_add=True)

    class Meta:
        verbose_name = "saisine d’une instance sur un désaccord"
        verbose_name_plural = "saisines d’instances sur des désaccords"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.disagreement_id} → {self.body_id}"
