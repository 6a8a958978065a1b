"""Working groups: two co-pilots, members, files, opening, publishing, ending."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from concerte.accounts.waiting import items_for
from concerte.concertation.errors import GroupRefused
from concerte.concertation.groups_reading import group_cards
from concerte.concertation.models import GroupMembership, GroupPilot, WorkingGroup
from concerte.concertation.services import (
    add_group_file,
    answer_invitation,
    answer_request,
    ask_to_join,
    decide_publication,
    describe_group,
    empty_seat,
    end_group,
    fill_seat,
    invite_to_group,
    keep_group_accesses_of_circle_true,
    leave_group,
    withdraw_group_file,
)
from concerte.documents.models import Access, Level, StoredFile
from concerte.journal.models import Entry
from concerte.partners.models import College
from concerte.partners.services import end_membership
from tests.concertation.factories_exchanges import table

pytestmark = pytest.mark.django_db

State = GroupMembership.State


def levels(document):
    return dict(Access.objects.filter(document=document).values_list("person_id", "level"))


def refused(code, act):
    with pytest.raises(GroupRefused) as refusal:
        act()
    assert refusal.value.code == code


def a_file(name="note.txt", content=b"bonjour"):
    return SimpleUploadedFile(name, content)


def test_a_group_has_a_seat_for_each_college_and_they_begin_empty():
    group = table().group(piloted=False)

    assert [seat.college.slug for seat in group.seats.all()] == ["etat", "collectivites"]
    assert len(group_cards([group])[0].empty_seats) == 2
    assert Entry.objects.about(group).get().act == "concertation.group_created"


def test_any_number_of_colleges_may_pilot():
    at = table()
    vendors = College.objects.create(slug="editeurs", name="Éditeurs", short_name="Éditeurs", position=3)

    group = at.group(piloted=False, colleges=[*College.objects.exclude(pk=vendors.pk), vendors])

    assert group.seats.count() == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"name": " "}, "no-name"), ({"purpose": ""}, "no-purpose"), ({"colleges": []}, "too-few-colleges")],
)
def test_a_group_that_does_not_hold_is_refused_and_nothing_is_written(changes, code):
    at = table()

    refused(code, lambda: at.group(piloted=False, **changes))

    assert not WorkingGroup.objects.exists()


@pytest.mark.parametrize("who", ["contributor", "reader", "stranger"])
def test_only_representatives_and_coordination_make_groups(who):
    at = table()

    refused("not-allowed", lambda: at.group(piloted=False, acting_user=getattr(at, who)))

    assert not WorkingGroup.objects.exists()


def test_the_college_names_its_own_co_pilot_and_no_other():
    at = table()
    group = at.group(piloted=False)
    mine, theirs = group.seats.get(college=at.association.college), group.seats.get(college=at.state.college)

    fill_seat(mine, person=at.contributor, organisation=at.association, acting_user=at.neighbour)
    refused(
        "not-allowed",
        lambda: fill_seat(theirs, person=at.agent, organisation=at.state, acting_user=at.delegate),
    )

    assert [pilot.person for pilot in GroupPilot.objects.in_place()] == [at.contributor]


@pytest.mark.parametrize(
    ("who", "organisation", "code"),
    [
        ("agent", "state", "other-college"),
        ("reader", "association", "not-a-writer"),
        ("stranger", "association", "not-a-writer"),
    ],
)
def test_a_seat_is_not_filled_by_just_anyone(who, organisation, code):
    at = table()
    group = at.group(piloted=False)
    seat = group.seats.get(college=at.association.college)

    refused(
        code,
        lambda: fill_seat(
            seat, person=getattr(at, who), organisation=getattr(at, organisation), acting_user=at.coordinator
        ),
    )

    assert not GroupPilot.objects.exists()


def test_who_follows_another_on_a_seat_replaces_them():
    at = table()
    group = at.group()

    at.pilot(group, at.association, at.contributor)

    seat = group.seats.get(college=at.association.college)
    assert seat.pilots.count() == 2
    assert GroupPilot.objects.in_place().get(seat=seat).person == at.contributor


def test_a_seat_is_left_with_a_reason_only():
    at = table()
    group = at.group()
    pilot = GroupPilot.objects.get(person=at.delegate)

    refused("no-reason", lambda: empty_seat(pilot, because=" ", acting_user=at.delegate))
    refused("not-allowed", lambda: empty_seat(pilot, because="Non", acting_user=at.agent))
    empty_seat(pilot, because="Départ", acting_user=at.delegate)

    assert len(group_cards([group])[0].empty_seats) == 1
    assert at.delegate.pk not in levels(group.note)


def test_a_co_pilot_who_no_longer_speaks_for_the_organisation_leaves_the_seat_empty(
    django_capture_on_commit_callbacks,
):
    at = table()
    group = at.group()

    with django_capture_on_commit_callbacks(execute=True):
        end_membership(at.delegate.memberships.get(), on=timezone.localdate(), reason="Départ", acting_user=None)

    assert [each.seat.college for each in group_cards([group])[0].empty_seats] == [at.association.college]
    assert at.delegate.pk not in levels(group.note)


def test_an_empty_seat_waits_for_the_coordination_and_for_the_college():
    at = table()
    group = at.group()
    empty_seat(GroupPilot.objects.get(person=at.delegate), because="Départ", acting_user=at.delegate)

    told = {
        name
        for name in ("coordinator", "agent", "delegate", "neighbour", "contributor", "reader")
        if any(item.title == "Un siège de copilote est vacant" for item in items_for(getattr(at, name)))
    }

    assert told == {"coordinator", "delegate", "neighbour"}
    assert group.name in items_for(at.coordinator)[0].detail


def test_somebody_invited_comes_in_by_accepting():
    at = table()
    group = at.group()
    invited = invite_to_group(group, person=at.neighbour, organisation=at.federation, acting_user=at.agent)
    assert any(item.key.endswith(":invited") for item in items_for(at.neighbour))

    answer_invitation(invited, is_accepted=True, acting_user=at.neighbour)

    assert group.memberships.get().state == State.MEMBER
    assert levels(group.note)[at.neighbour.pk] == Level.WRITE
    assert not any(item.key.endswith(":invited") for item in items_for(at.neighbour))


def test_an_invitation_is_answered_by_its_person_once():
    at = table()
    group = at.group()
    invited = invite_to_group(group, person=at.reader, organisation=at.association, acting_user=at.agent)

    refused("not-allowed", lambda: answer_invitation(invited, is_accepted=True, acting_user=at.agent))
    answer_invitation(invited, is_accepted=False, acting_user=at.reader)
    refused("answered", lambda: answer_invitation(invited, is_accepted=True, acting_user=at.reader))

    assert group.memberships.get().state == State.DECLINED


def test_a_request_is_accepted_by_a_co_pilot():
    at = table()
    group = at.group()
    asked = ask_to_join(group, organisation=at.federation, message="Nous l’avons déjà fait", acting_user=at.neighbour)
    assert any(item.title.endswith("demande à entrer dans un groupe") for item in items_for(at.agent))

    refused("not-allowed", lambda: answer_request(asked, is_accepted=True, acting_user=at.neighbour))
    answer_request(asked, is_accepted=True, acting_user=at.agent)

    assert group.memberships.get().state == State.MEMBER


def test_a_request_is_refused_with_a_reason_only():
    at = table()
    asked = ask_to_join(at.group(), organisation=at.federation, acting_user=at.neighbour)

    refused("no-reason", lambda: answer_request(asked, is_accepted=False, acting_user=at.agent))
    answer_request(asked, is_accepted=False, because="Le groupe est complet", acting_user=at.agent)

    asked.refresh_from_db()
    assert (asked.state, asked.ended_because) == (State.REFUSED, "Le groupe est complet")


def test_who_is_not_of_the_circle_is_neither_invited_nor_asking():
    at = table()
    group = at.group()

    refused(
        "not-in-circle",
        lambda: invite_to_group(group, person=at.stranger, organisation=at.federation, acting_user=at.agent),
    )
    refused("not-in-circle", lambda: ask_to_join(group, organisation=at.state, acting_user=at.neighbour))
    refused(
        "not-allowed",
        lambda: invite_to_group(group, person=at.reader, organisation=at.association, acting_user=at.neighbour),
    )

    assert not group.memberships.exists()


def test_nobody_is_invited_twice():
    at = table()
    group = at.group()
    invite_to_group(group, person=at.reader, organisation=at.association, acting_user=at.agent)

    refused(
        "already-there",
        lambda: invite_to_group(group, person=at.reader, organisation=at.association, acting_user=at.agent),
    )
    refused("already-there", lambda: ask_to_join(group, organisation=at.association, acting_user=at.reader))

    assert group.memberships.count() == 1


def test_a_member_leaves_and_no_longer_opens_the_notes():
    at = table()
    group = at.group()
    invited = invite_to_group(group, person=at.neighbour, organisation=at.federation, acting_user=at.agent)
    member = answer_invitation(invited, is_accepted=True, acting_user=at.neighbour)

    leave_group(member, because="Autre mission", acting_user=at.neighbour)

    assert at.neighbour.pk not in levels(group.note)


def test_a_member_whose_organisation_leaves_the_circle_no_longer_opens_the_notes():
    at = table()
    group = at.group()
    invited = invite_to_group(group, person=at.neighbour, organisation=at.federation, acting_user=at.agent)
    answer_invitation(invited, is_accepted=True, acting_user=at.neighbour)
    at.circle.participations.filter(organisation=at.federation).update(ends_on=timezone.localdate())

    keep_group_accesses_of_circle_true(at.circle)

    assert set(levels(group.note)) == {at.agent.pk, at.delegate.pk}


def test_members_who_only_read_do_not_write():
    at = table()
    group = at.group()
    invited = invite_to_group(group, person=at.reader, organisation=at.association, acting_user=at.agent)
    answer_invitation(invited, is_accepted=True, acting_user=at.reader)

    assert levels(group.note)[at.reader.pk] == Level.READ
    refused("not-a-member", lambda: add_group_file(group, upload=a_file(), acting_user=at.reader))


@pytest.mark.parametrize(
    ("situation", "readers"),
    [
        ("closed", {"coordinator", "agent", "delegate"}),
        ("open", {"coordinator", "agent", "delegate", "contributor", "reader", "neighbour"}),
        (
            "published",
            {"coordinator", "agent", "delegate", "contributor", "reader", "neighbour", "stranger", "anonymous"},
        ),
    ],
)
def test_who_reads_the_space_of_a_group(situation, readers):
    at = table()
    group = at.group(is_open=situation == "open")
    if situation == "published":
        decide_publication(group, wants=True, acting_user=at.agent)
        decide_publication(group, wants=True, acting_user=at.delegate)
    names = ("coordinator", "agent", "delegate", "contributor", "reader", "neighbour", "stranger")
    people = {name: getattr(at, name) for name in names} | {"anonymous": AnonymousUser()}

    reading = {name for name, person in people.items() if WorkingGroup.objects.readable_by(person).exists()}
    seeing = {name for name, person in people.items() if WorkingGroup.objects.visible_to(person).exists()}

    assert reading == readers
    assert seeing == (set(people) if situation == "published" else set(people) - {"stranger", "anonymous"})


def test_one_co_pilot_alone_publishes_nothing():
    at = table()
    group = at.group()

    decide_publication(group, wants=True, acting_user=at.agent)

    group.refresh_from_db()
    assert group.published_at is None


def test_a_group_with_an_empty_seat_is_not_published():
    at = table()
    group = at.group()
    empty_seat(GroupPilot.objects.get(person=at.delegate), because="Départ", acting_user=at.delegate)

    decide_publication(group, wants=True, acting_user=at.agent)

    group.refresh_from_db()
    assert group.published_at is None


def test_one_co_pilot_is_enough_to_stop_being_public():
    at = table()
    group = at.group()
    decide_publication(group, wants=True, acting_user=at.agent)
    decide_publication(group, wants=True, acting_user=at.delegate)

    refused("no-reason", lambda: decide_publication(group, wants=False, acting_user=at.delegate))
    decide_publication(group, wants=False, because="Trop tôt", acting_user=at.delegate)

    group.refresh_from_db()
    assert group.published_at is None


@pytest.mark.parametrize("who", ["coordinator", "contributor", "neighbour"])
def test_others_do_not_decide_to_publish(who):
    at = table()
    group = at.group()

    refused("not-a-pilot", lambda: decide_publication(group, wants=True, acting_user=getattr(at, who)))

    assert not GroupPilot.objects.exclude(wants_published_at=None).exists()


def test_the_co_pilots_open_the_space():
    at = table()
    group = at.group()

    refused(
        "not-allowed",
        lambda: describe_group(group, name="X", purpose="Y", is_open=True, acting_user=at.neighbour),
    )
    describe_group(group, name=group.name, purpose=group.purpose, is_open=True, acting_user=at.delegate)

    group.refresh_from_db()
    assert group.is_open


def test_a_group_that_ends_stays_readable_and_is_written_no_more():
    at = table()
    group = at.group()

    refused("no-reason", lambda: end_group(group, because="", acting_user=at.agent))
    end_group(group, because="Le rapport est remis", acting_user=at.agent)

    group.refresh_from_db()
    assert set(levels(group.note).values()) == {Level.READ}
    refused("ended", lambda: add_group_file(group, upload=a_file(), acting_user=at.agent))
    refused("ended", lambda: ask_to_join(group, organisation=at.federation, acting_user=at.neighbour))
    assert not any(item.title == "Un siège de copilote est vacant" for item in items_for(at.coordinator))
    assert not StoredFile.objects.exists()


def test_a_file_is_joined_then_withdrawn_with_a_reason():
    at = table()
    file = add_group_file(at.group(), upload=a_file(), acting_user=at.delegate)

    refused("no-reason", lambda: withdraw_group_file(file, because="", acting_user=at.delegate))
    withdraw_group_file(file, because="Version périmée", acting_user=at.agent)
    refused("already-withdrawn", lambda: withdraw_group_file(file, because="Encore", acting_user=at.agent))

    file.refresh_from_db()
    assert file.withdrawn_because == "Version périmée"
    assert StoredFile.objects.exists()
