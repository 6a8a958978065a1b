"""Counting: against a plain reference written apart, and what must hold of every result."""

import contextlib
from collections import namedtuple
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.common.canonical import canonical_json, strict_json
from concerte.governance.counting import (
    Ballot,
    Choice,
    Objection,
    ObjectionState,
    Poll,
    Tally,
    Voter,
    count,
)
from concerte.governance.counting_data import computation, faults_of, recount
from concerte.governance.counting_rules import (
    Abstentions,
    CollegeRule,
    Majority,
    Method,
    Quorum,
    Rule,
    read_rule,
)
from concerte.governance.errors import CountRefused, RuleRefused

COLLEGES = ("etat", "collectivites")
NAMES = {"etat": "État", "collectivites": "Collectivités"}
Said = namedtuple("Said", "college weight ended choice")


# --- A plain reference: one college after another, one voter after another, in the words of the rule. ----------------
def plainly_adopted(rule, said, objections):
    return all(plain_college(rule, asked, said, objections) for asked in rule.colleges)


def plain_college(rule, asked, said, objections):  # noqa: PLR0911 - one way out for each line of the rule
    here = [each for each in said if each.college == asked.college and not each.ended]
    if here == []:
        return False
    if rule.method == "approvals":
        approving = len([each for each in here if each.choice == "for"])
        opposed = len([each for each in here if each.choice == "against"])
        return approving >= asked.minimum_approvals and not (asked.is_blocked_by_objection and opposed)
    present = 0
    for each in here:
        counts_as_silent = rule.method == "majority" and asked.abstentions == "ignored"
        if each.choice in ("for", "against") or (each.choice == "abstention" and not counts_as_silent):
            present += 1
    if present < asked.quorum.organisations or Fraction(present, len(here)) < asked.quorum.share:
        return False
    if rule.method == "consent":
        return not any(
            college == asked.college and not ended and state in ("open", "maintained")
            for college, ended, state in objections
        )
    yes = sum(each.weight for each in here if each.choice == "for")
    no = sum(each.weight for each in here if each.choice == "against")
    abstained = sum(each.weight for each in here if each.choice == "abstention")
    cast = yes + no + abstained if asked.abstentions == "cast" else yes + no
    everyone = sum(each.weight for each in here)
    if yes == 0:
        return False
    if asked.majority == "simple":
        return yes * 2 > cast
    if asked.majority == "absolute":
        return yes * 2 > everyone
    return yes * 3 >= cast * 2


# --- What is drawn ---------------------------------------------------------------------------------------------------
quorums = st.builds(
    Quorum,
    st.integers(0, 4),
    st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(1)]),
)
college_rules = st.builds(
    CollegeRule,
    college=st.just(""),
    quorum=quorums,
    majority=st.sampled_from(Majority),
    abstentions=st.sampled_from(Abstentions),
    minimum_approvals=st.integers(1, 4),
    is_blocked_by_objection=st.booleans(),
)
voices = st.builds(
    Said,
    st.sampled_from(COLLEGES),
    st.integers(1, 3),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([*Choice, None]),
)


@st.composite
def polls(draw, methods=tuple(Method)):
    method = draw(st.sampled_from(methods))
    colleges = COLLEGES[: draw(st.integers(1, 2))] if draw(st.integers(0, 4)) == 0 else COLLEGES
    rule = Rule(method=method, colleges=tuple(replace(draw(college_rules), college=college) for college in colleges))
    said = [each for each in draw(st.lists(voices, max_size=12)) if each.college in colleges]
    objecting = draw(st.lists(st.integers(0, max(len(said) - 1, 0)), max_size=3)) if said else []
    states = [draw(st.sampled_from(ObjectionState)) for _rank in objecting]
    return rule, said, list(zip(objecting, states, strict=True))


def poll_of(said, objections=()):
    return Poll(
        voters=tuple(
            Voter(
                organisation=f"o{rank}", name=f"O{rank}", college=each.college, weight=each.weight, has_ended=each.ended
            )
            for rank, each in enumerate(said)
        ),
        ballots=tuple(
            Ballot(organisation=f"o{rank}", choice=Choice(each.choice))
            for rank, each in enumerate(said)
            if each.choice is not None
        ),
        objections=tuple(Objection(organisation=f"o{rank}", state=state) for rank, state in objections),
    )


@given(polls())
def test_the_count_is_that_of_the_plain_reference(drawn):
    rule, said, objections = drawn
    plain = [(said[rank].college, said[rank].ended, str(state)) for rank, state in objections]

    counted = count(rule, poll_of(said, objections))

    assert counted.is_adopted == plainly_adopted(rule, said, plain)
    for asked, college in zip(rule.colleges, counted.colleges, strict=True):
        assert college.is_adopted == plain_college(rule, asked, said, plain)


@given(polls(), st.data())
def test_a_vote_that_turns_from_against_to_for_never_undoes_an_adoption(drawn, data):
    rule, said, objections = drawn
    against = [rank for rank, each in enumerate(said) if each.choice == Choice.AGAINST]
    if not against:
        return
    turned = list(said)
    rank = data.draw(st.sampled_from(against))
    turned[rank] = said[rank]._replace(choice=Choice.FOR)

    before, after = count(rule, poll_of(said, objections)), count(rule, poll_of(turned, objections))

    assert after.is_adopted or not before.is_adopted


