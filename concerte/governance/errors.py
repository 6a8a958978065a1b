"""What this room refuses. `code` is for programs and tests, `message` for the person."""

from concerte.common.errors import DomainError


class BodyRefused(DomainError):
    """A body, a seat or a mandate cannot be made, changed or ended that way."""


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
