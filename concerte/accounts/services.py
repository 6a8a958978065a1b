"""Everything that changes an account."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from concerte.accounts import hooks
from concerte.accounts.addresses import normalised_address
from concerte.accounts.errors import AccountRefused, CodeRefused
from concerte.accounts.models import OperatorCode, OutgoingMessage, User
from concerte.accounts.rules import may_erase
from concerte.journal.services import record

CODE_FIGURES = 9  # a thousand million codes: five attempts a code and the limits by address leave nothing to guess


def find_person(email: str) -> User | None:
    """Whoever has this address, however it was typed; None when nobody has, or when it is no address."""
    try:
        return User.objects.filter(email=normalised_address(email)).first()
    except ValidationError:
        return None


@transaction.atomic
def create_person(email: str, name: str, *, acting_user: User | None) -> User:
    """Open an account. Nothing is sent: the person signs in with a code when they come.

    Raises AccountRefused ("bad-address", "no-name", "address-taken")."""
    address = _checked_address(email)
    if User.objects.filter(email=address).exists():
        raise AccountRefused(_("Un compte existe déjà pour cette adresse."), code="address-taken")
    person = User.objects.create_user(address, _checked_name(name))
    record("accounts.person_created", actor=acting_user, subject=person)
    return person


@transaction.atomic
def update_person(person: User, *, email: str, name: str, is_active: bool, acting_user: User | None) -> User:
    """Correct what is known of a person, or close and open their account. Who is closed out leaves at once.

    Raises AccountRefused ("bad-address", "no-name", "address-taken", "already-erased"); nothing is then written."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.is_pseudonym:
        raise AccountRefused(_("Les données de cette personne sont effacées."), code="already-erased")
    address = _checked_address(email)
    if User.objects.filter(email=address).exclude(pk=person.pk).exists():
        raise AccountRefused(_("Un compte existe déjà pour cette adresse."), code="address-taken")
    new = {"email": address, "name": _checked_name(name), "is_active": is_active}
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    for field in changed:
        setattr(person, field, new[field])
    if changed:
        person.save(update_fields=changed)
        record("accounts.person_updated", actor=acting_user, subject=person, details={"changed": changed})
    if "is_active" in changed:
        hooks.activity_changed.call(person)
    return person


def _checked_address(email: str) -> str:
    try:
        return normalised_address(email)
    except ValidationError as error:
        raise AccountRefused(_("Cette adresse électronique n’est pas valable."), code="bad-address") from error


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())[:120]
    if not plain:
        raise AccountRefused(_("Indiquez le nom à afficher."), code="no-name")
    return plain


def digest_of_code(person_id: int, code: str) -> str:
    """What is kept of an operator's code. Keyed, so that a copy of the base alone opens nothing; fast, so that the time
    an answer takes does not tell whether an account exists (a slow hash is for secrets people choose)."""
    figures = "".join(character for character in code if character.isdecimal())
    return salted_hmac("concerte.accounts.operator_code", f"{person_id}:{figures}", algorithm="sha256").hexdigest()


@transaction.atomic
def make_operator_code(person: User, minutes: int = 15) -> str:
    """A code for someone whose mail does not arrive, to be told by an operator; "123-456-789".

    Only its digest is kept. It is used once, together with the person's address, within `minutes`.
    Raises CodeRefused ("inactive") for someone who may not sign in."""
    if not person.is_active:
        raise CodeRefused(_("Ce compte est désactivé\u00a0: aucun code ne peut l’ouvrir."), code="inactive")
    figures = "".join(secrets.choice("0123456789") for _rank in range(CODE_FIGURES))
    OperatorCode.objects.create(
        person=person,
        hashed=digest_of_code(person.pk, figures),
        expires_at=timezone.now() + timedelta(minutes=minutes),
    )
    record("accounts.operator_code_made", actor=None, subject=person, details={"minutes": minutes})
    return "-".join(figures[start : start + 3] for start in range(0, CODE_FIGURES, 3))


@transaction.atomic
def use_operator_code(person: User, code: str) -> bool:
    """Whether this is an operator's code of this person; it is then used up, even if two requests bring it at once.

    Raises CodeRefused ("used", "expired") for a code that was theirs and is not good any more."""
    known = OperatorCode.objects.select_for_update(of=("self",)).filter(
        person=person, hashed=digest_of_code(person.pk, code)
    )
    found = known.order_by("-pk").first()
    if found is None:
        return False
    if found.used_at is not None:
        raise CodeRefused(_("Ce code a déjà servi. Demandez-en un nouveau."), code="used")
    if found.expires_at <= timezone.now():
        raise CodeRefused(_("Ce code a expiré. Demandez-en un nouveau."), code="expired")
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    record("accounts.operator_code_used", actor=person, subject=person)
    return True


@transaction.atomic
def pseudonymise(person: User, *, acting_user: User | None) -> User:
    """Erase the personal data of someone: they become a pseudonym, what they did for their organisation stays.

    Their sessions end, they cannot sign in again, and the rooms above end what they held.
    Raises AccountRefused ("not-allowed", "already-erased"); nothing is then written."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not may_erase(acting_user):
        raise AccountRefused(
            _("Seule l’administration de la plateforme peut effacer des données personnelles."), code="not-allowed"
        )
    if person.is_pseudonym:
        raise AccountRefused(_("Les données de cette personne sont déjà effacées."), code="already-erased")
    hooks.being_erased.call(person, acting_user)
    person.refresh_from_db()  # what the rooms above changed of it
    person.become_pseudonym()
    person.save()
    hooks.activity_changed.call(person)
    OperatorCode.objects.filter(person=person).delete()
    OutgoingMessage.objects.filter(person=person).delete()  # and, with them, what they told
    EmailAddress.objects.filter(user=person).delete()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).update(object_repr=person.name)
    _end_sessions(person)
    record("accounts.person_pseudonymised", actor=acting_user, subject=person)
    return person


def _end_sessions(person: User) -> None:
    """Delete the open sessions of someone: they hold the address. Django has no link from person to session."""
    waiting_as = user_pk_to_url_str(person)  # the sign-in library writes it in base 36
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        content = session.get_decoded()
        login = content.get("account_login")
        waiting_for = login.get("user_pk") if isinstance(login, dict) else None
        if content.get("_auth_user_id") == str(person.pk) or waiting_for == waiting_as:
            session.delete()
