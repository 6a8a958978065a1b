"""The page of an action, which it keeps for ever."""

import pytest

from concerte.programme.services import register_action
from tests.programme.drafts import complete_action, sections
from tests.programme.factories import founded, workshop
from tests.publication.situations import data, imported_programme, one_axis, page, published, two_editions

pytestmark = pytest.mark.django_db
QUERIES = 12


def test_the_sheet_says_what_the_edition_says(client):
    published()

    content = page(client, "/actions/EXO-01")

    assert "<h1>Publier un guide commun</h1>" in content
    assert "Édition 1, 2e semestre 2026" in content
    assert "Texte de la section deliverables" in content
    assert "30 juin 2027" in content
    assert "Les communes" in content


def test_the_page_says_what_its_data_says(client):
    imported_programme()

    content, said = page(client, "/actions/HIST-01"), data(client, "/actions/HIST-01.json")

    assert "Ouvrir l’incubateur" in content
    assert said["sheet"]["title"] == "Ouvrir l'incubateur"
    assert said["sheet"]["pilots"][0]["pilots"][0]["name"] in content
    assert said["sheet"]["axis"]["title"] in content
    assert [status["label"] for status in said["history"]] == ["prévue", "engagée"]
    for status in said["history"]:
        assert f": {status['label']}</p>" in content
    assert f"{said['address']}</code>" in content
    assert '<link rel="alternate" type="application/json" href="/actions/HIST-01.json">' in content


def test_what_was_deduced_is_labelled_and_explained(client):
    imported_programme()

    content = page(client, "/actions/HIST-01")

    assert content.count('<span class="tag tag-deduced fr-tag">déduit</span>') == 3
    assert "Aucune source ne nomme ce pilote" in content
    assert "aucune source ne la donne" in content
    assert "Aucune source ne range officiellement cette action sous un axe" in content


def test_what_is_unknown_is_said_to_be(client):
    imported_programme()

    content = page(client, "/actions/HIST-01")

    assert "pilote inconnu" in content  # the college nobody is named for
    assert "Non trouvé dans les sources : objectifs, effets attendus, livrables, jalons." in content


def test_what_nobody_has_decided_yet_is_not_called_unknown(client):
    register_action(
        founded(draft=one_axis(complete_action(pilots=(), sections=sections())), is_draft_public=True), acting_user=None
    )

    content = page(client, "/actions/EXO-01")

    assert content.count("pilote pas encore désigné") == 2
    assert "Pas encore écrit :" in content


def test_the_history_keeps_its_dates_and_sources(client):
    imported_programme()

    content = page(client, "/actions/HIST-01")

    assert "1er semestre 2018" in content
    assert "octobre 2019" in content
    assert "Citée au lancement." in content
    assert "Note de l’import : <span>pilote déduit du porteur.</span>" in content
    assert "Région Grand Est" in content


def test_an_action_that_left_the_text_keeps_its_page(client):
    two_editions()

    content = page(client, "/actions/EXO-02")

    assert "Cette action n’est plus dans le texte" in content
    assert "Former les agents" in content
    assert data(client, "/actions/EXO-02.json")["text_status"] == "earlier"


def test_an_action_lists_the_editions_it_stands_in(client):
    two_editions()

    numbers = {
        code: [edition["number"] for edition in data(client, f"/actions/{code}.json")["editions"]]
        for code in ("EXO-01", "EXO-02", "EXO-03")
    }

    assert numbers == {"EXO-01": [2, 1], "EXO-02": [1], "EXO-03": [2]}


def test_a_code_that_no_public_text_holds_keeps_a_page_that_says_so(client):
    workshop(draft=one_axis(complete_action(title="Encore secret")))

    content = page(client, "/actions/EXO-01")

    assert "Cette action n’est pas dans un texte public" in content
    assert "Encore secret" not in content
    assert data(client, "/actions/EXO-01.json")["sheet"] is None


def test_a_copy_says_what_it_was_written_from(client):
    at_work, _edition = published()
    register_action(at_work.programme, copied_from=at_work.programme.actions.get(code="EXO-01"), acting_user=None)

    assert data(client, "/actions/EXO-02.json")["copied_from"] == "EXO-01"
    assert 'href="/actions/EXO-01"' in page(client, "/actions/EXO-02")


def test_neighbours_follow_the_order_of_the_text(client):
    published(one_axis(complete_action(code="EXO-02", title="Seconde"), complete_action()))

    content = page(client, "/actions/EXO-01")

    assert 'rel="prev" href="/actions/EXO-02"' in content
    assert 'rel="next"' not in content


@pytest.mark.parametrize(("asked", "led_to"), [("exo-01", "EXO-01"), ("Exo-01.json", "EXO-01.json")])
def test_a_code_in_lower_case_leads_to_the_address_of_the_action(client, asked, led_to):
    published()

    response = client.get(f"/actions/{asked}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/actions/{led_to}"


@pytest.mark.parametrize("path", ["/actions/EXO-99", "/actions/EXO-99.json", "/actions/exo"])
def test_an_unknown_code_is_not_found(client, path):
    response = client.get(path, follow=True)

    assert response.status_code == 404


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_the_page_asks_little_of_the_database(client, django_assert_max_num_queries, suffix):
    at_work, _edition = two_editions()
    client.force_login(at_work.contributor)

    with django_assert_max_num_queries(QUERIES):
        client.get(f"/actions/EXO-01{suffix}")


def test_nothing_written_by_people_becomes_markup(client):
    attack = "<img src=x onerror=alert(1)>"
    action = complete_action(title=attack, audience=attack, pilots=(attack,), sections=sections(problem=attack))
    register_action(founded(draft=one_axis(action), is_draft_public=True), acting_user=None)

    assert attack not in page(client, "/actions/EXO-01")


def test_a_stage_of_the_past_is_said_to_be_the_last_known(client):
    imported_programme()

    assert "Dernier état connu" in page(client, "/actions/HIST-01")
    assert "Dernier état connu des actions" in page(client, "/programmes/historique")


def test_an_imported_lineage_leads_from_one_action_to_the_other(client):
    programme = imported_programme()
    register_action(programme, origin={"id": "suite", "follows": ["origine"]}, acting_user=None)
    first = programme.actions.get(code="HIST-01")
    first.origin |= {"id": "origine", "followed_by": ["suite", "inconnue"]}
    first.save()

    assert [link["code"] for link in data(client, "/actions/HIST-01.json")["followed_by"]] == ["HIST-02"]
    assert 'href="/actions/HIST-02"' in page(client, "/actions/HIST-01")
    assert 'href="/actions/HIST-01"' in page(client, "/actions/HIST-02")


def test_an_action_that_only_stands_in_the_draft_leads_those_who_take_part_to_it(client):
    at_work = workshop()
    register_action(at_work.programme, acting_user=None)
    way = f'href="/programmes/{at_work.programme.slug}/redaction#EXO-02"'

    to_anybody = page(client, "/actions/EXO-02")
    client.force_login(at_work.contributor)
    to_a_writer = page(client, "/actions/EXO-02")

    assert way not in to_anybody
    assert way in to_a_writer
