"""What this room refuses."""

from concerte.common.errors import DomainError


class OrganisationRefused(DomainError):
    """An organisation could not be made or changed.

    Codes: "not-allowed", "slug-taken", "bad-slug", "no-name", "ends-before-start", "already-ended", "no-reason"."""


class MembershipRefused(DomainError):
    """A membership could not be given or ended.

    Codes: "not-allowed", "administrators-only", "person-inactive", "already-held", "organisation-ended",
    "unknown-role", "no-reason", "ends-before-start", "already-ended", "last-administrator"."""
