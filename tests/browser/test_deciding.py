"""Deciding, with the real roles: a double majority that fails and cannot be published; an objection that a new wording
answers, then a consent; an opinion on a text that comes after its day."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import deciding_scene
from tests.browser.conftest import Site, Visit, follow

pytestmark = pytest.mark.browser
PROPOSALS = "/programmes/exercice/propositions"
NEW = f"/instances/{deciding_scene.BODY}/decisions/nouvelle"


@pytest.fixture(scope="module")
def scene(site: Site) -> None:
    deciding_scene.lay(site.data)


def vote(page: Page, address: str, choice: str) -> None:
    page.goto(address)
    page.get_by_role("radio", name=choice, exact=True).check()
    follow(page, page.get_by_role("button", name="Enregistrer ce vote"))


def close(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Clore le vote maintenant").click()
    follow(page, page.get_by_role("button", name="Clore maintenant"))


def expect_no_fault(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_a_rejected_double_majority_cannot_be_published(scene: None, visit: Visit):
    administration = visit.as_role("Administr")
    administration.goto("/programmes/exercice/coordination/decision")
    administration.get_by_label("Qui décide, et comment").select_option(
        label="Comité d’exercice\u00a0: Double majorité, la moitié présente"
    )
    follow(administration, administration.get_by_role("button", name="Enregistrer"))
    coordination, state, association = (visit.as_role(name) for name in ("Coordination", "Pilote", "Représentante"))
    coordination.goto(PROPOSALS)
    follow(coordination, coordination.get_by_role("button", name="Figer et soumettre aux collèges"))
    proposal = coordination.url
    coordination.get_by_role("link", name="Voir la décision").click()
    expect(coordination.get_by_role("heading", name="Où en sont les collèges")).to_be_visible()
    decision = coordination.url

    vote(state, decision, "Pour")
    vote(association, decision, "Contre")
    expect_no_fault(association)
    close(coordination, decision)

    expect(coordination.locator("main")).to_contain_text("Non adopté")
    expect(coordination.locator("main")).to_contain_text("Collectivités")
    coordination.goto(proposal)
    expect(coordination.get_by_role("button", name="Publier l’édition")).to_be_disabled()
    coordination.goto(f"{proposal}/publication")
    expect(coordination.get_by_role("heading", name="Ce qui manque pour publier")).to_be_visible()
    expect(coordination.get_by_role("button", name="Publier cette édition")).to_have_count(0)
    reader = visit.anonymous()
    reader.goto(decision)
    expect(reader.locator("main")).to_contain_text("Association d’essai des communes")
    expect_no_fault(reader)


def test_an_objection_is_answered_by_a_new_wording_then_all_consent(scene: None, visit: Visit):
    coordination, state, association = (visit.as_role(name) for name in ("Coordination", "Pilote", "Représentante"))
    coordination.goto(NEW)
    coordination.get_by_label("Question").fill("Adopter la charte commune ?")
    coordination.get_by_label("Texte proposé").fill("Chaque membre applique la charte.")
    coordination.get_by_label("Règle", exact=True).select_option(label="Consentement")
    closing = datetime.now(tz=UTC) + timedelta(days=9)
    coordination.get_by_label("Clôture du vote").fill(closing.strftime("%Y-%m-%dT12:00"))
    follow(coordination, coordination.get_by_role("button", name="Ouvrir la décision"))
    decision = coordination.url

    association.goto(decision)
    association.get_by_text("Faire une objection motivée").click()
    association.get_by_label("Motifs de l’objection").fill("Les petites communes n’ont pas les moyens.")
    association.get_by_label("Rédaction proposée").fill("Chaque membre applique la charte, avec un appui.")
    follow(association, association.get_by_role("button", name="Enregistrer l’objection"))
    expect(association.locator("main")).to_contain_text("attend une réponse")
    expect_no_fault(association)
    coordination.goto("/mon-espace")
    coordination.get_by_role("link", name=re.compile("^Une objection de .* attend une réponse")).click()
    coordination.get_by_label("Réponse").fill("L’appui est ajouté.")
    coordination.get_by_label("Nouvelle rédaction").fill("Chaque membre applique la charte, avec un appui.")
    follow(coordination, coordination.get_by_role("button", name="Répondre"))
    vote(state, decision, "Consent")
    vote(association, decision, "Consent")
    close(coordination, decision)

    reader = visit.anonymous(viewport={"width": 360, "height": 800})
    reader.goto("/decisions?q=CHARTE")
    reader.get_by_role("link", name="Adopter la charte commune").click()
    expect(reader.locator("main")).to_contain_text("Adopté\u00a0: chaque collège adopte.")
    expect(reader.locator("main")).to_contain_text("avec un appui")
    expect(reader.locator("main")).to_contain_text("Les petites communes n’ont pas les moyens.")
    expect_no_fault(reader)


def submit_a_text(state: Page, due_in: timedelta) -> str:
    """A State service submits a text, at a known cost, to the council of the communes. Returns its address."""
    state.goto("/programmes/exercice/saisines")
    state.get_by_role("link", name="Soumettre un texte").click()
    state.get_by_label("Intitulé").fill("Projet de décret sur les permanences")
    state.get_by_label("Ce que le texte change").fill("Chaque commune ouvre une permanence.")
    state.get_by_label("communes de moins de 500 habitants", exact=True).check()
    state.get_by_label(deciding_scene.COUNCIL).check()
    state.get_by_label("Avis attendus le").fill((datetime.now(tz=UTC) + due_in).strftime("%Y-%m-%d"))
    state.get_by_label("tout le monde").check()
    state.get_by_label("communes de moins de 500 habitants\u00a0: euros la première année").fill("1200")
    follow(state, state.get_by_role("button", name="Soumettre le texte"))
    return state.url


def give_an_opinion(association: Page, *points: str) -> None:
    """Written in the note of the body, with what the State is to answer."""
    note = association.get_by_role("textbox", name="Texte de l’avis")
    note.locator("p").last.click()
    association.keyboard.type("Le coût dépasse ce que peut une petite commune.")
    expect(association.locator(".ed-status")).to_have_text("Enregistré")
    for point in points:
        association.get_by_label("Réserve ou remarque").fill(point)
        follow(association, association.get_by_role("button", name="Ajouter ce point"))
    association.get_by_label("favorable avec réserves").check()
    follow(association, association.get_by_role("button", name="Rendre l’avis"))


def answer_a_point(state: Page, words: str, choice: str) -> None:
    form = state.locator("details").filter(has=state.get_by_text("Répondre à ce point")).first
    form.get_by_text("Répondre à ce point").click()
    form.get_by_label("Réponse").fill(words)
    form.get_by_label(choice).check()
    follow(state, form.get_by_role("button", name="Enregistrer la réponse"))


def test_an_opinion_given_late_counts_as_late_and_each_of_its_points_is_answered(site: Site, visit: Visit):
    deciding_scene.lay_council(site.data)
    state, association = visit.as_role("Pilote"), visit.as_role("Représentante")
    address = submit_a_text(state, due_in=timedelta(days=30))
    deciding_scene.let_days_pass(site.data, int(address.rsplit("/", 1)[1]), days=42)

    # Twelve days after its day, who has to give it is told so, and gives it.
    reader = visit.anonymous(viewport={"width": 360, "height": 800})
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text("Les avis étaient attendus il y a 12 jours.")
    association.goto("/mon-espace")
    association.get_by_role("link", name=f"Un avis de {deciding_scene.COUNCIL} est en retard").click()
    expect(association.locator("main")).to_contain_text("Cet avis est en retard de 12 jours")
    expect_no_fault(association)
    give_an_opinion(association, "Qui paie la permanence ?", "Un délai d’un an est nécessaire.")
    expect(association.locator("main")).to_contain_text("12 jours de retard")

    # The State answers each point; how long it all took is public.
    state.goto("/mon-espace")
    state.get_by_role("link", name=f"L’avis de {deciding_scene.COUNCIL} attend votre réponse").click()
    answer_a_point(state, "L’État verse une aide.", "Oui, le texte en tient compte")
    answer_a_point(state, "La date ne change pas.", "Non, le texte ne change pas sur ce point")
    expect_no_fault(state)
    reader.goto(address)
    for said in ("12 jours de retard", "L’État verse une aide.", "De la saisine à la dernière réponse : 42 jours."):
        expect(reader.locator("main")).to_contain_text(said)
    reader.goto("/programmes/exercice/saisines")
    late = reader.locator(".figures > div").filter(has_text="avis rendus en retard")
    expect(late.locator("dd")).to_have_text("1")
    expect_no_fault(reader)
