"""Votes, named or secret, and proxies."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concerte.governance.models.decisions import Decision, DecisionVoter
from concerte.partners.models import College


class Vote(models.Model):
    """What an organisation says, through one person. A new one replaces the last, which stays readable."""

    class Choice(models.TextChoices):
        FOR = "for", _("pour")
        AGAINST = "against", _("contre")
        ABSTENTION = "abstention", _("abstention")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="votes")
    voter = models.ForeignKey(DecisionVoter, models.PROTECT, related_name="votes")
    choice = models.CharField("vote", max_length=12, choices=Choice)
    reasons = models.TextField("motifs", blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_by_substitute = models.BooleanField("par la suppléance", default=False)
    represented_by = models.ForeignKey(DecisionVoter, models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField("empreinte du texte lu", max_length=71, blank=True)
    given_at = models.DateTimeField("donné le")
    replaced_at = models.DateTimeField("remplacé le", null=True, blank=True)

    class Meta:
        verbose_name = "vote"
        verbose_name_plural = "votes"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("voter",), condition=Q(replaced_at=None), name="governance_one_vote"),
            models.CheckConstraint(
                condition=Q(represented_by=None) | ~Q(represented_by=F("voter")), name="governance_not_its_own_proxy"
            ),
        )

    def __str__(self) -> str:
        return f"{self.voter_id} · {self.choice}"


class SecretParticipation(models.Model):
    """An organisation took part in a secret ballot, through this person. What they chose is nowhere beside it.

    What this separation gives: no row, no key, no order ties a person to a choice, because choices are kept as
    numbers only (SecretTally), added up under a lock, never as rows of their own.

    What it does not give, said to those who vote: whoever reads the live database before and after a vote, or two
    copies of it taken around one, sees which number grew; a college that is unanimous, or of which only one
    organisation voted, shows what each chose; the person who runs the server could log what is sent to it. And a secret
    vote cannot be changed: nothing says any more which choice there is to take back."""

    voter = models.OneToOneField(DecisionVoter, models.PROTECT, related_name="secret_participation")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_by_substitute = models.BooleanField("par la suppléance", default=False)
    given_on = models.DateField("donné le")  # the day only: an instant would order people

    class Meta:
        verbose_name = "participation à un vote secret"
        verbose_name_plural = "participations à un vote secret"
        ordering = ("voter",)

    def __str__(self) -> str:
        return f"{self.voter_id}"


class SecretTally(models.Model):
    """How many secret ballots of a college made a choice. All rows are there from the opening, at nought."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="tallies")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")
    choice = models.CharField("vote", max_length=12, choices=Vote.Choice)
    ballots = models.PositiveIntegerField("bulletins", default=0)

    class Meta:
        verbose_name = "dépouillement"
        verbose_name_plural = "dépouillements"
        ordering = ("college__position", "choice")
        constraints = (models.UniqueConstraint(fields=("decision", "college", "choice"), name="governance_one_tally"),)

    def __str__(self) -> str:
        return f"{self.decision_id} · {self.college_id} · {self.choice}"


class Proxy(models.Model):
    """An organisation asks another of its college to vote for it on one decision."""

    giver = models.ForeignKey(DecisionVoter, models.PROTECT, related_name="proxies_given")
    holder = models.ForeignKey(DecisionVoter, models.PROTECT, related_name="proxies_held")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("donné le")
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)

    class Meta:
        verbose_name = "pouvoir"
        verbose_name_plural = "pouvoirs"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("giver",), condition=Q(withdrawn_at=None), name="governance_one_proxy"),
            models.CheckConstraint(condition=~Q(giver=F("holder")), name="governance_vote_proxy_to_another"),
        )

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.holder_id}"
