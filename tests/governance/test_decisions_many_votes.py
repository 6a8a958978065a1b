"""Many people vote at once, while the result is read and the vote closes: nothing lost, nothing counted twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from concerte.common.errors import DomainError
from concerte.governance.decisions_polls import count_of
from concerte.governance.models import Decision, SecretTally, Vote
from concerte.governance.services import close_decision
from tests.governance.factories_decisions import chamber, crowd, rule_of

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS = 40
THREADS = 4  # each waits for the others at the one door to a SQLite file, five seconds at most


def all_at_once(tasks):
    """Run them on real threads, each with its connection; what each returned, or the code it was refused with."""
    start = threading.Barrier(THREADS)

    def work(mine):
        start.wait()
        outcomes = []
        try:
            for task in mine:
                try:
                    outcomes.append(task())
                except DomainError as refusal:
                    outcomes.append(refusal.code)
        finally:
            connection.close()
        return outcomes

    with ThreadPoolExecutor(THREADS) as pool:
        done = pool.map(work, [tasks[rank::THREADS] for rank in range(THREADS)])
        return [outcome for outcomes in done for outcome in outcomes]


def voting(at_work, decision, key, by=None):
    return lambda: at_work.vote(decision, key, "for", by=by)


def test_every_vote_is_counted_once_when_holder_and_substitute_vote_together():
    at_work = crowd(VOTERS)
    decision = at_work.open()
    tasks = []
    for key in at_work.seats:
        tasks += [
            voting(at_work, decision, key),
            voting(at_work, decision, key, at_work.people[f"substitute of {key}"]),
        ]

    outcomes = all_at_once(tasks)

    refused = Counter(outcome for outcome in outcomes if isinstance(outcome, str))
    assert sum(refused.values()) == VOTERS
    assert set(refused) <= {"already-voted-by-holder", "already-voted-by-substitute"}
    assert Vote.objects.filter(replaced_at=None).count() == VOTERS
    assert [college.votes_for.organisations for college in count_of(decision).colleges] == [VOTERS // 2] * 2


def test_secret_ballots_are_neither_lost_nor_doubled():
    at_work = crowd(VOTERS)
    at_work.body.has_secret_ballots = True
    at_work.body.save()
    decision = at_work.open()

    outcomes = all_at_once([voting(at_work, decision, key) for key in at_work.seats for _twice in range(2)])

    assert outcomes.count("already-voted") == VOTERS
    assert sum(SecretTally.objects.values_list("ballots", flat=True)) == VOTERS


def test_a_vote_is_taken_and_counted_or_refused_when_the_decision_closes_meanwhile():
    at_work = crowd(VOTERS)
    decision = at_work.open(rule_of(may_close_early=True))
    tasks = [voting(at_work, decision, key) for key in at_work.seats]
    tasks.insert(VOTERS // 2, lambda: close_decision(decision, acting_user=at_work.secretary))

    outcomes = all_at_once(tasks)

    taken = sum(isinstance(outcome, Vote) for outcome in outcomes)
    done = Decision.objects.get()
    counted = sum(college["for"]["organisations"] for college in done.computation["colleges"])
    assert done.state == Decision.State.CLOSED
    assert taken == counted == Vote.objects.count()
    assert outcomes.count("not-open") == VOTERS - taken


def test_decisions_opened_together_have_numbers_without_gap_or_double():
    at_work = chamber()

    all_at_once([at_work.open for _rank in range(THREADS * 2)])

    assert sorted(Decision.objects.values_list("number", flat=True)) == list(range(1, THREADS * 2 + 1))
