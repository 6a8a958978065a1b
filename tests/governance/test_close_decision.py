"""Closing: in time, late, early; what is computed then, and stays."""

import json
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concerte.common.canonical import canonical_json, digest_of
from concerte.governance.counting import Ballot, Choice, Poll, Voter
from concerte.governance.counting_data import faults_of
from concerte.governance.counting_rules import Quorum
from concerte.governance.decisions_polls import count_of, counts_of
from concerte.governance.errors import DecisionRefused
from concerte.governance.models import CollegeResult, Decision
from concerte.governance.services import (
    close_decision,
    close_due_decisions,
    conclude_decision,
    put_to_vote,
    record_review,
    withdraw_decision,
)
from concerte.journal.models import Entry
from concerte.partners.models import Circle
from tests.accounts.factories import UserFactory
from tests.governance.factories_decisions import after_the_close, chamber, rule_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def closed(at_work, decision):
    (done,) = close_due_decisions(decision.closes_at + DAY)
    return done


def refused(do):
    with pytest.raises(DecisionRefused) as refusal:
        do()
    return refusal.value.code


def test_what_is_due_is_closed_with_its_computation_and_its_digest():
    at_work = chamber()
    decision = at_work.open()
    for key in ("e1", "e2", "c1", "c2"):
        at_work.vote(decision, key)

    done = closed(at_work, decision)

    assert (done.state, done.is_adopted, done.closed_at) == (Decision.State.CLOSED, True, decision.closes_at)
    assert done.result.encode() == canonical_json(json.loads(done.result))
    assert done.result_digest == digest_of(json.loads(done.result))
    assert list(faults_of(done.computation)) == []
    assert {result.college.slug: result.is_adopted for result in CollegeResult.objects.all()} == {
        "etat": True,
        "collectivites": True,
    }
    assert Entry.objects.filter(act="governance.decision_closed").count() == 1


def test_one_college_for_and_one_against_is_not_adopted():
    at_work = chamber()
    decision = at_work.open()
    for key, choice in (("e1", "for"), ("e2", "for"), ("c1", "against"), ("c2", "against")):
        at_work.vote(decision, key, choice)

    done = closed(at_work, decision)

    assert done.is_adopted is False
    assert "Collectivités" in done.computation["sentence"]


def test_a_late_job_finds_what_it_would_have_found_in_time():
    at_work = chamber()
    decision = at_work.open(rule_of(quorum=Quorum(share=Fraction(1))))
    for key in ("e1", "e2", "c1", "c2"):
        at_work.vote(decision, key)
    ended = at_work.seats["e1"]
    ended.ends_on = timezone.localdate(decision.closes_at) + DAY
    ended.save()

    (done,) = close_due_decisions(decision.closes_at + 30 * DAY)

    assert done.is_adopted
    assert done.computation["colleges"][0]["ended"] == 0


def test_a_quorum_lost_in_the_middle_is_said_in_the_computation():
    at_work = chamber()
    decision = at_work.open(rule_of(quorum=Quorum(2)))
    for key in ("e1", "e2", "c1", "c2"):
        at_work.vote(decision, key)
    ended = at_work.seats["e1"]
    ended.ends_on = timezone.localdate()
    ended.save()

    done = closed(at_work, decision)

    state = done.computation["colleges"][0]
    assert (done.is_adopted, state["reasons"], state["ended"]) == (False, ["no-quorum"], 1)
    assert "1 siège a pris fin" in state["sentence"]


def test_nothing_that_is_not_due_is_closed_and_nothing_twice():
    at_work = chamber()
    decision = at_work.open()

    early = close_due_decisions(decision.closes_at - timedelta(seconds=1))
    on_time = close_due_decisions(decision.closes_at)
    again = close_due_decisions(decision.closes_at + DAY)

    assert (early, on_time, again) == ([], [decision], [])


def test_an_open_decision_whose_time_has_passed_is_over_before_any_job_has_run():
    decision = chamber().open()

    with after_the_close(decision):
        assert decision.is_over
        assert not decision.is_open


def test_the_secretariat_closes_early_only_when_the_rule_allows_it():
    at_work = chamber()
    strict, supple = at_work.open(), at_work.open(rule_of(may_close_early=True))

    code = refused(lambda: close_decision(strict, acting_user=at_work.secretary))
    done = close_decision(supple, acting_user=at_work.secretary)

    assert code == "no-early-close"
    assert done.state == Decision.State.CLOSED
    assert done.closed_at < done.closes_at


