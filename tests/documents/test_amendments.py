"""Amendments: a fork that those who may only suggest write in, and what becomes of it."""

import asyncio
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pycrdt import Text

from concerte.documents import limits
from concerte.documents.amending import (
    accept_amendment,
    set_aside_amendment,
    submit_amendment,
    withdraw_amendment,
)
from concerte.documents.errors import AmendmentRefused
from concerte.documents.folding import fold
from concerte.documents.forking import merge_today
from concerte.documents.models import Access, Amendment, ClientOwner, Document, Level
from concerte.documents.services import append_update, authors, set_accesses
from concerte.journal.models import Entry
from tests.documents.amendments import Proposing, edit_in, erase_in, make_proposing, read, type_in
from tests.documents.conftest import in_database
from tests.documents.factories import text_of, typed
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work() -> Proposing:
    return make_proposing()


def refused(code: str) -> Any:
    return pytest.raises(AmendmentRefused, check=lambda refusal: refusal.code == code)


def test_a_fork_has_the_text_of_the_document_and_its_authors(at_work: Proposing) -> None:
    type_in(at_work.document, " écrit", by=at_work.situation.anne)

    amendment = at_work.propose()

    assert read(amendment.fork) == "L’État écrit"
    assert authors(amendment.fork_id) == authors(at_work.document.pk)
    assert (amendment.number, amendment.status, amendment.author) == (1, "writing", at_work.claire)
    entry = Entry.objects.get(act="documents.amendment_proposed")
    assert (entry.subject_id, entry.organisation) == (str(amendment.pk), at_work.association.slug)
    assert at_work.propose().number == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "no-title"),
        ({"title": "x" * 201}, "too-long"),
        ({"reasons": ""}, "no-reasons"),
        ({"reasons": "x" * 5001}, "too-long"),
    ],
)
def test_an_amendment_says_what_it_is_and_why(at_work: Proposing, changes: dict[str, str], code: str) -> None:
    with refused(code):
        at_work.propose(**changes)

    assert not Amendment.objects.exists()
    assert Document.objects.count() == 1


def test_who_may_not_suggest_proposes_nothing_and_nobody_for_an_organisation_of_others(at_work: Proposing) -> None:
    set_accesses(at_work.document, {at_work.david.pk: Level.COMMENT, at_work.claire.pk: Level.SUGGEST})

    with refused("not-allowed"):
        at_work.propose(acting_user=at_work.david)
    with refused("not-allowed"):
        at_work.propose(acting_user=at_work.situation.stranger)
    with refused("not-a-member"):
        at_work.propose(organisation=OrganisationFactory())

    assert not Amendment.objects.exists()


def test_an_organisation_has_so_many_open_at_once(at_work: Proposing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "AMENDMENTS_PER_ORGANISATION", 1)
    amendment = at_work.propose()

    with refused("too-many"):
        at_work.propose()
    withdraw_amendment(amendment, because="Dit autrement.", acting_user=at_work.claire)

    assert at_work.propose().number == 2


def test_what_changes_nothing_is_not_submitted(at_work: Proposing) -> None:
    amendment = at_work.propose()

    def type_and_erase(doc: Any) -> None:
        text = doc.get("text", type=Text)
        text.insert(0, "x")
        del text[0:1]

    edit_in(amendment.fork, type_and_erase, by=at_work.claire)

    with refused("nothing-changes"):
        submit_amendment(amendment, acting_user=at_work.claire)

    amendment.refresh_from_db()
    assert amendment.is_being_written


def test_only_who_writes_it_submits_it_and_once(at_work: Proposing) -> None:
    amendment = at_work.propose()
    type_in(amendment.fork, " et les communes", by=at_work.claire)

    with refused("not-allowed"):
        submit_amendment(amendment, acting_user=at_work.situation.bruno)
    submit_amendment(amendment, acting_user=at_work.david)
    with refused("not-writing"):
        submit_amendment(amendment, acting_user=at_work.claire)

    assert Entry.objects.filter(act="documents.amendment_submitted").count() == 1


def test_nobody_writes_in_it_once_it_is_submitted(at_work: Proposing) -> None:
    amendment = at_work.submitted()

    levels = Access.objects.filter(document=amendment.fork).values_list("level", flat=True)
    assert set(levels) == {Level.READ}


