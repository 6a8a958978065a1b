"""The way out in each message: a signed link, good without a session and for as long as the secret of the site."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from concerte.accounts.models import User

_signer = Signer(salt="concerte.accounts.notices")


def way_out(person: User) -> str:
    """The path of the page that stops the messages, in the language now in force."""
    return reverse("accounts:stop_notices", args=[_signer.sign(str(person.pk))])


def person_of(token: str) -> User | None:
    """Whose link this is; None when it is not one of ours, or of someone who is gone."""
    try:
        key = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return User.objects.filter(pk=key, is_active=True).first()
