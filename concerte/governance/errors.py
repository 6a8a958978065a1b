"""What this room refuses. `code` is for programs and tests, `message` for the person."""

from concerte.common.errors import DomainError


class BodyRefused(DomainError):
    """A body, a seat or a mandate cannot be made, changed or ended that way."""


class DisagreementRefused(DomainError):
    """A disagreement cannot be opened, told, taken higher or answered that way."""


class ConsultationRefused(DomainError):
    """A text cannot be submitted upstream, judged or answered that way."""
