"""Shared documents: their durable log, their snapshots, who may what, and who wrote under which client id."""

import uuid

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concerte.documents.querysets import (
    AccessQuerySet,
    AmendmentQuerySet,
    ClientOwnerQuerySet,
    DocumentTokenQuerySet,
    LoggedUpdateQuerySet,
)
from concerte.partners.models import Organisation


class Document(models.Model):
    """One shared document (a Yjs document). Its content is the log and its snapshots, never a column here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("nom", max_length=200)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


def is_filed_at_once() -> bool:
    """See `LoggedUpdate.is_filed`."""
    return connection.vendor != "sqlite"


class LoggedUpdate(models.Model):
    """One committed update, in the order of its commit. Opaque bytes (Yjs update, version 1 encoding)."""

    # One index, that of the order below: each further one costs as much, at every key press, as the line itself. On
    # SQLite even that one is filled many lines at a time (`statements.Sqlite`): two hundred documents that are written
    # in have as many pages of it. Until then a line is found by reading the end of the log. All that comes before a
    # line that is filed is filed.
    document = models.ForeignKey(Document, models.PROTECT, related_name="logged_updates", db_index=False)
    update_bytes = models.BinaryField("mise à jour")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    committed_at = models.DateTimeField("enregistrée le", auto_now_add=True)
    is_filed = models.BooleanField("classée", default=is_filed_at_once, db_default=True)

    objects = LoggedUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "mise à jour enregistrée"
        verbose_name_plural = "journal des documents"
        ordering = ("pk",)
        # On PostgreSQL the same without the condition: its lines are filed at once.
        indexes = (models.Index(fields=("document", "id"), condition=Q(is_filed=True), name="documents_log_order"),)

    def __str__(self) -> str:
        return f"{self.document_id} #{self.pk}"


class Snapshot(models.Model):
    """The whole state of a document up to a line of its log: what saves reading the log from its beginning."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="snapshot")
    last_update_id = models.BigIntegerField("dernière ligne comprise")
    state_bytes = models.BinaryField("état")
    # What the state holds of each client id (a Yjs state vector): reading it out of a long state takes milliseconds
    # and ten times its size in memory. Empty: not known, made by an earlier version.
    state_vector = models.BinaryField("vecteur d’état", default=bytes)
    # Lines up to that one which wait for others not written yet: the state cannot hold them, they are read again.
    waiting_update_ids = models.JSONField("lignes en attente", default=list)
    made_at = models.DateTimeField("fait le", auto_now=True)

    class Meta:
        verbose_name = "état enregistré"
        verbose_name_plural = "états enregistrés"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.document_id} ≤ {self.last_update_id}"


class ClientOwner(models.Model):
    """The person a Yjs client id belongs to: the first who used it. What tells who wrote which words, for ever."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="client_owners", db_index=False)
    client_id = models.BigIntegerField("identifiant de client")  # Yjs: 32 bits; other libraries: up to 53
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_used_at = models.DateTimeField("premier usage", auto_now_add=True)

    objects = ClientOwnerQuerySet.as_manager()

    class Meta:
        verbose_name = "auteur d’un identifiant"
        verbose_name_plural = "auteurs des identifiants"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("document", "client_id"), name="documents_one_person_per_client_id"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.client_id}"


class Level(models.IntegerChoices):
    """What a person may do in a document; each level may what the lower ones may."""

    READ = 1, _("lire")
    COMMENT = 2, _("commenter")
    SUGGEST = 3, _("proposer")
    WRITE = 4, _("écrire")


class Access(models.Model):
    """A right as a plain row, kept true by the rooms above."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="accesses", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="document_accesses")
    level = models.PositiveSmallIntegerField("droit", choices=Level)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = "droit sur un document"
        verbose_name_plural = "droits sur les documents"
        ordering = ("document", "person")
        constraints = (models.UniqueConstraint(fields=("document", "person"), name="documents_one_right_per_person"),)

    def __str__(self) -> str:
        return f"{self.document_id} {self.person_id} {self.get_level_display()}"


class Amendment(models.Model):
    """What an organisation would change in a document: a fork of it, written apart, merged by someone who may write."""

    class Status(models.TextChoices):
        WRITING = "writing", _("en rédaction")
        SUBMITTED = "submitted", _("déposé")
        ACCEPTED = "accepted", _("accepté")
        SET_ASIDE = "set_aside", _("écarté")
        WITHDRAWN = "withdrawn", _("retiré")

    document = models.ForeignKey(Document, models.PROTECT, related_name="amendments")
    fork = models.OneToOneField(Document, models.PROTECT, related_name="amendment")
    number = models.PositiveIntegerField("numéro")  # 1, 2… within the document
    title = models.CharField("titre", max_length=200)
    reasons = models.TextField("exposé des motifs")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="amendments")
    # The state the fork began from (a Yjs update, version 1): what it changes is told from it, even once it is closed.
    base_state = models.BinaryField("état au départ")
    status = models.CharField("état", max_length=10, choices=Status, default=Status.WRITING)
    created_at = models.DateTimeField("ouvert le", auto_now_add=True)
    submitted_at = models.DateTimeField("déposé le", null=True, blank=True)
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    answer = models.TextField("réponse", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_for = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_because = models.TextField("motif du retrait", blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = "amendement"
        verbose_name_plural = "amendements"
        ordering = ("document", "number")
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="documents_amendment_number"),
            models.CheckConstraint(condition=~Q(document=F("fork")), name="documents_amendment_is_a_fork"),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "accepted", "set_aside"]) | Q(submitted_at__isnull=False),
                name="documents_amendment_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["writing", "submitted"], closed_at=None)
                | Q(status__in=["accepted", "set_aside", "withdrawn"], closed_at__isnull=False),
                name="documents_amendment_closed_at",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "set_aside"])
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_for__isnull=False)),
                name="documents_amendment_has_its_answer",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | ~Q(withdrawn_because=""),
                name="documents_amendment_withdrawn_because",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} · {self.title}"

    @property
    def is_being_written(self) -> bool:
        return self.status == self.Status.WRITING

    @property
    def is_submitted(self) -> bool:
        """Whether it waits for an answer."""
        return self.status == self.Status.SUBMITTED

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class DocumentToken(models.Model):
    """Opens one document to one person for a time, without a browser. Only its digest is kept."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="tokens")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField("empreinte (SHA-256)", max_length=64, unique=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    expires_at = models.DateTimeField("expire le")
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)

    objects = DocumentTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "jeton d’accès"
        verbose_name_plural = "jetons d’accès"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.document_id} {self.person_id} ≤ {self.expires_at:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """One row, written by whoever checks that writing works (`health.py`)."""

    beaten_at = models.DateTimeField("dernière écriture d’essai")

    class Meta:
        verbose_name = "écriture d’essai"
        verbose_name_plural = "écritures d’essai"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.beaten_at:%Y-%m-%d %H:%M:%S}"


class StoredFile(models.Model):
    """A file somebody joined to something: the paper of an agenda item, a file of a group. Who may read it is asked of
    what it is joined to, by the room that holds that; the file itself never changes."""

    name = models.CharField("nom", max_length=200)
    content = models.FileField("contenu", upload_to="joints/%Y/%m", max_length=300)
    media_type = models.CharField("type", max_length=100)
    size_bytes = models.PositiveBigIntegerField("taille, en octets")
    digest = models.CharField("empreinte", max_length=71)  # "sha256:…"
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("ajouté le", auto_now_add=True)

    class Meta:
        verbose_name = "fichier joint"
        verbose_name_plural = "fichiers joints"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
