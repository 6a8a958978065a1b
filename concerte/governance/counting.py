"""Counting: from a rule and what was said, whether each college adopts, and the whole computation as data.

No database, no clock, exact numbers only. The same function counts when a vote closes and when anybody checks, offline,
that a published result follows from the votes it holds. Format: docs/format-decision.md."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from concerte.governance.counting_rules import Abstentions, CollegeRule, Majority, Method, Quorum, Rule
from concerte.governance.errors import CountRefused


class Choice(StrEnum):
    FOR = "for"  # approves, in the words of approvals; consents, in those of a consent
    AGAINST = "against"
    ABSTENTION = "abstention"


class ObjectionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    MAINTAINED = "maintained"
    WITHDRAWN = "withdrawn"

    @property
    def blocks(self) -> bool:
        return self in (ObjectionState.OPEN, ObjectionState.MAINTAINED)


@dataclass(frozen=True, kw_only=True)
class Voter:
    """An organisation that could vote when the decision opened. weight: its votes. has_ended: without seat since."""

    organisation: str
    name: str
    college: str
    weight: int = 1
    has_ended: bool = False


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """What an organisation said. represented_by: the organisation that voted for it, by proxy.

    given_at: an instant in universal time, as text; reasons: both told, never counted."""

    organisation: str
    choice: Choice
    represented_by: str = ""
    given_at: str = ""
    reasons: str = ""


@dataclass(frozen=True, kw_only=True)
class Objection:
    """A reasoned objection to a consent. wording: what it proposes instead; answer: the last one given to it."""

    organisation: str
    state: ObjectionState
    reasons: str = ""
    wording: str = ""
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Secret ballots of one college, by choice: a number and nothing else."""

    college: str
    choice: Choice
    ballots: int


@dataclass(frozen=True, kw_only=True)
class Poll:
    """All that was said. Named: ballots. Secret: participants (organisations that voted) and tallies."""

    voters: tuple[Voter, ...]
    ballots: tuple[Ballot, ...] = ()
    objections: tuple[Objection, ...] = ()
    participants: tuple[str, ...] = ()
    tallies: tuple[Tally, ...] = ()
    is_secret: bool = False

    @cached_property
    def counted(self) -> tuple[Voter, ...]:
        """Those whose vote counts: a seat that ended counts no more, unless a secret ballot came from it, which nobody
        can take back out of the box."""
        kept = set(self.participants) if self.is_secret else set()
        return tuple(voter for voter in self.voters if not voter.has_ended or voter.organisation in kept)


@dataclass(frozen=True)
class Side:
    """Those who said the same. organisations: how many; weight: their votes together."""

    organisations: int = 0
    weight: int = 0


@dataclass(frozen=True, kw_only=True)
class CollegeCount:
    """How one college counts. Weights are votes; voters, present, quorum_needed are organisations.

    base: the votes the threshold is a share of; needed: the least number of votes for, or of approvals; reasons: why it
    does not adopt, codes ("no-voter", "no-quorum", "tie", "not-enough", "objection", "objection-open",
    "objection-maintained"); none: it adopts."""

    college: str
    voters: int
    ended: int
    weight: int
    votes_for: Side
    votes_against: Side
    abstentions: Side
    absent: Side
    present: int
    quorum_needed: int
    quorum_share: Fraction
    base: int
    threshold: Fraction
    is_strict: bool
    needed: int
    reasons: tuple[str, ...] = ()

    @property
    def is_adopted(self) -> bool:
        return not self.reasons

    @property
    def is_quorate(self) -> bool:
        return self.present >= self.quorum_needed

    def as_data(self) -> dict[str, Any]:
        def side(each: Side) -> dict[str, int]:
            return {"organisations": each.organisations, "weight": each.weight}

        return {
            "college": self.college,
            "voters": self.voters,
            "ended": self.ended,
            "weight": self.weight,
            "for": side(self.votes_for),
            "against": side(self.votes_against),
            "abstention": side(self.abstentions),
            "absent": side(self.absent),
            "present": self.present,
            "quorum": {
                "needed": self.quorum_needed,
                "share": str(self.quorum_share),
                "reached": f"{self.present}/{self.voters}",
                "is_reached": self.is_quorate,
            },
            "majority": {
                "base": self.base,
                "threshold": str(self.threshold),
                "is_strict": self.is_strict,
                "needed": self.needed,
            },
            "is_adopted": self.is_adopted,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, kw_only=True)
