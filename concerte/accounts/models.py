"""People. No passwords: a person signs in with a code sent by e-mail."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str = "", **fields: Any) -> "User":
        """A person who may sign in. The address is kept in lower case: mail systems treat both alike."""
        user = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str = "", **fields: Any) -> "User":
        fields.pop("password", None)
        return self.create_user(email, name, is_staff=True, is_superuser=True, **fields)


# Addresses of those whose personal data was erased: `.invalid` never receives anything (RFC 2606).
PSEUDONYM_DOMAIN = "efface.invalid"


class User(AbstractBaseUser, PermissionsMixin):
    """A person."""

    email = models.EmailField("adresse électronique", max_length=254, unique=True)
    name = models.CharField("nom affiché", max_length=120)
    is_active = models.BooleanField("peut se connecter", default=True)
    is_staff = models.BooleanField("administre la plateforme", default=False)
    joined_at = models.DateTimeField("inscription", default=timezone.now)

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
    def is_pseudonym(self) -> bool:
        """Whether the personal data of this person was erased."""
        return self.email.endswith("@" + PSEUDONYM_DOMAIN)

    def become_pseudonym(self) -> None:
        """Forget who this is (not saved): name, address, rights and last visit."""
        self.name = f"Personne n°\u00a0{self.pk}"
        self.email = f"personne-{self.pk}@{PSEUDONYM_DOMAIN}"
        self.is_active = self.is_staff = self.is_superuser = False
        self.last_login = None
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
