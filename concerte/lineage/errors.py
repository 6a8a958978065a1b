"""What this room refuses."""

from concerte.common.errors import DomainError


class LineageRefused(DomainError):
    """A link cannot be made or withdrawn. Codes: "itself", "circle", "already-withdrawn", "no-reason"."""
