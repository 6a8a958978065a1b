"""The pages of the workshop, per role."""

import json

import pytest
from django.urls import reverse

from concerte.programme.models import Action, Programme
from concerte.programme.services import withdraw_proposal
from tests.programme.drafts import complete_action, draft_of
from tests.programme.factories import OrganisationFactory, workshop

pytestmark = pytest.mark.django_db

ROLES = [
    "coordinator",
    "state_representative",
    "pilot",
    "representative",
    "contributor",
    "reader",
    "administrator",
    "stranger",
]
PARTICIPANTS = set(ROLES) - {"administrator", "stranger"}


def address(name, *args):
    return reverse(f"programme:{name}", args=["essai", *args])


def get(client, person, name, *args):
    client.force_login(person)
    return client.get(address(name, *args))


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("name", ["draft", "checks", "checks_data", "proposals"])
def test_participants_enter_the_workshop_and_others_do_not_find_it(client, who, name):
    at_work = workshop()

    answer = get(client, getattr(at_work, who), name)

    assert answer.status_code == (200 if who in PARTICIPANTS else 404)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("name", ["proposal", "proposal_data"])
def test_participants_read_proposals_and_others_do_not_find_them(client, who, name):
    at_work = workshop()
    at_work.freeze()

    answer = get(client, getattr(at_work, who), name, 1)

    assert answer.status_code == (200 if who in PARTICIPANTS else 404)


@pytest.mark.parametrize("who", ROLES)
def test_the_page_of_the_coordination_is_refused_to_other_participants(client, who):
    at_work = workshop()

    answer = get(client, getattr(at_work, who), "coordination")

    expected = 200 if who == "coordinator" else 403 if who in PARTICIPANTS else 404
    assert answer.status_code == expected


@pytest.mark.parametrize("name", ["draft", "checks", "checks_data", "proposals", "coordination"])
def test_someone_not_signed_in_is_led_to_sign_in(client, name):
    workshop()

    answer = client.get(address(name))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["draft", "checks", "proposals"])
def test_a_programme_that_does_not_exist_is_not_found(client, name):
    client.force_login(workshop().coordinator)

    assert client.get(reverse(f"programme:{name}", args=["inconnu"])).status_code == 404
    assert client.get(reverse("programme:proposal", args=["essai", 9])).status_code == 404


# --- the editor -----------------------------------------------------------------------------------------------------


def test_the_editor_is_handed_what_it_needs(client):
    at_work = workshop()
    OrganisationFactory(slug="ancienne", ended=True)

    data = get(client, at_work.representative, "draft").context["editor_data"]

    document = str(at_work.programme.draft_id)
    assert (data["documentId"], data["socketPath"]) == (document, f"/ws/documents/{document}")
    assert data["mayWrite"] is True
    assert data["person"] == {
        "id": at_work.representative.pk,
        "name": at_work.representative.name,
        "organisation": "Association d’essai",
        "college": "collectivites",
        "appearance": 2,
    }
    assert data["programme"] == {
        "slug": "essai",
        "title": "Programme d’essai",
        "startsOn": "2026",
        "endsOn": "2027",
        "codePrefix": "EXO",
    }
    organisations = {each["slug"]: each for each in data["organisations"]}
    assert organisations["ancienne"]["endedOn"] is not None
    assert organisations["service-d-essai"]["endedOn"] is None
    assert [section["kind"] for section in data["sections"]] == [
        "problem",
        "objectives",
        "effects",
        "deliverables",
        "milestones",
    ]
    assert data["proposal"] is None
    json.dumps(data)


def test_a_reader_gets_the_editor_without_the_pen_and_sees_the_open_proposal(client):
    at_work = workshop()
    at_work.freeze()

    data = get(client, at_work.reader, "draft").context["editor_data"]

    assert data["mayWrite"] is False
    assert data["proposal"] == {"number": 1, "url": address("proposal", 1), "state": "open"}


