"""axe-core on the pages one only meets on the way: signing in, deciding, publishing, and what refuses."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, follow
from tests.browser.test_accessibility import violations
from tests.browser.test_publishing import PROPOSALS, answer, freeze, publish

pytestmark = pytest.mark.browser
PHONE = {"width": 320, "height": 640}


def faults(page: Page) -> list[str]:
    """What axe finds here, and whether the page is wider than the narrowest screen."""
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    return [*violations(page), *([f"{width} px wide"] if width > PHONE["width"] else [])]


def test_signing_in_by_code_a_wrong_code_included(visit: Visit):
    page = visit.anonymous()
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill("pas une adresse")
    follow(page, page.get_by_role("button", name="Recevoir un code"))
    refused = faults(page)
    page.get_by_label("Adresse électronique").fill("personne@mairie.exemple")
    follow(page, page.get_by_role("button", name="Recevoir un code"))
    asked = faults(page)
    page.get_by_role("textbox").first.fill("000-000-000")
    follow(page, page.locator("main form button[type=submit]").first)
    expect(page.locator("main [role=alert], main .error, main [aria-invalid=true]").first).to_be_visible()

    assert {"refused": refused, "asked": asked, "wrong": faults(page)} == {"refused": [], "asked": [], "wrong": []}


def test_deciding_and_publishing(visit: Visit):
    coordination, state, association = (visit.as_role(name) for name in ("Coordination", "Pilote", "Représentante"))
    found = {}
    freeze(coordination)
    found["proposal, for the coordination"] = faults(coordination)
    coordination.goto(f"{PROPOSALS}/1/retrait")
    found["withdrawal"] = faults(coordination)
    answer(association, 1, "Je m’oppose à ce texte")
    found["an objection without reasons"] = faults(association)
    answer(association, 1, "Je m’oppose à ce texte", "Un motif.")
    found["proposal, objected to"] = faults(association)
    answer(association, 1, "J’approuve ce texte")
    answer(state, 1, "J’approuve ce texte")
    coordination.goto(f"{PROPOSALS}/1/publication")
    found["publication"] = faults(coordination)
    publish(coordination, 1)
    freeze(coordination)
    answer(association, 2, "J’approuve ce texte")
    answer(state, 2, "J’approuve ce texte")
    publish(coordination, 2)
    reader = visit.anonymous()
    base = "/programmes/exercice"
    for path in (base, f"{base}/editions", f"{base}/editions/2", f"{base}/editions/2/differences", "/actions/EXO-01"):
        reader.goto(path)
        found[path] = faults(reader)

    assert {page: listed for page, listed in found.items() if listed} == {}
