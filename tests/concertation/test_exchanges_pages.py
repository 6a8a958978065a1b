"""The pages of bilateral exchanges, per role and visibility."""

import pytest
from django.urls import reverse
from django.utils import timezone

from concerte.accounts.waiting import items_for
from concerte.common.canonical import digest_of
from concerte.concertation.exchanges_content import current_content
from concerte.concertation.models import Exchange, FollowUp
from concerte.concertation.services import add_follow_up, ask_visibility
from concerte.lineage import references
from concerte.lineage.references import Reference
from tests.concertation.factories_exchanges import table, write_note

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"concertation:{name}", args=["essai", *args])


RECORD = {
    "title": "Premier échange",
    "held_on": "2026-05-02",
    "college_etat": ["service"],
    "college_collectivites": ["association"],
    "subjects": "Un sujet",
    "other_people": "",
    "visibility": "colleges",
}


def sign_in(client, person):
    if person is not None:
        client.force_login(person)


@pytest.mark.parametrize(
    ("who", "visibility", "status"),
    [
        (None, "public", 200),
        (None, "colleges", 404),
        (None, "sides", 404),
        ("stranger", "public", 200),
        ("stranger", "colleges", 404),
        ("neighbour", "colleges", 200),
        ("neighbour", "sides", 404),
        ("reader", "sides", 200),
        ("delegate", "sides", 200),
        ("agent", "sides", 200),
    ],
)
def test_the_page_and_its_data_are_for_those_who_may_read(client, who, visibility, status):
    at = table()
    exchange = at.fixed(visibility=visibility, other_people="Mme Martin, maire")
    sign_in(client, who and getattr(at, who))

    page = client.get(address("exchange", exchange.pk))
    data = client.get(address("exchange_data", exchange.pk))

    assert (page.status_code, data.status_code) == (status, status)
    if status == 200:
        is_of_the_circle = who not in {None, "stranger"}
        assert data.json()["digest"] == exchange.fixed_digest
        assert ("Mme Martin" in page.content.decode()) is is_of_the_circle
        assert ("other_people" in data.json()) is is_of_the_circle


def test_the_list_shows_what_each_may_read(client):
    at = table()
    at.fixed(title="Pour tous", visibility="public")
    at.fixed(title="Pour les parties")

    seen = client.get(address("exchanges")).content.decode()
    listed = client.get(address("exchanges_data")).json()["exchanges"]

    assert "Pour tous" in seen
    assert "Pour les parties" not in seen
    assert [each["title"] for each in listed] == ["Pour tous"]


def test_the_list_asks_as_many_queries_for_many_as_for_one(client, django_assert_max_num_queries):
    at = table()
    for rank in range(12):
        at.record(title=f"Échange {rank}")
    client.force_login(at.reader)

    with django_assert_max_num_queries(14):
        client.get(address("exchanges"))


def test_an_empty_list_says_so(client):
    table()

    assert "Aucun échange à lire ici" in client.get(address("exchanges")).content.decode()


def test_a_writer_records_an_exchange(client):
    at = table()
    client.force_login(at.contributor)

    answer = client.post(address("new_exchange"), RECORD)

    made = Exchange.objects.get()
    assert answer.status_code == 302
    assert {party.organisation for party in made.parties.all()} == {at.state, at.association}


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_others_do_not_get_the_form(client, who):
    at = table()
    client.force_login(getattr(at, who))

    assert client.post(address("new_exchange"), RECORD).status_code == 403
    assert not Exchange.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"title": ""}, 400),
        ({"held_on": "hier"}, 400),
        ({"college_etat": []}, 409),
        ({"visibility": "x"}, 400),
        ({"held_on": "2099"}, 409),
    ],
)
def test_a_form_that_does_not_hold_comes_back(client, changes, status):
    at = table()
    client.force_login(at.contributor)

    answer = client.post(address("new_exchange"), RECORD | changes)

    assert answer.status_code == status
    assert answer.context["form"].errors
    assert not Exchange.objects.exists()


def test_each_side_confirms_from_the_page(client):
    at = table()
    exchange = at.record()
    digest = digest_of(current_content(exchange))
    for person, slug in ((at.agent, "service"), (at.contributor, "association")):
        client.force_login(person)
        assert "Confirmer cet échange" in client.get(address("exchange", exchange.pk)).content.decode()
        client.post(address("confirm_exchange", exchange.pk), {"organisation": slug, "digest": digest})

    exchange.refresh_from_db()
    page = client.get(address("exchange", exchange.pk)).content.decode()
    assert exchange.is_fixed
    assert "Confirmer cet échange" not in page


