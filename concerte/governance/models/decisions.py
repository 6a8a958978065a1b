"""Decisions: what is asked, of whom, by which rule, what each said, what came of it."""

import json
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.governance.counting_rules import Rule, read_rule
from concerte.governance.models.bodies import Body, Seat
from concerte.governance.querysets.decisions import DecisionQuerySet
from concerte.lineage.references import Reference
from concerte.partners.models import Circle, College, Organisation


class NamedRule(models.Model):
    """A way of deciding that a body has given a name to. Copied into each decision that is opened under it."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="rules")
    name = models.CharField("nom", max_length=120)
    rule = models.JSONField("règle")  # concerte-rule/1
    set_at = models.DateTimeField("fixée le", auto_now_add=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    class Meta:
        verbose_name = "règle de décision"
        verbose_name_plural = "règles de décision"
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("body", "name"), condition=Q(withdrawn_at=None), name="governance_one_rule_of_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @cached_property
    def parsed(self) -> Rule:
        return read_rule(self.rule)


class Decision(models.Model):
    """A question put to a body, or to those who take part in a programme, under a rule that never changes after."""

    class State(models.TextChoices):
        OPEN = "open", _("ouverte")
        CLOSED = "closed", _("close")
        WITHDRAWN = "withdrawn", _("retirée")

    class Visibility(models.TextChoices):
        """Who reads it once it is closed. Open, it is for those who decide."""

        BODY = "body", _("l’instance")
        COLLEGES = "colleges", _("les collèges du programme")
        PUBLIC = "public", _("tout le monde")

    number = models.PositiveIntegerField("numéro", unique=True)  # 1, 2… without a gap, given at opening
    # None: those who take part in the circle decide, through their representatives.
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="decisions")
    circle = models.ForeignKey(Circle, models.PROTECT, null=True, blank=True, related_name="decisions")
    question = models.CharField("question", max_length=300)
    explanation = models.TextField("exposé", blank=True)
    # What it is about, when it is a thing of the platform; label: its name, as it was that day.
    subject_kind = models.CharField("nature de l’objet", max_length=60, blank=True)
    subject_id = models.CharField("identifiant de l’objet", max_length=64, blank=True)
    subject_label = models.CharField("objet", max_length=300, blank=True)
    # The words that are decided, when they are in the decision itself; an answer to an objection may change them.
    wording = models.TextField("texte proposé", blank=True)
    digest = models.CharField("empreinte du texte", max_length=71, blank=True)  # of the subject, or of the wording
    rule_name = models.CharField("nom de la règle", max_length=120)
    rule = models.JSONField("règle")  # concerte-rule/1, as it was that day
    is_secret = models.BooleanField("vote secret", default=False)
    visibility = models.CharField("lisible par", max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    state = models.CharField("état", max_length=12, choices=State, default=State.OPEN)
    opens_at = models.DateTimeField("ouvre le")
    closes_at = models.DateTimeField("clôt le", null=True, blank=True)  # None: when what it is about is concluded
    time_zone = models.CharField("fuseau horaire", max_length=40, default="Europe/Paris")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("ouverte le", auto_now_add=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    result = models.TextField("calcul", blank=True)  # concerte-count/1, canonical JSON as text: frozen
    result_digest = models.CharField("empreinte du calcul", max_length=71, blank=True)
    is_adopted = models.BooleanField("adoptée", null=True)  # once closed
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawn_because = models.TextField("motif du retrait", blank=True)
    review_on = models.DateField("à revoir le", null=True, blank=True)
    reviewed_at = models.DateTimeField("revue le", null=True, blank=True)
    review_note = models.TextField("ce que dit la revue", blank=True)
    searchable = models.TextField("texte cherché", blank=True)  # folded: see common.folding

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        verbose_name_plural = "décisions"
        ordering = ("-number",)
        indexes = (
            models.Index(fields=("state", "closes_at"), name="governance_decision_due"),
            models.Index(fields=("subject_kind", "subject_id"), name="governance_decision_subject"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=models.F("opens_at")),
                name="governance_decision_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(body__isnull=False) | Q(circle__isnull=False), name="governance_somebody_decides"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(is_adopted__isnull=False) & ~Q(result_digest="")),
                name="governance_closed_has_result",
            ),
        )

    def __str__(self) -> str:
        return f"n°\u00a0{self.number} · {self.question}"

    @cached_property
    def parsed_rule(self) -> Rule:
        return read_rule(self.rule)

    @cached_property
    def computation(self) -> dict[str, Any]:
        """The frozen computation; {} before it is closed."""
        found: dict[str, Any] = json.loads(self.result) if self.result else {}
        return found

    @property
    def subject(self) -> Reference | None:
        return Reference(self.subject_kind, self.subject_id) if self.subject_kind else None

    @property
    def holds_its_wording(self) -> bool:
        """Whether the text that is decided is in the decision itself."""
        return bool(self.wording)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def is_open_at(self, now: datetime) -> bool:
        """Whether votes are taken at that instant, whatever a late job left to do."""
        is_in_time = self.opens_at <= now and (self.closes_at is None or now < self.closes_at)
        return self.state == self.State.OPEN and is_in_time

    def is_over_at(self, now: datetime) -> bool:
        """Whether its time has passed: closed, or to be closed by the next one who can."""
        is_past = self.closes_at is not None and self.closes_at <= now
        return self.state == self.State.CLOSED or (self.state == self.State.OPEN and is_past)

    @property
    def is_open(self) -> bool:
        return self.is_open_at(timezone.now())

    @property
    def is_over(self) -> bool:
        return self.is_over_at(timezone.now())


class DecisionVoter(models.Model):
    """An organisation that may vote on a decision: frozen when it opens, with its votes and its name of that day."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="voters")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    name = models.CharField("nom", max_length=200)
    weight = models.PositiveSmallIntegerField("nombre de voix")

    class Meta:
        verbose_name = "organisation appelée à voter"
        verbose_name_plural = "organisations appelées à voter"
        ordering = ("college__position", "name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("decision", "organisation"), name="governance_one_voter"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="governance_voter_weighs"),
        )

    def __str__(self) -> str:
        return self.name


class CollegeResult(models.Model):
    """What one college decided: a copy of the frozen computation, to look decisions up by it."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="college_results")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")
    is_adopted = models.BooleanField("adopte")

    class Meta:
        verbose_name = "résultat d’un collège"
        verbose_name_plural = "résultats des collèges"
        ordering = ("college__position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("decision", "college"), name="governance_one_result_per_college"),
        )

    def __str__(self) -> str:
        return f"{self.decision_id} · {self.college_id} · {self.is_adopted}"
