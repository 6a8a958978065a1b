"""From a draft to a published edition, and to a second one: the whole journey, with the real roles."""

import json
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, follow
from tests.browser.writing import expect_saved, open_draft, section, write_at_the_end

pytestmark = pytest.mark.browser
PROPOSALS = "/programmes/exercice/propositions"


def freeze(page: Page) -> None:
    page.goto(PROPOSALS)
    page.get_by_role("button", name="Figer et soumettre aux collèges").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Proposition")


def answer(page: Page, number: int, choice: str, reasons: str = "") -> None:
    page.goto(f"{PROPOSALS}/{number}")
    page.get_by_label(choice).check()
    if reasons:
        page.get_by_label("Motifs").fill(reasons)
    follow(page, page.get_by_role("button", name="Enregistrer cette position"))


def publish(page: Page, number: int) -> None:
    page.goto(f"{PROPOSALS}/{number}")
    page.get_by_role("link", name="Publier l’édition").click()
    follow(page, page.get_by_role("button", name="Publier cette édition"))


def verify(*files):
    command = [sys.executable, "-m", "concerte.cli.main", "verify", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_two_colleges_approve_the_very_text_and_two_editions_are_published(visit: Visit, tmp_path):
    coordination, state, association = (visit.as_role(name) for name in ("Coordination", "Pilote", "Représentante"))

    # What is written, frozen and approved…
    open_draft(coordination)
    write_at_the_end(coordination, section(coordination, "EXO-01", "problem"), " Une phrase écrite ce matin.")
    expect_saved(coordination)
    freeze(coordination)
    write_in_the_draft_after_freezing(coordination)
    answer(state, 1, "J’approuve ce texte")
    coordination.goto(f"{PROPOSALS}/1")
    expect(coordination.get_by_role("button", name="Publier l’édition")).to_be_disabled()
    expect(coordination.get_by_text("Le texte en cours a changé depuis").first).to_be_visible()
    answer(association, 1, "Je m’oppose à ce texte", "Il manque un mot sur les petites communes.")
    coordination.goto(f"{PROPOSALS}/1")
    expect(coordination.get_by_role("button", name="Publier l’édition")).to_be_disabled()
    answer(association, 1, "J’approuve ce texte")
    publish(coordination, 1)

    # …is what anyone reads, without an account.
    reader = visit.anonymous()
    reader.goto("/programmes/exercice/editions/1")
    expect(reader.locator("main")).to_contain_text("Une phrase écrite ce matin.")
    expect(reader.locator("main")).not_to_contain_text("Écrit après le gel.")
    expect(reader.locator("main")).to_contain_text("Association d’essai des communes")
    reader.goto("/actions/EXO-01")
    expect(reader.locator("main")).to_contain_text("Une phrase écrite ce matin.")

    # A second edition carries the digest of the first, and both are checked offline.
    freeze(coordination)
    answer(state, 2, "J’approuve ce texte")
    answer(association, 2, "J’approuve ce texte")
    publish(coordination, 2)
    files = []
    for number in (1, 2):
        file = tmp_path / f"edition-{number}.json"
        file.write_bytes(reader.request.get(f"/programmes/exercice/editions/{number}.json").body())
        files.append(file)
    first, second = (json.loads(file.read_bytes()) for file in files)
    assert second["edition"]["previous"]["digest"] == first["digest"]
    assert verify(*files).returncode == 0
    files[0].write_text(files[0].read_text().replace("ce matin", "ce soir"))
    assert verify(*files).returncode == 1


def write_in_the_draft_after_freezing(page: Page) -> None:
    open_draft(page)
    write_at_the_end(page, section(page, "EXO-02", "problem"), " Écrit après le gel.")
    expect_saved(page)


def test_a_contributor_cannot_answer_and_a_reader_cannot_freeze(visit: Visit):
    contributor = visit.as_role("Contributeur")
    contributor.goto(PROPOSALS)

    expect(contributor.get_by_role("button", name="Figer et soumettre aux collèges")).to_have_count(0)
    expect(contributor.get_by_role("button", name="Enregistrer cette position")).to_have_count(0)