class Count:
    """The result: adopted only if each college adopts."""

    rule: Rule
    poll: Poll
    colleges: tuple[CollegeCount, ...]

    @property
    def is_adopted(self) -> bool:
        return all(college.is_adopted for college in self.colleges)


def count(rule: Rule, poll: Poll) -> Count:
    """Count. Raises CountRefused when the poll is not one this rule allows; a sound one always counts."""
    _check(rule, poll)
    return Count(rule=rule, poll=poll, colleges=tuple(_college(rule, each, poll) for each in rule.colleges))


def _college(rule: Rule, asked: CollegeRule, poll: Poll) -> CollegeCount:
    voters = [voter for voter in poll.counted if voter.college == asked.college]
    sides = _sides(asked.college, voters, poll)
    total = Side(len(voters), sum(voter.weight for voter in voters))
    yes, no, abstained = (sides[choice] for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTENTION))
    spoken = Side(
        yes.organisations + no.organisations + abstained.organisations, yes.weight + no.weight + abstained.weight
    )
    quorum = asked.quorum if rule.method != Method.APPROVALS else Quorum()
    is_majority = rule.method == Method.MAJORITY
    ignores = is_majority and asked.abstentions == Abstentions.IGNORED
    present = spoken.organisations - (abstained.organisations if ignores else 0)
    base, threshold, is_strict, needed = _majority(rule, asked, total, sides)
    counted = CollegeCount(
        college=asked.college,
        voters=total.organisations,
        ended=sum(voter.college == asked.college for voter in poll.voters) - total.organisations,
        weight=total.weight,
        votes_for=yes,
        votes_against=no,
        abstentions=abstained,
        absent=Side(total.organisations - spoken.organisations, total.weight - spoken.weight),
        present=present,
        quorum_needed=quorum.needed_of(total.organisations),
        quorum_share=quorum.share,
        base=base,
        threshold=threshold,
        is_strict=is_strict,
        needed=needed,
    )
    return replace(counted, reasons=_reasons(rule, asked, counted, poll))


def _sides(college: str, voters: list[Voter], poll: Poll) -> dict[Choice, Side]:
    """For each choice, how many of these voters made it."""
    numbers: Counter[Choice] = Counter()
    weights: Counter[Choice] = Counter()
    if poll.is_secret:
        weight = voters[0].weight if voters else 1  # the same for all: `_check` made sure
        for tally in poll.tallies:
            if tally.college == college:
                numbers[tally.choice] += tally.ballots
                weights[tally.choice] += tally.ballots * weight
    else:
        weight_of = {voter.organisation: voter.weight for voter in voters}
        for ballot in poll.ballots:
            if ballot.organisation in weight_of:
                numbers[ballot.choice] += 1
                weights[ballot.choice] += weight_of[ballot.organisation]
    return {choice: Side(numbers[choice], weights[choice]) for choice in Choice}


