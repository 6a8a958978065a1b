"""Ideas: brought, talked over, appreciated, answered, merged and split."""

from contextlib import suppress

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from concerte.accounts.waiting import items_for
from concerte.concertation.errors import IdeaRefused
from concerte.concertation.models import Idea, IdeaAppreciation, IdeaComment, IdeaStep
from concerte.concertation.services import (
    Part,
    appreciate_idea,
    comment_idea,
    correct_idea,
    decide_publication,
    end_group,
    inspire,
    merge_ideas,
    move_idea,
    split_idea,
    withdraw_comment,
)
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.lineage.walking import thread_of
from tests.concertation.factories_exchanges import table

pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises(IdeaRefused) as refusal:
        act()
    assert refusal.value.code == code


def retained(at, **changes):
    idea = at.idea(**changes)
    move_idea(idea, state="retained", reasons="Elle répond au besoin.", acting_user=at.coordinator)
    idea.refresh_from_db()
    return idea


def test_an_idea_has_its_author_and_organisation():
    at = table()

    idea = at.idea()

    author = idea.authors.get()
    assert (author.person, author.organisation) == (at.contributor, at.association)
    assert idea.state == "proposed"
    assert idea.paragraphs == ["Un seul guichet.", "Ouvert à toutes les communes."]


@given(paragraphs=st.lists(st.text(alphabet="abé ’", min_size=1).filter(str.strip), max_size=5))
def test_a_text_is_its_paragraphs(paragraphs):
    idea = Idea(text="\r\n\r\n".join(paragraphs))

    assert idea.paragraphs == [paragraph.strip() for paragraph in paragraphs]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "no-title"),
        ({"text": ""}, "no-text"),
        ({"text": "x" * 20_001}, "too-long"),
        ({"visibility": "group"}, "bad-visibility"),
        ({"visibility": "sides"}, "bad-visibility"),
    ],
)
def test_an_idea_that_does_not_hold_is_refused_and_nothing_is_written(changes, code):
    at = table()

    refused(code, lambda: at.idea(**changes))

    assert not Idea.objects.exists()


def test_nobody_brings_an_idea_for_an_organisation_they_do_not_write_for():
    at = table()

    refused("not-allowed", lambda: at.idea(acting_user=at.reader))
    refused("not-allowed", lambda: at.idea(organisation=at.state))

    assert not Idea.objects.exists()


def test_ideas_of_a_group_come_from_its_members():
    at = table()
    group = at.group()

    at.idea(group=group, acting_user=at.delegate, visibility="group")
    refused("not-allowed", lambda: at.idea(group=group, visibility="group"))

    assert Idea.objects.count() == 1


def test_a_group_that_has_ended_takes_no_more_ideas():
    at = table()
    group = at.group()
    end_group(group, because="Fini", acting_user=at.agent)

    refused("ended", lambda: at.idea(group=group, acting_user=at.delegate, visibility="group"))

    assert not Idea.objects.exists()


@pytest.mark.parametrize(
    ("situation", "seen_by"),
    [
        ("closed group", {"coordinator", "agent", "delegate"}),
        ("open group", {"coordinator", "agent", "delegate", "contributor", "reader", "neighbour"}),
        ("published group", "everyone"),
        ("colleges", {"coordinator", "agent", "delegate", "contributor", "reader", "neighbour"}),
        ("public", "everyone"),
    ],
)
def test_who_reads_an_idea(situation, seen_by):
    at = table()
    if "group" in situation:
        group = at.group(is_open=situation == "open group")
        at.idea(group=group, acting_user=at.delegate, visibility="group")
        if situation == "published group":
            decide_publication(group, wants=True, acting_user=at.agent)
            decide_publication(group, wants=True, acting_user=at.delegate)
    else:
        at.idea(visibility=situation)
    names = ("coordinator", "agent", "delegate", "contributor", "reader", "neighbour", "stranger")
    people = {name: getattr(at, name) for name in names} | {"anonymous": AnonymousUser()}

    seeing = {name for name, person in people.items() if Idea.objects.visible_to(person).exists()}

    assert seeing == (set(people) if seen_by == "everyone" else seen_by)


def test_an_idea_comes_of_what_the_person_sees_only():
    at = table()
    seen, hidden = at.record(), at.record(organisations=[at.state, at.federation])

    idea = at.idea(inspired_by=[Reference.to(seen)])
    refused(
        "unknown-origin",
        lambda: inspire(idea, Reference.to(hidden), organisation=at.association, acting_user=at.contributor),
    )

    assert [each.origin for each in Link.objects.into(Reference.to(idea))] == [Reference.to(seen)]


def test_an_idea_with_an_unknown_origin_is_not_brought_at_all():
    at = table()

    refused("unknown-origin", lambda: at.idea(inspired_by=[Reference("concertation.need", "12")]))

    assert not Idea.objects.exists()


