"""The pages of themes and priorities, per role."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concerte.concertation.models import Need, PriorityRound, Theme
from concerte.lineage import references
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.models import Membership
from tests.accounts.factories import UserFactory
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
Role = Membership.Role


@pytest.fixture
def circle():
    return CircleFactory()


@pytest.fixture
def exchange():
    kind = "concertation.exchange"
    kept = references._kinds.get(kind)
    show_everything_of(kind)
    yield Reference(kind, "12")
    references.unregister(kind)
    if kept is not None:
        references._kinds[kind] = kept


def address(circle, *rest):
    return "/".join([f"/programmes/{circle.slug}/themes", *map(str, rest)])


def test_needs_without_a_theme_come_first_then_the_themes(client, circle):
    theme = ThemeFactory(circle=circle, title="Identité numérique")
    NeedFactory(circle=circle, title="Déjà rangé", theme=theme)
    NeedFactory(circle=circle, title="À ranger")
    client.force_login(participant(circle).person)

    page = client.get(address(circle)).text

    assert "À ranger" in page
    assert "Déjà rangé" not in page
    assert page.index("1 besoin à ranger") < page.index("Identité numérique</a>")


def test_the_public_sees_public_themes_and_public_needs_only(client, circle):
    public = ThemeFactory(circle=circle, title="Public", public=True)
    ThemeFactory(circle=circle, title="Réservé")
    NeedFactory(circle=circle, theme=public, title="Besoin public", public=True)
    NeedFactory(circle=circle, theme=public, title="Besoin réservé")

    board = client.get(address(circle)).text
    page = client.get(address(circle, public.pk)).text
    data = client.get(f"{address(circle)}.json").json()

    assert "Réservé" not in board
    assert "Besoin public" in page
    assert "Besoin réservé" not in page
    assert [(each["title"], each["needs"]) for each in data["themes"]] == [("Public", 1)]
    assert "Ranger ce qui est coché" not in board


@pytest.mark.parametrize(
    ("visibility", "who", "status"),
    [
        ("public", "anonymous", 200),
        ("colleges", "anonymous", 404),
        ("colleges", "stranger", 404),
        ("colleges", "reader", 200),
    ],
)
def test_the_page_of_a_theme_opens_to_those_who_may_see_it(client, circle, visibility, who, status):
    theme = ThemeFactory(circle=circle, visibility=visibility)
    if who != "anonymous":
        person = UserFactory() if who == "stranger" else participant(circle, role=Role.READER).person
        client.force_login(person)

    assert client.get(address(circle, theme.pk)).status_code == status
    assert client.get(f"{address(circle, theme.pk)}.json").status_code == status


def test_a_writer_creates_a_theme_and_puts_needs_in_it_from_the_board(client, circle):
    needs = NeedFactory.create_batch(2, circle=circle)
    client.force_login(participant(circle, role=Role.CONTRIBUTOR).person)

    sent = {"title": "Identité", "description": "", "visibility": "colleges"}
    client.post(address(circle, "nouveau"), sent)
    theme = Theme.objects.get()
    answer = client.post(
        f"{address(circle, 'rangement')}?q=besoin&page=1", {"need": [each.pk for each in needs], "theme": theme.pk}
    )

    assert answer.url == f"{address(circle)}?q=besoin&page=1"
    assert set(theme.needs.all()) == set(needs)


def test_needs_are_moved_and_taken_out_from_the_page_of_a_theme(client, circle):
    theme, other = ThemeFactory.create_batch(2, circle=circle)
    moved, out = NeedFactory.create_batch(2, circle=circle, theme=theme)
    client.force_login(participant(circle).person)
    there = {"page-of-theme": theme.pk}

    client.post(address(circle, "rangement"), {"need": moved.pk, "theme": other.pk, **there})
    answer = client.post(address(circle, "rangement"), {"need": out.pk, "sortir": "1", **there})

    assert answer.url == address(circle, theme.pk)
    assert list(Need.objects.order_by("pk").values_list("theme", flat=True)) == [other.pk, None]


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Cochez au moins un besoin."), ({"need": "0"}, "Cochez au moins un besoin."), ({"need": "x"}, "Cochez")],
)
def test_nothing_ticked_moves_nothing_and_says_so(client, circle, sent, said):
    client.force_login(participant(circle).person)

    page = client.post(address(circle, "rangement"), sent, follow=True)

    assert said in page.text


def test_a_theme_of_another_programme_is_not_chosen(client, circle):
    need = NeedFactory(circle=circle)
    client.force_login(participant(circle).person)

    page = client.post(address(circle, "rangement"), {"need": need.pk, "theme": ThemeFactory().pk}, follow=True)

    assert "Choisissez un thème." in page.text
    assert Need.objects.get().theme is None


def test_a_reader_arranges_nothing(client, circle):
    need = NeedFactory(circle=circle)
    theme = ThemeFactory(circle=circle)
    client.force_login(participant(circle, role=Role.READER).person)

    page = client.post(address(circle, "rangement"), {"need": need.pk, "theme": theme.pk}, follow=True)

    assert "celles et ceux qui écrivent" in page.text
    assert client.get(address(circle, "nouveau")).status_code == 403
    assert Need.objects.get().theme is None


def test_the_coordination_splits_merges_and_withdraws(client, circle):
    theme, other, empty = ThemeFactory.create_batch(3, circle=circle)
    need = NeedFactory(circle=circle, theme=theme)
    NeedFactory(circle=circle, theme=theme)
    client.force_login(coordinator(circle))

    client.post(address(circle, theme.pk, "diviser"), {"title": "Partie", "need": need.pk})
    client.post(address(circle, theme.pk, "reunir"), {"into": other.pk, "because": "Même sujet."})
    client.post(address(circle, empty.pk, "retrait"), {"because": "Vide."})

    assert set(Theme.objects.open()) == {other, Theme.objects.get(title="Partie")}
    page = client.get(address(circle, theme.pk)).text
    assert "réuni dans un autre" in page
    assert "Même sujet." in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["reunir", "retrait", "diviser"])
def test_only_the_coordination_has_the_pages_that_reshape(client, circle, page, method):
    theme, other = ThemeFactory.create_batch(2, circle=circle)
    need = NeedFactory(circle=circle, theme=theme)
    client.force_login(participant(circle).person)
    sent = {"into": other.pk, "because": "Non.", "title": "Partie", "need": need.pk}

    answer = getattr(client, method)(address(circle, theme.pk, page), sent)

    assert answer.status_code == 403
    assert Theme.objects.open().count() == 2


def test_the_exchange_a_need_comes_from_is_put_in_its_theme_and_taken_out(client, circle, exchange):
    theme = ThemeFactory(circle=circle)
    need = NeedFactory(circle=circle, theme=theme)
    person = participant(circle).person
    link(exchange, need.reference, Relation.RAISED, acting_user=person)
    client.force_login(person)

    offered = client.get(address(circle, theme.pk)).text
    client.post(address(circle, theme.pk, "echanges"), {"exchange": exchange.id})
    grouped = Link.objects.standing().filter(relation=Relation.GROUPED).count()
    client.post(address(circle, theme.pk, "echanges"), {"exchange": exchange.id, "sortir": "1"})

    assert "concertation.exchange 12" in offered
    assert grouped == 1
    assert not Link.objects.standing().filter(relation=Relation.GROUPED).exists()


def test_a_round_goes_from_opening_to_results_of_each_college(client, circle):
    first = ThemeFactory(circle=circle, title="Identité")
    ThemeFactory(circle=circle, title="Données")
    state, local = participant(circle), participant(circle, local=True)
    client.force_login(coordinator(circle))
    client.post(address(circle, "priorites", "nouveau"), {"points": 10, "question": ""})
    for membership, given in ((state, 4), (local, 10)):
        client.force_login(membership.person)
        waiting = client.get("/mon-espace").text
        sent = {f"theme-{first.pk}": given}
        answer = client.post(f"{address(circle, 'priorites', 1, 'points')}", sent)
        assert "Répartir les points" in waiting
        assert answer.status_code == 302

    page = client.get(address(circle, "priorites", 1)).text
    client.force_login(coordinator(circle))
    client.post(address(circle, "priorites", 1, "cloture"))

    assert page.index("Identité") < page.index("Données")
    assert "4 points" in page
    assert "10 points" in page
    assert "14 points" not in page
    assert "6 points non répartis." in page
    assert not PriorityRound.objects.get().is_open


def test_too_many_points_are_refused_with_what_is_over(client, circle):
    themes = ThemeFactory.create_batch(2, circle=circle)
    PriorityRoundFactory(circle=circle)
    client.force_login(participant(circle).person)

    answer = client.post(address(circle, "priorites", 1, "points"), {f"theme-{theme.pk}": 6 for theme in themes})

    assert answer.status_code == 400
    assert "retirez-en 2" in answer.text


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.READER])
def test_results_are_read_by_participants_and_points_given_by_representatives(client, circle, role):
    ThemeFactory(circle=circle)
    PriorityRoundFactory(circle=circle)
    client.force_login(participant(circle, role=role).person)

    assert client.get(address(circle, "priorites", 1)).status_code == 200
    assert client.get(address(circle, "priorites", 1, "points")).status_code == 403


def test_strangers_see_no_round(client, circle):
    PriorityRoundFactory(circle=circle)
    client.force_login(UserFactory())

    assert client.get(address(circle, "priorites", 1)).status_code == 404
    assert "Priorités" not in client.get(address(circle)).text


def test_nobody_gives_the_points_of_an_organisation_named_in_the_address(client, circle):
    ThemeFactory(circle=circle)
    PriorityRoundFactory(circle=circle)
    other = participant(circle).organisation
    client.force_login(participant(circle).person)

    answer = client.post(f"{address(circle, 'priorites', 1, 'points')}?organisation={other.slug}", {})

    assert answer.status_code == 404


def test_the_number_of_queries_of_the_board_does_not_grow(client, circle):
    client.force_login(participant(circle).person)
    counts = []

    for _round in range(2):
        for theme in ThemeFactory.create_batch(3, circle=circle):
            NeedFactory.create_batch(2, circle=circle, theme=theme)
            NeedFactory.create_batch(2, circle=circle)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(circle)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_board_of_thousands_shows_a_page_of_them(client, circle, django_assert_max_num_queries):
    organisation = participant(circle, local=True).organisation
    Need.objects.bulk_create(
        Need(circle=circle, organisation=organisation, title=f"Besoin {rank}", difficulty="…", urgency="year")
        for rank in range(2_000)
    )
    client.force_login(coordinator(circle))

    with django_assert_max_num_queries(25):
        page = client.get(address(circle), {"page": 80})

    assert page.text.count('name="need"') == 25
    assert "2\u202f000 besoins à ranger" in page.text


def test_an_idea_is_proposed_from_the_theme_or_the_need_that_inspires_it(client, circle):
    theme = ThemeFactory(circle=circle, visibility="public")
    need = NeedFactory(circle=circle, theme=theme, visibility="public")
    addresses = {address(circle, theme.pk): "theme", f"/programmes/{circle.slug}/besoins/{need.pk}": "besoin"}

    to_anybody = {kind: client.get(here).text for here, kind in addresses.items()}
    client.force_login(participant(circle).person)
    to_a_writer = {kind: client.get(here).text for here, kind in addresses.items()}

    for kind, thing in (("theme", theme), ("besoin", need)):
        way = f'href="/programmes/{circle.slug}/idees/nouvelle?{kind}={thing.pk}"'
        assert way not in to_anybody[kind]
        assert way in to_a_writer[kind]


def test_an_empty_theme_leads_who_arranges_to_the_needs(client, circle):
    theme = ThemeFactory(circle=circle)
    client.force_login(coordinator(circle))

    assert "Ranger des besoins</a>" in client.get(address(circle, theme.pk)).text
