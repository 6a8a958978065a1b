"""Putting a text to the colleges, and taking it back."""

import json

import pytest

from concerte.common.canonical import canonical_json, digest_of
from concerte.journal.models import Entry
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.programme.errors import ProposalRefused
from concerte.programme.models import Proposal
from concerte.programme.services import MAX_MESSAGE_CHARACTERS, freeze_proposal, withdraw_proposal
from concerte.programme.showing import proposal_shown
from tests.programme.drafts import complete_action, draft_of
from tests.programme.factories import SEMESTER, workshop

pytestmark = pytest.mark.django_db


def test_the_frozen_text_is_canonical_json_and_its_digest_is_of_these_very_bytes():
    at_work = workshop()

    proposal = at_work.freeze(message="  Pour le comité de juin. ")

    content = json.loads(proposal.content)
    assert proposal.content.encode() == canonical_json(content)
    assert proposal.digest == digest_of(content)
    assert content["edition"] == {"number": 1, "semester": SEMESTER}
    assert content["previous"] is None
    assert [axis["actions"][0]["code"] for axis in content["axes"]] == ["EXO-01"]
    assert (proposal.number, proposal.message) == (1, "Pour le comité de juin.")
    line = Entry.objects.get(act="programme.proposal_frozen")
    assert (line.actor_id, line.organisation) == (at_work.coordinator.pk, at_work.state.slug)


def test_each_action_of_the_text_is_put_to_the_decision():
    at_work = workshop()

    decision = at_work.freeze().decision

    put = Link.objects.standing().into(Reference.to(decision)).filter(relation=Relation.SUBMITTED)
    action = at_work.programme.actions.get()
    assert {link.origin.kind for link in put} == {"programme.proposal", "programme.action"}
    assert put.filter(from_kind="programme.action").get().origin == Reference.to(action)


@pytest.mark.parametrize("who", ["pilot", "representative", "contributor", "reader", "administrator", "stranger"])
def test_only_the_coordination_freezes(who):
    at_work = workshop()

    with pytest.raises(ProposalRefused) as refusal:
        at_work.freeze(acting_user=getattr(at_work, who))

    assert refusal.value.code == "not-allowed"
    assert not Proposal.objects.exists()


def test_blocking_checks_hold_the_text_back_and_are_told():
    at_work = workshop(draft_of(complete_action(pilots=("service-d-essai",))))

    with pytest.raises(ProposalRefused) as refusal:
        at_work.freeze()

    assert refusal.value.code == "checks"
    assert [finding.code for finding in refusal.value.findings] == ["no-pilot"]
    assert not Proposal.objects.exists()


def test_a_code_the_programme_never_gave_holds_the_text_back():
    at_work = workshop(draft_of(complete_action(code="EXO-99")))

    with pytest.raises(ProposalRefused) as refusal:
        at_work.freeze()

    assert [finding.code for finding in refusal.value.findings] == ["unknown-code"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"semester": "juin"}, "bad-semester"),
        ({"message": "a" * (MAX_MESSAGE_CHARACTERS + 1)}, "message-too-long"),
    ],
)
def test_what_cannot_be_read_is_refused(changes, code):
    at_work = workshop()

    with pytest.raises(ProposalRefused) as refusal:
        at_work.freeze(**changes)

    assert refusal.value.code == code
    assert not Proposal.objects.exists()


def test_one_text_at_a_time_is_before_the_colleges():
    at_work = workshop()
    at_work.freeze()

    with pytest.raises(ProposalRefused) as refusal:
        at_work.freeze()

    assert refusal.value.code == "already-open"
    assert Proposal.objects.count() == 1


def test_the_page_knows_when_the_draft_went_on_and_the_proposal_stands_as_it_was():
    at_work = workshop()
    proposal = at_work.freeze()
    before = proposal.content
    had_moved = proposal_shown(at_work.programme, proposal).has_draft_moved

    at_work.write("Une phrase de plus.")

    proposal.refresh_from_db()
    assert not had_moved
    assert proposal_shown(at_work.programme, proposal).has_draft_moved
    assert proposal.content == before


def test_a_withdrawn_proposal_stays_with_its_reason_and_another_may_follow():
    at_work = workshop()
    first = at_work.freeze()
    at_work.approve(first, by=at_work.representative, organisation=at_work.association)

    withdraw_proposal(first, reason=" Une coquille. ", acting_user=at_work.coordinator)
    second = at_work.freeze()

    first.refresh_from_db()
    assert (first.state, first.withdrawn_because) == ("withdrawn", "Une coquille.")
    assert first.withdrawn_at is not None
    assert first.positions.count() == 1
    assert second.number == 2
    assert not second.positions.exists()


@pytest.mark.parametrize(
    ("who", "reason", "code"),
    [
        ("representative", "Un motif", "not-allowed"),
        ("administrator", "Un motif", "not-allowed"),
        ("coordinator", "  ", "no-reason"),
    ],
)
def test_a_withdrawal_needs_the_coordination_and_a_reason(who, reason, code):
    at_work = workshop()
    proposal = at_work.freeze()

    with pytest.raises(ProposalRefused) as refusal:
        withdraw_proposal(proposal, reason=reason, acting_user=getattr(at_work, who))

    proposal.refresh_from_db()
    assert refusal.value.code == code
    assert proposal.is_open


def test_a_proposal_is_withdrawn_once():
    at_work = workshop()
    proposal = at_work.freeze()
    withdraw_proposal(proposal, reason="Un motif", acting_user=at_work.coordinator)

    with pytest.raises(ProposalRefused) as refusal:
        withdraw_proposal(proposal, reason="Un autre", acting_user=at_work.coordinator)

    proposal.refresh_from_db()
    assert refusal.value.code == "not-open"
    assert proposal.withdrawn_because == "Un motif"


def test_the_coordination_of_another_programme_does_not_freeze_this_one():
    at_work = workshop()
    at_work.programme.participations.filter(organisation=at_work.state).update(is_coordinator=False)

    with pytest.raises(ProposalRefused) as refusal:
        freeze_proposal(at_work.programme, semester=SEMESTER, acting_user=at_work.coordinator)

    assert refusal.value.code == "not-allowed"
