"""Sixty-four people vote at the same moment through the pages of a real server, while others reload the result."""

import pytest
from django.test import Client

from bench.ballots import ACCEPTED, CHOICES, Ballot, hold_vote, plain_count
from concerte.governance.services import close_decision
from tests.governance.factories_decisions import crowd, rule_of

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS, READERS = 64, 3


def signed_in(person):
    browser = Client()
    browser.force_login(person)
    return str(browser.session.session_key)


def test_every_vote_sent_at_the_same_moment_is_taken_and_counted(server_process):
    at_work = crowd(VOTERS)
    decision = at_work.open(rule_of(may_close_early=True))
    ballots = [
        Ballot(
            session=signed_in(at_work.people[key]),
            college=at_work.seats[key].college.slug,
            choice=CHOICES[rank % len(CHOICES)],
        )
        for rank, key in enumerate(at_work.seats)
    ]
    readers = [signed_in(at_work.people[f"substitute of {key}"]) for key in list(at_work.seats)[:READERS]]

    measured = hold_vote(
        server_process.address, f"/decisions/{decision.number}", ballots, within_seconds=0, readers=readers
    )

    assert measured.statuses == {ACCEPTED: VOTERS}
    assert not measured.failed_pages
    done = close_decision(decision, acting_user=at_work.secretary)
    counted = {
        (each["college"], choice): each[choice]["organisations"]
        for each in done.computation["colleges"]
        for choice in CHOICES
    }
    assert counted == plain_count(ballots)
