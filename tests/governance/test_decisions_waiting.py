"""What decisions wait for, on the page “Mon espace”."""

from datetime import timedelta

import pytest
from django.utils import timezone

from concerte.accounts.waiting import items_for
from concerte.governance.decisions_waiting import decisions_waiting_for
from concerte.governance.services import (
    answer_objection,
    close_decision,
    close_due_decisions,
    give_proxy,
    withdraw_objection,
)
from tests.governance.factories_decisions import after_the_close, chamber, rule_of

pytestmark = pytest.mark.django_db


def keys(person):
    return sorted(item.key.rsplit(":", 1)[0] for item in items_for(person) if item.key.startswith("governance."))


def test_a_vote_is_waited_for_until_it_is_given():
    at_work = chamber()
    decision = at_work.open()
    before = keys(at_work.people["e1"])

    at_work.vote(decision, "e1")

    assert before == [f"governance.vote:{decision.pk}"]
    assert keys(at_work.people["e1"]) == []


def test_a_vote_is_waited_for_no_more_after_the_close():
    at_work = chamber()
    decision = at_work.open()

    with after_the_close(decision):
        assert keys(at_work.people["e1"]) == []


def test_a_secret_vote_is_waited_for_once():
    at_work = chamber(has_secret_ballots=True)
    decision = at_work.open()
    before = keys(at_work.people["e1"])

    at_work.vote(decision, "e1")

    assert (len(before), keys(at_work.people["e1"])) == (1, [])


def test_a_proxy_moves_the_wait_to_who_holds_it():
    at_work = chamber()
    decision = at_work.open()

    give_proxy(
        decision, giver=at_work.organisation("e1"), holder=at_work.organisation("e2"), acting_user=at_work.people["e1"]
    )

    assert keys(at_work.people["e1"]) == []
    assert keys(at_work.people["e2"]) == [f"governance.vote:{decision.pk}"] * 2


def test_an_objection_waits_for_an_answer_then_for_its_author():
    at_work = chamber()
    decision = at_work.open(rule_of("consent"))
    objection = at_work.object(decision, "c1")
    to_answer = keys(at_work.secretary)

    answer_objection(objection, text="Voici.", acting_user=at_work.secretary)
    to_say = keys(at_work.people["c1"])
    withdraw_objection(objection, reasons="Bien.", acting_user=at_work.people["c1"])

    assert to_answer == [f"governance.objection:{objection.pk}"]
    assert keys(at_work.secretary) == []
    assert f"governance.answered:{objection.pk}" in to_say
    assert f"governance.answered:{objection.pk}" not in keys(at_work.people["c1"])


def test_a_decision_waits_for_its_review_when_the_day_has_come():
    at_work = chamber()
    due = at_work.open(rule_of(may_close_early=True), review_on=timezone.localdate())
    later = at_work.open(rule_of(may_close_early=True), review_on=timezone.localdate() + timedelta(days=1))
    for decision in (due, later):
        close_decision(decision, acting_user=at_work.secretary)

    assert keys(at_work.secretary) == [f"governance.review:{due.pk}"]
    assert keys(at_work.people["e1"]) == []


def test_a_wait_costs_the_same_however_many_decisions(django_assert_max_num_queries):
    at_work = chamber()
    for _rank in range(8):
        at_work.open()

    with django_assert_max_num_queries(14):
        waiting = list(decisions_waiting_for(at_work.people["e1"]))

    assert len(waiting) == 8
    assert close_due_decisions(timezone.now()) == []
