"""What this room refuses. `code` is for programs and tests, `message` for the person."""

from concerte.common.errors import DomainError


class BodyRefused(DomainError):
    """A body, a seat or a mandate cannot be made, changed or ended that way.

    Codes: "not-allowed", "bad-slug", "slug-taken", "no-name", "bad-level", "bad-date", "bad-time-zone", "bad-quorum",
    "no-circle", "not-your-circle", "above-itself", "no-reason", "already-ended", "body-ended", "organisation-ended",
    "ends-before-start", "bad-weight", "overlap", "outside-seat", "person-inactive", "not-of-organisation",
    "sits-already"."""


class MeetingRefused(DomainError):
    """A meeting, its agenda, who was there or its minutes cannot be changed that way.

    Codes of meetings: "not-allowed", "body-ended", "bad-time-zone", "no-such-time", "ends-before-start",
    "in-the-past", "not-planned", "not-alive", "no-agenda", "no-place", "too-late", "no-reason", "not-convened",
    "too-early", "not-open".
    Of agendas: "no-title", "bad-kind", "agenda-closed", "already-withdrawn", "bad-outcome", "no-quorum",
    "not-left-over", "another-body", "file-refused".
    Of presence: "not-seated", "not-open-to-presence", "not-yours", "no-person", "not-holder", "no-proxy",
    "proxy-to-itself", "proxy-not-voting", "proxy-college", "proxy-chain", "too-many-proxies", "not-present",
    "not-gone", "bad-hour".
    Of minutes: "not-writing", "empty-minutes", "not-in-approval", "stale", "not-seated", "already-answered"."""


class DisagreementRefused(DomainError):
    """A disagreement cannot be opened, told, taken higher or answered that way."""


class ConsultationRefused(DomainError):
    """A text cannot be submitted upstream, judged or answered that way."""


class RuleRefused(DomainError):
    """A rule of decision cannot be read or kept. Codes: "bad-rule", "not-secretariat", "no-name", "name-taken"."""


class CountRefused(DomainError):
    """What was said cannot be counted: it is not what the rule allows. Codes: "unknown-voter", "voter-twice",
    "voted-twice", "bad-proxy", "too-many-proxies", "unknown-choice", "bad-tally", "unreadable"."""


class DecisionRefused(DomainError):
    """A decision cannot be opened, closed, withdrawn or reviewed."""


class VoteRefused(DomainError):
    """A vote or a proxy cannot be given that way."""


class ObjectionRefused(DomainError):
    """An objection cannot be made, answered, maintained or withdrawn that way."""
