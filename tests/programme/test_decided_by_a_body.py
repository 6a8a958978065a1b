"""An edition that a body decides: from freezing to publishing, or not."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from concerte.accounts.waiting import items_for
from concerte.governance.models import Decision
from concerte.governance.services import cast_vote, close_due_decisions, name_rule
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.programme.content import edition_file
from concerte.programme.errors import PositionRefused, ProgrammeRefused, ProposalRefused
from concerte.programme.models import Edition, Position
from concerte.programme.outcome import rule_outcome
from concerte.programme.services import publish_edition, set_deciding_body, take_position, withdraw_proposal
from concerte.programme.verification import verify
from tests.governance.factories_decisions import at, chamber, rule_of
from tests.programme.factories import workshop

pytestmark = pytest.mark.django_db


def decided_by_a_body(**changes):
    """A workshop whose editions a body decides, by a double majority, and that body."""
    at_work, body = workshop(), chamber(**changes)
    named = name_rule(body.body, name="Double majorité", rule=rule_of(), acting_user=body.secretary)
    set_deciding_body(at_work.programme, body=body.body, named_rule=named, days=10, acting_user=None)
    return at_work, body


def voted(body, proposal, **choices):
    """Each key of the body votes; then the vote is closed in its time."""
    for key, choice in choices.items():
        cast_vote(
            proposal.decision,
            organisation=body.organisation(key),
            choice=choice,
            digest=proposal.digest,
            acting_user=body.people[key],
        )
    close_due_decisions(proposal.decision.closes_at)
    proposal.refresh_from_db()
    return proposal


def publish(at_work, proposal):
    return publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)


def refused(error, do):
    with pytest.raises(error) as refusal:
        do()
    return refusal.value


def test_freezing_opens_a_decision_of_the_body_on_the_very_digest():
    at_work, body = decided_by_a_body()

    proposal = at_work.freeze()

    decision = proposal.decision
    assert (decision.body, decision.digest) == (body.body, proposal.digest)
    assert decision.closes_at - decision.opens_at == timedelta(days=10)
    assert decision.voters.count() == 4
    assert Link.objects.filter(
        from_kind="programme.proposal", to_id=str(decision.pk), relation=Relation.SUBMITTED
    ).exists()


def test_an_adopted_decision_becomes_an_edition_whose_record_is_checked_offline():
    at_work, body = decided_by_a_body()
    proposal = voted(body, at_work.freeze(), e1="for", e2="abstention", c1="for", c2="for")

    edition = publish(at_work, proposal)

    record = json.loads(edition.record)
    assert record["decision"]["body"] == {"slug": body.body.slug, "name": body.body.name}
    assert record["decision"]["computation"] == proposal.decision.computation
    assert body.people["e1"].name not in edition.record
    file = edition_file(
        content=json.loads(edition.content), digest=edition.digest, record=record, record_digest=edition.record_digest
    )
    assert verify([("1.json", json.dumps(file).encode())]).exit_code == 0
    assert Link.objects.filter(
        from_kind="governance.decision", to_id=str(edition.pk), relation=Relation.DECIDED
    ).exists()


def test_a_secret_ballot_is_recorded_as_counts():
    at_work, body = decided_by_a_body(has_secret_ballots=True)
    proposal = voted(body, at_work.freeze(), e1="for", c1="for")

    record = json.loads(publish(at_work, proposal).record)

    assert record["decision"]["computation"]["ballots"] == []
    assert sum(tally["ballots"] for tally in record["decision"]["computation"]["tallies"]) == 2


def test_a_double_majority_that_failed_cannot_be_published_and_says_which_college_lacks():
    at_work, body = decided_by_a_body()
    proposal = voted(body, at_work.freeze(), e1="for", e2="for", c1="against", c2="against")

    refusal = refused(ProposalRefused, lambda: publish(at_work, proposal))

    assert refusal.code == "rules"
    assert [sentence.split("\u00a0:")[0] for sentence in refusal.missing] == ["Collectivités territoriales"]
    assert not Edition.objects.exists()


def test_nothing_is_published_while_the_body_votes_even_if_all_are_for():
    at_work, body = decided_by_a_body()
    proposal = at_work.freeze()
    for key in body.seats:
        cast_vote(
            proposal.decision,
            organisation=body.organisation(key),
            choice="for",
            digest=proposal.digest,
            acting_user=body.people[key],
        )

    refusal = refused(ProposalRefused, lambda: publish(at_work, proposal))

    assert refusal.code == "rules"
    assert "vote jusqu’au" in refusal.missing[0]
    assert not Edition.objects.exists()


def test_a_vote_that_is_over_is_closed_by_who_publishes_when_the_job_is_late():
    at_work, body = decided_by_a_body()
    proposal = at_work.freeze()
    for key in body.seats:
        cast_vote(
            proposal.decision,
            organisation=body.organisation(key),
            choice="for",
            digest=proposal.digest,
            acting_user=body.people[key],
        )

    with at(proposal.decision.closes_at + timedelta(minutes=1)):
        edition = publish(at_work, proposal)

    assert edition.number == 1
    assert Decision.objects.get().state == Decision.State.CLOSED


def test_participants_take_no_position_where_a_body_decides(client):
    at_work, _body = decided_by_a_body()
    proposal = at_work.freeze()
    client.force_login(at_work.representative)

    refusal = refused(
        PositionRefused,
        lambda: take_position(
            proposal,
            organisation=at_work.association,
            kind="approval",
            digest=proposal.digest,
            acting_user=at_work.representative,
        ),
    )
    shown = client.get(reverse("programme:proposal", args=["essai", 1])).content.decode()

    assert refusal.code == "decided-by-a-body"
    assert 'name="kind"' not in shown
    assert "Comité d’essai" in shown
    assert not Position.objects.exists()
    assert not [item for item in items_for(at_work.representative) if item.key.startswith("programme.position")]


def test_withdrawing_the_proposal_withdraws_its_decision_which_keeps_its_number():
    at_work, _body = decided_by_a_body()
    proposal = at_work.freeze()

    withdraw_proposal(proposal, reason="Une erreur.", acting_user=at_work.coordinator)
    second = at_work.freeze()

    first_decision = Decision.objects.get(number=1)
    assert (first_decision.state, first_decision.withdrawn_because) == (Decision.State.WITHDRAWN, "Une erreur.")
    assert second.decision.number == 2


def test_a_rejected_text_is_withdrawn_and_its_result_stays():
    at_work, body = decided_by_a_body()
    proposal = voted(body, at_work.freeze(), e1="for", c1="against")

    withdraw_proposal(proposal, reason="Rejeté par le comité.", acting_user=at_work.coordinator)

    decision = Decision.objects.get()
    assert (decision.state, decision.is_adopted) == (Decision.State.CLOSED, False)


def test_approvals_are_counted_by_the_same_rule_and_enter_the_register():
    at_work = workshop()
    proposal = at_work.adopted()
    counted = rule_outcome(proposal).counted

    publish(at_work, proposal)

    decision = Decision.objects.get()
    assert counted.is_adopted
    assert (decision.body, decision.is_adopted) == (None, True)
    assert decision.computation["rule"]["method"] == "approvals"
    assert [ballot["choice"] for ballot in decision.computation["ballots"]] == ["for", "for"]


def test_a_programme_without_any_rule_puts_nothing_to_the_colleges():
    at_work = workshop()
    at_work.programme.approval_rules.all().delete()

    refusal = refused(ProposalRefused, at_work.freeze)

    assert refusal.code == "no-rule"
    assert not at_work.programme.proposals.exists()
    assert not Decision.objects.exists()


def test_a_body_that_cannot_decide_holds_the_freezing_back():
    at_work, body = decided_by_a_body()
    body.body.seats.filter(college__slug="etat").update(ends_on=timezone.localdate())

    refusal = refused(ProposalRefused, at_work.freeze)

    assert refusal.code == "no-voters"
    assert not at_work.programme.proposals.exists()


# --- Saying who decides ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["coordinator", "representative", "reader", "stranger"])
def test_only_the_administration_says_who_decides(client, who):
    at_work, body = workshop(), chamber()
    named = name_rule(body.body, name="Double majorité", rule=rule_of(), acting_user=body.secretary)
    person = getattr(at_work, who)
    client.force_login(person)

    refusal = refused(
        ProgrammeRefused,
        lambda: set_deciding_body(at_work.programme, body=body.body, named_rule=named, days=10, acting_user=person),
    )

    at_work.programme.refresh_from_db()
    assert refusal.code == "not-allowed"
    assert client.get(reverse("programme:deciding", args=["essai"])).status_code == 403
    assert at_work.programme.deciding_body is None


def test_the_administration_says_who_decides_from_the_page_and_takes_it_back(client):
    at_work, body = workshop(), chamber()
    named = name_rule(body.body, name="Double majorité", rule=rule_of(), acting_user=body.secretary)
    client.force_login(at_work.administrator)
    address = reverse("programme:deciding", args=["essai"])

    client.post(address, {"rule": named.pk, "days": 21})
    at_work.programme.refresh_from_db()
    chosen = (at_work.programme.deciding_body, at_work.programme.decision_days)
    shown = client.get(address).content.decode()
    client.post(address, {"rule": "", "days": 21})
    at_work.programme.refresh_from_db()

    assert chosen == (body.body, 21)
    assert "Double majorité" in shown
    assert (at_work.programme.deciding_body, at_work.programme.decision_rule) == (None, {})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"named_rule": None}, "no-rule"),
        ({"days": 0}, "bad-days"),
        ({"body": "another"}, "rule-of-another-body"),
        ({"rule": rule_of(colleges=("etat",))}, "one-college"),
    ],
)
def test_what_could_not_decide_is_refused(change, code):
    at_work, body = workshop(), chamber()
    rule = change.get("rule", rule_of())
    named = name_rule(body.body, name="Règle", rule=rule, acting_user=body.secretary)
    facts = {"body": body.body, "named_rule": named, "days": 10} | {
        name: value for name, value in change.items() if name != "rule"
    }
    if facts["body"] == "another":
        facts["body"] = chamber().body

    refusal = refused(
        ProgrammeRefused, lambda: set_deciding_body(at_work.programme, **facts, acting_user=at_work.administrator)
    )

    assert refusal.code == code


def test_who_decides_does_not_change_while_a_proposal_is_before_the_colleges():
    at_work = workshop()
    at_work.freeze()

    refusal = refused(
        ProgrammeRefused,
        lambda: set_deciding_body(
            at_work.programme, body=None, named_rule=None, days=10, acting_user=at_work.administrator
        ),
    )

    assert refusal.code == "proposal-open"


def test_the_decision_shows_what_it_is_about_and_the_edition_it_gave(client):
    at_work, body = decided_by_a_body()
    proposal = voted(body, at_work.freeze(), e1="for", c1="for")
    before = client.get(reverse("governance:decision", args=[1])).content.decode()
    edition = publish(at_work, proposal)

    after = client.get(reverse("governance:decision", args=[1])).content.decode()

    address = reverse("publication:edition", args=["essai", edition.number])
    assert Reference.to(edition).kind == "programme.edition"
    assert address not in before
    assert address in after