def test_an_answer_to_an_answer_stands_under_the_first_comment():
    at = table()
    idea = at.idea()
    first = comment_idea(idea, text="Oui", organisation=at.state, acting_user=at.agent)
    second = comment_idea(idea, text="Mais", organisation=at.association, answers=first, acting_user=at.delegate)

    third = comment_idea(idea, text="Donc", organisation=at.state, answers=second, acting_user=at.agent)

    assert third.answers == first


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_who_does_not_write_does_not_comment(who):
    at = table()
    idea = at.idea()

    refused(
        "not-allowed",
        lambda: comment_idea(idea, text="Moi", organisation=at.association, acting_user=getattr(at, who)),
    )

    assert not IdeaComment.objects.exists()


def test_an_idea_one_does_not_read_is_not_commented():
    at = table()
    idea = at.idea(group=at.group(), acting_user=at.delegate, visibility="group")

    refused(
        "not-allowed",
        lambda: comment_idea(idea, text="Moi", organisation=at.federation, acting_user=at.neighbour),
    )

    assert not IdeaComment.objects.exists()


def test_a_comment_is_withdrawn_with_a_reason_and_stays():
    at = table()
    comment = comment_idea(at.idea(), text="Non", organisation=at.state, acting_user=at.agent)

    refused("not-allowed", lambda: withdraw_comment(comment, because="Gênant", acting_user=at.delegate))
    refused("no-reason", lambda: withdraw_comment(comment, because="", acting_user=at.agent))
    withdraw_comment(comment, because="Je me suis trompé", acting_user=at.agent)
    refused("already-withdrawn", lambda: withdraw_comment(comment, because="Encore", acting_user=at.agent))

    comment.refresh_from_db()
    assert (comment.text, comment.withdrawn_because) == ("Non", "Je me suis trompé")


def test_an_organisation_has_one_appreciation_and_its_history():
    at = table()
    idea = at.idea()
    said = {"organisation": at.association, "acting_user": at.delegate}
    appreciate_idea(idea, kind="reserved", reasons="Le coût ?", **said)

    appreciate_idea(idea, kind="favourable", reasons="Le coût est dit.", **said)

    assert idea.appreciations.count() == 2
    assert idea.appreciations.get(replaced_at=None).kind == "favourable"


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("contributor", {}, "not-allowed"),
        ("agent", {}, "not-allowed"),
        ("delegate", {"kind": "superbe"}, "unknown-kind"),
        ("delegate", {"reasons": " "}, "no-reasons"),
    ],
)
def test_an_appreciation_that_does_not_hold_is_refused(who, changes, code):
    at = table()
    idea = at.idea()
    said = {"organisation": at.association, "kind": "favourable", "reasons": "Bien", "acting_user": getattr(at, who)}

    refused(code, lambda: appreciate_idea(idea, **(said | changes)))

    assert not IdeaAppreciation.objects.exists()


def test_an_answer_says_who_when_for_whom_and_why():
    at = table()
    idea = at.idea()

    move_idea(idea, state="under_study", acting_user=at.coordinator)
    step = move_idea(idea, state="retained", reasons="Elle répond au besoin.", acting_user=at.coordinator)

    idea.refresh_from_db()
    assert idea.state == "retained"
    assert (step.person, step.organisation, step.reasons) == (at.coordinator, at.state, "Elle répond au besoin.")


@pytest.mark.parametrize("state", ["retained", "set_aside"])
def test_an_answer_without_reasons_is_refused(state):
    at = table()
    idea = at.idea()

    refused("no-reasons", lambda: move_idea(idea, state=state, acting_user=at.coordinator))

    idea.refresh_from_db()
    assert idea.state == "proposed"
    assert not IdeaStep.objects.exists()


def test_an_answer_is_come_back_on_with_a_reason():
    at = table()
    idea = retained(at)

    refused("no-reasons", lambda: move_idea(idea, state="under_study", acting_user=at.coordinator))
    move_idea(idea, state="under_study", reasons="Un fait nouveau", acting_user=at.coordinator)

    idea.refresh_from_db()
    assert idea.state == "under_study"
    assert [step.state for step in idea.steps.all()] == ["retained", "under_study"]


def test_a_retained_idea_is_not_set_aside_in_one_step():
    at = table()
    idea = retained(at)

    refused("no-such-step", lambda: move_idea(idea, state="set_aside", reasons="Non", acting_user=at.coordinator))

    idea.refresh_from_db()
    assert idea.state == "retained"


def test_what_is_in_the_draft_is_no_longer_come_back_on_here():
    at = table()
    idea = retained(at)
    link(Reference.to(idea), Reference("programme.action", "1"), Relation.BECAME, acting_user=None)

    refused(
        "in-the-draft",
        lambda: move_idea(idea, state="under_study", reasons="Un fait nouveau", acting_user=at.coordinator),
    )

    idea.refresh_from_db()
    assert idea.state == "retained"


