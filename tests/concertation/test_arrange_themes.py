"""Themes: creating them, putting needs and exchanges in them."""

import pytest
from django.contrib.auth.models import AnonymousUser

from concerte.concertation.errors import ThemeRefused
from concerte.concertation.models import Need, Theme
from concerte.concertation.services import (
    create_theme,
    describe_theme,
    group_exchange,
    group_needs,
    merge_needs,
    ungroup_exchange,
    ungroup_needs,
)
from concerte.concertation.services.themes import MAX_AT_ONCE
from concerte.journal.models import Entry
from concerte.lineage import references
from concerte.lineage.models import Link
from concerte.lineage.references import Reference
from concerte.partners.models import Membership
from tests.accounts.factories import UserFactory
from tests.concertation.factories_needs import (
    CircleFactory,
    NeedFactory,
    ThemeFactory,
    coordinator,
    participant,
    show_everything_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def circle():
    return CircleFactory()


@pytest.fixture
def writer(circle):
    return participant(circle, role=Role.CONTRIBUTOR).person


@pytest.fixture
def exchange():
    """Another part of the room owns exchanges; here everybody sees them all."""
    kind = "concertation.exchange"
    kept = references._kinds.get(kind)
    show_everything_of(kind)
    yield Reference(kind, "12")
    references.unregister(kind)
    if kept is not None:
        references._kinds[kind] = kept


def grouped_in(reference):
    return {made.outcome for made in Link.objects.standing().out_of(reference)}


def test_whoever_writes_creates_a_theme(circle, writer):
    theme = create_theme(circle, title="  État   civil ", acting_user=writer)

    assert theme.title == "État civil"
    assert Entry.objects.about(theme).get().organisation == theme.organisation.slug


@pytest.mark.parametrize(
    "who",
    [lambda circle: participant(circle, role=Role.READER).person, lambda _circle: UserFactory()],
    ids=["a reader", "a stranger"],
)
def test_others_do_not(circle, who):
    with pytest.raises(ThemeRefused) as refusal:
        create_theme(circle, title="État civil", acting_user=who(circle))

    assert refusal.value.code == "not-allowed"
    assert not Theme.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "code"), [({"title": " "}, "no-title"), ({"visibility": "sides"}, "unknown-visibility")]
)
def test_a_theme_that_means_nothing_is_refused(circle, writer, wrong, code):
    with pytest.raises(ThemeRefused) as refusal:
        create_theme(circle, **{"title": "État civil"} | wrong, acting_user=writer)

    assert refusal.value.code == code
    assert not Theme.objects.exists()


def test_a_theme_is_renamed_and_the_journal_says_what_changed(circle, writer):
    theme = ThemeFactory(circle=circle)

    describe_theme(theme, title="Autre", description="", visibility="colleges", acting_user=writer)

    assert Theme.objects.get().title == "Autre"
    assert Entry.objects.about(theme).get().details == {"fields": ["title"]}


def test_a_public_theme_stays_public(circle, writer):
    theme = ThemeFactory(circle=circle, public=True)

    with pytest.raises(ThemeRefused) as refusal:
        describe_theme(theme, title="Autre", description="", visibility="colleges", acting_user=writer)

    assert refusal.value.code == "less-visible"
    assert Theme.objects.get().title == theme.title


def test_needs_are_grouped_with_a_link(circle, writer):
    theme = ThemeFactory(circle=circle)
    needs = NeedFactory.create_batch(3, circle=circle)

    count = group_needs(theme, needs, acting_user=writer)

    assert count == 3
    assert set(theme.needs.all()) == set(needs)
    assert grouped_in(needs[0].reference) == {theme.reference}


def test_grouping_again_moves_nothing(circle, writer):
    theme = ThemeFactory(circle=circle)
    need = NeedFactory(circle=circle)
    group_needs(theme, [need], acting_user=writer)

    count = group_needs(theme, [need], acting_user=writer)

    assert count == 0
    assert Link.objects.count() == 1


def test_a_need_moved_to_another_theme_leaves_the_first(circle, writer):
    first, second = ThemeFactory.create_batch(2, circle=circle)
    need = NeedFactory(circle=circle)
    group_needs(first, [need], acting_user=writer)

    group_needs(second, [need], acting_user=writer)

    assert Need.objects.get().theme == second
    assert grouped_in(need.reference) == {second.reference}
    assert Link.objects.count() == 2


