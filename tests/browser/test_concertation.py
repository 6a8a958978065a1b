"""Around the text: two sides confirm an exchange, an idea becomes an action of the draft, a reader amends one."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, follow
from tests.browser.writing import expect_saved, open_draft, section, write_at_the_end

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


def test_a_reader_amends_an_action_and_the_coordination_accepts_it(visit: Visit):
    reader, coordination = visit.as_role("Lecteur"), visit.as_role("Coordination")

    open_draft(reader)
    follow(reader, reader.get_by_role("link", name="proposer un amendement"))
    reader.get_by_label("Titre").fill("Penser aux familles qui arrivent")
    reader.get_by_label("Exposé des motifs").fill("Une famille qui emménage n’a encore rien à son nom.")
    follow(reader, reader.get_by_role("button", name="Ouvrir l’amendement et écrire"))
    expect(reader.get_by_text("Ceci est l’amendement, pas le texte commun")).to_be_visible()
    write_at_the_end(reader, section(reader, "EXO-03", "problem"), " Les nouveaux venus surtout.")
    expect_saved(reader)
    follow(reader, reader.get_by_role("link", name="Voir ce qu’il change, et le déposer"))
    expect(reader.locator("ins")).to_contain_text("Les nouveaux venus surtout.")
    address = reader.url
    follow(reader, reader.get_by_role("button", name="Déposer l’amendement"))

    editor = coordination.context.new_page()
    open_draft(editor)
    expect(section(editor, "EXO-03", "problem")).not_to_contain_text("Les nouveaux venus surtout.")
    coordination.goto(address)
    coordination.get_by_role("radio", name="L’accepter").check()
    coordination.get_by_label("Motifs de la réponse").fill("Elles sont les premières concernées.")
    follow(coordination, coordination.get_by_role("button", name="Répondre", exact=True))

    expect(section(editor, "EXO-03", "problem")).to_contain_text("Les nouveaux venus surtout.")
    reader.goto("/actions/EXO-03")
    follow(reader, reader.get_by_role("link", name="Suivre tout le fil"))
    expect(reader.get_by_role("link", name="Penser aux familles qui arrivent").first).to_be_visible()
