"""What this room refuses."""

from concerte.common.errors import DomainError


class AccountRefused(DomainError):  # noqa: N818 - refusals are named as such
    """An account could not be made or changed.

    Codes: "not-allowed", "address-taken", "bad-address", "no-name", "already-erased"."""


class CodeRefused(DomainError):  # noqa: N818 - refusals are named as such
    """A sign-in code could not be made ("inactive") or is not good any more ("used", "expired")."""
