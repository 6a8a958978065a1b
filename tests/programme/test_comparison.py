"""What changed from one text to another."""

import time
from dataclasses import replace

from hypothesis import given, settings

from concerte.common.comparison import new_text, old_text
from concerte.documents.rich_text import plain_text
from concerte.programme.comparison import Fate, compare
from concerte.programme.content import draft_content
from concerte.programme.draft import Axis, Draft, SectionKind
from tests.programme.drafts import complete_action, draft_of, drafts, sections


def two_axes(first, second, title="Second axe"):
    return Draft(
        title="P",
        axes=(Axis(id="axe-1", title="Premier axe", actions=first), Axis(id="axe-2", title=title, actions=second)),
    )


def test_equal_texts_have_nothing_to_say():
    assert not compare(draft_of(complete_action()), draft_of(complete_action()))


def test_an_added_action_is_said():
    (change,) = compare(
        draft_of(complete_action()), draft_of(complete_action(), complete_action(code="EXO-02"))
    ).actions

    assert (change.fate, change.code, change.old) == (Fate.ADDED, "EXO-02", None)


def test_a_missing_action_is_told_from_a_withdrawn_one():
    old = draft_of(complete_action(), complete_action(code="EXO-02"))

    comparison = compare(old, draft_of(complete_action(stage="withdrawn")))

    assert [change.code for change in comparison.withdrawn] == ["EXO-01"]
    assert [change.code for change in comparison.missing] == ["EXO-02"]
    assert comparison.withdrawn[0].fields[0].new == "withdrawn"


def test_a_moved_and_renamed_action_is_followed():
    action = complete_action()

    comparison = compare(two_axes((action,), ()), two_axes((), (replace(action, title="Publier deux guides communs"),)))

    (change,) = comparison.actions
    assert change.fate is Fate.CHANGED
    assert change.is_renamed
    assert change.moved is not None
    assert (change.moved.old_title, change.moved.new_title) == ("Premier axe", "Second axe")
    assert not comparison.is_reordered


def test_a_changed_list_says_who_came_and_who_went():
    old, new = complete_action(pilots=("a", "b")), complete_action(pilots=("b", "c"))

    (change,) = compare(draft_of(old), draft_of(new)).actions

    (field,) = change.fields
    assert (field.field, field.gone, field.added) == ("pilots", ("a",), ("c",))


def test_a_section_is_compared_by_words():
    old = complete_action(sections=sections(objectives="Publier un guide."))
    new = complete_action(sections=sections(objectives="Publier deux guides."))

    (change,) = compare(draft_of(old), draft_of(new)).actions

    assert list(change.sections) == ["objectives"]
    assert [(run.kind.value, run.text) for run in change.sections["objectives"].runs] == [
        ("same", "Publier "),
        ("deleted", "un guide"),
        ("inserted", "deux guides"),
        ("same", "."),
    ]


def test_another_layout_of_the_same_words_is_said_as_such():
    bold = {"type": "paragraph", "content": [{"type": "text", "text": "Préambule", "marks": [{"type": "bold"}]}]}

    comparison = compare(draft_of(complete_action()), draft_of(complete_action(), preamble=(bold,)))

    assert comparison.preamble is not None
    assert comparison.preamble.is_layout_only


def test_an_action_without_code_is_followed_by_its_key():
    old, new = complete_action(code="", key="k1", title="Avant"), complete_action(code="", key="k1", title="Après")

    (change,) = compare(draft_of(old), draft_of(new)).actions

    assert change.is_renamed


def test_another_order_is_said():
    first, second = complete_action(), complete_action(code="EXO-02")

    comparison = compare(draft_of(first, second), draft_of(second, first))

    assert comparison.is_reordered
    assert not comparison.actions


def test_axes_added_gone_and_renamed_are_said():
    old = two_axes((complete_action(),), ())
    new = Draft(title="P", axes=(replace(old.axes[0], title="Axe premier"), Axis(id="axe-3", title="Troisième")))

    changes = {change.id: change for change in compare(old, new).axes}

    assert changes["axe-1"].title is not None
    assert (changes["axe-2"].is_gone, changes["axe-3"].is_added) == (True, True)


@given(drafts)
@settings(max_examples=25, deadline=None)
def test_a_text_does_not_differ_from_itself(draft):
    assert not compare(draft, draft)


@given(drafts, drafts)
@settings(max_examples=30, deadline=None)
def test_two_texts_differ_exactly_when_their_contents_do(old, new):
    assert bool(compare(old, new)) == (draft_content(old) != draft_content(new))


@given(drafts, drafts)
@settings(max_examples=30, deadline=None)
def test_the_runs_give_both_texts_back(old, new):
    for change in compare(old, new).actions:
        for kind, text in change.sections.items():
            assert old_text(text.runs) == (plain_text(change.old.sections[kind]) if change.old else "")
            assert new_text(text.runs) == (plain_text(change.new.sections[kind]) if change.new else "")


def test_a_whole_programme_rewritten_is_compared_quickly():
    def programme(words):
        text = {kind.value: words * 150 for kind in SectionKind}
        return draft_of(*(complete_action(code=f"EXO-{n:02d}", sections=sections(**text)) for n in range(35)))

    started = time.perf_counter()
    comparison = compare(
        programme("les données que l’État et les communes partagent, "), programme("des données partagées par tous. ")
    )

    assert time.perf_counter() - started < 10
    assert len(comparison.changed) == 35
