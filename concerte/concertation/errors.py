"""What this room refuses. `code` is for programs and tests, `message` for the person."""

from concerte.common.errors import DomainError


class NeedRefused(DomainError):
    """A need cannot be raised, joined, changed, withdrawn or merged that way."""


class ThemeRefused(DomainError):
    """A theme, or what is put in it, cannot change that way."""


class PriorityRefused(DomainError):
    """A round cannot open or close, or points cannot be spread that way."""


class ExchangeRefused(DomainError):
    """An exchange cannot be recorded, corrected, confirmed or shown that way."""


class GroupRefused(DomainError):
    """A working group, a seat in it or a membership of it cannot change that way."""


class IdeaRefused(DomainError):
    """An idea, what is said of it or its state cannot change that way."""
