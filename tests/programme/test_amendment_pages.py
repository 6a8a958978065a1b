"""The pages of amendments, per role."""

import pytest
from django.urls import reverse

from concerte.documents.models import Amendment
from concerte.programme.models import Action
from concerte.programme.services import set_aside_amendment, submit_amendment, withdraw_amendment
from tests.programme.amendments import WORDS, delete_action, opened, retitle, submitted
from tests.programme.drafts import complete_action, draft_of
from tests.programme.factories import workshop

pytestmark = pytest.mark.django_db

ROLES = ["coordinator", "state_representative", "pilot", "representative", "contributor", "reader"]
OUTSIDE = ["administrator", "stranger"]
OF_AUTHOR = {"representative", "contributor", "reader"}  # the people of the association
PAGES = ["amendment", "write_amendment", "amendment_checks", "amendment_checks_data"]


def address(name, *args):
    return reverse(f"programme:{name}", args=["essai", *args])


def get(client, person, name, *args):
    client.force_login(person)
    return client.get(address(name, *args))


def post(client, person, name, *args, **values):
    client.force_login(person)
    return client.post(address(name, *args), values)


@pytest.mark.parametrize("who", [*ROLES, *OUTSIDE])
def test_who_enters_the_workshop_finds_the_amendments_and_may_propose_one(client, who):
    at_work = workshop()
    person, expected = getattr(at_work, who), 200 if who in ROLES else 404

    assert get(client, person, "amendments").status_code == expected
    assert get(client, person, "new_amendment").status_code == expected


@pytest.mark.parametrize("who", [*ROLES, *OUTSIDE])
def test_one_being_written_is_found_by_its_organisation_alone_and_a_submitted_one_by_all(client, who):
    at_work = workshop()
    amendment = opened(at_work)
    person = getattr(at_work, who)

    before = [get(client, person, name, 1).status_code for name in PAGES]
    retitle(amendment.fork_id, " aux communes", by=at_work.reader)
    submit_amendment(at_work.programme, amendment, acting_user=at_work.reader)
    after = [get(client, person, name, 1).status_code for name in PAGES]

    assert before == [200 if who in OF_AUTHOR else 404] * len(PAGES)
    assert after == [200 if who in ROLES else 404] * len(PAGES)


def test_someone_not_signed_in_is_led_to_sign_in(client):
    submitted(workshop())

    addresses = [address("amendments"), address("new_amendment"), *(address(name, 1) for name in PAGES)]
    addresses += [address(name, 1) for name in ("submit_amendment", "answer_amendment", "withdraw_amendment")]

    for each in addresses:
        answer = client.get(each)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))


def test_proposing_opens_the_editor_on_the_amendment(client):
    at_work = workshop()

    answer = post(client, at_work.reader, "new_amendment", organisation=at_work.association.slug, **WORDS)

    amendment = Amendment.objects.get()
    assert answer.headers["Location"] == address("write_amendment", 1)
    data = client.get(address("write_amendment", 1)).context["editor_data"]
    assert data["documentId"] == str(amendment.fork_id)
    assert data["socketPath"] == f"/ws/documents/{amendment.fork_id}"
    assert data["mayWrite"] is True
    assert data["newCodeUrl"] == address("amendment_code", 1)
    assert data["checksUrl"] == address("amendment_checks_data", 1)
    assert (data["proposal"], data["person"]["organisation"]) == (None, "Association d’essai")


def test_a_form_that_is_not_filled_in_gives_back_what_was_typed(client):
    at_work = workshop()

    answer = post(client, at_work.reader, "new_amendment", title="Un guide", organisation=at_work.association.slug)

    assert answer.status_code == 400
    assert 'value="Un guide"' in answer.content.decode()
    assert not Amendment.objects.exists()


def test_the_draft_leads_who_only_reads_it_to_an_amendment(client):
    at_work = workshop()

    assert address("new_amendment") in get(client, at_work.reader, "draft").content.decode()
    assert address("new_amendment") not in get(client, at_work.contributor, "draft").content.decode()


def test_once_submitted_the_editor_is_without_a_pen_and_once_closed_its_page_says_all(client):
    at_work = workshop()
    amendment = submitted(at_work)

    assert get(client, at_work.reader, "write_amendment", 1).context["editor_data"]["mayWrite"] is False
    set_aside_amendment(
        at_work.programme, amendment, answer="Non.", organisation=at_work.state, acting_user=at_work.coordinator
    )

    assert get(client, at_work.reader, "write_amendment", 1).headers["Location"] == address("amendment", 1)


