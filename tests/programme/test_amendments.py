"""Amendments to the draft of a programme: rights, answers, the thread they leave, what waits for whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from concerte.accounts.waiting import items_for
from concerte.documents.attribution import letters_by_person
from concerte.documents.errors import AmendmentRefused
from concerte.documents.models import Access, Amendment, Level
from concerte.documents.services import current_state
from concerte.lineage.finding import from_address, search
from concerte.lineage.models import Link, Relation
from concerte.lineage.reading import shown_thread
from concerte.lineage.references import Reference, show
from concerte.partners.services import end_membership, grant_membership
from concerte.programme.amendments import amendment_shown
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Action
from concerte.programme.reading import read_state
from concerte.programme.services import (
    accept_amendment,
    keep_every_access_true,
    new_action_code,
    set_aside_amendment,
    submit_amendment,
    withdraw_amendment,
)
from tests.programme.amendments import add_action, delete_action, opened, retitle, submitted
from tests.programme.drafts import complete_action, draft_of
from tests.programme.factories import Role, Workshop, member, workshop

pytestmark = pytest.mark.django_db
PEOPLE = ("coordinator", "state_representative", "pilot", "representative", "contributor", "reader")
OF_AUTHOR = {"representative", "contributor", "reader"}  # the people of the association


def levels(amendment: Amendment) -> dict[int, int]:
    return dict(Access.objects.filter(document=amendment.fork).values_list("person_id", "level"))


def titles(at_work: Workshop) -> dict[str, str]:
    return {code: sheet.title for code, sheet in read_state(current_state(at_work.programme.draft_id)).by_code.items()}


def answer(at_work: Workshop, **changes: Any) -> dict[str, Any]:
    return {"answer": "C’est plus juste.", "organisation": at_work.state, "acting_user": at_work.coordinator} | changes


@pytest.mark.parametrize("who", [*PEOPLE, "administrator", "stranger"])
def test_everybody_who_reads_the_draft_may_propose_and_nobody_else(who):
    at_work = workshop()
    person = getattr(at_work, who)
    organisation = at_work.state if who in ("coordinator", "state_representative", "pilot") else at_work.association

    if who in PEOPLE:
        assert opened(at_work, by=person, organisation=organisation).organisation == organisation
    else:
        with pytest.raises(ProgrammeRefused) as refusal:
            opened(at_work, by=person, organisation=organisation)
        assert refusal.value.code == "not-allowed"
        assert not Amendment.objects.exists()


def test_nobody_proposes_for_an_organisation_of_others():
    at_work = workshop()

    with pytest.raises(ProgrammeRefused) as refusal:
        opened(at_work, organisation=at_work.state)

    assert refusal.value.code == "not-allowed"


def test_its_organisation_alone_writes_it_then_all_read_it_and_nobody_writes():
    at_work = workshop()
    amendment = opened(at_work)
    association = {getattr(at_work, who).pk for who in ("representative", "contributor", "reader")}

    assert levels(amendment) == dict.fromkeys(association, Level.WRITE)
    retitle(amendment.fork_id, " aux communes", by=at_work.reader)
    submit_amendment(at_work.programme, amendment, acting_user=at_work.contributor)

    assert levels(amendment) == {getattr(at_work, who).pk: Level.READ for who in PEOPLE}
    set_aside_amendment(at_work.programme, amendment, **answer(at_work))
    assert levels(amendment) == {}


def test_the_rights_over_amendments_follow_the_memberships(django_capture_on_commit_callbacks):
    at_work = workshop()
    amendment = opened(at_work)
    newcomer = member(at_work.state, Role.READER)

    with django_capture_on_commit_callbacks(execute=True):
        membership = grant_membership(newcomer, at_work.association, role=Role.READER, acting_user=None)
    assert levels(amendment)[newcomer.pk] == Level.WRITE
    with django_capture_on_commit_callbacks(execute=True):
        end_membership(membership, on=timezone.localdate(), reason="Départ.", acting_user=None)
    assert newcomer.pk not in levels(amendment)
    at_work.reader.memberships.update(ends_on=timezone.localdate())
    keep_every_access_true()
    assert at_work.reader.pk not in levels(amendment)


def test_one_in_which_no_word_differs_is_not_submitted():
    at_work = workshop()
    amendment = opened(at_work)

    with pytest.raises(AmendmentRefused) as refusal:
        submit_amendment(at_work.programme, amendment, acting_user=at_work.reader)

    assert refusal.value.code == "nothing-changes"
    amendment.refresh_from_db()
    assert amendment.is_being_written


def test_others_neither_submit_nor_withdraw_it():
    at_work = workshop()
    amendment = opened(at_work)

    with pytest.raises(ProgrammeRefused) as submitting:
        submit_amendment(at_work.programme, amendment, acting_user=at_work.coordinator)
    with pytest.raises(ProgrammeRefused) as withdrawing:
        withdraw_amendment(at_work.programme, amendment, because="Non.", acting_user=at_work.pilot)

    assert (submitting.value.code, withdrawing.value.code) == ("not-allowed", "not-allowed")


@pytest.mark.parametrize(("who", "may"), [(who, who not in OF_AUTHOR) for who in PEOPLE])
def test_who_writes_answers_but_for_an_organisation_of_their_own(who, may):
    at_work = workshop()
    amendment = submitted(at_work)
    person = getattr(at_work, who)
    organisation = at_work.state if may else at_work.association

    if may:
        accept_amendment(at_work.programme, amendment, **answer(at_work, acting_user=person))
        assert titles(at_work) == {"EXO-01": "Publier un guide commun aux communes"}
    else:
        for give in (accept_amendment, set_aside_amendment):
            with pytest.raises(ProgrammeRefused) as refusal:
                give(at_work.programme, amendment, **answer(at_work, acting_user=person, organisation=organisation))
            assert refusal.value.code == "not-allowed"
        assert titles(at_work) == {"EXO-01": "Publier un guide commun"}


def test_the_coordination_answers_those_of_its_own_organisation_its_colleagues_do_not():
    at_work = workshop()
    amendment = submitted(at_work, by=at_work.pilot, organisation=at_work.state)

    with pytest.raises(ProgrammeRefused):
        accept_amendment(at_work.programme, amendment, **answer(at_work, acting_user=at_work.state_representative))
    accept_amendment(at_work.programme, amendment, **answer(at_work))

    assert titles(at_work)["EXO-01"] == "Publier un guide commun aux communes"


def test_the_words_stay_their_author_s_and_the_action_keeps_a_thread_to_the_amendment():
    at_work = workshop(draft_of(complete_action(), complete_action(code="EXO-02", title="Former")))
    amendment = submitted(at_work)
    retitle(at_work.programme.draft_id, " les agents", by=at_work.pilot, code="EXO-02")

    accept_amendment(at_work.programme, amendment, **answer(at_work))

    assert letters_by_person(at_work.programme.draft_id)[at_work.reader.pk] == len(" aux communes")
    action = Action.objects.get(code="EXO-01")
    links = Link.objects.out_of(Reference.to(amendment))
    assert [(each.outcome, each.relation) for each in links] == [(Reference.to(action), Relation.AMENDED)]
    thread = shown_thread(Reference.to(action), at_work.reader)
    assert thread is not None
    assert thread.knots[1].label == "EXO, amendement 1\u00a0: Un guide pour toutes les communes"
    anonymous = show([Reference.to(amendment)], AnonymousUser())
    assert anonymous == {}


def test_an_action_added_by_an_amendment_was_born_of_it():
    at_work = workshop()
    amendment = opened(at_work)
    code = new_action_code(at_work.programme, amendment=amendment, acting_user=at_work.reader).code
    add_action(amendment.fork_id, code, "Former les agents", by=at_work.reader)
    submit_amendment(at_work.programme, amendment, acting_user=at_work.reader)

    accept_amendment(at_work.programme, amendment, **answer(at_work))

    assert titles(at_work)[code] == "Former les agents"
    link = Link.objects.get(from_kind="documents.amendment")
    assert (link.outcome, link.relation) == (Reference.to(Action.objects.get(code=code)), Relation.RAISED)


def test_codes_are_given_to_those_who_write_the_amendment_only():
    at_work = workshop()
    amendment = opened(at_work)

    for person in (at_work.coordinator, at_work.stranger):
        with pytest.raises(ProgrammeRefused):
            new_action_code(at_work.programme, amendment=amendment, acting_user=person)
    with pytest.raises(ProgrammeRefused):
        new_action_code(at_work.programme, acting_user=at_work.reader)

    assert Action.objects.count() == 1


def test_one_whose_action_is_gone_from_the_text_is_refused_and_its_page_says_so():
    at_work = workshop(draft_of(complete_action(), complete_action(code="EXO-02", title="Former")))
    amendment = submitted(at_work)
    delete_action(at_work.programme.draft_id)

    shown = amendment_shown(amendment)
    with pytest.raises(AmendmentRefused) as refusal, transaction.atomic():
        accept_amendment(at_work.programme, amendment, **answer(at_work))

    assert refusal.value.code == "action-gone"
    assert "EXO-01" in shown.obstacle
    amendment.refresh_from_db()
    assert amendment.is_submitted
    assert list(titles(at_work)) == ["EXO-02"]
    assert not Link.objects.exists()


def test_one_that_changes_nothing_any_more_is_refused():
    at_work = workshop(draft_of(complete_action(), complete_action(code="EXO-02", title="Former")))
    amendment = opened(at_work)
    delete_action(amendment.fork_id, by=at_work.reader)
    submit_amendment(at_work.programme, amendment, acting_user=at_work.reader)
    delete_action(at_work.programme.draft_id)

    with pytest.raises(AmendmentRefused) as refusal, transaction.atomic():
        accept_amendment(at_work.programme, amendment, **answer(at_work))

    assert refusal.value.code == "nothing-changes"


def test_what_accepting_would_change_today_is_shown_with_what_it_proposed():
    at_work = workshop()
    amendment = submitted(at_work)
    assert not amendment_shown(amendment).has_text_moved

    retitle(at_work.programme.draft_id, " et public", by=at_work.pilot)
    shown = amendment_shown(amendment)

    assert shown.has_text_moved
    assert shown.proposed.actions[0].title.new == "Publier un guide commun aux communes"
    assert shown.today is not None
    assert shown.today.actions[0].title.old == "Publier un guide commun et public"
    accept_amendment(at_work.programme, amendment, **answer(at_work))
    assert titles(at_work)["EXO-01"] == shown.today.actions[0].title.new


def test_what_waits_is_told_to_the_coordination_then_the_answer_to_the_author_for_a_time():
    at_work = workshop()
    amendment = submitted(at_work)

    def keys(person):
        return {item.key for item in items_for(person) if item.key.startswith("programme.amendment")}

    assert keys(at_work.coordinator) == {f"programme.amendment:{amendment.pk}"}
    assert keys(at_work.pilot) == keys(at_work.reader) == set()
    accept_amendment(at_work.programme, amendment, **answer(at_work))
    assert keys(at_work.coordinator) == set()
    assert keys(at_work.reader) == {f"programme.amendment_answered:{amendment.pk}"}
    assert keys(at_work.contributor) == set()
    Amendment.objects.update(closed_at=timezone.now() - timedelta(days=31))
    assert keys(at_work.reader) == set()


def test_one_can_be_pointed_at_by_its_page_or_by_words_by_those_who_may_read_it():
    at_work = workshop()
    amendment = opened(at_work)
    page = "/programmes/essai/amendements/1"

    assert from_address(page, at_work.reader) == Reference.to(amendment)
    assert list(search("petites", at_work.reader)) == []
    assert list(search("toutes les communes", at_work.reader)) == [Reference.to(amendment)]
    assert from_address(page, at_work.coordinator) is None
    assert search("toutes les communes", at_work.coordinator) == {}
    retitle(amendment.fork_id, " aux communes", by=at_work.reader)
    submit_amendment(at_work.programme, amendment, acting_user=at_work.reader)
    assert from_address(page, at_work.coordinator) == Reference.to(amendment)
    assert from_address(page, at_work.administrator) is None
