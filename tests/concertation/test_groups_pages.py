"""The pages of working groups, per role."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from concerte.concertation.models import GroupFile, GroupMembership, GroupPilot, WorkingGroup
from concerte.concertation.services import (
    add_group_file,
    answer_invitation,
    ask_to_join,
    decide_publication,
    invite_to_group,
)
from concerte.lineage import references
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from tests.concertation.factories_exchanges import table, write_note

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"concertation:{name}", args=["essai", *args])


def published(at):
    group = at.group()
    decide_publication(group, wants=True, acting_user=at.agent)
    decide_publication(group, wants=True, acting_user=at.delegate)
    return group


@pytest.mark.parametrize(
    ("who", "card", "space"),
    [
        (None, 404, False),
        ("stranger", 404, False),
        ("neighbour", 200, False),
        ("reader", 200, False),
        ("agent", 200, True),
        ("delegate", 200, True),
        ("coordinator", 200, True),
    ],
)
def test_the_card_is_for_the_circle_and_the_space_for_those_inside(client, who, card, space):
    at = table()
    group = at.group()
    write_note(group.note, "Une note du groupe")
    if who:
        client.force_login(getattr(at, who))

    page = client.get(address("group", group.pk))
    data = client.get(address("group_data", group.pk))

    assert (page.status_code, data.status_code) == (card, card)
    if card == 200:
        assert ("Une note du groupe" in page.content.decode()) is space
        assert (data.json()["space"] is not None) is space


def test_the_public_reads_a_published_group_without_people_nor_files(client):
    at = table()
    group = published(at)
    write_note(group.note, "Une note du groupe")
    file = add_group_file(group, upload=SimpleUploadedFile("plan.txt", b"plan"), acting_user=at.agent)

    page = client.get(address("group", group.pk)).content.decode()

    assert "Une note du groupe" in page
    assert at.agent.name not in page
    assert "plan.txt" not in page
    assert client.get(address("group_file", group.pk, file.pk)).status_code == 404


def test_an_empty_seat_is_said_on_the_page(client):
    at = table()
    group = at.group(piloted=False)
    client.force_login(at.reader)

    page = client.get(address("group", group.pk)).content.decode()

    assert page.count("est vacant") == 2


def test_the_list_asks_as_many_queries_for_many_as_for_one(client, django_assert_max_num_queries):
    at = table()
    for rank in range(8):
        at.group(piloted=False, name=f"Groupe {rank}")
    client.force_login(at.reader)

    with django_assert_max_num_queries(14):
        page = client.get(address("groups")).content.decode()

    assert page.count("siège vacant") == 16


def test_the_list_as_data_has_organisations_and_no_person(client):
    at = table()
    published(at)

    [listed] = client.get(address("groups_data")).json()["groups"]

    assert [seat["organisation"] for seat in listed["seats"]] == ["service", "association"]


def test_an_empty_list_says_so(client):
    table()

    assert "Aucun groupe de travail à lire ici" in client.get(address("groups")).content.decode()


def test_a_group_is_made_then_its_seats_are_filled(client):
    at = table()
    client.force_login(at.coordinator)
    colleges = [at.state.college.pk, at.association.college.pk]

    client.post(address("new_group"), {"name": "Données", "purpose": "…", "is_open": "open", "colleges": colleges})
    group = WorkingGroup.objects.get()
    for seat, member in zip(
        group.seats.all(),
        (f"{at.agent.pk}:{at.state.pk}", f"{at.delegate.pk}:{at.association.pk}"),
        strict=True,
    ):
        client.post(address("fill_seat", group.pk, seat.pk), {"member": member})

    assert group.is_open
    assert {pilot.person for pilot in GroupPilot.objects.in_place()} == {at.agent, at.delegate}


@pytest.mark.parametrize("who", ["contributor", "reader"])
def test_others_do_not_get_the_form_of_a_new_group(client, who):
    at = table()
    client.force_login(getattr(at, who))

    assert client.post(address("new_group"), {}).status_code == 403
    assert not WorkingGroup.objects.exists()


def test_somebody_is_invited_and_accepts_from_the_pages(client):
    at = table()
    group = at.group()
    client.force_login(at.agent)
    client.post(address("invite", group.pk), {"member": f"{at.neighbour.pk}:{at.federation.pk}", "message": "Venez"})
    invited = GroupMembership.objects.get()
    client.force_login(at.neighbour)

    assert "Répondre à l’invitation" in client.get(address("group", group.pk)).content.decode()
    client.post(address("answer_membership", group.pk, invited.pk), {"is_accepted": "yes"})

    invited.refresh_from_db()
    assert invited.state == "member"


def test_somebody_asks_and_is_refused_with_a_reason(client):
    at = table()
    group = at.group()
    client.force_login(at.neighbour)
    client.post(address("join_group", group.pk), {"organisation": "federation", "message": "Moi"})
    asked = GroupMembership.objects.get()
    client.force_login(at.delegate)

    page = client.get(address("group", group.pk)).content.decode()
    back = client.post(address("answer_membership", group.pk, asked.pk), {"is_accepted": "no", "because": ""})
    client.post(address("answer_membership", group.pk, asked.pk), {"is_accepted": "no", "because": "Complet"})

    asked.refresh_from_db()
    assert f"Répondre à {at.neighbour.name}" in page
    assert "Dites pourquoi" in back.content.decode()
    assert (asked.state, asked.ended_because) == ("refused", "Complet")


def test_a_member_joins_a_file_downloads_it_and_withdraws_it(client):
    at = table()
    group = at.group()
    client.force_login(at.delegate)

    client.post(address("add_file", group.pk), {"upload": SimpleUploadedFile("plan.txt", b"le plan")})
    file = GroupFile.objects.get()
    got = client.get(address("group_file", group.pk, file.pk))
    client.post(address("withdraw_file", group.pk, file.pk), {"because": "Périmé"})

    assert b"".join(got.streaming_content) == b"le plan"
    assert client.get(address("group_file", group.pk, file.pk)).status_code == 404


def test_a_file_that_is_not_what_it_says_comes_back(client):
    at = table()
    group = at.group()
    client.force_login(at.delegate)

    answer = client.post(address("add_file", group.pk), {"upload": SimpleUploadedFile("plan.pdf", b"<html>")})

    assert answer.status_code == 409
    assert not GroupFile.objects.exists()


def test_both_co_pilots_publish_from_the_pages(client):
    at = table()
    group = at.group()
    for person in (at.agent, at.delegate):
        client.force_login(person)
        client.post(address("group_publication", group.pk), {"wants": "yes"})

    group.refresh_from_db()
    assert group.published_at is not None


def test_a_group_is_described_then_ended(client):
    at = table()
    group = at.group()
    client.force_login(at.agent)

    client.post(address("describe_group", group.pk), {"name": "Nouveau nom", "purpose": "…", "is_open": "closed"})
    client.post(address("end_group", group.pk), {"because": "Rapport remis"})
    page = client.get(address("group", group.pk)).content.decode()

    assert "Nouveau nom" in page
    assert "Rapport remis" in page


def test_a_seat_is_left_from_the_page(client):
    at = table()
    group = at.group()
    pilot = GroupPilot.objects.get(person=at.delegate)
    client.force_login(at.delegate)

    client.post(address("empty_seat", group.pk, pilot.pk), {"because": "Départ"})

    assert not GroupPilot.objects.in_place().filter(pk=pilot.pk).exists()


@pytest.mark.parametrize("name", ["describe_group", "group_publication", "end_group", "invite", "add_file"])
def test_a_neighbour_acts_on_nothing(client, name):
    at = table()
    group = at.group(is_open=True)
    client.force_login(at.neighbour)

    assert client.post(address(name, group.pk), {}).status_code == 403


def test_members_leave_from_the_page(client):
    at = table()
    group = at.group()
    invited = invite_to_group(group, person=at.neighbour, organisation=at.federation, acting_user=at.agent)
    answer_invitation(invited, is_accepted=True, acting_user=at.neighbour)
    client.force_login(at.neighbour)

    client.post(address("leave_group", group.pk, invited.pk), {"because": "Autre mission"})

    assert not GroupMembership.objects.standing().exists()


def test_the_meetings_linked_to_a_group_are_shown(client):
    at = table()
    group = at.group()
    kind = "test.meeting"
    references.register(
        kind, label="", plural="", resolver=lambda ids, _viewer: {each: references.Shown(label="COS") for each in ids}
    )
    link(Reference.to(group), Reference(kind, "1"), Relation.DISCUSSED, acting_user=None)
    client.force_login(at.agent)

    page = client.get(address("group", group.pk)).content.decode()

    references.unregister(kind)
    assert "COS" in page


def test_a_request_waits_on_the_page_of_who_asked(client):
    at = table()
    group = at.group()
    ask_to_join(group, organisation=at.federation, acting_user=at.neighbour)
    client.force_login(at.neighbour)

    assert "attend la réponse d’un copilote" in client.get(address("group", group.pk)).content.decode()
