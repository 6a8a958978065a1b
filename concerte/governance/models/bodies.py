"""Bodies, who sits on them, who holds each seat."""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.partners.models import Circle, College, Membership, Organisation, last_day_before

DEFAULT_TIME_ZONE = "Europe/Paris"


class Publicity(models.TextChoices):
    """Who reads what a body does, besides the organisations that sit on it. The values are written in minutes."""

    SIDES = "sides", _("les organisations qui y siègent")
    COLLEGES = "colleges", _("toutes les organisations des collèges qui participent au programme")
    PUBLIC = "public", _("tout le monde")


class BodyQuerySet(models.QuerySet["Body"]):
    def existing_on(self, day: date) -> Self:
        """Those that had not ended that day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day))

    def kept_by(self, person: User | AnonymousUser) -> Self:
        """Those whose secretariat the person keeps today: the coordination role, in the organisation that has it."""
        return self.filter(
            secretariat__in=Organisation.objects.where_person_is(person, Membership.Role.COORDINATION),
        )


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
    # Who reads its agendas, who was present, its minutes once they are fixed. Its membership is public.
    publicity = models.CharField("publicité des réunions", max_length=8, choices=Publicity, default=Publicity.PUBLIC)
    time_zone = models.CharField("fuseau horaire habituel", max_length=40, default=DEFAULT_TIME_ZONE)
    # The share of the voting organisations of each college that must be there, in person or by proxy.
    quorum_percent = models.PositiveSmallIntegerField(
        "quorum de chaque collège, en pour cent", default=50, validators=[MaxValueValidator(100)]
    )
    has_secret_ballots = models.BooleanField("les votes de personnes sont secrets", default=False)
    notice_days = models.PositiveSmallIntegerField("délai de convocation, en jours", default=15)
    max_proxies = models.PositiveSmallIntegerField("pouvoirs par organisation", default=1)
    starts_on = models.CharField("existe depuis", max_length=10, blank=True)  # PartialDate
    ends_on = models.DateField("n’existe plus depuis le", null=True, blank=True)  # first day without it
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)
    # What was imported about it: {"composition", "frequency", "note", "sources": […], "certainty"}. Facts of others.
    origin = models.JSONField("faits importés", default=dict, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "instance"
        verbose_name_plural = "instances"
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(quorum_percent__lte=100), name="governance_body_quorum_is_a_share"),
        )

    def __str__(self) -> str:
        return self.acronym or self.name

    def exists_on(self, day: date) -> bool:
        return self.ends_on is None or day < self.ends_on


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

    def is_held_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def start_text(self) -> str:
        return self.starts_on.isoformat()

    @property
    def end_text(self) -> str:
        """The last day, empty while no end is foreseen."""
        return last_day_before(self.ends_on).isoformat() if self.ends_on else ""


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

    def is_held_on(self, day: date) -> bool:
        """Whether it is in force that day; its seat is another question."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def start_text(self) -> str:
        return self.starts_on.isoformat()

    @property
    def end_text(self) -> str:
        """The last day, empty while no end is foreseen."""
        return last_day_before(self.ends_on).isoformat() if self.ends_on else ""
