"""A retained idea becomes an action of the draft in one step, or joins one."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc

from concerte.concertation.models import Idea
from concerte.concertation.services import move_idea, propose_idea
from concerte.documents.rich_text import paragraph, plain_text
from concerte.documents.services import authors, current_state
from concerte.lineage import references
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.walking import thread_of
from concerte.programme.draft import ActionSheet, Draft
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Action
from concerte.programme.reading import read_state
from concerte.programme.seeding import seed, with_action
from concerte.programme.services import bring_idea_into_draft, join_idea_to_action, publish_edition
from concerte.programme.services.ideas import text_of_idea
from tests.programme.drafts import complete_action, draft_of, drafts, sections, states
from tests.programme.factories import workshop

pytestmark = pytest.mark.django_db

AXIS = "axe-1"


def idea_of(at_work, *, state="retained", **changes):
    facts = {
        "title": "Un guichet commun",
        "text": "Un seul guichet.\n\nOuvert à tous.",
        "organisation": at_work.association,
        "visibility": "colleges",
        "acting_user": at_work.contributor,
    }
    idea = propose_idea(at_work.programme.circle, **(facts | changes))
    if state != "proposed":
        move_idea(idea, state=state, reasons="Elle répond au besoin.", acting_user=at_work.coordinator)
    return idea


def draft_now(at_work):
    return read_state(current_state(at_work.programme.draft_id))


def bring(at_work, idea, **changes):
    facts = {"axis_id": AXIS, "acting_user": at_work.pilot}
    return bring_idea_into_draft(at_work.programme, idea, **(facts | changes))


def test_a_retained_idea_becomes_an_action_with_a_new_code_and_its_text():
    at_work = workshop()
    idea = idea_of(at_work)

    action = bring(at_work, idea)

    [axis] = draft_now(at_work).axes
    sheet = axis.actions[-1]
    assert (sheet.code, sheet.title, sheet.stage) == ("EXO-02", "Un guichet commun", "proposed")
    assert sheet.sections["objectives"] == (paragraph("Un seul guichet."), paragraph("Ouvert à tous."))
    assert action.code == "EXO-02"
    made = Link.objects.get(relation=Relation.BECAME)
    assert (made.origin, made.outcome) == (Reference.to(idea), Reference.to(action))


def test_what_was_there_is_untouched():
    at_work = workshop()
    before = draft_now(at_work)

    bring(at_work, idea_of(at_work))

    [axis] = draft_now(at_work).axes
    assert replace(axis, actions=axis.actions[:-1]) == before.axes[0]


def test_its_words_are_entered_by_who_brings_it_under_an_id_of_their_own():
    at_work = workshop()

    bring(at_work, idea_of(at_work))

    assert list(authors(at_work.programme.draft_id).values()).count(at_work.pilot.pk) == 1


def test_the_text_goes_to_the_section_that_is_asked_for():
    at_work = workshop()

    bring(at_work, idea_of(at_work), section="problem")

    sheet = draft_now(at_work).by_code["EXO-02"]
    assert plain_text(sheet.sections["problem"]) == "Un seul guichet.\nOuvert à tous."
    assert sheet.sections["objectives"] == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"axis_id": "axe-9"}, "unknown-axis"),
        ({"section": "titre"}, "unknown-section"),
    ],
)
def test_a_place_that_is_not_there_is_refused_and_no_code_is_used_up(changes, code):
    at_work = workshop()
    idea = idea_of(at_work)
    before = current_state(at_work.programme.draft_id)

    with pytest.raises(ProgrammeRefused) as refusal:
        bring(at_work, idea, **changes)

    at_work.programme.refresh_from_db()
    assert refusal.value.code == code
    assert at_work.programme.next_action_number == 2
    assert current_state(at_work.programme.draft_id) == before
    assert not Link.objects.exists()


@pytest.mark.parametrize("who", ["reader", "stranger", "administrator"])
def test_who_does_not_write_the_draft_brings_nothing_into_it(who):
    at_work = workshop()
    idea = idea_of(at_work)

    with pytest.raises(ProgrammeRefused) as refusal:
        bring(at_work, idea, acting_user=getattr(at_work, who))

    assert refusal.value.code == "not-allowed"
    assert Action.objects.count() == 1
    assert not Link.objects.exists()


@pytest.mark.parametrize("state", ["proposed", "set_aside", "under_study"])
def test_an_idea_that_is_not_retained_stays_outside(state):
    at_work = workshop()
    idea = idea_of(at_work, state=state)

    with pytest.raises(ProgrammeRefused) as refusal:
        bring(at_work, idea)

    assert refusal.value.code == "not-retained"
    assert Action.objects.count() == 1


def test_an_idea_becomes_an_action_once():
    at_work = workshop()
    idea = idea_of(at_work)
    bring(at_work, idea)

    with pytest.raises(ProgrammeRefused) as refusal:
        bring(at_work, idea)

    assert refusal.value.code == "already-brought"
    assert Action.objects.count() == 2


def test_an_idea_of_another_programme_is_not_found():
    at_work = workshop()
    idea = idea_of(at_work)
    other = at_work.programme.circle.__class__.objects.create(slug="autre", name="Autre")
    Idea.objects.filter(pk=idea.pk).update(circle=other)

    with pytest.raises(ProgrammeRefused) as refusal:
        bring(at_work, idea)

    assert refusal.value.code == "unknown-idea"
    assert not Link.objects.exists()


def test_an_idea_joins_an_action_whose_text_stays_as_it_is():
    at_work = workshop()
    idea = idea_of(at_work)
    before = current_state(at_work.programme.draft_id)

    action = join_idea_to_action(at_work.programme, idea, code="EXO-01", acting_user=at_work.contributor)

    assert current_state(at_work.programme.draft_id) == before
    assert Link.objects.get(relation=Relation.JOINED).outcome == Reference.to(action)


def test_an_idea_does_not_join_what_is_not_in_the_draft_nor_twice():
    at_work = workshop()
    idea = idea_of(at_work)
    with pytest.raises(ProgrammeRefused) as unknown:
        join_idea_to_action(at_work.programme, idea, code="EXO-77", acting_user=at_work.pilot)
    join_idea_to_action(at_work.programme, idea, code="EXO-01", acting_user=at_work.pilot)

    with pytest.raises(ProgrammeRefused) as again:
        join_idea_to_action(at_work.programme, idea, code="EXO-01", acting_user=at_work.pilot)

    assert (unknown.value.code, again.value.code) == ("unknown-action", "already-joined")
    assert Link.objects.count() == 1


def test_publishing_ties_each_action_to_the_edition_and_each_edition_to_the_next():
    at_work = workshop()
    idea = idea_of(at_work)
    action = join_idea_to_action(at_work.programme, idea, code="EXO-01", acting_user=at_work.pilot)
    first = at_work.adopted()
    one = publish_edition(first, digest=first.digest, acting_user=at_work.coordinator)
    second = at_work.adopted()

    two = publish_edition(second, digest=second.digest, acting_user=at_work.coordinator)

    steps = thread_of(Reference.to(idea)).steps
    assert steps[Reference.to(action)] == 1
    assert {Reference.to(one), Reference.to(two)} <= steps.keys()
    assert Link.objects.filter(relation=Relation.REVISED).get().outcome == Reference.to(two)


def test_an_action_of_a_text_that_is_not_public_is_shown_to_the_workshop_only():
    at_work = workshop()
    reference = Reference.to(Action.objects.get())

    assert references.show([reference], at_work.reader)[reference].label == "EXO-01 Publier un guide commun"
    assert references.show([reference], AnonymousUser()) == {}


def test_a_published_action_and_its_edition_are_shown_to_everyone():
    at_work = workshop()
    proposal = at_work.adopted()
    edition = publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)
    action, its_edition = Reference.to(Action.objects.get()), Reference.to(edition)

    shown = references.show([action, its_edition, Reference("programme.action", "x")], AnonymousUser())

    assert shown[action].address == reverse("publication:action", args=["EXO-01"])
    assert shown[its_edition].label == "EXO, édition 1"
    assert len(shown) == 2


def test_from_the_page_of_the_idea_to_the_draft(client):
    at_work = workshop()
    idea = idea_of(at_work)
    page = reverse("concertation:idea", args=["essai", idea.pk])
    there = reverse("programme:bring_idea", args=["essai", idea.pk])
    client.force_login(at_work.contributor)

    offered = client.get(page).content.decode()
    form = client.get(there).content.decode()
    answer = client.post(there, {"place": f"axis:{AXIS}", "section": "objectives"})
    afterwards = client.get(page).content.decode()

    assert there in offered
    assert "EXO-01 Publier un guide commun" in form
    assert answer["Location"] == page
    assert "EXO-02 Un guichet commun" in afterwards
    assert there not in afterwards


def test_from_the_page_of_the_idea_to_an_action_that_is_there(client):
    at_work = workshop()
    idea = idea_of(at_work)
    client.force_login(at_work.contributor)

    client.post(
        reverse("programme:bring_idea", args=["essai", idea.pk]), {"place": "action:EXO-01", "section": "objectives"}
    )

    assert Link.objects.get().relation == Relation.JOINED


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404)])
def test_others_do_not_get_the_page(client, who, status):
    at_work = workshop()
    idea = idea_of(at_work)
    client.force_login(getattr(at_work, who))

    assert client.post(reverse("programme:bring_idea", args=["essai", idea.pk]), {}).status_code == status


def test_readers_are_not_offered_to_bring_it(client):
    at_work = workshop()
    idea = idea_of(at_work)
    client.force_login(at_work.reader)

    page = client.get(reverse("concertation:idea", args=["essai", idea.pk])).content.decode()

    assert "Porter dans le texte" not in page


def test_a_draft_without_axis_says_what_to_do(client):
    at_work = workshop(draft=Draft(title="Vide"))
    idea = idea_of(at_work)
    client.force_login(at_work.contributor)

    page = client.get(reverse("programme:bring_idea", args=["essai", idea.pk])).content.decode()

    assert "Le texte n’a pas encore d’axe" in page


def merged(*updates):
    doc = Doc()
    for update in updates:
        doc.apply_update(update)
    return doc.get_update()


NEW = ActionSheet(code="EXO-99", key="k", title="Une idée", sections=sections(objectives="Un texte"))


@settings(max_examples=30)
@given(draft=drafts)
def test_whatever_the_draft_an_action_more_stands_last_in_its_axis(draft):
    state = seed(draft)
    before = read_state(state)
    usable = [axis.id for axis in draft.axes if axis.id]

    for axis_id in usable[:1]:
        update = with_action(state, axis_id, NEW)
        after = read_state(merged(state, update))
        rank = next(rank for rank, axis in enumerate(draft.axes) if axis.id == axis_id)
        assert after.axes[rank].actions == (*before.axes[rank].actions, NEW)
        assert len(after.actions) == len(before.actions) + 1


@settings(max_examples=40)
@given(state=states(), axis_id=st.sampled_from(["axe-1", "", "text", "place"]))
def test_whatever_the_document_it_is_written_in_or_refused(state, axis_id):
    update = with_action(state, axis_id, NEW)

    if update is not None:
        assert NEW.code in read_state(merged(state, update)).by_code


def test_two_ideas_brought_at_once_both_stand():
    state = seed(draft_of(complete_action()))

    one = with_action(state, AXIS, NEW)
    other = with_action(state, AXIS, replace(NEW, code="EXO-98"))

    ends = [read_state(merged(state, *order)) for order in ((one, other), (other, one))]
    assert ends[0] == ends[1]
    assert {"EXO-98", "EXO-99"} <= ends[0].by_code.keys()


@given(text=st.text(alphabet="aé \n\r\t-", max_size=40))
def test_no_word_of_an_idea_is_lost_on_the_way(text):
    assert plain_text(text_of_idea(text)).split() == text.split()


def test_the_lines_of_a_paragraph_stay_lines():
    [only] = text_of_idea("Premièrement\nDeuxièmement")

    assert [node["type"] for node in only["content"]] == ["text", "hardBreak", "text"]