def test_a_code_is_given_to_who_writes_it(client):
    at_work = workshop()
    opened(at_work)
    client.force_login(at_work.reader)

    given = client.post(address("amendment_code", 1), {"copied_from": ""}, content_type="application/json")
    client.force_login(at_work.coordinator)
    refused = client.post(address("amendment_code", 1), {}, content_type="application/json")

    assert (given.status_code, given.json()) == (201, {"code": "EXO-02"})
    assert refused.status_code == 404
    assert Action.objects.count() == 2


def test_one_that_changes_nothing_is_not_submitted_and_its_page_says_so(client):
    at_work = workshop()
    amendment = opened(at_work)

    refused = post(client, at_work.reader, "submit_amendment", 1)
    retitle(amendment.fork_id, " aux communes", by=at_work.reader)
    taken = post(client, at_work.reader, "submit_amendment", 1)

    assert refused.status_code == 409
    assert "ne change rien" in refused.content.decode()
    assert taken.headers["Location"] == address("amendment", 1)


@pytest.mark.parametrize("who", ROLES)
def test_the_answer_is_offered_to_who_may_give_it_and_refused_to_others(client, who):
    at_work = workshop()
    submitted(at_work)
    person = getattr(at_work, who)

    page = get(client, person, "amendment", 1)
    answer = post(
        client,
        person,
        "answer_amendment",
        1,
        decision="accept",
        answer="C’est plus juste.",
        organisation=at_work.state.slug,
    )

    may = who not in OF_AUTHOR
    assert (page.context["form"] is not None) is may
    assert answer.status_code == (302 if may else 403)
    assert Amendment.objects.get().status == ("accepted" if may else "submitted")
    text = get(client, person, "amendment", 1).content.decode()
    assert ("C’est plus juste." in text) is may


def test_an_answer_without_reasons_is_asked_again(client):
    at_work = workshop()
    submitted(at_work)

    answer = post(client, at_work.pilot, "answer_amendment", 1, decision="set_aside", organisation=at_work.state.slug)

    assert answer.status_code == 400
    assert Amendment.objects.get().is_submitted


def test_an_answer_that_comes_too_late_is_given_back(client):
    at_work = workshop()
    amendment = submitted(at_work)
    withdraw_amendment(at_work.programme, amendment, because="Dit autrement.", acting_user=at_work.reader)

    answer = post(
        client,
        at_work.pilot,
        "answer_amendment",
        1,
        decision="accept",
        answer="Nous le prenons.",
        organisation=at_work.state.slug,
    )

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Nous le prenons." in text
    assert "Dit autrement." in text


def test_one_whose_action_is_gone_says_so_and_is_refused(client):
    at_work = workshop(draft_of(complete_action(), complete_action(code="EXO-02", title="Former")))
    submitted(at_work)
    delete_action(at_work.programme.draft_id)
    values = {"decision": "accept", "answer": "Oui.", "organisation": at_work.state.slug}

    page = get(client, at_work.pilot, "amendment", 1)
    answer = post(client, at_work.pilot, "answer_amendment", 1, **values)

    assert "n’est plus dans le texte commun" in page.content.decode()
    assert answer.status_code == 409
    assert "Oui." in answer.content.decode()


@pytest.mark.parametrize("who", ROLES)
def test_its_organisation_withdraws_it_with_a_reason(client, who):
    at_work = workshop()
    submitted(at_work)
    person = getattr(at_work, who)

    page = get(client, person, "withdraw_amendment", 1)
    empty = post(client, person, "withdraw_amendment", 1, reason="")
    done = post(client, person, "withdraw_amendment", 1, reason="Dit autrement.")

    expected = (200, 400, 302) if who in OF_AUTHOR else (403, 403, 403)
    assert (page.status_code, empty.status_code, done.status_code) == expected
    assert Amendment.objects.get().is_closed is (who in OF_AUTHOR)


def test_the_list_and_a_page_ask_the_database_a_bounded_number_of_questions(client, django_assert_max_num_queries):
    at_work = workshop()
    for number in range(4):
        submitted(at_work, f" aux communes {number}")
    client.force_login(at_work.coordinator)
    client.get(address("amendments"))

    with django_assert_max_num_queries(16):
        client.get(address("amendments"))
    with django_assert_max_num_queries(32):
        client.get(address("amendment", 2))