def test_what_moved_meanwhile_comes_back_with_the_new_text(client):
    at = table()
    exchange = at.record()
    digest = digest_of(current_content(exchange))
    write_note(exchange.note, "Une phrase de plus")
    client.force_login(at.agent)

    answer = client.post(address("confirm_exchange", exchange.pk), {"organisation": "service", "digest": digest})

    assert answer.status_code == 409
    assert "Une phrase de plus" in answer.content.decode()
    assert not exchange.confirmations.exists()


def test_a_confirmation_that_no_longer_counts_is_said_on_the_page(client):
    at = table()
    exchange = at.record()
    at.confirm(exchange, by=at.agent, organisation=at.state)
    write_note(exchange.note, "Ajouté ensuite")
    client.force_login(at.agent)

    assert "À confirmer de nouveau" in client.get(address("exchange", exchange.pk)).content.decode()


def test_the_page_links_to_the_need_that_comes_of_it(client):
    at = table()
    exchange = at.record()
    client.force_login(at.contributor)

    page = client.get(address("exchange", exchange.pk)).content.decode()

    assert f"/programmes/essai/besoins/nouveau?echange={exchange.pk}" in page


def test_a_follow_up_is_added_then_closed(client):
    at = table()
    exchange = at.record()
    client.force_login(at.delegate)

    client.post(
        address("new_follow_up", exchange.pk),
        {"what": "Envoyer le modèle", "owner": f"organisation:{at.state.pk}", "due_on": "2026-12-01"},
    )
    follow_up = FollowUp.objects.get()
    client.post(address("close_follow_up", exchange.pk, follow_up.pk), {"is_done": "dropped", "word": "Inutile"})

    follow_up.refresh_from_db()
    assert (follow_up.owner, follow_up.state, follow_up.closing_word) == (at.state, "dropped", "Inutile")


def test_a_refused_follow_up_comes_back(client):
    at = table()
    exchange = at.record()
    client.force_login(at.delegate)

    answer = client.post(address("new_follow_up", exchange.pk), {"what": "", "owner": "x", "due_on": "demain"})

    assert answer.status_code == 400
    assert not FollowUp.objects.exists()


def test_readers_of_the_sides_act_on_nothing(client):
    at = table()
    exchange = at.record()
    client.force_login(at.reader)

    page = client.get(address("exchange", exchange.pk)).content.decode()

    assert "Confirmer cet échange" not in page
    for name in ("correct_exchange", "confirm_exchange", "new_follow_up", "exchange_visibility"):
        assert client.post(address(name, exchange.pk), {}).status_code == 403


def test_the_other_side_answers_a_change_of_visibility(client):
    at = table()
    exchange = at.fixed()
    client.force_login(at.agent)
    client.post(address("exchange_visibility", exchange.pk), {"visibility": "public", "organisation": "service"})
    client.force_login(at.delegate)

    client.post(address("exchange_visibility", exchange.pk), {"is_accepted": "yes", "organisation": "association"})

    exchange.refresh_from_db()
    assert exchange.visibility == "public"


def test_my_space_tells_what_waits(client):
    at = table()
    exchange = at.record()
    fixed = at.fixed()
    ask_visibility(fixed, visibility="public", organisation=at.state, acting_user=at.agent)
    add_follow_up(exchange, what="Écrire", due_on=timezone.localdate(), person=at.contributor, acting_user=at.agent)

    titles = {item.title for item in items_for(at.contributor)}
    keys = [item.key for item in items_for(at.contributor)]

    assert "Un échange attend votre confirmation" in titles
    assert any("demande que d’autres lisent" in title for title in titles)
    assert any(title.startswith("Suite à donner") for title in titles)
    assert len(set(keys)) == 3


def test_what_is_confirmed_no_longer_waits_until_it_changes():
    at = table()
    exchange = at.record()
    at.confirm(exchange, by=at.delegate, organisation=at.association)

    before = {item.key for item in items_for(at.delegate)}
    write_note(exchange.note, "Ajouté ensuite")
    after = {item.key for item in items_for(at.delegate)}

    assert not before
    assert len(after) == 1


def test_a_reference_is_shown_to_those_who_may_see_it():
    at = table()
    reference = Reference.to(at.fixed())

    assert references.show([reference], at.reader)[reference].label == "Les données des communes"
    assert references.show([reference], at.neighbour) == {}
