"""What the database holds of decisions, as the plain values that are counted. A few queries, however many decisions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

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


def _polls(decisions: Sequence[Decision], at: datetime) -> dict[int, Poll]:
    keys = [decision.pk for decision in decisions]
    voters: dict[int, list[DecisionVoter]] = defaultdict(list)
    seated = DecisionVoter.objects.filter(decision__in=keys).select_related("organisation", "college", "seat")
    for voter in seated:
        voters[voter.decision_id].append(voter)
    slugs = {voter.pk: voter.organisation.slug for each in voters.values() for voter in each}
    open_ones = [decision.pk for decision in decisions if not decision.is_secret]
    secret_ones = [decision.pk for decision in decisions if decision.is_secret]
    ballots = _ballots({decision.pk: decision.digest for decision in decisions}, open_ones, slugs)
    objections = _objections(keys, slugs)
    participants, tallies = _secret(secret_ones, slugs)
    return {
        decision.pk: Poll(
            voters=tuple(_voter(voter, _moment(decision, at)) for voter in voters[decision.pk]),
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


def _voter(voter: DecisionVoter, at: datetime) -> counting.Voter:
    ends_on = voter.seat.ends_on
    return counting.Voter(
        organisation=voter.organisation.slug,
        name=voter.name,
        college=voter.college.slug,
        weight=voter.weight,
        has_ended=ends_on is not None and ends_on <= timezone.localdate(at),
    )


def _ballots(
    digests: Mapping[int, str], decisions: Iterable[int], slugs: Mapping[int, str]
) -> dict[int, list[counting.Ballot]]:
    """Standing votes on the text as it is: those given on an earlier wording count no more."""
    found: dict[int, list[counting.Ballot]] = defaultdict(list)
    decisions = list(decisions)
    for vote in Vote.objects.filter(decision__in=decisions, replaced_at=None).order_by("pk") if decisions else ():
        if vote.digest == digests[vote.decision_id]:
            found[vote.decision_id].append(
                counting.Ballot(
                    organisation=slugs[vote.voter_id],
                    choice=counting.Choice(vote.choice),
                    represented_by=slugs[vote.represented_by_id] if vote.represented_by_id else "",
                    given_at=instant(vote.given_at),
                    reasons=vote.reasons,
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
