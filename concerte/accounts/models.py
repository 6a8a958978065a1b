"""People. No passwords: a person signs in with a code sent by e-mail."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Addresses of those whose personal data was erased: `.invalid` never receives anything (RFC 2606).
NOWHERE = ".invalid"
PSEUDONYM_DOMAIN = f"efface{NOWHERE}"


class UserQuerySet(models.QuerySet["User"]):
    def that_receive(self) -> Self:
        """People who may be written to: active, at an address that may receive something."""
        return self.filter(is_active=True).exclude(email__endswith=NOWHERE)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def that_receive(self) -> UserQuerySet:
        return self.get_queryset().that_receive()

    def create_user(self, email: str, name: str = "", **fields: Any) -> "User":
        """A person who may sign in. The address is kept in lower case: mail systems treat both alike."""
        user = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str = "", **fields: Any) -> "User":
        fields.pop("password", None)
        return self.create_user(email, name, is_staff=True, is_superuser=True, **fields)


class Rhythm(models.TextChoices):
    """How often a person is told by e-mail what waits for them."""

    AT_ONCE = "at_once", _("aussitôt")
    DAILY = "daily", _("une fois par jour, à 7 heures")
    WEEKLY = "weekly", _("une fois par semaine, le lundi à 7 heures")
    NONE = "none", _("jamais")


class User(AbstractBaseUser, PermissionsMixin):
    """A person."""

    email = models.EmailField("adresse électronique", max_length=254, unique=True)
    name = models.CharField("nom affiché", max_length=120)
    is_active = models.BooleanField("peut se connecter", default=True)
    is_staff = models.BooleanField("administre la plateforme", default=False)
    joined_at = models.DateTimeField("inscription", default=timezone.now)
    notice_rhythm = models.CharField("courriels de rappel", max_length=10, choices=Rhythm, default=Rhythm.DAILY)
    notice_language = models.CharField("langue des courriels", max_length=5, choices=settings.LANGUAGES, default="fr")

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(Lower("email"), name="accounts_one_person_per_address"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def receives_notices(self) -> bool:
        """The same as `that_receive`, of one person."""
        return self.is_active and not self.email.endswith(NOWHERE)

    @property
    def is_pseudonym(self) -> bool:
        """Whether the personal data of this person was erased."""
        return self.email.endswith("@" + PSEUDONYM_DOMAIN)

    def become_pseudonym(self) -> None:
        """Forget who this is (not saved): name, address, rights and last visit."""
        self.name = f"Personne n°\u00a0{self.pk}"
        self.email = f"personne-{self.pk}@{PSEUDONYM_DOMAIN}"
        self.is_active = self.is_staff = self.is_superuser = False
        self.last_login = None
        self.notice_rhythm = Rhythm.NONE
        self.set_unusable_password()


class OperatorCode(models.Model):
    """A sign-in code made on the server by an operator, for someone whose mail does not arrive. Used once."""

    person = models.ForeignKey(User, models.CASCADE, verbose_name="personne", related_name="operator_codes")
    hashed = models.CharField("empreinte du code", max_length=128)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    expires_at = models.DateTimeField("expire le")
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)

    class Meta:
        verbose_name = "code d’exploitation"
        verbose_name_plural = "codes d’exploitation"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"code pour {self.person_id}"


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    def waiting(self) -> Self:
        """Neither gone nor given up."""
        return self.filter(sent_at=None, given_up_at=None)

    def unclaimed_at(self, now: datetime) -> Self:
        """That no sender is busy with. A claim that was not ended (a process killed) ends by itself."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))

    def due_at(self, now: datetime) -> Self:
        return self.waiting().unclaimed_at(now).filter(next_try_at__lte=now)


class OutgoingMessage(models.Model):
    """A message to one person, until the mail server has taken it. Its words are written when it leaves: what waits no
    longer by then is not told, and nothing about anyone is kept here."""

    person = models.ForeignKey(User, models.CASCADE, verbose_name="personne", related_name="outgoing_messages")
    made_at = models.DateTimeField("préparé le")
    next_try_at = models.DateTimeField("prochain essai", db_index=True)
    tries = models.PositiveIntegerField("essais", default=0)
    claimed_until = models.DateTimeField("pris jusqu’à", null=True, blank=True)  # by the sender that is busy with it
    sent_at = models.DateTimeField("parti le", null=True, blank=True)
    given_up_at = models.DateTimeField("abandonné le", null=True, blank=True)  # the address itself is refused
    last_error = models.CharField("dernière erreur", max_length=300, blank=True)
    letter = models.CharField("lettre", max_length=200, blank=True)  # its key; '' for what waits for the person

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel à envoyer"
        verbose_name_plural = "courriels à envoyer"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at:%Y-%m-%d %H:%M}"


class Notice(models.Model):
    """One thing told, or about to be told, to one person: never again afterwards."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    key = models.CharField("objet", max_length=200)  # of the WaitingItem
    message = models.ForeignKey(OutgoingMessage, models.CASCADE, related_name="notices")

    class Meta:
        verbose_name = "rappel"
        verbose_name_plural = "rappels"
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("person", "key"), name="accounts_told_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"


class NoticeRound(models.Model):
    """The last day on which everyone of a rhythm was told: a server that was stopped catches up, and does it once."""

    rhythm = models.CharField("rythme", max_length=10, choices=Rhythm, unique=True)
    done_on = models.DateField("fait le")

    class Meta:
        verbose_name = "tournée de rappels"
        verbose_name_plural = "tournées de rappels"
        ordering = ("rhythm",)

    def __str__(self) -> str:
        return f"{self.rhythm} {self.done_on}"