@pytest.mark.parametrize("act", ["close", "withdraw", "review"])
def test_others_than_the_secretariat_are_refused(act):
    at_work = chamber()
    decision = at_work.open(rule_of(may_close_early=True))
    acts = {
        "close": lambda by: close_decision(decision, acting_user=by),
        "withdraw": lambda by: withdraw_decision(decision, because="Non", acting_user=by),
        "review": lambda by: record_review(decision, note="Vu", next_review_on=None, acting_user=by),
    }

    for person in (at_work.people["e1"], UserFactory(), UserFactory(administrator=True)):
        assert refused(lambda by=person: acts[act](by)) == "not-secretariat"

    decision.refresh_from_db()
    assert decision.state == Decision.State.OPEN


def test_a_closed_decision_is_neither_withdrawn_nor_closed_again():
    at_work = chamber()
    done = close_decision(at_work.open(rule_of(may_close_early=True)), acting_user=at_work.secretary)

    assert refused(lambda: withdraw_decision(done, because="Trop tard", acting_user=at_work.secretary)) == "not-open"
    assert refused(lambda: close_decision(done, acting_user=at_work.secretary)) == "not-open"


def test_a_vote_that_is_over_is_not_withdrawn_because_its_result_displeases():
    at_work = chamber()
    decision = at_work.open()

    with after_the_close(decision):
        code = refused(lambda: withdraw_decision(decision, because="Mauvais résultat", acting_user=at_work.secretary))

    assert code == "not-open"


@pytest.mark.parametrize("change", [{"is_adopted": True}, {"result": "{}"}, {"state": "open"}, {"wording": "Autre"}])
def test_the_database_refuses_to_change_a_result(change):
    at_work = chamber()
    done = close_decision(at_work.open(rule_of(may_close_early=True)), acting_user=at_work.secretary)

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=done.pk).update(**change)

    done.refresh_from_db()
    assert done.is_adopted is False


def test_a_secret_result_shows_numbers_and_no_name():
    at_work = chamber(has_secret_ballots=True)
    decision = at_work.open()
    for key in ("e1", "c1", "c2"):
        at_work.vote(decision, key)

    done = closed(at_work, decision)

    assert done.is_adopted
    assert done.computation["ballots"] == []
    assert len(done.computation["participants"]) == 3
    assert {(each["college"], each["choice"]): each["ballots"] for each in done.computation["tallies"]}[
        ("collectivites", "for")
    ] == 2
    assert list(faults_of(done.computation)) == []


def test_a_decision_of_a_circle_is_concluded_by_the_room_that_holds_what_was_said():
    circle = Circle.objects.create(slug="essai", name="Essai")
    person = UserFactory()
    rule = rule_of("approvals")
    decision = put_to_vote(
        None,
        circle=circle,
        question="Publier ?",
        rule=rule,
        rule_name="Approbations",
        closes_at=None,
        acting_user=person,
    )
    poll = Poll(
        voters=(
            Voter(organisation="a", name="A", college="etat"),
            Voter(organisation="b", name="B", college="collectivites"),
        ),
        ballots=(Ballot(organisation="a", choice=Choice.FOR), Ballot(organisation="b", choice=Choice.FOR)),
    )

    done = conclude_decision(decision, poll=poll, acting_user=person)

    assert done.is_adopted
    assert refused(lambda: conclude_decision(done, poll=poll, acting_user=person)) == "not-open"
    assert refused(lambda: conclude_decision(chamber().open(), poll=poll, acting_user=person)) == "has-a-body"


def test_a_review_says_what_was_found_and_when_the_next_is():
    at_work = chamber()
    done = close_decision(
        at_work.open(rule_of(may_close_early=True), review_on=timezone.localdate()), acting_user=at_work.secretary
    )
    later = timezone.localdate() + 180 * DAY

    code = refused(lambda: record_review(done, note=" ", next_review_on=later, acting_user=at_work.secretary))
    reviewed = record_review(done, note="Appliquée.", next_review_on=later, acting_user=at_work.secretary)

    assert code == "no-note"
    assert reviewed.review_on == later
    assert "Appliquée." in reviewed.review_note


def test_many_decisions_are_counted_in_few_queries(django_assert_max_num_queries):
    at_work = chamber()
    decisions = [at_work.open() for _rank in range(6)]
    for decision in decisions:
        at_work.vote(decision, "e1")

    with django_assert_max_num_queries(4):
        counts = counts_of(decisions)

    assert {counted.colleges[0].votes_for.organisations for counted in counts.values()} == {1}
    assert counts[decisions[0].pk].colleges == count_of(decisions[0]).colleges
