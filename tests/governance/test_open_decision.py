"""Opening a decision: by whom, what is copied and never changes after, numbers without a gap."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from concerte.governance.errors import DecisionRefused
from concerte.governance.models import Decision, DecisionVoter
from concerte.governance.services import withdraw_decision
from concerte.journal.models import Entry
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from tests.accounts.factories import UserFactory
from tests.governance.factories_decisions import chamber, holder, rule_of, seat
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_rule_seats_and_weights_are_copied_with_the_limit_of_proxies_of_the_body():
    at_work = chamber(max_proxies=2)
    seat(at_work.body, OrganisationFactory(), is_voting=False)
    seat(at_work.body, OrganisationFactory(), ends_on=timezone.localdate())

    decision = at_work.open()

    assert decision.rule["max_proxies"] == 2
    assert decision.voters.count() == 4
    assert Entry.objects.filter(act="governance.decision_opened", subject_id=str(decision.pk)).count() == 1


def test_numbers_follow_each_other_whatever_the_body():
    first, second = chamber(), chamber()

    numbers = [first.open().number, second.open().number, first.open().number]

    assert numbers == [1, 2, 3]


def test_a_withdrawn_decision_keeps_its_number():
    at_work = chamber()
    withdrawn = withdraw_decision(at_work.open(), because="Mal posée.", acting_user=at_work.secretary)

    following = at_work.open()

    assert (withdrawn.number, following.number) == (1, 2)


@pytest.mark.parametrize("who", ["holder", "other secretariat", "contributor", "administrator", "stranger"])
def test_only_the_secretariat_opens_a_decision(who):
    at_work = chamber()
    people = {
        "holder": lambda: at_work.people["e1"],
        "other secretariat": lambda: chamber().secretary,
        "contributor": lambda: MembershipFactory(organisation=at_work.body.secretariat, contributor=True).person,
        "administrator": lambda: UserFactory(administrator=True),
        "stranger": UserFactory,
    }

    with pytest.raises(DecisionRefused) as refusal:
        at_work.open(acting_user=people[who]())

    assert refusal.value.code == "not-secretariat"
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"question": "  "}, "no-question"),
        ({"question": "x" * 301}, "too-long"),
        ({"closes_at": timezone.now() - timedelta(days=1)}, "bad-window"),
        ({"closes_at": None}, "bad-window"),
        ({"time_zone": "Mars/Olympus"}, "bad-time-zone"),
        ({"visibility": "presse"}, "bad-visibility"),
        ({"rule": rule_of(colleges=("etat",))}, "college-without-rule"),
        ({"rule": rule_of(colleges=("etat", "collectivites", "associations"))}, "no-voters"),
        ({"is_secret": True}, "body-votes-openly"),
    ],
)
def test_what_cannot_be_decided_is_not_asked(changes, code):
    at_work = chamber()

    with pytest.raises(DecisionRefused) as refusal:
        at_work.open(**changes)

    assert refusal.value.code == code
    assert not Decision.objects.exists()
    assert not DecisionVoter.objects.exists()


def test_a_body_that_ended_decides_no_more():
    at_work = chamber(ends_on=timezone.localdate())

    with pytest.raises(DecisionRefused) as refusal:
        at_work.open()

    assert refusal.value.code == "body-ended"


def test_a_secret_body_votes_secretly_by_majority_and_openly_by_consent():
    at_work = chamber(has_secret_ballots=True)

    assert at_work.open().is_secret
    assert not at_work.open(rule_of("consent")).is_secret


@pytest.mark.parametrize(
    ("rule", "weight", "code"), [("consent", 1, "secret-needs-majority"), ("majority", 3, "secret-needs-equal-weights")]
)
def test_what_cannot_be_secret_is_refused(rule, weight, code):
    at_work = chamber(has_secret_ballots=True)
    holder(seat(at_work.body, weight=weight))

    with pytest.raises(DecisionRefused) as refusal:
        at_work.open(rule_of(rule), is_secret=True)

    assert refusal.value.code == code


def test_what_led_to_the_question_is_linked_to_it():
    at_work = chamber()

    decision = at_work.open(
        subject=Reference("programme.proposal", "7"),
        subject_label="Proposition 7",
        comes_of=[Reference("governance.meeting", "3")],
    )

    origins = {(str(link.origin), link.relation) for link in Link.objects.into(Reference.to(decision))}
    assert origins == {("programme.proposal:7", Relation.SUBMITTED), ("governance.meeting:3", Relation.SUBMITTED)}


@pytest.mark.parametrize(
    "change",
    [{"number": 9}, {"question": "Autre"}, {"rule": {}}, {"opens_at": timezone.now()}, {"is_secret": True}],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_to_change_what_was_asked(change):
    decision = chamber().open()

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**change)

    decision.refresh_from_db()
    assert (decision.number, decision.question) == (1, "Faut-il adopter ce texte\u202f?")


def test_the_triggers_are_there_after_all_migrations():
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger",
    }
    with connection.cursor() as cursor:
        cursor.execute(listed[connection.vendor])
        names = {name for (name,) in cursor.fetchall() if name.startswith("governance_") and name.endswith("_frozen")}

    assert len(names) == 6
