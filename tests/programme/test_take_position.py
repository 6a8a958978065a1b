"""What organisations say of a proposal."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concerte.journal.models import Entry
from concerte.programme.errors import PositionRefused
from concerte.programme.models import Position
from concerte.programme.outcome import rule_outcome
from concerte.programme.services import set_approval_rule, take_position, withdraw_proposal
from tests.programme.factories import (
    MembershipFactory,
    OrganisationFactory,
    Role,
    member,
    participation,
    workshop,
)

pytestmark = pytest.mark.django_db


def position_of(at_work, proposal, **changes):
    facts = {
        "organisation": at_work.association,
        "kind": Position.Kind.APPROVAL,
        "digest": proposal.digest,
        "acting_user": at_work.representative,
    }
    return take_position(proposal, **(facts | changes))


def test_an_approval_counts_for_the_college_of_its_organisation():
    at_work = workshop()
    proposal = at_work.freeze()

    position = position_of(at_work, proposal)

    met = {side.college.slug: side.is_met for side in rule_outcome(proposal).colleges}
    assert met == {"etat": False, "collectivites": True}
    assert position.college.slug == "collectivites"
    line = Entry.objects.get(act="programme.position_taken")
    assert (line.actor_id, line.organisation) == (at_work.representative.pk, at_work.association.slug)


@pytest.mark.parametrize("who", ["coordinator", "pilot", "state_representative", "contributor", "reader", "stranger"])
def test_only_who_represents_the_organisation_speaks_for_it(who):
    at_work = workshop()
    proposal = at_work.freeze()

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal, acting_user=getattr(at_work, who))

    assert refusal.value.code == "not-a-representative"
    assert not Position.objects.exists()


def test_a_representative_whose_mandate_ended_today_no_longer_speaks():
    at_work = workshop()
    proposal = at_work.freeze()
    at_work.representative.memberships.update(ends_on=timezone.localdate())

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal)

    assert refusal.value.code == "not-a-representative"


def test_an_organisation_that_exists_no_more_does_not_speak():
    at_work = workshop()
    proposal = at_work.freeze()
    type(at_work.association).objects.filter(pk=at_work.association.pk).update(ends_on=timezone.localdate())

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal)

    assert refusal.value.code == "not-a-representative"


def test_an_organisation_that_no_longer_takes_part_does_not_speak():
    at_work = workshop()
    proposal = at_work.freeze()
    at_work.programme.participations.filter(organisation=at_work.association).update(ends_on=timezone.localdate())

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal)

    assert refusal.value.code == "not-a-representative"


def test_an_organisation_that_never_took_part_does_not_speak():
    at_work = workshop()
    proposal = at_work.freeze()
    other = OrganisationFactory(local=True)

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal, organisation=other, acting_user=member(other, Role.REPRESENTATIVE))

    assert refusal.value.code == "not-a-representative"


def test_nobody_speaks_on_both_sides():
    at_work = workshop()
    proposal = at_work.freeze()
    MembershipFactory(person=at_work.coordinator, organisation=at_work.association)

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal, acting_user=at_work.coordinator)

    assert refusal.value.code == "two-colleges"
    assert not Position.objects.exists()


def test_an_approval_of_an_older_text_is_refused():
    at_work = workshop()
    first = at_work.freeze()
    withdraw_proposal(first, reason="Une coquille.", acting_user=at_work.coordinator)
    at_work.write("Une phrase de plus.")
    second = at_work.freeze()

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, second, digest=first.digest)

    assert refusal.value.code == "other-digest"
    assert not Position.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": Position.Kind.OBJECTION, "reasons": " \n"}, "no-reason"),
        ({"kind": "abstention"}, "unknown-kind"),
    ],
)
def test_an_objection_gives_reasons_and_there_are_two_positions_only(changes, code):
    at_work = workshop()
    proposal = at_work.freeze()

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal, **changes)

    assert refusal.value.code == code
    assert not Position.objects.exists()


def test_a_closed_proposal_takes_no_position():
    at_work = workshop()
    proposal = at_work.freeze()
    withdraw_proposal(proposal, reason="Une coquille.", acting_user=at_work.coordinator)

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal)

    assert refusal.value.code == "not-open"


def test_a_new_position_replaces_the_one_before_which_is_kept():
    at_work = workshop()
    proposal = at_work.freeze()
    objection = position_of(at_work, proposal, kind=Position.Kind.OBJECTION, reasons="Le calendrier.")

    approval = position_of(at_work, proposal)

    objection.refresh_from_db()
    assert objection.replaced_at is not None
    assert objection.reasons == "Le calendrier."
    assert [side.approvals for side in rule_outcome(proposal).colleges] == [(), (approval,)]


def test_an_objection_suspends_its_college_and_the_outcome_says_whose():
    at_work = workshop()
    proposal = at_work.adopted()

    position_of(at_work, proposal, kind=Position.Kind.OBJECTION, reasons="Le calendrier.")

    outcome = rule_outcome(proposal)
    assert not outcome.is_met
    assert any("Association d’essai" in sentence for sentence in outcome.missing)


def test_where_an_objection_does_not_suspend_the_approvals_decide():
    at_work = workshop()
    second = OrganisationFactory(local=True)
    participation(at_work.programme, second)
    set_approval_rule(
        at_work.programme,
        college=second.college,
        minimum_approvals=1,
        is_blocked_by_objection=False,
        acting_user=at_work.administrator,
    )
    proposal = at_work.adopted()

    position_of(
        at_work,
        proposal,
        organisation=second,
        acting_user=member(second, Role.REPRESENTATIVE),
        kind=Position.Kind.OBJECTION,
        reasons="Le calendrier.",
    )

    assert rule_outcome(proposal).is_met


def test_a_rule_may_ask_for_several_organisations_and_says_how_many_lack():
    at_work = workshop()
    set_approval_rule(
        at_work.programme,
        college=at_work.association.college,
        minimum_approvals=3,
        is_blocked_by_objection=True,
        acting_user=at_work.administrator,
    )
    proposal = at_work.adopted()

    (sentence,) = rule_outcome(proposal).missing

    assert "2 organisations" in sentence


def test_a_programme_whose_rules_name_one_college_only_cannot_publish():
    at_work = workshop()
    at_work.programme.approval_rules.filter(college__slug="collectivites").delete()
    proposal = at_work.adopted()

    assert not rule_outcome(proposal).is_met


def test_what_was_said_cannot_be_rewritten_in_the_database():
    at_work = workshop()
    proposal = at_work.freeze()
    position = position_of(at_work, proposal)

    with pytest.raises(IntegrityError), transaction.atomic():
        Position.objects.filter(pk=position.pk).update(kind=Position.Kind.OBJECTION, reasons="Non.")

    position.refresh_from_db()
    assert position.kind == Position.Kind.APPROVAL


def test_a_mandate_that_begins_tomorrow_does_not_speak_today():
    at_work = workshop()
    proposal = at_work.freeze()
    tomorrow = timezone.localdate() + timedelta(days=1)
    future = MembershipFactory(organisation=at_work.association, starts_on=tomorrow).person

    with pytest.raises(PositionRefused) as refusal:
        position_of(at_work, proposal, acting_user=future)

    assert refusal.value.code == "not-a-representative"
