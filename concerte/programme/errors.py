"""Refusals of the room. `code` is for programs and tests, `message` for the person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from concerte.common.errors import DomainError

if TYPE_CHECKING:
    from concerte.programme.checks import Finding


class ProgrammeRefused(DomainError):
    """The frame, the participants or the codes of a programme cannot change that way."""


class ProposalRefused(DomainError):
    """A proposal cannot be frozen, withdrawn or published.

    findings: the blocking checks that remain, when that is the reason. missing: sentences saying what the rules of the
    colleges still need, when that is the reason.
    """

    def __init__(
        self, message: str, *, code: str, findings: Sequence["Finding"] = (), missing: Sequence[str] = ()
    ) -> None:
        super().__init__(message, code=code)
        self.findings = tuple(findings)
        self.missing = tuple(missing)


class PositionRefused(DomainError):
    """An organisation's position on a proposal cannot be taken that way."""


class EditionRefused(DomainError):
    """An edition is what it is."""
