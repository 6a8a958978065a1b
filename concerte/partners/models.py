"""Colleges, organisations and who speaks for them."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.territories.models import Territory

# The kinds that programme files name by a code.
KINDS = {
    "association_elus": _("association d’élus"),
    "association_professionnelle": _("association professionnelle"),
    "association_technique": _("association technique"),
    "autorite_independante": _("autorité indépendante"),
    "collectivite": _("collectivité"),
    "etablissement_public": _("établissement public"),
    "ministere": _("ministère"),
    "service_etat": _("service de l’État"),
    "structure_mutualisation": _("structure de mutualisation"),
}


def last_day_before(first_day_without: date) -> date:
    return first_day_without - timedelta(days=1)


class College(models.Model):
    """One side of the concertation. Two exist from the first start: the State, the local authorities."""

    slug = models.SlugField("identifiant", max_length=40, unique=True)
    name = models.CharField("nom", max_length=120)
    short_name = models.CharField("nom court", max_length=40)
    position = models.PositiveSmallIntegerField("rang", default=0)
    appearance = models.PositiveSmallIntegerField("couleur et motif", default=1)  # 1, 2…: a pair of the stylesheet

    class Meta:
        verbose_name = "collège"
        verbose_name_plural = "collèges"
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def existing_on(self, day: date) -> Self:
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day))

    def where_person_is(self, person: User | AnonymousUser, *roles: str, on: date | None = None) -> Self:
        """Organisations in which the person holds one of these roles (any role when none is named) that day, today by
        default. Whether the organisation itself still exists is another condition: `existing_on`."""
        return self.filter(
            Exists(Membership.objects.held_by(person, *roles, on=on).filter(organisation=OuterRef("pk")))
        )


class Organisation(models.Model):
    """A State service, an association of elected officials, a local authority… with the time it existed."""

    class Certainty(models.TextChoices):
        DOCUMENTED = "documented", _("établi par une source")
        PARTIAL = "partial", _("partiellement établi")

    slug = models.SlugField("identifiant", max_length=80, unique=True)
    name = models.CharField("nom", max_length=200)
    acronym = models.CharField("sigle", max_length=40, blank=True)
    college = models.ForeignKey(College, models.PROTECT, verbose_name="collège", related_name="organisations")
    kind = models.CharField("nature", max_length=60, blank=True)
    # The one it runs or is rooted in: what is counted by territory, class of size and population reads it.
    territory = models.ForeignKey(
        Territory, models.PROTECT, verbose_name="territoire", null=True, blank=True, related_name="organisations"
    )
    starts_on = models.DateField("existe depuis le", null=True, blank=True)
    ends_on = models.DateField("n’existe plus depuis le", null=True, blank=True)  # first day without it
    # As far as the days above are really known (PartialDate: "2019"); empty when they are, or were declared here.
    starts_known_as = models.CharField("début, tel que connu", max_length=10, blank=True)
    ends_known_as = models.CharField("dernière période, telle que connue", max_length=10, blank=True)
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)
    certainty = models.CharField("certitude", max_length=20, choices=Certainty, blank=True)  # imported facts only
    sources = models.JSONField("sources", default=list, blank=True)  # [{"id", "title", "publisher", "date", "address"}]
    note = models.TextField("note", blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisations"
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lt=models.F("ends_on")),
                name="partners_organisation_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return self.acronym or self.name

    @property
    def start_text(self) -> str:
        """The beginning, as a partial date at the precision it is known; empty when it is not."""
        return self.starts_known_as or (self.starts_on.isoformat() if self.starts_on else "")

    @property
    def end_text(self) -> str:
        """The last day, or the period it falls in, as a partial date; empty while the organisation exists."""
        return self.ends_known_as or (last_day_before(self.ends_on).isoformat() if self.ends_on else "")

    @property
    def kind_label(self) -> str:
        """What it is, in words. Imported kinds are codes; typed ones are words already."""
        return str(KINDS.get(self.kind.replace(" ", "_"), self.kind))

    def exists_on(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day < self.ends_on)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def held_on(self, day: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def held_by(self, person: User | AnonymousUser, *roles: str, on: date | None = None) -> Self:
        """What this person holds that day (today by default), in one of these roles if any is named.

        Nothing for an anonymous visitor or a person who may not sign in."""
        if not person.is_authenticated or not person.is_active:
            return self.none()
        held = self.held_on(on or timezone.localdate()).filter(person=person.pk)
        return held.filter(role__in=roles) if roles else held


class Membership(models.Model):
    """A person speaks for an organisation, in a role, for a time."""

    class Role(models.TextChoices):
        REPRESENTATIVE = (
            "representative",
            _("représentant ou représentante"),
        )  # writes, and approves for the organisation
        CONTRIBUTOR = "contributor", _("contributeur ou contributrice")  # writes
        READER = "reader", _("lecteur ou lectrice")  # sees the drafts, changes nothing
        COORDINATION = "coordination", _("coordination")  # writes, freezes proposals, publishes, manages memberships
        ADMINISTRATOR = "administrator", _("administration")  # runs the platform

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="organisation", related_name="memberships"
    )
    role = models.CharField("rôle", max_length=20, choices=Role)
    title = models.CharField("fonction", max_length=120, blank=True)
    starts_on = models.DateField("commence le")
    ends_on = models.DateField("s’achève le", null=True, blank=True)  # first day without it
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement"
        verbose_name_plural = "rattachements"
        ordering = ("organisation__name", "person__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "organisation", "role"),
                condition=Q(ends_on=None),
                name="partners_one_open_membership_per_role",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="partners_membership_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} · {self.organisation_id} · {self.get_role_display()}"

    @property
    def start_text(self) -> str:
        return self.starts_on.isoformat()

    @property
    def end_text(self) -> str:
        """The last day, empty while no end is foreseen."""
        return last_day_before(self.ends_on).isoformat() if self.ends_on else ""

    def is_held_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class Circle(models.Model):
    """Those who work out something together: the organisations that take part in one programme, from the first
    exchange on, before there is any text. What is written, decided and followed there belongs to rooms above."""

    slug = models.SlugField("identifiant", max_length=80, unique=True)  # that of the programme
    name = models.CharField("nom", max_length=200)

    class Meta:
        verbose_name = "cercle de concertation"
        verbose_name_plural = "cercles de concertation"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def held_on(self, day: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)


class Participation(models.Model):
    """An organisation takes part in a circle, for a time."""

    circle = models.ForeignKey(Circle, models.PROTECT, verbose_name="cercle", related_name="participations")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="organisation", related_name="participations"
    )
    is_coordinator = models.BooleanField("coordonne", default=False)
    role = models.CharField("rôle", max_length=200, blank=True)
    starts_on = models.DateField("commence le", default=timezone.localdate)
    ends_on = models.DateField("s’achève le", null=True, blank=True)  # first day without it
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "participation"
        verbose_name_plural = "participations"
        ordering = ("organisation__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("circle", "organisation"),
                condition=Q(ends_on=None),
                name="partners_one_open_participation",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="partners_participation_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.circle_id} · {self.organisation_id}"
