"""Working groups: two co-pilots, one per college, and those who work with them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.concertation.querysets.groups import (
    GroupFileQuerySet,
    GroupMeetingQuerySet,
    GroupMembershipQuerySet,
    GroupPilotQuerySet,
    WorkingGroupQuerySet,
)
from concerte.documents.models import Document, StoredFile
from concerte.partners.models import Circle, College, Organisation


class WorkingGroup(models.Model):
    """A few organisations work on a subject. Its card is read by the circle; its space by its members, or by the
    circle when it is open, or by anyone once both co-pilots published it."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="groups")
    name = models.CharField("nom", max_length=200)
    purpose = models.TextField("objet")
    is_open = models.BooleanField("ouvert aux collèges", default=False)  # the whole circle reads its space
    note = models.OneToOneField(Document, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("publié le", null=True, blank=True)
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)
    # What was imported about it: {"sources": […], "certainty", "note"}. Facts of others, never edited.
    origin = models.JSONField("faits importés", default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = WorkingGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "groupe de travail"
        verbose_name_plural = "groupes de travail"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None


class GroupSeat(models.Model):
    """The place of a co-pilot: one for each college that pilots the group. An empty one is an alert."""

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="seats")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    class Meta:
        verbose_name = "siège de copilote"
        verbose_name_plural = "sièges de copilotes"
        ordering = ("college__position", "pk")
        constraints = (models.UniqueConstraint(fields=("group", "college"), name="concertation_one_seat_per_college"),)

    def __str__(self) -> str:
        return f"{self.group_id} · {self.college_id}"


class GroupPilot(models.Model):
    """Somebody sat, or sits, in the place of a co-pilot, for an organisation of its college."""

    seat = models.ForeignKey(GroupSeat, models.PROTECT, related_name="pilots")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField("depuis", auto_now_add=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    wants_published_at = models.DateTimeField("veut le publier depuis", null=True, blank=True)
    ended_at = models.DateTimeField("jusqu’à", null=True, blank=True)
    ended_because = models.CharField("motif de fin", max_length=300, blank=True)

    objects = GroupPilotQuerySet.as_manager()

    class Meta:
        verbose_name = "copilote"
        verbose_name_plural = "copilotes"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("seat",), condition=Q(ended_at=None), name="concertation_one_pilot_per_seat"
            ),
        )

    def __str__(self) -> str:
        return f"{self.seat_id} · {self.person_id}"


class GroupMembership(models.Model):
    """Somebody was invited, or asked to come in; is a member, or no longer."""

    class State(models.TextChoices):
        INVITED = "invited", _("invitation envoyée")
        ASKED = "asked", _("demande reçue")
        MEMBER = "member", _("membre")
        DECLINED = "declined", _("invitation déclinée")
        REFUSED = "refused", _("demande refusée")
        LEFT = "left", _("a quitté le groupe")

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField("état", max_length=8, choices=State)
    message = models.CharField("message", max_length=500, blank=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField("invité ou demandé le", auto_now_add=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)
    ended_because = models.CharField("motif", max_length=300, blank=True)

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "membre d’un groupe"
        verbose_name_plural = "membres des groupes"
        ordering = ("organisation__name", "person__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("group", "person"),
                condition=Q(ended_at=None),
                name="concertation_one_group_membership",
            ),
        )

    def __str__(self) -> str:
        return f"{self.group_id} · {self.person_id} · {self.state}"


class GroupFile(models.Model):
    """A file of the space of a group."""

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="files")
    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # of who added it
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = GroupFileQuerySet.as_manager()

    class Meta:
        verbose_name = "fichier d’un groupe"
        verbose_name_plural = "fichiers des groupes"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return str(self.stored)


class GroupMeeting(models.Model):
    """A meeting of a working group: those of the bodies, with their seats and their quorum, live in another room."""

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField("commence à")
    purpose = models.CharField("objet", max_length=300)
    place = models.CharField("lieu", max_length=300, blank=True)
    link = models.URLField("adresse de connexion", max_length=500, blank=True)  # for those who read people in the space
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # of who planned it
    planned_at = models.DateTimeField("prévue le", auto_now_add=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancelled_because = models.CharField("motif de l’annulation", max_length=300, blank=True)

    objects = GroupMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "réunion d’un groupe"
        verbose_name_plural = "réunions des groupes"
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancelled_because=""),
                name="concertation_group_meeting_cancelled_with_reason",
            ),
        )

    def __str__(self) -> str:
        return self.purpose

    @property
    def is_over(self) -> bool:
        """Whether it has begun: nobody says when it ends."""
        return self.starts_at <= timezone.now()
