"""Objections to a consent, and what was said of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.governance.models.decisions import Decision, DecisionVoter


class Objection(models.Model):
    """A reasoned objection of an organisation, with the wording it would accept."""

    class State(models.TextChoices):
        OPEN = "open", _("attend une réponse")
        ANSWERED = "answered", _("a reçu une réponse")
        MAINTAINED = "maintained", _("maintenue")
        WITHDRAWN = "withdrawn", _("retirée")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="objections")
    voter = models.ForeignKey(DecisionVoter, models.PROTECT, related_name="objections")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reasons = models.TextField("motifs")
    wording = models.TextField("rédaction proposée")
    digest = models.CharField("empreinte du texte lu", max_length=71, blank=True)
    state = models.CharField("état", max_length=12, choices=State, default=State.OPEN)
    made_at = models.DateTimeField("faite le")

    class Meta:
        verbose_name = "objection"
        verbose_name_plural = "objections"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(reasons=""), name="governance_objection_has_reasons"),
            models.CheckConstraint(condition=~Q(wording=""), name="governance_objection_proposes"),
        )

    def __str__(self) -> str:
        return f"{self.voter_id} · {self.state}"

    @property
    def blocks(self) -> bool:
        return self.state in (self.State.OPEN, self.State.MAINTAINED)


class ObjectionStep(models.Model):
    """What happened to an objection: answered, maintained, withdrawn; in order, nothing erased."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("réponse")
        MAINTAINED = "maintained", _("maintenue")
        WITHDRAWN = "withdrawn", _("retirée")

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="steps")
    kind = models.CharField("étape", max_length=12, choices=Kind)
    text = models.TextField("texte")
    new_wording = models.TextField("nouvelle rédaction", blank=True)  # that the answer gave to the decision
    old_wording = models.TextField("rédaction d’avant", blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.CharField("au nom de", max_length=80, blank=True)  # slug
    happened_at = models.DateTimeField("le")

    class Meta:
        verbose_name = "suite d’une objection"
        verbose_name_plural = "suites des objections"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.objection_id} · {self.kind}"
