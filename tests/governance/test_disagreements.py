"""Disagreements: opened, told by each college, taken from body to body, answered; refused without a trace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from concerte.accounts.waiting import items_for
from concerte.governance.errors import DisagreementRefused
from concerte.governance.models import Attempt, Disagreement, Escalation, Stance
from concerte.governance.services import (
    answer_disagreement,
    escalate,
    open_disagreement,
    record_attempt,
    take_stance,
    withdraw_disagreement,
)
from concerte.journal.models import Entry
from tests.governance.factories_disagreements import dispute

pytestmark = pytest.mark.django_db


def acts() -> list[str]:
    return list(Entry.objects.filter(act__startswith="governance.").order_by("pk").values_list("act", flat=True))


def test_numbers_follow_each_other_and_the_journal_tells():
    first = dispute()
    second = open_disagreement(
        first.circle, title="Autre", organisation=first.workshop.state, acting_user=first.workshop.state_representative
    )

    assert (first.disagreement.number, second.number) == (1, 2)
    assert acts() == ["governance.disagreement_opened"] * 2


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("contributor", {}, "not-allowed"),
        ("state_representative", {}, "not-allowed"),
        ("stranger", {}, "not-allowed"),
        ("representative", {"title": "  "}, "no-title"),
        ("representative", {"visibility": "nobody"}, "unknown-visibility"),
    ],
)
def test_opening_is_refused_without_a_trace(who, changes, code):
    at_work = dispute().workshop

    with pytest.raises(DisagreementRefused) as refusal:
        open_disagreement(
            at_work.programme.circle,
            **{"title": "Sujet", "organisation": at_work.association, "acting_user": getattr(at_work, who), **changes},
        )

    assert refusal.value.code == code
    assert Disagreement.objects.count() == 1
    assert len(acts()) == 1


def test_a_new_stance_replaces_the_last_which_stays():
    of = dispute()
    of.both_speak()
    of.both_speak()

    assert Stance.objects.filter(replaced_at=None).count() == 2
    assert Stance.objects.exclude(replaced_at=None).count() == 2


@pytest.mark.parametrize(("position", "reasons"), [("", "Pourquoi."), ("Ceci", " ")])
def test_a_stance_says_what_and_why(position, reasons):
    of = dispute()

    with pytest.raises(DisagreementRefused) as refusal:
        take_stance(
            of.disagreement,
            position=position,
            reasons=reasons,
            organisation=of.workshop.association,
            acting_user=of.workshop.representative,
        )

    assert refusal.value.code == "no-reason"
    assert not Stance.objects.exists()


def test_an_attempt_is_not_noted_before_it_happened():
    of = dispute()

    with pytest.raises(DisagreementRefused) as refusal:
        record_attempt(
            of.disagreement,
            text="Réunion",
            tried_on=timezone.localdate() + timedelta(days=1),
            organisation=of.workshop.association,
            acting_user=of.workshop.representative,
        )

    assert refusal.value.code == "in-the-future"
    assert not Attempt.objects.exists()


def test_it_goes_from_one_body_to_the_one_above_and_no_further():
    of = dispute()
    of.both_speak()

    of.taken_to(of.steering)
    of.taken_to(of.political)

    assert of.disagreement.body == of.political
    assert [taken.body for taken in of.disagreement.escalations.order_by("pk")] == [of.steering, of.political]
    with pytest.raises(DisagreementRefused) as refusal:
        of.taken_to(of.steering)
    assert refusal.value.code == "not-the-next"


@pytest.mark.parametrize(
    ("speak", "to", "days", "because", "code"),
    [
        (False, "steering", 10, "Motif", "no-stances"),
        (True, "political", 10, "Motif", "not-the-next"),
        (True, "steering", 0, "Motif", "bad-date"),
        (True, "steering", 10, " ", "no-reason"),
    ],
)
def test_taking_it_higher_is_refused_without_a_trace(speak, to, days, because, code):
    of = dispute()
    if speak:
        of.both_speak()

    with pytest.raises(DisagreementRefused) as refusal:
        escalate(
            of.disagreement,
            body=getattr(of, to),
            because=because,
            due_on=timezone.localdate() + timedelta(days=days),
            organisation=of.workshop.association,
            acting_user=of.workshop.representative,
        )

    assert refusal.value.code == code
    assert not Escalation.objects.exists()
    of.disagreement.refresh_from_db()
    assert of.disagreement.body is None


@pytest.mark.parametrize(("wording", "state"), [("Chacun paie sa part.", "settled"), ("", "recorded")])
def test_the_body_that_has_it_answers_with_a_wording_or_records_the_disagreement(wording, state):
    of = dispute()
    of.both_speak()
    of.taken_to(of.steering)

    answered = answer_disagreement(
        of.disagreement, answer="Voici.", agreed_wording=wording, acting_user=of.workshop.coordinator
    )

    assert answered.state == state
    assert answered.answered_at is not None
    with pytest.raises(DisagreementRefused) as refusal:
        of.both_speak()
    assert refusal.value.code == "not-open"


@pytest.mark.parametrize("who", ["representative", "state_representative", "contributor", "administrator"])
def test_nobody_else_answers(who):
    of = dispute()

    with pytest.raises(DisagreementRefused) as refusal:
        answer_disagreement(of.disagreement, answer="Voici.", acting_user=getattr(of.workshop, who))

    assert refusal.value.code == "not-allowed"
    of.disagreement.refresh_from_db()
    assert of.disagreement.is_open


def test_the_coordination_does_not_answer_for_a_body_whose_secretariat_is_another():
    of = dispute()
    of.both_speak()
    of.taken_to(of.steering)
    of.steering.secretariat = of.workshop.association
    of.steering.save()

    with pytest.raises(DisagreementRefused) as refusal:
        answer_disagreement(of.disagreement, answer="Voici.", acting_user=of.workshop.coordinator)

    assert refusal.value.code == "not-allowed"


def test_who_opened_it_takes_it_back_saying_why():
    of = dispute()

    withdrawn = withdraw_disagreement(
        of.disagreement, because=" Accord trouvé. ", acting_user=of.workshop.representative
    )

    assert (withdrawn.state, withdrawn.withdrawn_because) == ("withdrawn", "Accord trouvé.")


@pytest.mark.parametrize(
    ("who", "because", "code"),
    [("state_representative", "Motif", "not-allowed"), ("representative", "  ", "no-reason")],
)
def test_taking_it_back_is_refused_without_a_trace(who, because, code):
    of = dispute()

    with pytest.raises(DisagreementRefused) as refusal:
        withdraw_disagreement(of.disagreement, because=because, acting_user=getattr(of.workshop, who))

    assert refusal.value.code == code
    of.disagreement.refresh_from_db()
    assert of.disagreement.is_open


def test_each_is_told_what_waits_for_them():
    of = dispute()

    def keys(person):
        return {item.key for item in items_for(person) if item.key.startswith("governance.")}

    stance = f"governance.stance-to-take:{of.disagreement.pk}:{of.workshop.state.slug}"
    assert keys(of.workshop.state_representative) == {stance}
    of.both_speak()
    of.taken_to(of.steering)
    taken = of.disagreement.escalations.get()
    assert keys(of.workshop.state_representative) == set()
    assert keys(of.workshop.coordinator) == {f"governance.disagreement-to-answer:{taken.pk}"}
