"""Before the text: two sides confirm an exchange, and a retained idea becomes an action of the draft."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, follow
from tests.browser.writing import open_draft

pytestmark = pytest.mark.browser
PLACE = "/programmes/exercice"


def submit(page: Page, label: str) -> None:
    follow(page, page.get_by_role("button", name=label, exact=True))


def test_two_sides_record_an_exchange_and_confirm_it(visit: Visit):
    state, association = visit.as_role("Pilote"), visit.as_role("Contributeur")

    state.goto(f"{PLACE}/echanges/nouveau")
    state.get_by_label("Objet de l’échange").fill("L’accueil des petites communes")
    state.get_by_label("Date", exact=True).fill("2026-09-15")
    state.get_by_label("Service d’essai de l’État").check()
    state.get_by_label("Association d’essai des communes").check()
    state.get_by_label("Tout le monde, sans compte").check()
    submit(state, "Ouvrir l’échange")
    address = state.url
    submit(state, "Confirmer cet échange")
    association.goto(address)
    expect(association.get_by_text("A confirmé")).to_have_count(1)
    submit(association, "Confirmer cet échange")

    reader = visit.anonymous()
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1)).to_have_text("L’accueil des petites communes")
    expect(reader.get_by_text("A confirmé")).to_have_count(2)
    expect(reader.get_by_role("button", name="Confirmer cet échange")).to_have_count(0)


def test_a_retained_idea_becomes_an_action_that_open_editors_see(visit: Visit):
    association, coordination = visit.as_role("Contributeur"), visit.as_role("Coordination")
    editor = visit.as_role("Représentante")
    text = open_draft(editor)

    association.goto(f"{PLACE}/idees/nouvelle")
    association.get_by_label("Titre").fill("Un guichet commun aux trois fonctions publiques")
    association.get_by_label("Texte").fill("Un seul guichet.\n\nOuvert à toutes les communes.")
    submit(association, "Proposer cette idée")
    coordination.goto(association.url)
    follow(coordination, coordination.get_by_role("link", name="L’étudier ou y répondre"))
    coordination.get_by_label("La retenir").check()
    coordination.get_by_label("Motifs").fill("Elle répond à un besoin de toutes les communes.")
    submit(coordination, "Répondre")
    association.reload()
    expect(association.get_by_text("Cette idée est retenue", exact=True)).to_be_visible()

    follow(coordination, coordination.get_by_role("link", name="Porter dans le texte"))
    coordination.get_by_label("Où la porter").select_option(label="Nouvelle action dans : Un accueil commun")
    submit(coordination, "Porter dans le texte")

    expect(text).to_contain_text("Un guichet commun aux trois fonctions publiques")
    expect(text).to_contain_text("Ouvert à toutes les communes.")
    expect(coordination.get_by_role("link", name="Un guichet commun aux trois fonctions publiques")).to_be_visible()