@pytest.mark.parametrize(
    ("in_group", "answering"),
    [(True, {"coordinator", "agent", "delegate"}), (False, {"coordinator"})],
)
def test_who_answers_an_idea(in_group, answering):
    at = table()
    group = at.group() if in_group else None
    for name in ("coordinator", "agent", "delegate", "contributor", "reader", "neighbour", "stranger"):
        idea = at.idea(group=group, acting_user=at.delegate, visibility="group" if in_group else "colleges")
        with suppress(IdeaRefused):
            move_idea(idea, state="set_aside", reasons=name, acting_user=getattr(at, name))

    assert set(IdeaStep.objects.values_list("reasons", flat=True)) == answering


def test_ideas_wait_for_those_who_answer_them():
    at = table()
    at.idea()
    at.idea(group=at.group(), acting_user=at.delegate, visibility="group")

    def waiting(person):
        return sum(item.title == "Une idée attend une réponse" for item in items_for(person))

    assert (waiting(at.coordinator), waiting(at.agent), waiting(at.delegate)) == (1, 1, 1)
    assert (waiting(at.contributor), waiting(at.neighbour)) == (0, 0)


def test_words_change_until_the_answer():
    at = table()
    idea = at.idea()
    words = {"title": "Autre titre", "text": "Autre texte", "visibility": "public"}

    correct_idea(idea, **words, acting_user=at.contributor)
    refused("not-allowed", lambda: correct_idea(idea, **words, acting_user=at.neighbour))
    move_idea(idea, state="set_aside", reasons="Non", acting_user=at.coordinator)
    refused("answered", lambda: correct_idea(idea, **(words | {"text": "Encore"}), acting_user=at.contributor))

    idea.refresh_from_db()
    assert (idea.title, idea.text, idea.visibility) == ("Autre titre", "Autre texte", "public")


def merged(at, *ideas, **changes):
    facts = {"title": "Une seule", "text": "Un texte", "reasons": "C’est la même", "acting_user": at.coordinator}
    return merge_ideas(ideas, **(facts | changes))


def test_a_merged_idea_has_all_authors_and_comes_of_all():
    at = table()
    one = at.idea()
    other = at.idea(organisation=at.state, acting_user=at.agent)

    made = merged(at, one, other)

    assert {(each.person, each.organisation) for each in made.authors.all()} == {
        (at.contributor, at.association),
        (at.agent, at.state),
    }
    assert thread_of(Reference.to(made)).steps == {
        Reference.to(made): 0,
        Reference.to(one): -1,
        Reference.to(other): -1,
    }
    one.refresh_from_db()
    assert one.state == "merged"


def test_a_merged_idea_is_not_read_by_more_people_than_each_was():
    at = table()

    made = merged(at, at.idea(visibility="public"), at.idea(visibility="colleges"))

    assert made.visibility == "colleges"


def test_one_author_alone_does_not_open_what_several_wrote():
    at = table()
    made = merged(at, at.idea(), at.idea(organisation=at.state, acting_user=at.agent))

    refused(
        "not-yours-alone",
        lambda: correct_idea(made, title=made.title, text=made.text, visibility="public", acting_user=at.contributor),
    )

    made.refresh_from_db()
    assert made.visibility == "colleges"


def test_a_merge_that_does_not_hold_is_refused_and_nothing_is_written():
    at = table()
    one, answered = at.idea(), retained(at)
    elsewhere = at.idea(group=at.group(), acting_user=at.delegate, visibility="group")
    count = Idea.objects.count()

    refused("too-few", lambda: merged(at, one, one))
    refused("answered", lambda: merged(at, one, answered))
    refused("not-together", lambda: merged(at, one, elsewhere))
    refused("no-reasons", lambda: merged(at, one, at.idea(), reasons=" "))
    refused("not-allowed", lambda: merged(at, one, at.idea(), acting_user=at.neighbour))

    one.refresh_from_db()
    assert one.state == "proposed"
    assert Idea.objects.count() == count + 2
    assert not Link.objects.exists()


def test_each_part_of_a_split_idea_has_its_authors_and_comes_of_it():
    at = table()
    idea = at.idea()

    parts = split_idea(
        idea, parts=[Part("Une", "Texte"), Part("Deux", "Texte")], reasons="Deux sujets", acting_user=at.contributor
    )

    idea.refresh_from_db()
    assert idea.state == "split"
    assert [part.authors.get().person for part in parts] == [at.contributor] * 2
    assert {each.outcome for each in Link.objects.out_of(Reference.to(idea))} == {Reference.to(part) for part in parts}


def test_one_part_is_no_split():
    at = table()
    idea = at.idea()

    refused(
        "too-few",
        lambda: split_idea(idea, parts=[Part("Une", "Texte")], reasons="Non", acting_user=at.contributor),
    )

    idea.refresh_from_db()
    assert idea.state == "proposed"
    assert Idea.objects.count() == 1


def test_an_idea_that_goes_on_in_others_is_appreciated_no_more():
    at = table()
    one = at.idea()
    merged(at, one, at.idea())

    refused(
        "goes-on-elsewhere",
        lambda: appreciate_idea(
            one, organisation=at.association, kind="favourable", reasons="Bien", acting_user=at.delegate
        ),
    )

    assert not IdeaAppreciation.objects.exists()
