"""The page of the coordination and the administration."""

import pytest
from django.urls import reverse

from concerte.documents.models import Access
from concerte.partners.models import Participation
from concerte.programme.models import Edition
from concerte.programme.services import keep_accesses_true, publish_edition
from tests.programme.factories import OrganisationFactory, Role, member, participation, workshop

pytestmark = pytest.mark.django_db

FRAME = {
    "title": "Programme d’essai, deuxième période",
    "acronym": "EXO",
    "summary": "Une présentation.",
    "starts_on": "2026-S2",
    "ends_on": "2028-06",
    "next_review_on": "2027-06-30",
    "notice": "",
}


def address(name, *args):
    return reverse(f"programme:{name}", args=["essai", *args])


def test_the_coordination_changes_the_frame(client):
    at_work = workshop()
    client.force_login(at_work.coordinator)

    answer = client.post(address("coordination"), FRAME)

    at_work.programme.refresh_from_db()
    assert answer.status_code == 302
    assert (at_work.programme.title, at_work.programme.ends_on) == (FRAME["title"], "2028-06")
    assert at_work.programme.next_review_on.isoformat() == "2027-06-30"


@pytest.mark.parametrize(
    "changes", [{"starts_on": "bientôt"}, {"ends_on": "2020"}, {"title": ""}, {"next_review_on": "demain"}]
)
def test_a_frame_that_does_not_hold_comes_back_and_nothing_is_written(client, changes):
    at_work = workshop()
    client.force_login(at_work.coordinator)

    answer = client.post(address("coordination"), FRAME | changes)

    at_work.programme.refresh_from_db()
    assert answer.status_code == 200
    assert answer.context["frame_form"].errors
    assert at_work.programme.title == "Programme d’essai"


@pytest.mark.parametrize("who", ["pilot", "representative", "reader"])
def test_other_participants_change_nothing(client, who):
    at_work = workshop()
    client.force_login(getattr(at_work, who))
    newcomer = OrganisationFactory()
    first = at_work.programme.participations.first()

    answers = [
        client.post(address("coordination"), FRAME),
        client.post(address("add_participant"), {"organisation": newcomer.pk}),
        client.post(address("end_participant", first.pk), {"because": "Non."}),
    ]

    at_work.programme.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert at_work.programme.title == "Programme d’essai"
    assert at_work.programme.participations.filter(ends_on=None).count() == 2


def test_an_organisation_joins_and_leaves_from_the_page(client):
    at_work = workshop()
    newcomer = OrganisationFactory()
    client.force_login(at_work.coordinator)

    client.post(address("add_participant"), {"organisation": newcomer.pk, "role": "Appui"})
    joined = Participation.objects.get(organisation=newcomer)
    confirmation = client.get(address("end_participant", joined.pk))
    client.post(address("end_participant", joined.pk), {"because": "Retrait."})

    joined.refresh_from_db()
    assert joined.role == "Appui"
    assert not joined.is_coordinator
    assert confirmation.status_code == 200
    assert joined.ended_because == "Retrait."


def test_a_participation_of_another_programme_is_not_found(client):
    at_work = workshop()
    client.force_login(at_work.coordinator)

    assert client.get(address("end_participant", 9999)).status_code == 404


def test_an_organisation_that_takes_part_already_is_not_offered(client):
    at_work = workshop()
    client.force_login(at_work.coordinator)

    offered = client.get(address("coordination")).context["participant_form"].fields["organisation"].queryset

    assert at_work.association not in offered


# --- administration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", ["programme", "participation", "approvalrule", "action", "proposal", "position", "edition"]
)
def test_the_administration_looks_at_everything(client, model):
    at_work = workshop()
    proposal = at_work.adopted()
    publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)
    client.force_login(at_work.administrator)
    room = "partners" if model == "participation" else "programme"

    listed = client.get(reverse(f"admin:{room}_{model}_changelist"))
    row = listed.context["cl"].result_list[0]
    detail = client.get(reverse(f"admin:{room}_{model}_change", args=[row.pk]))

    assert (listed.status_code, detail.status_code) == (200, 200)


@pytest.mark.parametrize("model", ["action", "proposal", "position", "edition"])
def test_what_was_decided_is_neither_changed_nor_added_nor_deleted_in_the_administration(client, model):
    at_work = workshop()
    proposal = at_work.adopted()
    publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)
    client.force_login(at_work.administrator)
    row = client.get(reverse(f"admin:programme_{model}_changelist")).context["cl"].result_list[0]

    answers = [
        client.post(reverse(f"admin:programme_{model}_change", args=[row.pk]), {"semester": "2030-S1"}),
        client.post(reverse(f"admin:programme_{model}_add"), {}),
        client.post(reverse(f"admin:programme_{model}_delete", args=[row.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Edition.objects.get().semester == proposal.semester


def test_the_administration_names_who_coordinates(client):
    at_work = workshop()
    newcomer = OrganisationFactory()
    client.force_login(at_work.administrator)

    answer = client.post(
        reverse("admin:partners_participation_add"),
        {
            "circle": at_work.programme.circle_id,
            "organisation": newcomer.pk,
            "is_coordinator": "on",
            "role": "",
            "starts_on": "2026-01-01",
        },
    )

    assert answer.status_code == 302
    assert Participation.objects.get(organisation=newcomer).is_coordinator


def test_the_administration_changes_a_rule_but_not_under_the_feet_of_the_colleges(client):
    at_work = workshop()
    rule = at_work.programme.approval_rules.get(college__slug="etat")
    client.force_login(at_work.administrator)
    page = reverse("admin:programme_approvalrule_change", args=[rule.pk])

    client.post(page, {"minimum_approvals": 2})
    at_work.freeze()
    client.post(page, {"minimum_approvals": 1})

    rule.refresh_from_db()
    assert rule.minimum_approvals == 2
    assert not rule.is_blocked_by_objection


def test_ending_a_participation_in_the_administration_closes_the_draft(client):
    at_work = workshop()
    newcomer = OrganisationFactory()
    row = participation(at_work.programme, newcomer)
    person = member(newcomer, Role.CONTRIBUTOR)
    keep_accesses_true(at_work.programme)
    client.force_login(at_work.administrator)

    answer = client.post(
        reverse("admin:partners_participation_change", args=[row.pk]),
        {"role": "", "starts_on": "2026-01-01", "ends_on": "2026-06-30", "ended_because": "Retrait."},
    )

    row.refresh_from_db()
    assert answer.status_code == 302
    assert row.ends_on.isoformat() == "2026-06-30"
    assert not Access.objects.filter(person=person).exists()
