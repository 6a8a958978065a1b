"""Bilateral exchanges: who met, when, what was said, what follows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.concertation.querysets.exchanges import ExchangeQuerySet, FollowUpQuerySet
from concerte.documents.models import Document
from concerte.partners.models import Circle, College, Organisation


class Visibility(models.TextChoices):
    """Who may read an exchange once both sides confirmed it; until then, only the two sides do."""

    SIDES = "sides", _("les deux parties")
    COLLEGES = "colleges", _("les collèges du programme")
    PUBLIC = "public", _("tout le monde")


class Exchange(models.Model):
    """Organisations of two colleges met. Both correct the record until both confirm it; it then never changes."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="exchanges")
    title = models.CharField("objet", max_length=200)
    held_on = models.CharField("date", max_length=10)  # PartialDate
    held_by_day = models.DateField("dernier jour possible")  # of the date above: what lists are sorted by
    subjects = models.TextField("sujets abordés", blank=True)  # one per line
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")  # present, with an account
    other_people = models.TextField("autres personnes présentes", blank=True)  # one per line
    visibility = models.CharField("qui peut le lire", max_length=8, choices=Visibility, default=Visibility.SIDES)
    note = models.OneToOneField(Document, models.PROTECT, related_name="+")
    fixed_at = models.DateTimeField("confirmé par les deux parties le", null=True, blank=True)
    fixed_content = models.TextField("contenu confirmé", blank=True)  # canonical JSON: what both sides confirmed
    fixed_digest = models.CharField("empreinte", max_length=71, blank=True)
    # What was imported about it: {"sources": […], "certainty", "note"}. Facts of others, never edited.
    origin = models.JSONField("faits importés", default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        verbose_name = "échange bilatéral"
        verbose_name_plural = "échanges bilatéraux"
        ordering = ("-held_by_day", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(fixed_at=None, fixed_digest="") | (Q(fixed_at__isnull=False) & ~Q(fixed_digest="")),
                name="concertation_fixed_exchange_is_frozen",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_fixed(self) -> bool:
        return self.fixed_at is not None

    @property
    def subject_lines(self) -> list[str]:
        return [line.strip() for line in self.subjects.splitlines() if line.strip()]

    @property
    def other_people_lines(self) -> list[str]:
        return [line.strip() for line in self.other_people.splitlines() if line.strip()]


class ExchangeParty(models.Model):
    """An organisation took part in an exchange, on the side of its college that day."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="exchange_parties")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "partie à un échange"
        verbose_name_plural = "parties aux échanges"
        ordering = ("college__position", "organisation__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("exchange", "organisation"), name="concertation_one_party_per_organisation"
            ),
        )

    def __str__(self) -> str:
        return f"{self.exchange_id} · {self.organisation_id}"


class ExchangeConfirmation(models.Model):
    """A side says that the record is true, of one very content. It is worth nothing for another one."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="confirmations")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    digest = models.CharField("empreinte du contenu lu", max_length=71)
    given_at = models.DateTimeField("donnée le", auto_now_add=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "confirmation d’un échange"
        verbose_name_plural = "confirmations d’échanges"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("exchange", "college"),
                condition=Q(cancelled_at=None),
                name="concertation_one_confirmation_per_side",
            ),
        )

    def __str__(self) -> str:
        return f"{self.exchange_id} · {self.college_id}"


class VisibilityRequest(models.Model):
    """A side asks that a fixed exchange be read by others than now; the other side accepts or refuses."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="visibility_requests")
    visibility = models.CharField("visibilité demandée", max_length=8, choices=Visibility)
    college = models.ForeignKey(College, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("demandée le", auto_now_add=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    is_accepted = models.BooleanField("acceptée", null=True)
    answer = models.CharField("réponse", max_length=300, blank=True)

    class Meta:
        verbose_name = "demande de visibilité"
        verbose_name_plural = "demandes de visibilité"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("exchange",), condition=Q(answered_at=None), name="concertation_one_visibility_request"
            ),
        )

    def __str__(self) -> str:
        return f"{self.exchange_id} → {self.visibility}"


class FollowUp(models.Model):
    """What somebody is to do after an exchange: a person, or an organisation; done, or dropped with a word."""

    class State(models.TextChoices):
        OPEN = "open", _("à faire")
        DONE = "done", _("faite")
        DROPPED = "dropped", _("abandonnée")

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="follow_ups")
    what = models.CharField("suite à donner", max_length=300)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField("échéance")
    state = models.CharField("état", max_length=8, choices=State, default=State.OPEN)
    closing_word = models.CharField("mot de la fin", max_length=300, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("ajoutée le", auto_now_add=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "suite d’un échange"
        verbose_name_plural = "suites des échanges"
        ordering = ("due_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(person=None) ^ Q(organisation=None), name="concertation_follow_up_has_one_owner"
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(closing_word=""), name="concertation_dropped_with_a_word"
            ),
        )

    def __str__(self) -> str:
        return self.what

    @property
    def owner(self) -> User | Organisation | None:
        """Never none: a constraint of the database."""
        return self.person or self.organisation

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