@given(polls(), st.randoms(use_true_random=False))
def test_the_order_of_voters_ballots_and_objections_changes_nothing(drawn, random):
    rule, said, objections = drawn
    poll = poll_of(said, objections)
    voters, ballots, objected = list(poll.voters), list(poll.ballots), list(poll.objections)
    for each in (voters, ballots, objected):
        random.shuffle(each)
    shuffled = Poll(voters=tuple(voters), ballots=tuple(ballots), objections=tuple(objected))

    assert count(rule, shuffled).colleges == count(rule, poll).colleges


@given(polls(methods=(Method.MAJORITY,)))
def test_a_tie_is_never_adopted(drawn):
    rule, said, _objections = drawn

    counted = count(rule, poll_of(said))

    for college in counted.colleges:
        if college.votes_for.weight == college.votes_against.weight:
            assert not college.is_adopted
            assert not counted.is_adopted


@given(polls(methods=(Method.MAJORITY,)))
def test_every_vote_is_counted_once_and_the_least_number_needed_is_exact(drawn):
    rule, said, _objections = drawn

    for asked, college in zip(rule.colleges, count(rule, poll_of(said)).colleges, strict=True):
        sides = (college.votes_for, college.votes_against, college.abstentions, college.absent)
        assert sum(side.weight for side in sides) == college.weight
        assert sum(side.organisations for side in sides) == college.voters
        share = asked.majority.threshold * college.base
        enough = college.needed > share if asked.majority.is_strict else college.needed >= share
        one_less = college.needed - 1
        assert enough
        assert one_less == 0 or not (one_less > share if asked.majority.is_strict else one_less >= share)


@given(polls())
def test_a_computation_written_and_read_back_gives_the_same_result(drawn):
    rule, said, objections = drawn
    counted = count(rule, poll_of(said, objections))

    data = strict_json(canonical_json(computation(counted, NAMES)))

    assert recount(data).colleges == counted.colleges
    assert recount(data).rule == read_rule(rule.as_data())
    assert list(faults_of(data)) == []


@given(polls(methods=(Method.MAJORITY,)), st.integers(1, 3))
def test_secret_ballots_count_as_named_ones_of_equal_weight(drawn, weight):
    rule, said, _objections = drawn
    equal = [each._replace(weight=weight, ended=False) for each in said]
    named = poll_of(equal)
    given_by_college = [(each.college, each.choice) for each in equal if each.choice is not None]
    secret = Poll(
        voters=named.voters,
        participants=tuple(ballot.organisation for ballot in named.ballots),
        tallies=tuple(
            Tally(college=college, choice=choice, ballots=given_by_college.count((college, choice)))
            for college, choice in sorted(set(given_by_college))
        ),
        is_secret=True,
    )

    assert count(rule, secret).colleges == count(rule, named).colleges


# --- Cases told one by one -------------------------------------------------------------------------------------------
def majority(**changes):
    return Rule(method=Method.MAJORITY, colleges=tuple(CollegeRule(college=college, **changes) for college in COLLEGES))


def voices_of(college, text, weight=1):
    """'++-0.': for, for, against, abstention, no vote."""
    meant = {"+": Choice.FOR, "-": Choice.AGAINST, "0": Choice.ABSTENTION, ".": None}
    return [Said(college, weight, False, meant[sign]) for sign in text]


@pytest.mark.parametrize(
    ("state", "local", "changes", "adopted"),
    [
        ("+++", "+++", {}, True),
        ("+++", "---", {}, False),  # one college for, one against: the double majority
        ("++--", "+++", {}, False),  # a tie
        ("+....", "+....", {}, True),
        ("+....", "+....", {"quorum": Quorum(share=Fraction(1, 2))}, False),
        ("++...", "++0..", {"quorum": Quorum(3)}, False),
        ("++0..", "++0..", {"quorum": Quorum(3)}, True),
        ("++0..", "++0..", {"quorum": Quorum(3), "abstentions": Abstentions.IGNORED}, False),
        ("+0", "+0", {"abstentions": Abstentions.CAST}, False),
        ("+0", "+0", {"abstentions": Abstentions.QUORUM}, True),
        ("++..", "++..", {"majority": Majority.ABSOLUTE}, False),
        ("+++..", "+++..", {"majority": Majority.ABSOLUTE}, True),
        ("++-", "++-", {"majority": Majority.TWO_THIRDS}, True),
        ("+++--", "+++--", {"majority": Majority.TWO_THIRDS}, False),
        ("...", "+++", {}, False),
        ("", "+++", {}, False),
    ],
)
def test_a_majority_case(state, local, changes, adopted):
    counted = count(majority(**changes), poll_of(voices_of("etat", state) + voices_of("collectivites", local)))

    assert counted.is_adopted is adopted


