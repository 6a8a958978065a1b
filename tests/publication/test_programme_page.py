"""The home of a programme: what it is, where it stands, what changed."""

import pytest

from tests.programme.drafts import complete_action
from tests.programme.factories import founded, workshop
from tests.publication.situations import data, imported_programme, one_axis, page, published, two_editions

pytestmark = pytest.mark.django_db
QUERIES = 12


def test_a_programme_whose_text_is_not_public_shows_only_its_frame(client):
    founded(draft=one_axis(complete_action(title="Encore secret")))

    content = page(client, "/programmes/essai")

    assert "Programme d’essai" in content
    assert "Le texte n’est pas encore public" in content
    assert "Encore secret" not in content
    assert "Encore secret" not in client.get("/programmes/essai.json").content.decode()


def test_a_programme_whose_text_is_not_public_counts_nothing_rather_than_zero(client):
    founded(draft=one_axis(complete_action()))

    assert "Actions dans le texte" not in page(client, "/programmes/essai")
    assert data(client, "/programmes/essai.json")["action_count"] is None


def test_a_public_text_in_progress_says_that_it_is_one(client):
    imported_programme()

    content = page(client, "/programmes/historique")

    assert "Texte de travail" in content
    assert "pas encore d’édition publiée ici" in content
    assert "Socle commun" in content


def test_a_notice_is_shown_above_the_text(client):
    imported_programme()

    assert "32 des 35 premières actions ne sont pas nommées." in page(client, "/programmes/historique")


def test_roadmaps_say_what_is_known_of_them_and_that_the_rest_is_not(client):
    imported_programme()

    content = page(client, "/programmes/historique")

    assert "35 actions" in content
    assert "14 actions" in content
    assert "dont 10 poursuivies" in content
    assert content.count("nombre d’actions inconnu") == 1
    assert "décision : 14 décembre 2017" in content


def test_a_roadmap_known_to_the_month_reads_well(client):
    programme = imported_programme()
    programme.refresh_from_db()
    programme.origin["roadmaps"][0]["decided_on"] = "2018-06"
    programme.save(update_fields=["origin"])

    assert "décision : juin 2018" in page(client, "/programmes/historique")


def test_a_note_never_shows_the_name_of_a_field(client):
    programme = imported_programme()
    programme.refresh_from_db()
    programme.origin["roadmaps"][0]["note"] = "new_count est la différence 14 - 10 ; la source ne le dit pas"
    programme.save(update_fields=["origin"])

    content = page(client, "/programmes/historique")

    assert "Le nombre d’actions nouvelles est la différence 14 − 10 ; la source ne le dit pas." in content


def test_a_source_never_leads_to_a_script(client):
    imported_programme()

    content = page(client, "/programmes/historique")

    assert 'href="https://example.org/lancement"' in content
    assert "javascript:" not in content
    assert "javascript:" not in client.get("/programmes/historique.json").content.decode()


def test_an_edition_is_shown_rather_than_the_text_in_progress(client):
    at_work, _edition = published(is_draft_public=True)
    at_work.write("Un paragraphe écrit depuis")

    content = page(client, "/programmes/essai")

    assert "Édition 1" in content
    assert "Un paragraphe écrit depuis" not in content


def test_what_changed_since_the_edition_before_is_said(client):
    two_editions()

    content = page(client, "/programmes/essai")
    changes = data(client, "/programmes/essai.json")["changes"]

    assert "Ce qui a changé depuis l’édition 1" in content
    assert {(change["code"], change["fate"]) for change in changes} == {
        ("EXO-01", "changed"),
        ("EXO-02", "missing"),
        ("EXO-03", "added"),
    }
    for change in changes:
        assert change["title"] in content
        assert change["label"] in content


def test_the_page_says_what_its_data_says(client):
    imported_programme()

    content, said = page(client, "/programmes/historique"), data(client, "/programmes/historique.json")

    assert said["programme"]["title"] in content
    assert said["notice"] in content
    assert f'<span class="figure-number">{said["action_count"]}</span>' in content
    for axis in said["axes"]:
        assert axis["title"] in content
        assert f'href="{axis["address"]}"' in content
    for stage in said["stages"]:
        assert f'data-stage="{stage["value"]}">{stage["label"]}<' in content
        assert f'<td class="number">{stage["count"]}</td>' in content
    assert [roadmap["action_count"] for roadmap in said["roadmaps"]] == [35, None, 14]


def test_who_takes_part_stands_under_their_college(client):
    workshop()

    content = page(client, "/programmes/essai")
    state, local = content.index("Service d’essai"), content.index("Association d’essai")

    assert content.index('data-appearance="1"') < state < content.index('data-appearance="2"') < local
    assert "coordonne" in content


def test_an_exercise_says_that_it_is_one(client):
    founded(is_fictitious=True)

    assert "Exercice : programme fictif" in page(client, "/programmes/essai")


def test_only_those_who_take_part_see_the_way_to_the_workshop(client):
    at_work = workshop()
    assert "/redaction" not in page(client, "/programmes/essai")

    client.force_login(at_work.contributor)

    assert 'href="/programmes/essai/redaction"' in page(client, "/programmes/essai")


def test_the_page_has_its_title_its_description_and_its_twin(client):
    founded()

    content = page(client, "/programmes/essai")

    assert "<title>Programme d’essai – Concerté</title>" in content
    assert '<meta name="description" content="Un programme pour essayer.">' in content
    assert '<link rel="alternate" type="application/json" href="/programmes/essai.json">' in content
    assert 'aria-current="page">EXO</span>' in content


@pytest.mark.parametrize("suffix", ["", ".json", "/editions"])
def test_the_page_asks_little_of_the_database(client, django_assert_max_num_queries, suffix):
    at_work, _edition = two_editions()
    client.force_login(at_work.contributor)

    with django_assert_max_num_queries(QUERIES):
        client.get(f"/programmes/essai{suffix}")


@pytest.mark.parametrize("path", ["/programmes/inconnu", "/programmes/inconnu.json", "/programmes/inconnu/editions"])
def test_an_unknown_programme_is_not_found(client, path):
    page(client, path, status=404)


def test_nothing_written_by_people_becomes_markup(client):
    attack = "<script>alert(1)</script>"
    founded(
        title=f"Titre {attack}",
        summary=attack,
        notice=attack,
        is_draft_public=True,
        draft=one_axis(complete_action(title=attack), title=attack),
    )

    assert attack not in page(client, "/programmes/essai")
    assert attack not in page(client, "/programmes/essai/axes/axe-1")
