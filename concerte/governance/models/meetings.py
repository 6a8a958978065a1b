"""Meetings: when and where, what is on the agenda, who came, what was written down and approved."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concerte.common.partial_dates import PartialDate
from concerte.documents.models import Document, StoredFile
from concerte.governance.models.bodies import DEFAULT_TIME_ZONE, Body, Publicity, Seat
from concerte.governance.querysets.meetings import AgendaItemQuerySet, MeetingQuerySet
from concerte.lineage.references import Reference
from concerte.partners.models import Organisation


class Meeting(models.Model):
    """One meeting of a body. What was imported may have nothing but a date, known to the day, the month or the year."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("en préparation")
        CONVENED = "convened", _("convoquée")
        OPEN = "open", _("en cours")
        HELD = "held", _("tenue")
        CANCELLED = "cancelled", _("annulée")

    class Minutes(models.TextChoices):
        NONE = "none", _("pas encore ouvert")
        WRITING = "writing", _("en cours d’écriture")
        APPROVAL = "approval", _("soumis à l’approbation")
        FIXED = "fixed", _("approuvé")

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings")
    title = models.CharField("titre", max_length=200, blank=True)
    status = models.CharField("état", max_length=9, choices=Status, default=Status.PLANNED)
    starts_at = models.DateTimeField("commence à", null=True, blank=True)  # unknown for what was imported
    ends_at = models.DateTimeField("s’achève à", null=True, blank=True)
    known_as = models.CharField("date, telle que connue", max_length=10, blank=True)  # PartialDate, imported only
    time_zone = models.CharField("fuseau horaire du lieu", max_length=40, default=DEFAULT_TIME_ZONE)
    place = models.CharField("lieu", max_length=300, blank=True)
    link = models.URLField("adresse de connexion", max_length=500, blank=True)  # for those who sit only
    publicity = models.CharField("publicité", max_length=8, choices=Publicity, default=Publicity.PUBLIC)
    # The rules of the body as they were when the meeting was convened: changing them later does not rewrite it.
    notice_days = models.PositiveSmallIntegerField("délai de convocation, en jours", default=15)
    quorum_percent = models.PositiveSmallIntegerField("quorum, en pour cent", default=50)
    max_proxies = models.PositiveSmallIntegerField("pouvoirs par organisation", default=1)
    created_at = models.DateTimeField("préparée le", auto_now_add=True)
    convened_at = models.DateTimeField("convoquée le", null=True, blank=True)
    urgent_because = models.CharField("motif de l’urgence", max_length=300, blank=True)
    opened_at = models.DateTimeField("ouverte le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancelled_because = models.CharField("motif de l’annulation", max_length=300, blank=True)
    # What calendars know it by: the name never changes, the number grows with each change (RFC 5545).
    uid = models.UUIDField("identifiant d’agenda", default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField("version d’agenda", default=0)
    changed_at = models.DateTimeField("modifiée le", auto_now_add=True)
    # Grows with what those who sit are written about: convened, elsewhere or at another moment, cancelled. 0: not yet,
    # or convened before they were written to.
    convening_round = models.PositiveIntegerField("version de la convocation", default=0)
    minutes = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")
    minutes_state = models.CharField("relevé", max_length=8, choices=Minutes, default=Minutes.NONE)
    minutes_round = models.PositiveSmallIntegerField("version soumise", default=0)
    minutes_put_at = models.DateTimeField("soumis le", null=True, blank=True)
    minutes_content = models.TextField("relevé soumis", blank=True)  # canonical JSON, what the digest is of
    minutes_digest = models.CharField("empreinte", max_length=71, blank=True)
    minutes_fixed_at = models.DateTimeField("approuvé le", null=True, blank=True)
    origin = models.JSONField("faits importés", default=dict, blank=True)  # {"sources": […], "certainty"}

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "réunion"
        verbose_name_plural = "réunions"
        ordering = (F("starts_at").desc(nulls_last=True), "-known_as", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(starts_at=None) | ~Q(known_as=""), name="governance_meeting_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="governance_meeting_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancelled_because=""), name="governance_cancelled_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(minutes_state="fixed") | ~Q(minutes_digest=""), name="governance_fixed_minutes_have_digest"
            ),
            models.UniqueConstraint(
                fields=("body", "known_as"), condition=~Q(known_as=""), name="governance_one_known_meeting"
            ),
        )

    def __str__(self) -> str:
        return self.title or str(self.body)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime | None:
        """When it begins, on the clocks of the place."""
        return self.starts_at.astimezone(self.zone) if self.starts_at else None

    @property
    def local_end(self) -> datetime | None:
        return self.ends_at.astimezone(self.zone) if self.ends_at else None

    @property
    def day(self) -> date:
        """The day it is held where it is held; the first day it may have been, for what is known to the month."""
        start = self.local_start
        return start.date() if start else PartialDate.parse(self.known_as).first_day

    @property
    def day_text(self) -> str:
        """That day, as a partial date at the precision it is known."""
        return self.known_as or self.day.isoformat()

    @property
    def is_documented(self) -> bool:
        """Whether all that is known is what sources say: it was not convened here."""
        return bool(self.known_as)

    @property
    def is_alive(self) -> bool:
        """Whether it may still be changed."""
        return self.status in (self.Status.PLANNED, self.Status.CONVENED, self.Status.OPEN)

    @property
    def convene_before(self) -> date:
        """The last day to convene it without urgency."""
        return self.day - timedelta(days=self.notice_days)


