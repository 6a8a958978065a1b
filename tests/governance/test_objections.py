"""Objections to a consent, from the reasons to the new wording."""

import pytest

from concerte.common.errors import DomainError
from concerte.governance.decisions_polls import count_of
from concerte.governance.errors import VoteRefused
from concerte.governance.models import Decision, Objection, ObjectionStep
from concerte.governance.services import (
    answer_objection,
    close_due_decisions,
    give_proxy,
    maintain_objection,
    withdraw_objection,
)
from concerte.lineage.references import Reference
from tests.accounts.factories import UserFactory
from tests.governance.factories_decisions import after_the_close, chamber, rule_of

pytestmark = pytest.mark.django_db


def consent(**changes):
    at_work = chamber()
    return at_work, at_work.open(rule_of("consent"), **changes)


def refused(do):
    with pytest.raises(DomainError) as refusal:
        do()
    return refusal.value.code


def answered(at_work, objection, **changes):
    facts = {"text": "Le coût est ajouté.", "acting_user": at_work.secretary}
    return answer_objection(objection, **(facts | changes))


def test_an_objection_suspends_until_it_is_answered():
    at_work, decision = consent()
    objection = at_work.object(decision, "c1")
    suspended = count_of(decision).is_adopted

    answered(at_work, objection)

    assert not suspended
    assert count_of(decision).is_adopted
    objection.refresh_from_db()
    assert objection.state == Objection.State.ANSWERED


def test_an_objection_that_is_maintained_holds_the_decision_back():
    at_work, decision = consent()
    objection = at_work.object(decision, "c1")
    answered(at_work, objection)

    maintain_objection(objection, reasons="Le coût est faux.", acting_user=at_work.people["c1"])

    (done,) = close_due_decisions(decision.closes_at)
    assert done.is_adopted is False
    assert "une objection est maintenue" in done.computation["colleges"][1]["sentence"]


def test_an_objection_that_is_withdrawn_holds_nothing_back_and_stays_readable():
    at_work, decision = consent()
    objection = at_work.object(decision, "c1")

    withdraw_objection(objection, reasons="Convaincus.", acting_user=at_work.people["c1"])

    assert count_of(decision).is_adopted
    assert [step.kind for step in objection.steps.all()] == [ObjectionStep.Kind.WITHDRAWN]


def test_a_new_wording_is_another_text_to_consent_to():
    at_work, decision = consent()
    at_work.vote(decision, "e1")
    objection = at_work.object(decision, "c1")
    before = decision.digest

    step = answered(at_work, objection, new_wording="Le texte proposé, avec son coût.")

    decision.refresh_from_db()
    assert decision.wording == "Le texte proposé, avec son coût."
    assert decision.digest != before
    assert step.old_wording == "Le texte proposé."
    assert count_of(decision).colleges[0].votes_for.organisations == 0
    assert refused(lambda: at_work.vote(decision, "e2", digest=before)) == "other-digest"
    at_work.vote(decision, "e1")
    assert count_of(decision).colleges[0].votes_for.organisations == 1


def test_a_text_that_is_elsewhere_is_not_reworded_here():
    at_work, decision = consent(
        subject=Reference("programme.proposal", "1"), subject_digest="sha256:" + "0" * 64, wording=""
    )
    objection = at_work.object(decision, "c1")

    code = refused(lambda: answered(at_work, objection, new_wording="Autre texte"))

    decision.refresh_from_db()
    assert code == "text-is-elsewhere"
    assert decision.wording == ""
    assert not ObjectionStep.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reasons": " "}, "no-reason"),
        ({"wording": ""}, "no-wording"),
        ({"digest": "sha256:" + "0" * 64}, "other-digest"),
        ({"reasons": "x" * 20_001}, "too-long"),
    ],
)
def test_an_objection_is_reasoned_proposes_and_bears_on_the_text_as_it_is(changes, code):
    at_work, decision = consent()

    assert refused(lambda: at_work.object(decision, "c1", **changes)) == code
    assert not Objection.objects.exists()


def test_only_a_consent_is_objected_to_by_who_sits_and_once():
    at_work, decision = consent()
    voted = at_work.open()
    at_work.object(decision, "c1")

    codes = [
        refused(lambda: at_work.object(voted, "c1")),
        refused(lambda: at_work.object(decision, "c2", acting_user=UserFactory())),
        refused(lambda: at_work.object(decision, "c1")),
        refused(lambda: at_work.vote(decision, "c1")),
    ]

    assert codes == ["not-a-consent", "no-mandate", "already-objected", "objection-stands"]
    assert Objection.objects.count() == 1


def test_a_proxy_does_not_object():
    at_work, decision = consent()
    give_proxy(
        decision,
        giver=at_work.organisation("c1"),
        holder=at_work.organisation("c2"),
        acting_user=at_work.people["c1"],
    )

    assert refused(lambda: at_work.object(decision, "c1", acting_user=at_work.people["c2"])) == "by-proxy"


def test_objecting_takes_back_the_consent_given_before():
    at_work, decision = consent()
    vote = at_work.vote(decision, "c1")

    at_work.object(decision, "c1")

    vote.refresh_from_db()
    assert vote.replaced_at is not None


@pytest.mark.parametrize("who", ["e1", "c1", "c2", "stranger"])
def test_only_the_secretariat_or_who_asked_answers(who):
    at_work, decision = consent()
    objection = at_work.object(decision, "c1")
    person = at_work.people.get(who) or UserFactory()

    assert refused(lambda: answered(at_work, objection, acting_user=person)) == "not-allowed"
    assert not ObjectionStep.objects.exists()


@pytest.mark.parametrize("who", ["e1", "c2", "secretary"])
def test_only_the_organisation_that_objected_maintains_or_withdraws(who):
    at_work, decision = consent()
    objection = at_work.object(decision, "c1")
    answered(at_work, objection)
    person = at_work.people.get(who) or at_work.secretary

    for act in (maintain_objection, withdraw_objection):
        with pytest.raises(VoteRefused) as refusal:
            act(objection, reasons="Non", acting_user=person)
        assert refusal.value.code == "no-mandate"

    objection.refresh_from_db()
    assert objection.state == Objection.State.ANSWERED


def test_steps_come_in_their_order():
    at_work, decision = consent()
    objection = at_work.object(decision, "c1")
    person = at_work.people["c1"]

    codes = [
        refused(lambda: maintain_objection(objection, reasons="Non", acting_user=person)),
        refused(lambda: answered(at_work, objection, text=" ")),
    ]
    answered(at_work, objection)
    codes.append(refused(lambda: answered(at_work, objection)))
    codes.append(refused(lambda: withdraw_objection(objection, reasons="", acting_user=person)))
    withdraw_objection(objection, reasons="Oui", acting_user=person)
    codes.append(refused(lambda: withdraw_objection(objection, reasons="Oui", acting_user=person)))
    codes.append(refused(lambda: answered(at_work, objection)))

    assert codes == ["not-answered", "no-answer", "already-answered", "no-reason", "withdrawn", "withdrawn"]


def test_nothing_is_said_any_more_after_the_close():
    at_work, decision = consent()
    objection = at_work.object(decision, "c1")

    with after_the_close(decision):
        codes = [
            refused(lambda: at_work.object(decision, "c2")),
            refused(lambda: answered(at_work, objection)),
            refused(lambda: withdraw_objection(objection, reasons="Oui", acting_user=at_work.people["c1"])),
        ]

    assert codes == ["not-open"] * 3
    assert Decision.objects.get().objections.get().state == Objection.State.OPEN
