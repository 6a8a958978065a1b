"""What this room refuses. `code` is for programs and tests, `message` for the person."""

from concerte.common.errors import DomainError


class BodyRefused(DomainError):
    """A body, a seat or a mandate cannot be made, changed or ended that way.

    Codes: "not-allowed", "bad-slug", "slug-taken", "no-name", "bad-level", "bad-date", "bad-time-zone", "bad-quorum",
    "no-circle", "not-your-circle", "above-itself", "no-reason", "already-ended", "body-ended", "organisation-ended",
    "ends-before-start", "bad-weight", "overlap", "outside-seat", "person-inactive", "not-of-organisation",
    "sits-already"."""