# --- checks ---------------------------------------------------------------------------------------------------------


def test_the_checks_are_told_on_a_page_and_as_data(client):
    at_work = workshop(draft_of(complete_action(pilots=("service-d-essai",), deadline="")))

    page = get(client, at_work.reader, "checks")
    data = client.get(address("checks_data")).json()

    assert (data["blocking"], data["advisory"]) == (1, 1)
    assert {finding["code"] for finding in data["findings"]} == {"no-pilot", "no-deadline"}
    for finding in data["findings"]:
        said = finding["message"].removeprefix("EXO-01\u00a0: ")
        assert said[1:] in page.content.decode()
    assert f"{address('draft')}#EXO-01:pilots" in page.content.decode()


def test_the_checks_are_not_sent_again_when_nothing_changed(client):
    at_work = workshop()
    first = get(client, at_work.reader, "checks_data")

    again = client.get(address("checks_data"), headers={"If-None-Match": first.headers["ETag"]})
    Programme.objects.update(ends_on="2026")
    after = client.get(address("checks_data"), headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert after.status_code == 200
    assert after.json()["blocking"] == 1


# --- codes ----------------------------------------------------------------------------------------------------------


def ask_for_code(client, body):
    return client.post(address("new_code"), data=body, content_type="application/json")


def test_a_writer_gets_a_code_for_a_new_action_and_for_a_copy(client):
    client.force_login(workshop().contributor)

    new = ask_for_code(client, '{"copied_from": ""}')
    copy = ask_for_code(client, '{"copied_from": "EXO-01"}')

    assert (new.json(), copy.json()) == ({"code": "EXO-02"}, {"code": "EXO-03"})
    assert Action.objects.get(code="EXO-03").copied_from.code == "EXO-01"


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("administrator", 404), ("stranger", 404)])
def test_who_may_not_write_gets_no_code(client, who, status):
    at_work = workshop()
    client.force_login(getattr(at_work, who))

    answer = ask_for_code(client, "{}")

    assert answer.status_code == status
    assert Action.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed"),
        ("[]", 400, "malformed"),
        ('{"copied_from": 3}', 400, "malformed"),
        ('{"copied_from": "AUTRE-01"}', 409, "unknown-action"),
    ],
)
def test_a_request_for_a_code_that_cannot_be_met_is_refused_with_a_message(client, body, status, code):
    client.force_login(workshop().contributor)

    answer = ask_for_code(client, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]
    assert Action.objects.count() == 1


def test_a_code_is_not_given_to_another_site(client):
    at_work = workshop()
    client.handler.enforce_csrf_checks = True
    client.force_login(at_work.contributor)

    answer = ask_for_code(client, "{}")

    assert answer.status_code == 403
    assert Action.objects.count() == 1


# --- how many queries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args", "at_most"),
    [
        ("draft", (), 9),
        ("checks", (), 11),
        ("checks_data", (), 11),
        ("proposals", (), 7),
        ("proposal", (1,), 14),
        ("coordination", (), 12),
    ],
)
def test_pages_ask_the_database_little_however_many_actions(client, django_assert_max_num_queries, name, args, at_most):
    sheets = [complete_action(code=f"EXO-{rank:02d}", title=f"Action {rank}") for rank in range(1, 31)]
    at_work = workshop(draft_of(*sheets))
    for _ in sheets[1:]:
        Action.objects.create(
            programme=at_work.programme,
            number=Action.objects.count() + 1,
            code=f"EXO-{Action.objects.count() + 1:02d}",
        )
    proposal = at_work.freeze()
    at_work.approve(proposal, by=at_work.representative, organisation=at_work.association)
    withdraw_proposal(proposal, reason="Un motif", acting_user=at_work.coordinator)
    client.force_login(at_work.coordinator)

    with django_assert_max_num_queries(at_most):
        answer = client.get(address(name, *args))

    assert answer.status_code == 200
