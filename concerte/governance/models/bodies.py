"""Bodies, who sits on them, who holds each seat."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.partners.models import Circle, College, Organisation


class Body(models.Model):
    """A place where organisations of several colleges meet and decide: COS, steering committee, project group…"""

    class Level(models.TextChoices):
        POLITICAL = "political", _("politique")
        STEERING = "steering", _("pilotage")
        OPERATIONAL = "operational", _("opérationnelle")
        CONSULTATIVE = "consultative", _("concertation")

    slug = models.SlugField("identifiant", max_length=80, unique=True)
    name = models.CharField("nom", max_length=200)
    acronym = models.CharField("sigle", max_length=40, blank=True)
    level = models.CharField("niveau", max_length=12, choices=Level)
    purpose = models.TextField("rôle", blank=True)
    # The organisation whose coordination convenes, keeps the agenda and opens the votes.
    secretariat = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    circles = models.ManyToManyField(Circle, verbose_name="programmes", related_name="bodies", blank=True)
    # The body to which a disagreement that stays is taken.
    above = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="below")
    has_secret_ballots = models.BooleanField("les votes de personnes sont secrets", default=False)
    notice_days = models.PositiveSmallIntegerField("délai de convocation, en jours", default=15)
    max_proxies = models.PositiveSmallIntegerField("pouvoirs par organisation", default=1)
    starts_on = models.CharField("existe depuis", max_length=10, blank=True)  # PartialDate
    ends_on = models.DateField("n’existe plus depuis le", null=True, blank=True)  # first day without it
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)
    # What was imported about it: {"composition", "frequency", "note", "sources": […], "certainty"}. Facts of others.
    origin = models.JSONField("faits importés", default=dict, blank=True)

    class Meta:
        verbose_name = "instance"
        verbose_name_plural = "instances"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.acronym or self.name


class SeatQuerySet(models.QuerySet["Seat"]):
    def held_on(self, day: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)


class Seat(models.Model):
    """An organisation sits on a body, for a time, in a college; observers have no vote."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seats")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")  # in which it votes on this body
    is_voting = models.BooleanField("a voix délibérative", default=True)
    weight = models.PositiveSmallIntegerField("nombre de voix", default=1)
    starts_on = models.DateField("commence le")
    ends_on = models.DateField("s’achève le", null=True, blank=True)  # first day without it
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = "siège"
        verbose_name_plural = "sièges"
        ordering = ("college__position", "organisation__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("body", "organisation"), condition=Q(ends_on=None), name="governance_one_open_seat"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="governance_seat_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="governance_seat_weighs"),
        )

    def __str__(self) -> str:
        return f"{self.body_id} · {self.organisation_id}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def held_on(self, day: date) -> Self:
        """Mandates in force that day, whose seat is held too."""
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gt=day),
            Q(seat__ends_on=None) | Q(seat__ends_on__gt=day),
            starts_on__lte=day,
            seat__starts_on__lte=day,
            person__is_active=True,
        )

    def held_by(self, person: User, day: date) -> Self:
        return self.held_on(day).filter(person=person)


class Mandate(models.Model):
    """A person speaks for the organisation that holds a seat, as its holder or as the holder's substitute."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="mandates")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates")
    title = models.CharField("qualité", max_length=160, blank=True)
    is_substitute = models.BooleanField("suppléance", default=False)
    starts_on = models.DateField("commence le")
    ends_on = models.DateField("s’achève le", null=True, blank=True)  # first day without it
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "mandat"
        verbose_name_plural = "mandats"
        ordering = ("is_substitute", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("seat", "is_substitute"), condition=Q(ends_on=None), name="governance_one_holder_one_substitute"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="governance_mandate_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.seat_id} · {self.person_id}"
