"""Who may what in a programme, and how the rights over its draft follow."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from concerte.documents.models import Access, Level
from concerte.partners.models import Participation
from concerte.partners.services import end_membership, grant_membership
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Programme, Proposal
from concerte.programme.rules import (
    may_coordinate,
    may_read_draft,
    may_write_draft,
    organisations_represented_by,
    standing,
)
from concerte.programme.services import add_participation, end_participation, keep_every_access_true, set_approval_rule
from tests.programme.factories import (
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    Role,
    founded,
    member,
    participation,
    workshop,
)

pytestmark = pytest.mark.django_db

WHO = [
    # who, reads, writes, coordinates, speaks for
    ("coordinator", True, True, True, []),
    ("state_representative", True, True, False, ["service-d-essai"]),
    ("pilot", True, True, False, []),
    ("representative", True, True, False, ["association-d-essai"]),
    ("contributor", True, True, False, []),
    ("reader", True, False, False, []),
    ("administrator", False, False, False, []),
    ("stranger", False, False, False, []),
]


def level_of(programme, person):
    return Access.objects.filter(document=programme.draft, person=person).values_list("level", flat=True).first()


@pytest.mark.parametrize(("who", "reads", "writes", "coordinates", "speaks_for"), WHO)
def test_each_role_may_what_it_is_for(who, reads, writes, coordinates, speaks_for):
    at_work = workshop()
    programme, person = at_work.programme, getattr(at_work, who)

    assert may_read_draft(person, programme) is reads
    assert may_write_draft(person, programme) is writes
    assert may_coordinate(person, programme) is coordinates
    assert [each.slug for each in organisations_represented_by(person, programme)] == speaks_for
    assert Programme.objects.visible_to(person).exists() is reads
    assert Programme.objects.writable_by(person).exists() is writes


@pytest.mark.parametrize(("who", "reads", "writes"), [line[:3] for line in WHO])
def test_the_rights_over_the_draft_follow_the_roles(who, reads, writes):
    at_work = workshop()

    level = level_of(at_work.programme, getattr(at_work, who))

    assert level == (Level.WRITE if writes else Level.SUGGEST if reads else None)


def test_nobody_signed_in_may_nothing():
    at_work = workshop()
    at_work.freeze()

    assert not may_read_draft(AnonymousUser(), at_work.programme)
    assert not Programme.objects.visible_to(AnonymousUser()).exists()
    assert not Proposal.objects.visible_to(AnonymousUser()).exists()


def test_proposals_are_seen_by_those_who_see_the_draft():
    at_work = workshop()
    at_work.freeze()

    assert Proposal.objects.visible_to(at_work.reader).exists()
    assert not Proposal.objects.visible_to(at_work.stranger).exists()


def test_an_administrator_who_holds_no_other_role_has_no_voice_even_in_an_organisation_that_takes_part():
    at_work = workshop()
    administrator = member(at_work.state, Role.ADMINISTRATOR)

    assert not may_read_draft(administrator, at_work.programme)


def test_someone_whose_account_is_closed_may_nothing():
    at_work = workshop()
    at_work.representative.is_active = False
    at_work.representative.save()

    assert not may_read_draft(at_work.representative, at_work.programme)


def test_the_coordination_role_elsewhere_than_in_a_coordinating_organisation_writes_and_no_more():
    at_work = workshop()
    person = member(at_work.association, Role.COORDINATION)

    assert may_write_draft(person, at_work.programme)
    assert not may_coordinate(person, at_work.programme)


def test_coordinating_is_asked_of_the_participation_of_today_not_of_one_that_ended():
    at_work = workshop()
    today = timezone.localdate()
    Participation.objects.filter(circle=at_work.programme.circle, organisation=at_work.state).update(
        starts_on=today - timedelta(days=9), ends_on=today
    )
    participation(at_work.programme, at_work.state, is_coordinator=False)

    held = standing(at_work.coordinator, at_work.programme)

    assert held.may_write
    assert not held.may_coordinate
    assert len(held.memberships) == 1


def test_a_role_in_one_programme_opens_no_other():
    at_work = workshop()
    other = founded(slug="autre", code_prefix="AUTRE")

    assert not may_read_draft(at_work.coordinator, other)
    assert list(Programme.objects.visible_to(at_work.coordinator)) == [at_work.programme]


def test_a_role_given_opens_the_draft_and_its_end_closes_it(django_capture_on_commit_callbacks):
    at_work = workshop()
    person = PersonFactory()

    with django_capture_on_commit_callbacks(execute=True):
        membership = grant_membership(person, at_work.association, role=Role.CONTRIBUTOR, acting_user=None)
    opened = level_of(at_work.programme, person)
    with django_capture_on_commit_callbacks(execute=True):
        end_membership(membership, on=timezone.localdate(), reason="Départ.", acting_user=None)

    assert opened == Level.WRITE
    assert level_of(at_work.programme, person) is None


def test_the_best_of_several_roles_counts():
    at_work = workshop()
    MembershipFactory(person=at_work.reader, organisation=at_work.state, role=Role.CONTRIBUTOR)

    keep_every_access_true()

    assert level_of(at_work.programme, at_work.reader) == Level.WRITE


def test_what_a_new_day_changes_is_put_right_for_all_programmes():
    at_work = workshop()
    at_work.reader.memberships.update(ends_on=timezone.localdate())

    looked_at = keep_every_access_true()

    assert looked_at == 1
    assert level_of(at_work.programme, at_work.reader) is None


def test_an_organisation_that_joins_brings_its_people_and_takes_them_along_when_it_leaves():
    at_work = workshop()
    newcomer = OrganisationFactory(local=True)
    person = member(newcomer, Role.CONTRIBUTOR)

    joined = add_participation(at_work.programme, organisation=newcomer, acting_user=at_work.coordinator)
    opened = level_of(at_work.programme, person)
    ended = end_participation(joined, because=" Retrait. ", acting_user=at_work.coordinator)

    assert opened == Level.WRITE
    assert level_of(at_work.programme, person) is None
    assert (ended.ends_on, ended.ended_because) == (timezone.localdate(), "Retrait.")


@pytest.mark.parametrize("who", ["pilot", "representative", "contributor", "reader", "stranger"])
def test_only_the_coordination_and_the_administration_say_who_takes_part(who):
    at_work = workshop()
    newcomer = OrganisationFactory()
    person = getattr(at_work, who)

    with pytest.raises(ProgrammeRefused) as added:
        add_participation(at_work.programme, organisation=newcomer, acting_user=person)
    with pytest.raises(ProgrammeRefused) as ended:
        end_participation(at_work.programme.participations.first(), because="Non.", acting_user=person)

    assert (added.value.code, ended.value.code) == ("not-allowed", "not-allowed")
    assert at_work.programme.participations.filter(ends_on=None).count() == 2


def test_the_coordination_does_not_share_itself_out():
    at_work = workshop()

    with pytest.raises(ProgrammeRefused) as refusal:
        add_participation(
            at_work.programme,
            organisation=OrganisationFactory(),
            is_coordinator=True,
            acting_user=at_work.coordinator,
        )

    assert refusal.value.code == "not-allowed"
    assert at_work.programme.participations.count() == 2


def test_an_organisation_takes_part_once_and_while_it_exists():
    at_work = workshop()

    with pytest.raises(ProgrammeRefused) as twice:
        add_participation(at_work.programme, organisation=at_work.association, acting_user=at_work.coordinator)
    with pytest.raises(ProgrammeRefused) as ended:
        add_participation(
            at_work.programme, organisation=OrganisationFactory(ended=True), acting_user=at_work.coordinator
        )

    assert (twice.value.code, ended.value.code) == ("already-participates", "organisation-ended")
    assert at_work.programme.participations.count() == 2


def test_the_last_coordinator_stays_and_an_end_has_a_reason_and_happens_once():
    at_work = workshop()
    coordinating = at_work.programme.participations.get(is_coordinator=True)
    other = at_work.programme.participations.get(is_coordinator=False)
    codes = []

    for ended, because in ((coordinating, "Un motif"), (other, " "), (other, "Un motif"), (other, "Un motif")):
        try:
            end_participation(ended, because=because, acting_user=at_work.coordinator)
        except ProgrammeRefused as refusal:
            codes.append(refusal.code)

    assert codes == ["last-coordinator", "no-reason", "already-ended"]
    coordinating.refresh_from_db()
    assert coordinating.ends_on is None


@pytest.mark.parametrize(
    ("who", "minimum", "code"), [("coordinator", 1, "not-allowed"), ("administrator", 0, "bad-minimum")]
)
def test_rules_are_changed_by_the_administration_and_ask_for_someone(who, minimum, code):
    at_work = workshop()

    with pytest.raises(ProgrammeRefused) as refusal:
        set_approval_rule(
            at_work.programme,
            college=at_work.state.college,
            minimum_approvals=minimum,
            is_blocked_by_objection=False,
            acting_user=getattr(at_work, who),
        )

    assert refusal.value.code == code
    assert at_work.programme.approval_rules.filter(is_blocked_by_objection=True).count() == 2


def test_the_rule_does_not_change_while_the_colleges_answer():
    at_work = workshop()
    at_work.freeze()

    with pytest.raises(ProgrammeRefused) as refusal:
        set_approval_rule(
            at_work.programme,
            college=at_work.state.college,
            minimum_approvals=2,
            is_blocked_by_objection=True,
            acting_user=at_work.administrator,
        )

    assert refusal.value.code == "proposal-open"
    assert not at_work.programme.approval_rules.filter(minimum_approvals=2).exists()