def test_accepting_writes_it_in_the_document_and_keeps_what_others_wrote_there(at_work: Proposing) -> None:
    amendment = at_work.propose()
    type_in(amendment.fork, " et les communes", by=at_work.claire, client_id=11)
    type_in(amendment.fork, ", ensemble", by=at_work.david, client_id=12)
    submit_amendment(amendment, acting_user=at_work.claire)
    edit_in(at_work.document, lambda doc: doc.get("text", type=Text).insert(0, "Ici, "), by=at_work.situation.anne)
    before = authors(at_work.document.pk)

    accepted, merge = accept_amendment(amendment, **at_work.answer())

    assert read(at_work.document) == "Ici, L’État et les communes, ensemble"
    assert authors(at_work.document.pk) == before | {11: at_work.claire.pk, 12: at_work.david.pk}
    assert (text_of(merge.before), text_of(merge.after)) == ("Ici, L’État", read(at_work.document))
    assert (accepted.status, accepted.answer) == ("accepted", "C’est juste.")
    assert (accepted.answered_by, accepted.answered_for) == (at_work.situation.bruno, at_work.service)
    entry = Entry.objects.get(act="documents.amendment_accepted")
    assert (entry.organisation, entry.details["number"]) == (at_work.service.slug, 1)


def test_what_it_erases_is_erased_and_nothing_else(at_work: Proposing) -> None:
    amendment = at_work.propose()
    erase_in(amendment.fork, by=at_work.claire)
    submit_amendment(amendment, acting_user=at_work.claire)
    type_in(at_work.document, " nouveau", by=at_work.situation.anne)

    accept_amendment(amendment, **at_work.answer())

    assert read(at_work.document) == " nouveau"


def test_it_is_accepted_once_and_nobody_answers_after(at_work: Proposing) -> None:
    amendment = at_work.submitted()
    accept_amendment(amendment, **at_work.answer())

    for answer in (accept_amendment, set_aside_amendment):
        with refused("not-submitted"):
            answer(amendment, **at_work.answer())
    with refused("closed"):
        withdraw_amendment(amendment, because="Trop tard.", acting_user=at_work.claire)

    assert read(at_work.document) == "L’État et les communes"
    assert Entry.objects.filter(act__startswith="documents.amendment_").count() == 3


async def test_two_who_accept_it_at_once_merge_it_once(transactional_db: None) -> None:
    at_work: Proposing = await in_database(make_proposing)
    amendment = await in_database(at_work.submitted)

    def accept() -> None:
        accept_amendment(amendment, **at_work.answer())

    outcomes = await asyncio.gather(in_database(accept), in_database(accept), return_exceptions=True)

    assert [each.code for each in outcomes if isinstance(each, AmendmentRefused)] == ["not-submitted"]
    assert outcomes.count(None) == 1
    assert await in_database(read, at_work.document) == "L’État et les communes"
    assert await in_database(at_work.document.logged_updates.count) == 2  # the seed and the amendment


@pytest.mark.parametrize("answer", [accept_amendment, set_aside_amendment])
def test_an_answer_is_given_by_who_may_write_for_an_organisation_of_theirs_and_says_why(
    at_work: Proposing, answer: Any
) -> None:
    writing = at_work.propose()
    amendment = at_work.submitted()

    with refused("not-submitted"):
        answer(writing, **at_work.answer())
    with refused("not-allowed"):
        answer(amendment, **at_work.answer(acting_user=at_work.claire, organisation=at_work.association))
    with refused("not-a-member"):
        answer(amendment, **at_work.answer(acting_user=at_work.situation.anne))
    with refused("no-answer"):
        answer(amendment, **at_work.answer(answer=" \n"))

    amendment.refresh_from_db()
    assert amendment.is_submitted
    assert read(at_work.document) == "L’État"


def test_one_set_aside_leaves_the_document_and_stays_readable(at_work: Proposing) -> None:
    amendment = at_work.submitted()

    set_aside_amendment(amendment, **at_work.answer(answer="Déjà dit plus loin."))

    amendment.refresh_from_db()
    assert (amendment.status, amendment.answer) == ("set_aside", "Déjà dit plus loin.")
    assert (read(at_work.document), read(amendment.fork)) == ("L’État", "L’État et les communes")


