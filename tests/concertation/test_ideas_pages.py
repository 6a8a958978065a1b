"""The pages of ideas, per role."""

import pytest
from django.urls import reverse

from concerte.concertation import ideas_onward
from concerte.concertation.ideas_onward import Onward
from concerte.concertation.models import Idea, IdeaAppreciation, IdeaComment
from concerte.concertation.services import appreciate_idea, comment_idea, move_idea
from concerte.lineage.models import Link
from concerte.lineage.references import Reference
from tests.concertation.factories_exchanges import table

pytestmark = pytest.mark.django_db

WORDS = {"title": "Une idée", "text": "Un texte", "visibility": "colleges", "organisation": "association"}


def address(name, *args):
    return reverse(f"concertation:{name}", args=["essai", *args])


@pytest.mark.parametrize(
    ("who", "visibility", "status"),
    [
        (None, "public", 200),
        (None, "colleges", 404),
        ("stranger", "colleges", 404),
        ("stranger", "public", 200),
        ("neighbour", "colleges", 200),
        ("reader", "colleges", 200),
        ("coordinator", "colleges", 200),
    ],
)
def test_the_page_and_its_data_are_for_those_who_may_read(client, who, visibility, status):
    at = table()
    idea = at.idea(visibility=visibility)
    comment_idea(idea, text="Dit entre nous", organisation=at.state, acting_user=at.agent)
    if who:
        client.force_login(getattr(at, who))

    page = client.get(address("idea", idea.pk))
    data = client.get(address("idea_data", idea.pk))

    assert (page.status_code, data.status_code) == (status, status)
    if status == 200:
        is_of_circle = who not in {None, "stranger"}
        assert data.json()["organisations"] == ["association"]
        assert ("Dit entre nous" in page.content.decode()) is is_of_circle
        assert (at.contributor.name in page.content.decode()) is is_of_circle


def test_the_list_is_filtered_by_state(client):
    at = table()
    at.idea(title="Restée")
    aside = at.idea(title="Partie")
    move_idea(aside, state="set_aside", reasons="Non", acting_user=at.coordinator)
    client.force_login(at.reader)

    every = client.get(address("ideas")).content.decode()
    some = client.get(address("ideas"), {"etat": "set_aside"}).content.decode()

    assert "Restée" in every
    assert "Partie" in every
    assert "Restée" not in some
    assert "Partie" in some


def test_the_list_asks_as_many_queries_for_many_as_for_one(client, django_assert_max_num_queries):
    at = table()
    for rank in range(35):
        at.idea(title=f"Idée {rank}")
    client.force_login(at.reader)

    with django_assert_max_num_queries(14):
        page = client.get(address("ideas"), {"page": 2}).content.decode()

    assert "Page 2 sur 2" in page


def test_an_empty_list_says_so(client):
    table()

    assert "Aucune idée à lire ici" in client.get(address("ideas")).content.decode()


def test_the_list_as_data_says_what_the_page_says(client):
    at = table()
    at.idea(title="Publique", visibility="public")
    at.idea(title="Interne")

    assert [each["title"] for each in client.get(address("ideas_data")).json()["ideas"]] == ["Publique"]


def test_an_idea_is_brought_with_what_inspires_it(client):
    at = table()
    exchange = at.record()
    client.force_login(at.contributor)

    form = client.get(address("new_idea"), {"echange": exchange.pk}).content.decode()
    client.post(
        address("new_idea"), WORDS | {"inspired_by": f"https://exemple.fr/programmes/essai/echanges/{exchange.pk}"}
    )

    idea = Idea.objects.get()
    assert f'value="echanges/{exchange.pk}"' in form
    assert f"Inspirée par «\u00a0{exchange.title}\u00a0»." in form
    assert Link.objects.get().origin == Reference.to(exchange)
    assert exchange.title in client.get(address("idea", idea.pk)).content.decode()


def test_what_inspires_an_idea_is_not_named_to_who_may_not_see_it(client):
    at = table()
    exchange = at.record(visibility="sides")
    client.force_login(at.neighbour)

    form = client.get(address("new_idea"), {"echange": exchange.pk}).content.decode()
    elsewhere = client.get(address("new_idea"), {"echange": "9" * 30}).status_code

    assert exchange.title not in form
    assert f'value="echanges/{exchange.pk}"' not in form
    assert elsewhere == 200


def test_an_idea_is_brought_to_a_group_by_its_members_only(client):
    at = table()
    group = at.group()
    there = f"{address('new_idea')}?groupe={group.pk}"
    client.force_login(at.delegate)

    client.post(there, WORDS | {"visibility": "group"})
    client.force_login(at.contributor)
    answer = client.post(there, WORDS | {"visibility": "group"})

    assert answer.status_code == 404
    assert Idea.objects.get().group == group


@pytest.mark.parametrize("changes", [{"title": ""}, {"text": ""}, {"visibility": "group"}, {"inspired_by": "ailleurs"}])
def test_an_idea_that_does_not_hold_comes_back(client, changes):
    at = table()
    client.force_login(at.contributor)

    answer = client.post(address("new_idea"), WORDS | changes)

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not Idea.objects.exists()