def test_the_computation_says_every_number_and_why():
    rule = majority(quorum=Quorum(share=Fraction(1, 2)), majority=Majority.TWO_THIRDS)
    poll = poll_of(voices_of("etat", "+++-") + voices_of("collectivites", "+--0.", weight=2))

    data = computation(count(rule, poll), NAMES)

    state, local = data["colleges"]
    assert state["is_adopted"]
    assert local["reasons"] == ["not-enough"]
    assert local["majority"] == {"base": 6, "threshold": "2/3", "is_strict": False, "needed": 4}
    assert local["quorum"] == {"needed": 3, "share": "1/2", "reached": "4/5", "is_reached": True}
    assert local["for"] == {"organisations": 1, "weight": 2}
    assert local["sentence"].replace("\u00a0", " ").replace("\u202f", " ") == (
        "Collectivités : 4 organisations présentes ou représentées sur 5 "
        "(quorum atteint : il en fallait 3, soit 1/2) ; "
        "2 voix pour, 4 contre, 2 en abstention, 2 sans vote ; "
        "il fallait 4 voix sur 6 exprimées, 2/3 au moins ; non adopté."
    )
    assert "Collectivités" in data["sentence"]


def test_a_seat_that_ended_takes_its_vote_and_the_quorum_with_it():
    rule = majority(quorum=Quorum(2))
    said = voices_of("etat", "++") + voices_of("collectivites", "++")
    said[0] = said[0]._replace(ended=True)

    counted = count(rule, poll_of(said))

    assert counted.colleges[0].reasons == ("no-quorum",)
    assert counted.colleges[0].ended == 1
    assert counted.colleges[1].is_adopted


def test_a_consent_is_adopted_in_silence_and_not_over_an_objection():
    rule = Rule(method=Method.CONSENT, colleges=tuple(CollegeRule(college=college) for college in COLLEGES))
    said = voices_of("etat", "..") + voices_of("collectivites", "..")

    results = {state: count(rule, poll_of(said, [(2, state)])).is_adopted for state in ObjectionState}

    assert count(rule, poll_of(said)).is_adopted
    assert results == {"open": False, "answered": True, "maintained": False, "withdrawn": True}


PAIR = voices_of("etat", "++") + voices_of("collectivites", "+")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda poll: replace(poll, voters=(*poll.voters, poll.voters[0])), "voter-twice"),
        (lambda poll: replace(poll, ballots=(*poll.ballots, poll.ballots[0])), "voted-twice"),
        (lambda poll: replace(poll, ballots=(Ballot(organisation="x", choice=Choice.FOR),)), "unknown-voter"),
        (
            lambda poll: replace(poll, voters=(replace(poll.voters[0], college="presse"), *poll.voters[1:])),
            "unknown-voter",
        ),
        (lambda poll: replace(poll, voters=(replace(poll.voters[0], weight=0), *poll.voters[1:])), "unknown-voter"),
        (lambda poll: replace(poll, ballots=(replace(poll.ballots[0], represented_by="o2"),)), "bad-proxy"),
        (lambda poll: replace(poll, ballots=(replace(poll.ballots[0], represented_by="o1"),)), "too-many-proxies"),
        (lambda poll: replace(poll, is_secret=True), "unknown-voter"),
        (lambda poll: replace(poll, is_secret=True, ballots=(), participants=("o0",)), "bad-tally"),
    ],
)
def test_what_the_rule_does_not_allow_is_not_counted(change, code):
    with pytest.raises(CountRefused) as refusal:
        count(majority(), change(poll_of(PAIR)))

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"format": "concerte-rule/9"},
        {"method": "lottery"},
        {"colleges": []},
        {"colleges": [{"college": "etat"}]},
        {"colleges": majority().as_data()["colleges"] * 2},
        {"max_proxies": -1},
        {"max_proxies": True},
        {"may_close_early": "oui"},
    ],
)
def test_a_rule_that_is_not_one_is_refused(change):
    with pytest.raises(RuleRefused) as refusal:
        read_rule(majority().as_data() | change)

    assert refusal.value.code == "bad-rule"


@pytest.mark.parametrize("share", ["3/2", "-1/2", "1/0", "moitié", 0.5, None, "1" * 30])
def test_a_share_is_an_exact_fraction_from_nothing_to_all(share):
    data = majority().as_data()
    data["colleges"][0]["quorum"]["share"] = share

    with pytest.raises(RuleRefused):
        read_rule(data)


def test_a_result_that_does_not_follow_from_its_votes_is_found():
    data = computation(count(majority(), poll_of(PAIR)), NAMES)
    forged = strict_json(canonical_json(data))
    forged["ballots"][0]["choice"] = "against"
    forged["ballots"][1]["choice"] = "against"

    assert [code for code, _message in faults_of(forged)] == ["other-count", "other-result"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["format", "rule", "voters", "ballots", "objections", "tallies", "colleges"]), json_values)
def test_no_value_makes_the_check_fail_otherwise_than_by_refusing(member, value):
    data = computation(count(majority(), poll_of(PAIR)), NAMES) | {member: value}

    with contextlib.suppress(CountRefused, RuleRefused):
        list(faults_of(data))
