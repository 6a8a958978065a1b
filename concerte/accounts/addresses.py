"""E-mail addresses, as people type and paste them."""

import unicodedata

from django.core.validators import validate_email

MAX_ADDRESS_CHARACTERS = 254  # RFC 5321: 256 with the angle brackets


def normalised_address(text: str) -> str:
    """The address in lower case, without the spaces and invisible characters that pasting brings.

    Raises ValidationError (Django's message for an address) when what is left is not one, a line break inside included.
    """
    plain = unicodedata.normalize("NFKC", text[: 4 * MAX_ADDRESS_CHARACTERS])
    visible = "".join(character for character in plain if unicodedata.category(character) != "Cf")
    address = visible.strip().lower()
    validate_email(address if len(address) <= MAX_ADDRESS_CHARACTERS else "")
    return address