def test_readers_bring_nothing(client):
    at = table()
    client.force_login(at.reader)

    assert client.post(address("new_idea"), WORDS).status_code == 403
    assert not Idea.objects.exists()


def test_a_comment_and_its_answer_are_written_and_withdrawn(client):
    at = table()
    idea = at.idea()
    client.force_login(at.delegate)

    client.post(address("comment_idea", idea.pk), {"text": "Premier mot", "organisation": "association"})
    first = IdeaComment.objects.get()
    client.post(
        address("comment_idea", idea.pk), {"text": "Réponse", "organisation": "association", "answers": first.pk}
    )
    client.post(address("withdraw_comment", idea.pk, first.pk), {"because": "Erreur"})
    page = client.get(address("idea", idea.pk)).content.decode()

    assert "Premier mot" not in page
    assert "Erreur" in page
    assert "Réponse" in page


def test_an_empty_comment_comes_back(client):
    at = table()
    idea = at.idea()
    client.force_login(at.delegate)

    answer = client.post(address("comment_idea", idea.pk), {"text": " ", "organisation": "association"})

    assert answer.status_code == 400
    assert not IdeaComment.objects.exists()


def test_appreciations_stand_college_by_college(client):
    at = table()
    idea = at.idea(visibility="public")
    appreciate_idea(idea, organisation=at.state, kind="unfavourable", reasons="Trop cher", acting_user=at.agent)
    client.force_login(at.delegate)
    client.post(
        address("appreciate_idea", idea.pk),
        {"organisation": "association", "kind": "favourable", "reasons": "Attendu"},
    )
    client.logout()

    data = client.get(address("idea_data", idea.pk)).json()["appreciations"]

    assert [(side["college"], [each["kind"] for each in side["given"]]) for side in data] == [
        ("etat", ["unfavourable"]),
        ("collectivites", ["favourable"]),
    ]


def test_who_does_not_represent_gives_no_appreciation(client):
    at = table()
    idea = at.idea()
    client.force_login(at.contributor)

    answer = client.post(
        address("appreciate_idea", idea.pk), {"organisation": "association", "kind": "favourable", "reasons": "Bien"}
    )

    assert answer.status_code == 403
    assert not IdeaAppreciation.objects.exists()


def test_the_answer_is_read_by_everyone_who_reads_the_idea(client):
    at = table()
    idea = at.idea(visibility="public")
    client.force_login(at.coordinator)

    back = client.post(address("move_idea", idea.pk), {"state": "retained", "reasons": ""})
    client.post(address("move_idea", idea.pk), {"state": "retained", "reasons": "Elle répond au besoin."})
    client.logout()
    page = client.get(address("idea", idea.pk)).content.decode()

    assert "Dites pourquoi" in back.content.decode()
    assert "Cette idée est retenue" in page
    assert "Elle répond au besoin." in page


def test_ideas_are_merged_from_the_page(client):
    at = table()
    one, other = at.idea(title="Une"), at.idea(title="Autre")
    client.force_login(at.coordinator)

    answer = client.post(
        address("merge_ideas", one.pk), {"ideas": [other.pk], "title": "Les deux", "text": "…", "reasons": "Pareil"}
    )

    made = Idea.objects.get(title="Les deux")
    assert answer["Location"] == address("idea", made.pk)
    assert "Une" in client.get(address("idea", made.pk)).content.decode()
    assert "Les deux" in client.get(address("idea", one.pk)).content.decode()


def test_an_idea_is_split_from_the_page(client):
    at = table()
    idea = at.idea()
    client.force_login(at.contributor)

    client.post(
        address("split_idea", idea.pk),
        {"title_1": "Une", "text_1": "…", "title_2": "Deux", "text_2": "…", "reasons": "Deux sujets"},
    )

    assert set(Idea.objects.exclude(pk=idea.pk).values_list("title", flat=True)) == {"Une", "Deux"}


def test_an_idea_is_corrected_and_linked_from_the_page(client):
    at = table()
    idea = at.idea()
    exchange = at.record()
    client.force_login(at.contributor)

    client.post(address("correct_idea", idea.pk), {"title": "Mieux", "text": "Mieux", "visibility": "public"})
    client.post(
        address("inspire", idea.pk),
        {"origin": f"/programmes/essai/echanges/{exchange.pk}", "organisation": "association"},
    )

    idea.refresh_from_db()
    assert idea.title == "Mieux"
    assert Link.objects.count() == 1


@pytest.mark.parametrize("name", ["move_idea", "correct_idea", "merge_ideas", "split_idea"])
def test_a_neighbour_reshapes_nothing(client, name):
    at = table()
    idea = at.idea()
    client.force_login(at.neighbour)

    assert client.post(address(name, idea.pk), {}).status_code == 403


def test_what_higher_rooms_offer_is_on_the_page(client):
    at = table()
    idea = at.idea()
    client.force_login(at.reader)

    def offer(_idea, _viewer):
        return [Onward("Aller plus loin", "/plus-loin", "Ce que cela fait.")]

    ideas_onward.register(offer)
    page = client.get(address("idea", idea.pk)).content.decode()
    ideas_onward.unregister(offer)

    assert 'href="/plus-loin"' in page