def _majority(
    rule: Rule, asked: CollegeRule, total: Side, sides: Mapping[Choice, Side]
) -> tuple[int, Fraction, bool, int]:
    """The base, the share of it that is asked, whether more than that share is, the least number that satisfies."""
    if rule.method == Method.CONSENT:
        return 0, Fraction(0), False, 0
    if rule.method == Method.APPROVALS:
        return total.organisations, Fraction(0), False, asked.minimum_approvals
    cast = sides[Choice.FOR].weight + sides[Choice.AGAINST].weight
    if asked.abstentions == Abstentions.CAST:
        cast += sides[Choice.ABSTENTION].weight
    base = total.weight if asked.majority == Majority.ABSOLUTE else cast
    exact = asked.majority.threshold * base
    if asked.majority.is_strict:
        needed = exact.numerator // exact.denominator + 1
    else:
        needed = -(-exact.numerator // exact.denominator)
    return base, asked.majority.threshold, asked.majority.is_strict, max(needed, 1)


def _reasons(rule: Rule, asked: CollegeRule, counted: CollegeCount, poll: Poll) -> tuple[str, ...]:
    """Why this college does not adopt; () when it does."""
    if not counted.voters:
        return ("no-voter",)
    reasons = [] if counted.is_quorate else ["no-quorum"]
    if rule.method == Method.CONSENT:
        standing = {voter.organisation for voter in poll.counted if voter.college == asked.college}
        states = {objection.state for objection in poll.objections if objection.organisation in standing}
        reasons += [
            f"objection-{state.value}" for state in (ObjectionState.OPEN, ObjectionState.MAINTAINED) if state in states
        ]
    elif rule.method == Method.APPROVALS:
        if counted.votes_for.organisations < counted.needed:
            reasons.append("not-enough")
        if asked.is_blocked_by_objection and counted.votes_against.organisations:
            reasons.append("objection")
    elif counted.votes_for.weight < counted.needed:
        is_tie = counted.votes_for.weight == counted.votes_against.weight > 0
        reasons.append("tie" if is_tie else "not-enough")
    return tuple(reasons)


def _check(rule: Rule, poll: Poll) -> None:
    voters = {voter.organisation: voter for voter in poll.voters}
    if len(voters) != len(poll.voters):
        raise CountRefused(_("Une organisation est comptée deux fois parmi celles qui votent."), code="voter-twice")
    if any(rule.of_college(voter.college) is None or voter.weight < 1 for voter in poll.voters):
        raise CountRefused(_("Une organisation vote dans un collège que la règle ne nomme pas."), code="unknown-voter")
    if any(objection.organisation not in voters for objection in poll.objections):
        raise CountRefused(_("Une objection vient d’une organisation qui ne vote pas."), code="unknown-voter")
    if poll.is_secret:
        _check_secret(poll, voters)
    else:
        _check_ballots(rule, poll.ballots, voters)


def _check_ballots(rule: Rule, ballots: Iterable[Ballot], voters: Mapping[str, Voter]) -> None:
    seen: set[str] = set()
    proxies: Counter[str] = Counter()
    for ballot in ballots:
        if ballot.organisation not in voters:
            raise CountRefused(_("Un vote vient d’une organisation qui ne vote pas."), code="unknown-voter")
        if ballot.organisation in seen:
            raise CountRefused(_("Une organisation a voté deux fois."), code="voted-twice")
        seen.add(ballot.organisation)
        if not ballot.represented_by:
            continue
        holder = voters.get(ballot.represented_by)
        if holder is None or holder.college != voters[ballot.organisation].college:
            raise CountRefused(_("Un pouvoir est donné hors du collège."), code="bad-proxy")
        proxies[ballot.represented_by] += 1
    if any(held > rule.max_proxies for held in proxies.values()):
        raise CountRefused(_("Une organisation porte plus de pouvoirs que permis."), code="too-many-proxies")


def _check_secret(poll: Poll, voters: Mapping[str, Voter]) -> None:
    """As many ballots in each college as organisations that voted, all of one weight: nothing else could be checked,
    and a ballot of a weight of its own would be signed."""
    participants = set(poll.participants)
    if poll.ballots or len(participants) != len(poll.participants) or not participants <= voters.keys():
        raise CountRefused(_("Un vote secret vient d’une organisation qui ne vote pas."), code="unknown-voter")
    expected = Counter(voters[slug].college for slug in participants)
    given: Counter[str] = Counter()
    for tally in poll.tallies:
        if tally.ballots < 0:
            raise CountRefused(_("Un nombre de bulletins est négatif."), code="bad-tally")
        given[tally.college] += tally.ballots
    colleges = {voter.college for voter in poll.voters}
    if any(given[college] != expected[college] for college in colleges | given.keys()):
        raise CountRefused(_("Il n’y a pas autant de bulletins que de votants."), code="bad-tally")
    for college in colleges:
        if len({voter.weight for voter in poll.voters if voter.college == college}) > 1:
            raise CountRefused(_("Un vote secret demande une voix égale pour chacun."), code="bad-tally")
