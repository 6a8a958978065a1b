"""Merging, splitting and withdrawing themes: what is in them moves, the thread stays."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from concerte.concertation.errors import ThemeRefused
from concerte.concertation.models import Need, Theme
from concerte.concertation.needs_fate import Fate, fate_of, story_of
from concerte.concertation.services import (
    group_exchange,
    group_needs,
    merge_themes,
    split_theme,
    ungroup_needs,
    withdraw_theme,
)
from concerte.lineage import references
from concerte.lineage.errors import LineageRefused
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.lineage.walking import leads_to, thread_of
from tests.concertation.factories_needs import (
    CircleFactory,
    NeedFactory,
    PriorityRoundFactory,
    ThemeFactory,
    coordinator,
    participant,
    show_everything_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def circle():
    return CircleFactory()


@pytest.fixture
def coordination(circle):
    return coordinator(circle)


@pytest.fixture
def seen_kinds():
    """Kinds of other parts, of which everybody sees everything."""
    kinds = ("concertation.exchange", "concertation.idea", "programme.action")
    kept = {kind: references._kinds[kind] for kind in kinds if kind in references._kinds}
    for kind in kinds:
        show_everything_of(kind)
    yield
    for kind in kinds:
        references.unregister(kind)
    references._kinds.update(kept)


def filled(circle, count, person):
    theme = ThemeFactory(circle=circle)
    needs = NeedFactory.create_batch(count, circle=circle)
    group_needs(theme, needs, acting_user=person)
    return theme, needs


def test_all_that_is_in_a_merged_theme_goes_to_the_other(circle, coordination):
    merged, needs = filled(circle, 3, coordination)
    kept, others = filled(circle, 1, coordination)

    merge_themes(merged, into=kept, because="Même sujet.", acting_user=coordination)

    merged.refresh_from_db()
    assert set(kept.needs.all()) == {*needs, *others}
    assert (merged.merged_into, merged.closed_because) == (kept, "Même sujet.")
    assert all(leads_to(need.reference, kept.reference) for need in needs)


def test_exchanges_go_with_them(circle, coordination, seen_kinds):
    merged, kept = ThemeFactory.create_batch(2, circle=circle)
    exchange = Reference("concertation.exchange", "3")
    group_exchange(merged, exchange, acting_user=coordination)

    merge_themes(merged, into=kept, because="Même sujet.", acting_user=coordination)

    assert kept.reference in {made.outcome for made in Link.objects.out_of(exchange)}


def test_a_need_that_was_in_a_merged_theme_can_still_be_taken_out(circle, coordination):
    merged, (need,) = filled(circle, 1, coordination)
    kept = ThemeFactory(circle=circle)
    merge_themes(merged, into=kept, because="Même sujet.", acting_user=coordination)

    ungroup_needs([need], acting_user=coordination)

    assert Need.objects.get().theme is None
    assert not leads_to(need.reference, kept.reference)


def test_a_part_of_a_theme_becomes_another(circle, coordination, seen_kinds):
    theme, needs = filled(circle, 3, coordination)
    exchange = Reference("concertation.exchange", "3")
    group_exchange(theme, exchange, acting_user=coordination)

    part = split_theme(theme, title="Partie", needs=needs[:1], exchanges=[exchange], acting_user=coordination)

    assert set(part.needs.all()) == {needs[0]}
    assert set(theme.needs.all()) == set(needs[1:])
    assert {made.outcome for made in Link.objects.standing().out_of(exchange)} == {part.reference}
    assert Link.objects.get(relation=Relation.SPLIT).outcome == part.reference
    assert not leads_to(needs[0].reference, theme.reference)


def refused(code, act, *args, **named):
    before = (list(Theme.objects.order_by("pk").values()), list(Need.objects.order_by("pk").values("pk", "theme")))

    with pytest.raises(ThemeRefused) as refusal:
        act(*args, **named)

    assert refusal.value.code == code
    assert (
        list(Theme.objects.order_by("pk").values()),
        list(Need.objects.order_by("pk").values("pk", "theme")),
    ) == before


def test_only_the_coordination_reshapes(circle, coordination):
    theme, needs = filled(circle, 1, coordination)
    other = ThemeFactory(circle=circle)
    writer = participant(circle).person

    refused("not-allowed", merge_themes, theme, into=other, because="Non.", acting_user=writer)
    refused("not-allowed", split_theme, theme, title="Partie", needs=needs, acting_user=writer)
    refused("not-allowed", withdraw_theme, other, because="Non.", acting_user=writer)


def test_themes_keep_their_shape_while_points_are_spread(circle, coordination):
    theme, needs = filled(circle, 1, coordination)
    other = ThemeFactory(circle=circle)
    PriorityRoundFactory(circle=circle)

    refused("round-open", merge_themes, theme, into=other, because="Non.", acting_user=coordination)
    refused("round-open", split_theme, theme, title="Partie", needs=needs, acting_user=coordination)
    refused("round-open", withdraw_theme, other, because="Non.", acting_user=coordination)


def test_merging_asks_for_another_open_theme_of_the_programme_and_a_reason(circle, coordination):
    theme, other = ThemeFactory.create_batch(2, circle=circle)
    closed = ThemeFactory(circle=circle, closed_at="2026-01-01T00:00Z", closed_because="Vide.")

    refused("itself", merge_themes, theme, into=theme, because="Non.", acting_user=coordination)
    refused("closed", merge_themes, theme, into=closed, because="Non.", acting_user=coordination)
    refused("no-reason", merge_themes, theme, into=other, because=" ", acting_user=coordination)
    refused("other-circle", merge_themes, theme, into=ThemeFactory(), because="Non.", acting_user=coordination)


def test_a_merge_makes_nothing_public(circle, coordination):
    theme, public = ThemeFactory(circle=circle), ThemeFactory(circle=circle, public=True)

    refused("less-visible", merge_themes, theme, into=public, because="Non.", acting_user=coordination)


def test_splitting_asks_for_something_that_is_there(circle, coordination):
    theme, _needs = filled(circle, 1, coordination)
    elsewhere = NeedFactory(circle=circle)

    refused("nothing", split_theme, theme, title="Partie", acting_user=coordination)
    refused("not-in-theme", split_theme, theme, title="Partie", needs=[elsewhere], acting_user=coordination)


def test_a_part_does_not_go_back_into_the_whole(circle, coordination):
    theme, needs = filled(circle, 2, coordination)
    part = split_theme(theme, title="Partie", needs=needs[:1], acting_user=coordination)

    with pytest.raises(LineageRefused) as refusal:
        merge_themes(part, into=theme, because="Finalement non.", acting_user=coordination)
    merge_themes(theme, into=part, because="Finalement non.", acting_user=coordination)

    assert refusal.value.code == "circle"
    assert set(part.needs.all()) == set(needs)


def test_only_an_empty_theme_is_withdrawn(circle, coordination):
    theme, needs = filled(circle, 1, coordination)

    refused("not-empty", withdraw_theme, theme, because="Vide.", acting_user=coordination)
    ungroup_needs(needs, acting_user=coordination)
    withdraw_theme(theme, because="Vide.", acting_user=coordination)

    assert Theme.objects.get().closed_because == "Vide."


def test_what_a_need_became_is_read_off_the_thread(circle, coordination, seen_kinds):
    theme, (need,) = filled(circle, 1, coordination)
    idea, action = Reference("concertation.idea", "5"), Reference("programme.action", "X-01")
    fates = []

    fates.append(fate_of(need, story_of(need.reference, coordination)))
    link(theme.reference, idea, Relation.INSPIRED, acting_user=coordination)
    fates.append(fate_of(need, story_of(need.reference, coordination)))
    link(idea, action, Relation.BECAME, acting_user=coordination)
    fates.append(fate_of(need, story_of(need.reference, coordination)))

    assert fates == [Fate.THEME, Fate.IDEA, Fate.ACTION]
    assert [step.reference for step in story_of(need.reference, coordination).outcomes] == [
        theme.reference,
        idea,
        action,
    ]


def test_what_cannot_be_seen_is_not_told(circle, coordination):
    theme, (need,) = filled(circle, 1, coordination)
    Need.objects.update(visibility="public")

    assert story_of(need.reference, participant(CircleFactory()).person).outcomes == ()
    assert theme.reference in {step.reference for step in story_of(need.reference, coordination).outcomes}


class AnySequence(TestCase):
    """However themes are merged, split and filled, a need is in one place, and its thread leads there."""

    @settings(max_examples=10)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["group", "ungroup", "merge", "split"]), *[st.integers(0, 9)] * 2), max_size=6
        )
    )
    def test_the_thread_of_a_need_leads_to_the_theme_it_is_in(self, acts):
        circle = CircleFactory()
        person = coordinator(circle)
        needs = NeedFactory.create_batch(3, circle=circle)
        ThemeFactory.create_batch(2, circle=circle)

        for act, one, other in acts:
            themes = list(Theme.objects.open().filter(circle=circle).order_by("pk"))
            theme, target = themes[one % len(themes)], themes[other % len(themes)]
            if act == "group":
                group_needs(theme, [needs[other % 3]], acting_user=person)
            elif act == "ungroup":
                ungroup_needs([needs[one % 3]], acting_user=person)
            elif act == "merge" and theme != target:
                with suppress(
                    LineageRefused
                ):  # a part never goes back into the whole: the thread would turn in a circle
                    merge_themes(theme, into=target, because="Même sujet.", acting_user=person)
            elif act == "split" and theme.needs.exists():
                split_theme(theme, title="Partie", needs=list(theme.needs.all()[:1]), acting_user=person)

        for need in Need.objects.filter(circle=circle).select_related("theme"):
            reached = {each.id for each in thread_of(need.reference).steps if each.kind == "concertation.theme"}
            assert (need.theme is None) == (not reached)
            assert need.theme is None or str(need.theme_id) in reached
            assert need.theme is None or need.theme.is_open