class AgendaItem(models.Model):
    """Something a meeting is to speak of."""

    class Kind(models.TextChoices):
        INFORMATION = "information", _("pour information")
        DISCUSSION = "discussion", _("pour échange")
        DECISION = "decision", _("pour décision")

    class Outcome(models.TextChoices):
        PENDING = "", _("à traiter")
        TREATED = "treated", _("traité")
        DECIDED = "decided", _("décidé")
        POSTPONED = "postponed", _("reporté")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("rang")
    title = models.CharField("intitulé", max_length=300)
    kind = models.CharField("nature", max_length=11, choices=Kind, default=Kind.DISCUSSION)
    summary = models.TextField("présentation", blank=True)
    # What it concerns, in whatever room it lives.
    reference_kind = models.CharField("nature de l’objet", max_length=60, blank=True)
    reference_id = models.CharField("identifiant de l’objet", max_length=64, blank=True)
    rapporteur = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField("suite", max_length=9, choices=Outcome, default=Outcome.PENDING, blank=True)
    carried_from = models.OneToOneField(
        "self", models.PROTECT, verbose_name="reporté de", null=True, blank=True, related_name="carried_to"
    )
    # When its outcome was noted during the meeting, and whether the quorum was there then: unknown when nobody had
    # noted who was there, or once the meeting was over.
    settled_at = models.DateTimeField("suite notée le", null=True, blank=True)
    was_quorate = models.BooleanField("quorum atteint", null=True, blank=True)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "point de l’ordre du jour"
        verbose_name_plural = "points de l’ordre du jour"
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""), name="governance_item_withdrawn_with_reason"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> Reference | None:
        return Reference(self.reference_kind, self.reference_id) if self.reference_kind else None


class AgendaPaper(models.Model):
    """A file joined to an item of an agenda."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="papers")
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    # For those who sit and the secretariat only; otherwise for whoever may see the meeting.
    is_restricted = models.BooleanField("réservée à l’instance", default=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    class Meta:
        verbose_name = "pièce jointe à un point"
        verbose_name_plural = "pièces jointes aux points"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.item_id} · {self.stored_id}"


class Attendance(models.Model):
    """How one organisation that sits was at a meeting. None: not said yet."""

    class State(models.TextChoices):
        PRESENT = "present", _("présente")
        PROXY = "proxy", _("a donné pouvoir")
        EXCUSED = "excused", _("excusée")
        ABSENT = "absent", _("absente")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attendances")
    state = models.CharField("présence", max_length=7, choices=State)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", null=True, blank=True, related_name="+"
    )
    proxy_to = models.ForeignKey(
        Seat, models.PROTECT, verbose_name="pouvoir à", null=True, blank=True, related_name="proxies_received"
    )
    left_at = models.DateTimeField("partie à", null=True, blank=True)  # during the meeting, and has not come back
    recorded_at = models.DateTimeField("noté le", auto_now=True)

    class Meta:
        verbose_name = "présence"
        verbose_name_plural = "présences"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("meeting", "seat"), name="governance_one_attendance_per_seat"),
            models.CheckConstraint(
                condition=Q(state="proxy", proxy_to__isnull=False) | (~Q(state="proxy") & Q(proxy_to=None)),
                name="governance_proxy_names_whom",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(state="present"), name="governance_who_left_was_present"
            ),
            models.CheckConstraint(
                condition=Q(proxy_to=None) | ~Q(proxy_to=F("seat")), name="governance_proxy_to_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.seat_id} · {self.state}"

    @property
    def is_there(self) -> bool:
        """Whether the organisation is there itself: it came, and has not left."""
        return self.state == self.State.PRESENT and self.left_at is None

    @property
    def local_left_at(self) -> datetime | None:
        """When it left, on the clocks of the place."""
        return self.left_at.astimezone(self.meeting.zone) if self.left_at else None


class MinutesPosition(models.Model):
    """What somebody who sits says, for their organisation, of the minutes put to approval."""

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("approbation")
        OBJECTION = "objection", _("objection")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes_positions")
    round = models.PositiveSmallIntegerField("version")
    digest = models.CharField("empreinte", max_length=71)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField("position", max_length=9, choices=Kind)
    reasons = models.TextField("motifs", blank=True)
    given_at = models.DateTimeField("donnée le", auto_now_add=True)

    class Meta:
        verbose_name = "position sur un relevé"
        verbose_name_plural = "positions sur les relevés"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("meeting", "round", "seat"), name="governance_one_word_on_minutes"),
            models.CheckConstraint(
                condition=~Q(kind="objection") | ~Q(reasons=""), name="governance_minutes_objection_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.seat_id} · {self.kind}"
