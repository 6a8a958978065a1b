"""Editions: the list, one as it was published, its file, what changed."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from concerte.common.canonical import digest_of
from tests.programme.drafts import complete_action
from tests.programme.factories import founded
from tests.publication.situations import data, one_axis, page, published, two_editions

pytestmark = pytest.mark.django_db
QUERIES = 12


def test_a_programme_without_an_edition_says_so(client):
    founded()

    assert "Aucune édition publiée ici" in page(client, "/programmes/essai/editions")


def test_the_list_gives_each_edition_with_its_digest(client):
    _at_work, edition = two_editions()

    content = page(client, "/programmes/essai/editions")

    assert "Édition 1, 2e semestre 2026" in content
    assert content.index("Édition 2") < content.index("Édition 1,")
    assert edition.digest in content
    assert edition.previous.digest in content


def test_an_edition_shows_its_text_its_digest_and_who_approved(client):
    _at_work, edition = published()

    content = page(client, "/programmes/essai/editions/1")

    assert '<h1 class="display">Un programme</h1>' in content
    assert "Texte de la section milestones" in content
    assert edition.digest in content
    assert edition.record_digest in content
    assert "<strong>Service d’essai</strong> : approbation le" in content
    assert "<strong>Association d’essai</strong> : approbation le" in content
    assert "concerte verify essai-edition-1.json" in content


def test_an_edition_names_no_person(client):
    at_work, _edition = published()

    content = page(client, "/programmes/essai/editions/1")
    file = client.get("/programmes/essai/editions/1.json").content.decode()

    for person in (at_work.coordinator, at_work.state_representative, at_work.representative):
        assert person.name not in content
        assert person.name not in file


def test_an_organisation_renamed_since_keeps_its_name_in_the_edition(client):
    at_work, _edition = published()
    at_work.state.name = "Nouveau nom"
    at_work.state.save()

    content = page(client, "/programmes/essai/editions/1")

    assert "Service d’essai" in content
    assert "Nouveau nom" not in content


def test_the_file_of_an_edition_carries_its_text_and_its_digest(client):
    _at_work, edition = published()

    file = data(client, "/programmes/essai/editions/1.json")

    assert file["digest"] == edition.digest == digest_of(file["edition"])
    assert file["record_digest"] == digest_of(file["record"])
    assert file["edition"]["axes"][0]["actions"][0]["title"] in page(client, "/programmes/essai/editions/1")


def test_downloaded_files_pass_the_offline_check(client, tmp_path):
    two_editions()
    for number in (1, 2):
        (tmp_path / f"{number}.json").write_bytes(client.get(f"/programmes/essai/editions/{number}.json").content)

    with pytest.raises(SystemExit) as end:
        call_command("verify", str(tmp_path / "1.json"), str(tmp_path / "2.json"), stdout=StringIO())

    assert end.value.code == 0


def test_an_older_edition_leads_to_the_newer_one(client):
    two_editions()

    assert "Une édition plus récente existe" in page(client, "/programmes/essai/editions/1")
    assert "Une édition plus récente existe" not in page(client, "/programmes/essai/editions/2")


def test_differences_are_shown_word_by_word(client):
    two_editions()

    content = page(client, "/programmes/essai/editions/2/differences")

    assert '<del class="change-removed">proposée</del>' in content
    assert '<ins class="change-added">en cours</ins>' in content
    assert "<ins>Un texte entièrement revu</ins>" in content or "entièrement revu" in content
    assert "sortie du texte" in content
    assert "Partager les logiciels" in content


@pytest.mark.parametrize("path", ["", ".json", "/differences"], ids=["page", "file", "differences"])
def test_an_edition_asks_little_of_the_database(client, django_assert_max_num_queries, path):
    at_work, _edition = two_editions()
    client.force_login(at_work.contributor)

    with django_assert_max_num_queries(QUERIES):
        client.get(f"/programmes/essai/editions/2{path}")


@pytest.mark.parametrize(
    "path",
    [
        "/programmes/essai/editions/9",
        "/programmes/essai/editions/9.json",
        "/programmes/essai/editions/9/differences",
        "/programmes/essai/editions/1/differences",
        "/programmes/inconnu/editions/1",
    ],
)
def test_what_does_not_exist_is_not_found(client, path):
    published()

    page(client, path, status=404)


def test_nothing_written_by_people_becomes_markup(client):
    attack = "<script>alert(1)</script>"
    published(one_axis(complete_action(title=f"Publier {attack}", audience=attack), title=attack))

    assert attack not in page(client, "/programmes/essai/editions/1")
    assert json.dumps(attack) in client.get("/programmes/essai/editions/1.json").content.decode()


def test_what_an_edition_holds_is_listed_before_its_text(client):
    published()

    content = page(client, "/programmes/essai/editions/1")

    assert content.index('id="sommaire"') < content.index('id="axe-1-titre"') < content.index('id="approbations"')
