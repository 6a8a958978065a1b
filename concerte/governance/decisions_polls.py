"""What the database holds of decisions, as the plain values that are counted. A few queries, however many decisions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils import timezone

from concerte.governance import counting
from concerte.governance.counting import Count, Poll, count
from concerte.governance.models import (
    Decision,
    DecisionVoter,
    Objection,
    ObjectionStep,
    SecretParticipation,
    SecretTally,
    Vote,
)
from concerte.partners.models import College

_SEATED = ("pk", "decision", "organisation__slug", "name", "college__slug", "weight", "seat__ends_on")


def count_of(decision: Decision, now: datetime | None = None) -> Count:
    """How a decision of a body counts at an instant (now by default), at its close once that has passed."""
    return counts_of([decision], now)[decision.pk]


def counts_of(decisions: Sequence[Decision], now: datetime | None = None) -> dict[int, Count]:
    """The same for several decisions of bodies, by key, in five queries at most."""
    at = now or timezone.now()
    polls = _polls(decisions, at)
    return {decision.pk: count(decision.parsed_rule, polls[decision.pk]) for decision in decisions}


def college_names() -> Mapping[str, str]:
    """What colleges are called, by slug."""
    return dict(College.objects.values_list("slug", "name"))


def instant(moment: datetime) -> str:
    """`2026-11-22T09:30:00Z`: to the second, in universal time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class _Seated:
    """An organisation called to vote, as plain values: hundreds are read at each display of a decision."""

    pk: int
    decision: int
    organisation: str
    name: str
    college: str
    weight: int
    seat_ends_on: date | None

    def counted_at(self, at: datetime) -> counting.Voter:
        return counting.Voter(
            organisation=self.organisation,
            name=self.name,
            college=self.college,
            weight=self.weight,
            has_ended=self.seat_ends_on is not None and self.seat_ends_on <= timezone.localdate(at),
        )


def _polls(decisions: Sequence[Decision], at: datetime) -> dict[int, Poll]:
    keys = [decision.pk for decision in decisions]
    seated = [_Seated(*row) for row in DecisionVoter.objects.filter(decision__in=keys).values_list(*_SEATED)]
    voters: dict[int, list[_Seated]] = defaultdict(list)
    for voter in seated:
        voters[voter.decision].append(voter)
    slugs = {voter.pk: voter.organisation for voter in seated}
    open_ones = [decision.pk for decision in decisions if not decision.is_secret]
    secret_ones = [decision.pk for decision in decisions if decision.is_secret]
    ballots = _ballots({decision.pk: decision.digest for decision in decisions}, open_ones, slugs)
    objections = _objections(keys, slugs)
    participants, tallies = _secret(secret_ones, slugs)
    return {
        decision.pk: Poll(
            voters=tuple(voter.counted_at(_moment(decision, at)) for voter in voters[decision.pk]),
            ballots=tuple(ballots[decision.pk]),
            objections=tuple(objections[decision.pk]),
            participants=tuple(participants[decision.pk]),
            tallies=tuple(tallies[decision.pk]),
            is_secret=decision.is_secret,
        )
        for decision in decisions
    }


def _moment(decision: Decision, at: datetime) -> datetime:
    """What happens after the close changes nothing: a job that comes late finds what it would have found in time."""
    return min(at, decision.closes_at) if decision.closes_at else at


def _ballots(
    digests: Mapping[int, str], decisions: Iterable[int], slugs: Mapping[int, str]
) -> dict[int, list[counting.Ballot]]:
    """Standing votes on the text as it is: those given on an earlier wording count no more."""
    found: dict[int, list[counting.Ballot]] = defaultdict(list)
    decisions = list(decisions)
    if not decisions:
        return found
    standing = Vote.objects.filter(decision__in=decisions, replaced_at=None).order_by("pk")
    for decision, voter, choice, holder, digest, given_at, reasons in standing.values_list(
        "decision", "voter", "choice", "represented_by", "digest", "given_at", "reasons"
    ):
        if digest == digests[decision]:
            found[decision].append(
                counting.Ballot(
                    organisation=slugs[voter],
                    choice=counting.Choice(choice),
                    represented_by=slugs[holder] if holder else "",
                    given_at=instant(given_at),
                    reasons=reasons,
                )
            )
    return found


def _objections(decisions: Iterable[int], slugs: Mapping[int, str]) -> dict[int, list[counting.Objection]]:
    made = list(Objection.objects.filter(decision__in=list(decisions)).order_by("pk"))
    answers = dict(
        ObjectionStep.objects.filter(objection__in=[each.pk for each in made], kind=ObjectionStep.Kind.ANSWER)
        .order_by("pk")
        .values_list("objection", "text")
        if made
        else ()
    )
    found: dict[int, list[counting.Objection]] = defaultdict(list)
    for objection in made:
        found[objection.decision_id].append(
            counting.Objection(
                organisation=slugs[objection.voter_id],
                state=counting.ObjectionState(objection.state),
                reasons=objection.reasons,
                wording=objection.wording,
                answer=answers.get(objection.pk, ""),
            )
        )
    return found


def _secret(
    decisions: Sequence[int], slugs: Mapping[int, str]
) -> tuple[dict[int, list[str]], dict[int, list[counting.Tally]]]:
    participants: dict[int, list[str]] = defaultdict(list)
    tallies: dict[int, list[counting.Tally]] = defaultdict(list)
    if not decisions:
        return participants, tallies
    took_part = SecretParticipation.objects.filter(voter__decision__in=decisions).values_list(
        "voter__decision", "voter"
    )
    for decision, voter in took_part.order_by("voter__name", "voter"):
        participants[decision].append(slugs[voter])
    for tally in SecretTally.objects.filter(decision__in=decisions).select_related("college"):
        tallies[tally.decision_id].append(
            counting.Tally(college=tally.college.slug, choice=counting.Choice(tally.choice), ballots=tally.ballots)
        )
    return participants, tallies
