"""What this room refuses."""

from concerte.common.errors import DomainError


class AccountRefused(DomainError):
    """An account could not be made or changed.

    Codes: "not-allowed", "address-taken", "bad-address", "no-name", "already-erased"."""


class CodeRefused(DomainError):
    """A sign-in code could not be made ("inactive") or is not good any more ("used", "expired")."""
