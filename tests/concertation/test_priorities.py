"""Spreading points over themes, and what it gives, college by college."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.concertation.errors import PriorityRefused
from concerte.concertation.models import Allocation, PriorityRound
from concerte.concertation.services import close_round, open_round, spread_points
from concerte.concertation.themes_results import Given, results
from concerte.concertation.themes_waiting import points_to_spread
from concerte.journal.models import Entry
from concerte.partners.models import Membership
from tests.accounts.factories import UserFactory
from tests.concertation.factories_needs import (
    CircleFactory,
    PriorityRoundFactory,
    ThemeFactory,
    coordinator,
    participant,
    person_of,
)

Role = Membership.Role
db = pytest.mark.django_db

GIVEN = st.lists(
    st.builds(
        Given,
        theme=st.integers(1, 5),
        organisation=st.integers(1, 6),
        college=st.sampled_from([1, 2]),
        points=st.integers(0, 10),
    ),
    max_size=30,
    unique_by=lambda given: (given.theme, given.organisation),
)


@given(GIVEN)
def test_every_point_is_counted_once_in_its_college(given):
    found = results(range(1, 6), [1, 2], given)

    for rank, college in enumerate([1, 2]):
        assert sum(line.colleges[rank].points for line in found) == sum(
            each.points for each in given if each.college == college
        )


@given(GIVEN)
def test_shares_of_a_college_add_up_to_one_or_to_nothing(given):
    found = results(range(1, 6), [1, 2], given)

    for rank in (0, 1):
        assert sum(line.colleges[rank].share for line in found) in (Fraction(0), Fraction(1))


@given(GIVEN, st.randoms(use_true_random=False))
def test_the_order_in_which_points_came_changes_nothing(given, random):
    shuffled = list(given)
    random.shuffle(shuffled)

    assert results(range(1, 6), [1, 2], shuffled) == results(range(1, 6), [1, 2], given)


@given(GIVEN)
def test_what_every_college_puts_forward_comes_first(given):
    found = results(range(1, 6), [1, 2], given)

    least = [min(each.share for each in line.colleges) for line in found]
    assert least == sorted(least, reverse=True)


@given(GIVEN, st.integers(1, 50))
def test_a_large_college_does_not_outweigh_a_small_one(given, times):
    heavier = [
        Given(each.theme, each.organisation, each.college, each.points * (times if each.college == 1 else 1))
        for each in given
    ]

    plain = [line.theme for line in results(range(1, 6), [1, 2], given)]
    assert [line.theme for line in results(range(1, 6), [1, 2], heavier)] == plain


@db
def test_the_coordination_opens_a_round():
    circle = CircleFactory()
    ThemeFactory(circle=circle)

    opened = open_round(circle, points=12, question="Et d’abord ?", acting_user=coordinator(circle))

    assert (opened.number, opened.points, opened.is_open) == (1, 12, True)
    assert Entry.objects.about(opened).get().act == "concertation.round_opened"


@db
@pytest.mark.parametrize(
    ("situation", "code"),
    [
        ("a writer", "not-allowed"),
        ("open already", "already-open"),
        ("no theme", "no-theme"),
        ("no point", "bad-points"),
    ],
)
def test_a_round_is_not_opened_otherwise(situation, code):
    circle = CircleFactory()
    person = participant(circle).person if situation == "a writer" else coordinator(circle)
    if situation != "no theme":
        ThemeFactory(circle=circle)
    if situation == "open already":
        PriorityRoundFactory(circle=circle)
    before = PriorityRound.objects.count()

    with pytest.raises(PriorityRefused) as refusal:
        open_round(circle, points=0 if situation == "no point" else 10, acting_user=person)

    assert refusal.value.code == code
    assert PriorityRound.objects.count() == before


def opened_round():
    circle = CircleFactory()
    return PriorityRoundFactory(circle=circle), participant(circle), ThemeFactory.create_batch(3, circle=circle)


@db
def test_a_representative_spreads_points_and_changes_them():
    opened, membership, (first, second, third) = opened_round()
    who = {"organisation": membership.organisation, "acting_user": membership.person}
    spread_points(opened, points={first.pk: 7, second.pk: 3}, **who)

    kept = spread_points(opened, points={first.pk: 2, third.pk: 8}, **who)

    assert {each.theme: each.points for each in kept} == {first: 2, third: 8}
    assert Allocation.objects.get(theme=second).points == 0
    assert Entry.objects.filter(act="concertation.points_spread").count() == 2


@db
@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.READER, Role.COORDINATION])
def test_only_a_representative_does(role):
    opened, membership, (theme, *_others) = opened_round()

    with pytest.raises(PriorityRefused) as refusal:
        spread_points(
            opened,
            organisation=membership.organisation,
            points={theme.pk: 1},
            acting_user=person_of(membership.organisation, role),
        )

    assert refusal.value.code == "not-allowed"
    assert not Allocation.objects.exists()


@db
def test_nobody_spreads_the_points_of_another_organisation():
    opened, membership, (theme, *_others) = opened_round()
    other = participant(opened.circle)

    with pytest.raises(PriorityRefused) as refusal:
        spread_points(opened, organisation=other.organisation, points={theme.pk: 1}, acting_user=membership.person)

    assert refusal.value.code == "not-allowed"
    assert not Allocation.objects.exists()


@db
@pytest.mark.parametrize(
    ("points", "code"),
    [((6, 5), "too-many"), ((-1, 5), "negative"), (None, "unknown-theme")],
    ids=["more than it has", "less than nothing", "a theme of another programme"],
)
def test_points_that_make_no_sense_are_refused(points, code):
    opened, membership, themes = opened_round()
    asked = {ThemeFactory().pk: 1} if points is None else dict(zip([each.pk for each in themes], points, strict=False))

    with pytest.raises(PriorityRefused) as refusal:
        spread_points(opened, organisation=membership.organisation, points=asked, acting_user=membership.person)

    assert refusal.value.code == code
    assert not Allocation.objects.exists()


@db
def test_a_closed_round_takes_no_more_points():
    opened, membership, (theme, *_others) = opened_round()
    close_round(opened, acting_user=coordinator(opened.circle))

    with pytest.raises(PriorityRefused) as refusal:
        spread_points(opened, organisation=membership.organisation, points={theme.pk: 1}, acting_user=membership.person)

    assert refusal.value.code == "closed"
    assert not Allocation.objects.exists()


@db
def test_a_round_is_closed_once_and_by_the_coordination():
    opened, membership, _themes = opened_round()
    with pytest.raises(PriorityRefused) as by_another:
        close_round(opened, acting_user=membership.person)
    close_round(opened, acting_user=coordinator(opened.circle))

    with pytest.raises(PriorityRefused) as again:
        close_round(opened, acting_user=coordinator(opened.circle))

    assert (by_another.value.code, again.value.code) == ("not-allowed", "closed")


@db
def test_rounds_are_seen_by_those_who_take_part():
    opened, membership, _themes = opened_round()

    assert PriorityRound.objects.visible_to(membership.person).get() == opened
    assert not PriorityRound.objects.visible_to(UserFactory(administrator=True)).exists()


@db
def test_an_open_round_waits_for_those_who_represent_until_they_answer():
    opened, membership, (theme, *_others) = opened_round()

    before = list(points_to_spread(membership.person))
    spread_points(opened, organisation=membership.organisation, points={theme.pk: 1}, acting_user=membership.person)

    assert [item.key for item in before] == [f"concertation.priorities:{opened.pk}:{membership.organisation.slug}"]
    assert list(points_to_spread(membership.person)) == []


@db
@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.READER, Role.COORDINATION])
def test_it_waits_for_nobody_else(role):
    opened, membership, _themes = opened_round()

    assert list(points_to_spread(person_of(membership.organisation, role))) == []
    assert list(points_to_spread(participant(CircleFactory()).person)) == []
    assert opened.is_open


@db
def test_a_closed_round_waits_for_nobody():
    circle = CircleFactory()
    PriorityRoundFactory(circle=circle, closed=True)

    assert list(points_to_spread(participant(circle).person)) == []
