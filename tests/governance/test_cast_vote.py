"""Voting: who may, when, on which text; changing one's vote; holder and substitute; proxies; secret ballots."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concerte.governance.decisions_polls import count_of
from concerte.governance.errors import VoteRefused
from concerte.governance.models import Decision, Mandate, Proxy, SecretParticipation, SecretTally, Vote
from concerte.governance.services import give_proxy, withdraw_decision, withdraw_proxy
from concerte.journal.models import Entry
from tests.accounts.factories import UserFactory
from tests.governance.factories_decisions import after_the_close, at, chamber, holder, rule_of, seat
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def refused(do):
    with pytest.raises(VoteRefused) as refusal:
        do()
    return refusal.value.code


def test_a_holder_votes_in_the_name_of_the_organisation():
    at_work = chamber()
    decision = at_work.open()

    vote = at_work.vote(decision, "e1", "against", reasons="Trop tôt.")

    assert (vote.voter.organisation, vote.choice, vote.reasons) == (at_work.organisation("e1"), "against", "Trop tôt.")
    entry = Entry.objects.get(act="governance.vote_cast")
    assert entry.organisation == at_work.organisation("e1").slug


def test_a_vote_changes_until_the_close_and_the_one_before_is_kept():
    at_work = chamber()
    decision = at_work.open()
    first = at_work.vote(decision, "e1", "against")

    second = at_work.vote(decision, "e1", "for")

    first.refresh_from_db()
    assert first.replaced_at is not None
    assert decision.votes.get(replaced_at=None) == second
    assert count_of(decision).colleges[0].votes_for.organisations == 1


def stranger(at_work):
    return UserFactory()


def ended_mandate(at_work):
    Mandate.objects.filter(person=at_work.people["e1"]).update(ends_on=timezone.localdate())
    return at_work.people["e1"]


def future_mandate(at_work):
    person = UserFactory()
    new = seat(at_work.body, OrganisationFactory())
    return holder(new, person, starts_on=timezone.localdate() + timedelta(days=1))


def inactive(at_work):
    person = at_work.people["e1"]
    person.is_active = False
    person.save()
    return person


def observer(at_work):
    return holder(seat(at_work.body, OrganisationFactory(), is_voting=False))


@pytest.mark.parametrize("who", [stranger, ended_mandate, future_mandate, inactive, observer])
def test_who_has_no_mandate_that_day_does_not_vote(who):
    at_work = chamber()
    person = who(at_work)
    decision = at_work.open()

    assert refused(lambda: at_work.vote(decision, "e1", by=person)) == "no-mandate"
    assert not Vote.objects.exists()


def test_a_seat_that_ended_votes_no_more():
    at_work = chamber()
    decision = at_work.open()
    ended = at_work.seats["e1"]
    ended.ends_on = timezone.localdate()
    ended.save()

    assert refused(lambda: at_work.vote(decision, "e1")) == "no-mandate"


def test_a_seat_given_after_the_opening_has_no_vote():
    at_work = chamber()
    decision = at_work.open()
    late = seat(at_work.body)
    person = holder(late)

    assert refused(lambda: at_work.vote(decision, "e1", organisation=late.organisation, by=person)) == "no-mandate"


def test_nobody_votes_on_both_sides():
    at_work = chamber()
    person = at_work.people["e1"]
    other = seat(at_work.body, local=True)
    holder(other, person)
    decision = at_work.open()

    assert refused(lambda: at_work.vote(decision, "e1")) == "two-colleges"
    assert not Vote.objects.exists()


def test_nothing_is_taken_before_the_opening_after_the_close_nor_once_withdrawn():
    at_work = chamber()
    future = at_work.open(opens_at=timezone.now() + timedelta(hours=1))
    over = at_work.open()
    withdrawn = withdraw_decision(at_work.open(), because="Mal posée.", acting_user=at_work.secretary)

    codes = [refused(lambda: at_work.vote(future, "e1")), refused(lambda: at_work.vote(withdrawn, "e1"))]
    with after_the_close(over):
        codes.append(refused(lambda: at_work.vote(over, "e1")))

    assert codes == ["not-open"] * 3
    assert not Vote.objects.exists()


def test_the_last_instant_is_too_late_and_the_one_before_is_not():
    at_work = chamber()
    decision = at_work.open()

    with at(decision.closes_at - timedelta(microseconds=1)):
        at_work.vote(decision, "e1")
    with at(decision.closes_at):
        code = refused(lambda: at_work.vote(decision, "e2"))

    assert code == "not-open"
    assert Vote.objects.count() == 1


def test_a_text_that_changed_is_read_again_before_voting():
    at_work = chamber()
    decision = at_work.open()

    assert refused(lambda: at_work.vote(decision, "e1", digest="sha256:" + "0" * 64)) == "other-digest"
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("method", "choice", "code"),
    [
        ("majority", "peut-être", "unknown-choice"),
        ("consent", "against", "object-instead"),
        ("approvals", "against", "no-reason"),
    ],
)
def test_a_choice_that_the_rule_does_not_know_is_refused(method, choice, code):
    at_work = chamber()
    decision = at_work.open(rule_of(method))

    assert refused(lambda: at_work.vote(decision, "e1", choice)) == code
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [("holder", "substitute", "already-voted-by-holder"), ("substitute", "holder", "already-voted-by-substitute")],
)
def test_holder_and_substitute_do_not_both_vote(first, second, code):
    at_work = chamber()
    people = {"holder": at_work.people["e1"], "substitute": holder(at_work.seats["e1"], is_substitute=True)}
    decision = at_work.open()
    at_work.vote(decision, "e1", "for", by=people[first])

    assert refused(lambda: at_work.vote(decision, "e1", "against", by=people[second])) == code
    assert [vote.choice for vote in Vote.objects.all()] == ["for"]


def test_a_substitute_changes_the_vote_they_gave():
    at_work = chamber()
    substitute = holder(at_work.seats["e1"], is_substitute=True)
    decision = at_work.open()
    at_work.vote(decision, "e1", "for", by=substitute)

    vote = at_work.vote(decision, "e1", "abstention", by=substitute)

    assert vote.is_by_substitute
    assert decision.votes.get(replaced_at=None).choice == "abstention"


# --- Proxies ---------------------------------------------------------------------------------------------------------
def entrust(at_work, decision, giver, to, by=None):
    return give_proxy(
        decision,
        giver=at_work.organisation(giver),
        holder=at_work.organisation(to),
        acting_user=by or at_work.people[giver],
    )


def test_the_holder_of_a_proxy_votes_for_the_giver_who_does_not():
    at_work = chamber()
    decision = at_work.open()
    entrust(at_work, decision, "e1", "e2")

    vote = at_work.vote(decision, "e1", by=at_work.people["e2"])

    assert vote.represented_by.organisation == at_work.organisation("e2")
    assert refused(lambda: at_work.vote(decision, "e1", "against")) == "gave-proxy"
    assert count_of(decision).colleges[0].present == 1


def test_without_a_proxy_nobody_votes_for_another():
    at_work = chamber()
    decision = at_work.open()

    assert refused(lambda: at_work.vote(decision, "e1", by=at_work.people["e2"])) == "no-mandate"


def test_a_proxy_that_is_withdrawn_gives_the_vote_back():
    at_work = chamber()
    decision = at_work.open()
    entrust(at_work, decision, "e1", "e2")
    at_work.vote(decision, "e1", "against", by=at_work.people["e2"])
    withdraw_proxy(decision, giver=at_work.organisation("e1"), acting_user=at_work.people["e1"])

    at_work.vote(decision, "e1", "for")

    assert decision.votes.get(replaced_at=None).choice == "for"
    assert refused(lambda: at_work.vote(decision, "e1", by=at_work.people["e2"])) == "no-mandate"


@pytest.mark.parametrize(
    ("before", "giver", "to", "code"),
    [
        ([], "e1", "c1", "other-college"),
        ([], "e1", "e1", "other-college"),
        ([("e1", "e2")], "e1", "e3", "gave-proxy"),
        ([("e1", "e2")], "e2", "e3", "holds-proxies"),
        ([("e1", "e2")], "e3", "e1", "holder-gave-proxy"),
        ([("e1", "e2")], "e3", "e2", "too-many-proxies"),
    ],
)
def test_a_proxy_has_limits(before, giver, to, code):
    at_work = chamber(state=3)
    decision = at_work.open()
    for pair in before:
        entrust(at_work, decision, *pair)

    assert refused(lambda: entrust(at_work, decision, giver, to)) == code
    assert Proxy.objects.count() == len(before)


def test_who_has_voted_gives_no_proxy_and_a_body_may_admit_none():
    at_work, without = chamber(), chamber(max_proxies=0)
    decision, other = at_work.open(), without.open()
    at_work.vote(decision, "e1")

    assert refused(lambda: entrust(at_work, decision, "e1", "e2")) == "already-voted"
    assert refused(lambda: entrust(without, other, "e1", "e2")) == "no-proxies"
    assert refused(lambda: entrust(at_work, decision, "e2", "e1", by=at_work.people["e1"])) == "no-mandate"


# --- Secret ballots --------------------------------------------------------------------------------------------------
def test_a_secret_vote_leaves_no_row_that_ties_a_person_to_a_choice():
    at_work = chamber(has_secret_ballots=True)
    decision = at_work.open()

    at_work.vote(decision, "e1", "against")

    assert not Vote.objects.exists()
    assert SecretParticipation.objects.get().voter.organisation == at_work.organisation("e1")
    tallies = {(tally.college.slug, tally.choice): tally.ballots for tally in SecretTally.objects.all()}
    assert tallies[("etat", "against")] == 1
    assert sum(tallies.values()) == 1
    entry = Entry.objects.get(act="governance.secret_vote_cast")
    assert "against" not in str(entry.details)


def test_a_secret_vote_is_final_and_counted_once():
    at_work = chamber(has_secret_ballots=True)
    decision = at_work.open()
    at_work.vote(decision, "e1", "against")

    assert refused(lambda: at_work.vote(decision, "e1", "for")) == "already-voted"
    assert count_of(decision).colleges[0].votes_against.organisations == 1
    assert count_of(decision).colleges[0].votes_for.organisations == 0


def test_a_secret_vote_carries_no_reasons():
    at_work = chamber(has_secret_ballots=True)
    decision = at_work.open()

    assert refused(lambda: at_work.vote(decision, "e1", reasons="Moi, maire de…")) == "secret-has-no-reasons"
    assert not SecretParticipation.objects.exists()


def test_the_database_refuses_a_vote_that_changes_and_a_second_one_standing():
    at_work = chamber()
    decision = at_work.open()
    vote = at_work.vote(decision, "e1")

    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.filter(pk=vote.pk).update(choice="against")
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            decision=decision, voter=vote.voter, choice="for", person=vote.person, given_at=timezone.now()
        )

    assert Decision.objects.get().votes.get().choice == "for"