def test_a_need_taken_out_waits_again(circle, writer):
    theme = ThemeFactory(circle=circle)
    need = NeedFactory(circle=circle)
    group_needs(theme, [need], acting_user=writer)

    count = ungroup_needs([need], acting_user=writer)

    assert count == 1
    assert Need.objects.get().theme is None
    assert grouped_in(need.reference) == set()
    assert Entry.objects.filter(act="concertation.needs_ungrouped").exists()


def refused(code, act, *args, **named):
    before = (list(Need.objects.order_by("pk").values()), Link.objects.count())

    with pytest.raises(ThemeRefused) as refusal:
        act(*args, **named)

    assert refusal.value.code == code
    assert (list(Need.objects.order_by("pk").values()), Link.objects.count()) == before


def test_a_reader_groups_nothing(circle):
    reader = participant(circle, role=Role.READER).person

    refused("not-allowed", group_needs, ThemeFactory(circle=circle), [NeedFactory(circle=circle)], acting_user=reader)


def test_a_closed_theme_takes_nothing(circle, writer):
    theme = ThemeFactory(circle=circle, closed_at="2026-01-01T00:00Z", closed_because="Vide.")

    refused("closed", group_needs, theme, [NeedFactory(circle=circle)], acting_user=writer)


def test_a_closed_need_is_not_grouped(circle, writer):
    need = NeedFactory(circle=circle, withdrawn=True)

    refused("closed-need", group_needs, ThemeFactory(circle=circle), [need], acting_user=writer)


def test_a_need_that_cannot_be_seen_is_not_grouped(circle, writer):
    need = NeedFactory(circle=circle, sides=True)

    refused("not-found", group_needs, ThemeFactory(circle=circle), [need], acting_user=writer)


def test_a_need_of_another_programme_is_not_grouped(circle, writer):
    need = NeedFactory(public=True)

    refused("other-circle", group_needs, ThemeFactory(circle=circle), [need], acting_user=writer)


def test_the_whole_board_is_not_moved_by_mistake(circle, writer):
    needs = [Need(pk=rank) for rank in range(1, MAX_AT_ONCE + 2)]

    refused("too-many", group_needs, ThemeFactory(circle=circle), needs, acting_user=writer)


def test_an_exchange_may_be_in_several_themes(circle, writer, exchange):
    themes = ThemeFactory.create_batch(2, circle=circle)

    for theme in themes:
        group_exchange(theme, exchange, acting_user=writer)
    ungroup_exchange(themes[0], exchange, acting_user=writer)

    assert grouped_in(exchange) == {themes[1].reference}


def test_what_is_no_exchange_is_not_grouped_as_one(circle, writer):
    need = NeedFactory(circle=circle)

    refused("not-found", group_exchange, ThemeFactory(circle=circle), need.reference, acting_user=writer)


def test_an_exchange_that_is_not_there_is_not_taken_out(circle, writer, exchange):
    refused("not-found", ungroup_exchange, ThemeFactory(circle=circle), exchange, acting_user=writer)


def test_a_need_merged_after_it_was_grouped_leads_to_what_is_kept(circle, writer):
    theme = ThemeFactory(circle=circle)
    kept, duplicate = NeedFactory.create_batch(2, circle=circle)
    group_needs(theme, [duplicate], acting_user=writer)

    merge_needs([duplicate], into=kept, because="Même besoin.", acting_user=coordinator(circle))

    assert grouped_in(duplicate.reference) == {theme.reference, kept.reference}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("anonymous", {"public"}),
        ("stranger", {"public"}),
        ("reader", {"colleges", "public"}),
        ("coordinator", {"colleges", "public"}),
        ("administrator", {"public"}),
    ],
)
def test_each_role_sees_what_each_visibility_says(circle, who, seen):
    ThemeFactory(circle=circle)
    ThemeFactory(circle=circle, public=True)
    person = {
        "anonymous": AnonymousUser,
        "stranger": UserFactory,
        "reader": lambda: participant(circle, role=Role.READER).person,
        "coordinator": lambda: coordinator(circle),
        "administrator": lambda: UserFactory(administrator=True),
    }[who]()

    assert set(Theme.objects.visible_to(person).values_list("visibility", flat=True)) == seen