def test_its_organisation_withdraws_it_with_a_reason_and_nobody_else(at_work: Proposing) -> None:
    amendment = at_work.propose()

    with refused("not-a-member"):
        withdraw_amendment(amendment, because="Non.", acting_user=at_work.situation.bruno)
    with refused("no-reasons"):
        withdraw_amendment(amendment, because=" ", acting_user=at_work.david)
    withdraw_amendment(amendment, because="Dit autrement.", acting_user=at_work.david)

    amendment.refresh_from_db()
    assert (amendment.status, amendment.withdrawn_because) == ("withdrawn", "Dit autrement.")
    assert not Access.objects.filter(document=amendment.fork).exists()


def test_a_client_id_that_became_somebody_else_s_in_the_document_is_refused(at_work: Proposing) -> None:
    amendment = at_work.propose()
    type_in(amendment.fork, " et les communes", by=at_work.claire, client_id=7)
    submit_amendment(amendment, acting_user=at_work.claire)
    type_in(at_work.document, " seul", by=at_work.situation.anne, client_id=7)

    with refused("foreign-client"), transaction.atomic():
        accept_amendment(amendment, **at_work.answer())

    amendment.refresh_from_db()
    assert amendment.is_submitted
    assert read(at_work.document) == "L’État seul"
    assert ClientOwner.objects.get(document=at_work.document, client_id=7).person == at_work.situation.anne


def test_the_same_person_under_the_same_client_id_in_both_is_refused_too(at_work: Proposing) -> None:
    set_accesses(at_work.document, {at_work.claire.pk: Level.WRITE, at_work.situation.bruno.pk: Level.WRITE})
    amendment = at_work.propose()
    type_in(amendment.fork, " et les communes", by=at_work.claire, client_id=7)
    submit_amendment(amendment, acting_user=at_work.claire)
    type_in(at_work.document, " seul", by=at_work.claire, client_id=7)

    with refused("foreign-client"), transaction.atomic():
        accept_amendment(amendment, **at_work.answer())

    assert read(at_work.document) == "L’État seul"


def test_a_fork_of_which_a_part_cannot_be_read_is_refused_rather_than_cut(at_work: Proposing) -> None:
    amendment = at_work.propose()
    _first, second = typed(9, "un ", "deux")
    append_update(amendment.fork_id, second, acting_user=at_work.claire)

    with refused("unreadable"):
        submit_amendment(amendment, acting_user=at_work.claire)


def test_a_document_that_is_full_takes_no_amendment(at_work: Proposing, monkeypatch: pytest.MonkeyPatch) -> None:
    amendment = at_work.submitted()
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 40)

    with refused("document-full"), transaction.atomic():
        accept_amendment(amendment, **at_work.answer())

    assert read(at_work.document) == "L’État"


def test_what_it_would_change_today_is_known_before(at_work: Proposing) -> None:
    amendment = at_work.submitted()
    edit_in(at_work.document, lambda doc: doc.get("text", type=Text).insert(0, "Ici, "), by=at_work.situation.anne)

    merge = merge_today(at_work.document.pk, amendment.fork_id, bytes(amendment.base_state))

    assert text_of(merge.before) == "Ici, L’État"
    assert text_of(merge.after) == "Ici, L’État et les communes"
    assert read(at_work.document) == "Ici, L’État"


def test_a_fork_and_what_was_merged_survive_folding(at_work: Proposing) -> None:
    amendment = at_work.propose()
    type_in(amendment.fork, " et les communes", by=at_work.claire)
    assert fold(amendment.fork_id)
    submit_amendment(amendment, acting_user=at_work.claire)
    accept_amendment(amendment, **at_work.answer())
    assert fold(at_work.document.pk)

    assert read(at_work.document) == "L’État et les communes"


def test_two_amendments_of_one_text_are_both_taken(at_work: Proposing) -> None:
    one, other = at_work.submitted(" et les communes"), at_work.submitted(" et les départements")

    accept_amendment(one, **at_work.answer())
    accept_amendment(other, **at_work.answer())

    assert sorted(read(at_work.document).removeprefix("L’État et les ").split(" et les ")) == [
        "communes",
        "départements",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "submitted"},
        {"status": "withdrawn", "closed_at": "2026-11-01T00:00:00Z"},
        {"status": "accepted", "submitted_at": "2026-11-01T00:00:00Z", "closed_at": "2026-11-01T00:00:00Z"},
        {"status": "writing", "closed_at": "2026-11-01T00:00:00Z"},
        {"number": 1},
    ],
)
def test_the_database_keeps_what_an_amendment_is(at_work: Proposing, changes: dict[str, Any]) -> None:
    at_work.propose()
    amendment = at_work.propose()

    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(**changes)
