"""What this room refuses. `code` is for programs and tests, `message` for the person."""

from concerte.common.errors import DomainError


class NeedRefused(DomainError):
    """A need cannot be raised, joined, changed, withdrawn or merged that way."""


class ThemeRefused(DomainError):
    """A theme, or what is put in it, cannot change that way."""


class PriorityRefused(DomainError):
    """A round cannot open or close, or points cannot be spread that way."""
