"""Rules of decision as plain data: what each college must say for a decision to be adopted.

No database. A rule is written as JSON (docs/format-decision.md), copied into the decision when it opens, and read back
years later by whoever checks the count: a member whose meaning changes gives another format name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from concerte.governance.errors import RuleRefused

RULE_FORMAT = "concerte-rule/1"
MAX_COLLEGES = 20
MAX_ORGANISATIONS = 100_000  # in one college

Choice = TypeVar("Choice", bound=StrEnum)


class Method(StrEnum):
    MAJORITY = "majority"  # each college by its majority, all of them together: the double majority
    CONSENT = "consent"  # adopted unless a reasoned objection stays unanswered, or is maintained
    APPROVALS = "approvals"  # so many organisations of each college approve; an objection suspends


class Majority(StrEnum):
    SIMPLE = "simple"  # more than half of the votes cast
    ABSOLUTE = "absolute"  # more than half of all the votes of the college, cast or not
    TWO_THIRDS = "two_thirds"  # two thirds of the votes cast, or more

    @property
    def threshold(self) -> Fraction:
        return Fraction(2, 3) if self == Majority.TWO_THIRDS else Fraction(1, 2)

    @property
    def is_strict(self) -> bool:
        """Whether the threshold itself is not enough: half and half is a tie, and a tie is not adopted."""
        return self != Majority.TWO_THIRDS


class Abstentions(StrEnum):
    IGNORED = "ignored"  # as if nothing had been said: neither in the quorum nor among the votes cast
    QUORUM = "quorum"  # makes up the quorum, and is no vote cast
    CAST = "cast"  # makes up the quorum and counts among the votes cast: it weighs as much as a refusal


@dataclass(frozen=True)
class Quorum:
    """How many organisations must be present, or represented by a vote. share: of those that may vote, 0 to 1.

    The greater of the two numbers is asked for."""

    organisations: int = 0
    share: Fraction = Fraction(0)

    def needed_of(self, voters: int) -> int:
        """A number of organisations. voters: how many may vote."""
        exact = self.share * voters
        return max(self.organisations, -(-exact.numerator // exact.denominator))


@dataclass(frozen=True, kw_only=True)
class CollegeRule:
    """What one college must say. college: its slug.

    quorum, majority, abstentions: of a majority (the quorum of a consent too). minimum_approvals,
    is_blocked_by_objection: of approvals."""

    college: str
    quorum: Quorum = Quorum()
    majority: Majority = Majority.SIMPLE
    abstentions: Abstentions = Abstentions.QUORUM
    minimum_approvals: int = 1
    is_blocked_by_objection: bool = True


@dataclass(frozen=True, kw_only=True)
class Rule:
    """max_proxies: how many organisations one may vote for besides itself. may_close_early: whether the secretariat may
    end the vote before its time."""

    method: Method
    colleges: tuple[CollegeRule, ...]
    max_proxies: int = 0
    may_close_early: bool = False

    def of_college(self, college: str) -> CollegeRule | None:
        return next((rule for rule in self.colleges if rule.college == college), None)

    def as_data(self) -> dict[str, Any]:
        return {
            "format": RULE_FORMAT,
            "method": self.method.value,
            "max_proxies": self.max_proxies,
            "may_close_early": self.may_close_early,
            "colleges": [_college_data(self.method, rule) for rule in self.colleges],
        }


def read_rule(data: Any) -> Rule:
    """The rule that this JSON value states. Raises RuleRefused ("bad-rule") for anything else."""
    owner = _mapping(data)
    if owner.get("format") != RULE_FORMAT:
        raise _bad(_("le format de la règle n’est pas connu"))
    method = _choice(Method, owner.get("method"))
    colleges = owner.get("colleges")
    if not isinstance(colleges, Sequence) or isinstance(colleges, str) or not 0 < len(colleges) <= MAX_COLLEGES:
        raise _bad(_("une règle nomme au moins un collège"))
    rules = tuple(_read_college(method, _mapping(each)) for each in colleges)
    if len({rule.college for rule in rules}) != len(rules):
        raise _bad(_("un collège est nommé deux fois"))
    return Rule(
        method=method,
        colleges=rules,
        max_proxies=_number(owner.get("max_proxies", 0), least=0),
        may_close_early=_boolean(owner.get("may_close_early", False)),
    )


def _college_data(method: Method, rule: CollegeRule) -> dict[str, Any]:
    if method == Method.APPROVALS:
        return {
            "college": rule.college,
            "minimum_approvals": rule.minimum_approvals,
            "is_blocked_by_objection": rule.is_blocked_by_objection,
        }
    quorum = {"organisations": rule.quorum.organisations, "share": str(rule.quorum.share)}
    if method == Method.CONSENT:
        return {"college": rule.college, "quorum": quorum}
    return {
        "college": rule.college,
        "quorum": quorum,
        "majority": rule.majority.value,
        "abstentions": rule.abstentions.value,
    }


def _read_college(method: Method, data: Mapping[str, Any]) -> CollegeRule:
    college = data.get("college")
    if not isinstance(college, str) or not college:
        raise _bad(_("un collège n’est pas nommé"))
    if method == Method.APPROVALS:
        return CollegeRule(
            college=college,
            minimum_approvals=_number(data.get("minimum_approvals"), least=1),
            is_blocked_by_objection=_boolean(data.get("is_blocked_by_objection")),
        )
    quorum = _read_quorum(data.get("quorum"))
    if method == Method.CONSENT:
        return CollegeRule(college=college, quorum=quorum)
    return CollegeRule(
        college=college,
        quorum=quorum,
        majority=_choice(Majority, data.get("majority")),
        abstentions=_choice(Abstentions, data.get("abstentions")),
    )


def _read_quorum(data: Any) -> Quorum:
    owner = _mapping(data)
    return Quorum(_number(owner.get("organisations", 0), least=0), read_share(owner.get("share", "0")))


def read_share(text: Any) -> Fraction:
    """An exact fraction from 0 to 1, written "1/2". Raises RuleRefused ("bad-rule")."""
    try:
        share = Fraction(text) if isinstance(text, str) and len(text) <= 20 else None
    except (ValueError, ZeroDivisionError):
        share = None
    if share is None or not 0 <= share <= 1:
        raise _bad(_("une part s’écrit 1/2, de 0 à 1"))
    return share


def _choice(kind: type[Choice], value: Any) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise _bad(_("une manière de compter n’est pas connue")) from None


def _number(value: Any, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_ORGANISATIONS:
        raise _bad(_("un nombre d’organisations n’est pas lisible"))
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _bad(_("un choix entre oui et non n’est pas lisible"))
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _bad(_("un membre manque"))
    return value


def _bad(what: str) -> RuleRefused:
    return RuleRefused(_("Cette règle de décision n’est pas lisible : %(what)s.") % {"what": what}, code="bad-rule")
