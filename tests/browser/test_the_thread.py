"""One thread: from what was said in an exchange to the published edition, by the people of both colleges, page after
page; then followed both ways by somebody without an account."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import deciding_scene
from tests.browser.conftest import Site, Visit, follow
from tests.browser.test_deciding import close, vote
from tests.browser.writing import expect_saved, section, write_at_the_end

pytestmark = pytest.mark.browser
PLACE = "/programmes/exercice"
EXCHANGE = "L’accueil des habitants sans ordinateur"
NEED = "Aucun lieu où se faire aider près de chez soi"
THEME = "Un accueil pour tous"
GROUP = "Groupe de l’accueil"
IDEA = "Ouvrir une permanence dans 60 communes"
STATE, ASSOCIATION = "Service d’essai de l’État", "Association d’essai des communes"


@pytest.fixture(scope="module")
def scene(site: Site) -> None:
    deciding_scene.lay(site.data)


def submit(page: Page, label: str) -> None:
    follow(page, page.get_by_role("button", name=label, exact=True))


def go(page: Page, label: str) -> None:
    follow(page, page.get_by_role("link", name=label, exact=True).first)


def open_part(page: Page, name: str) -> None:
    """One of the parts of the concertation, from its second navigation. name: "Besoins", "Thèmes"…"""
    page.goto(f"{PLACE}/echanges")
    go(page, name)


def record_an_exchange(state: Page, association: Page) -> None:
    open_part(state, "Échanges")
    go(state, "Consigner un échange")
    state.get_by_label("Objet de l’échange").fill(EXCHANGE)
    state.get_by_label("Date", exact=True).fill("2026-09-15")
    state.get_by_label(STATE).check()
    state.get_by_label(ASSOCIATION).check()
    state.get_by_label("Tout le monde, sans compte").check()
    submit(state, "Ouvrir l’échange")
    submit(state, "Confirmer cet échange")
    association.goto(state.url)
    submit(association, "Confirmer cet échange")


def raise_a_need(association: Page, state: Page) -> None:
    """From the page of the exchange; then the other side says that it has it too."""
    go(association, "Exprimer un besoin")
    association.get_by_label("Titre").fill(NEED)
    association.get_by_label("Quelle est la difficulté").fill("Il faut faire vingt kilomètres pour remplir un dossier.")
    association.get_by_label("dans les six mois").check()
    association.get_by_label("Tout le monde").check()
    submit(association, "Signaler ce besoin")
    state.goto(association.url)
    go(state, "Nous aussi")
    follow(state, state.get_by_role("button", name="Dire"))


def group_in_a_theme(coordination: Page) -> str:
    """Returns the address of the theme."""
    open_part(coordination, "Thèmes")
    go(coordination, "Nouveau thème")
    coordination.get_by_label("Titre").fill(THEME)
    coordination.get_by_label("Tout le monde").check()
    submit(coordination, "Créer le thème")
    theme = coordination.url
    go(coordination, "Ranger des besoins")
    coordination.get_by_role("checkbox", name=NEED).check()
    coordination.get_by_label("Ranger dans").select_option(label=THEME)
    submit(coordination, "Ranger ce qui est coché")
    coordination.goto(theme)
    submit(coordination, f"Ranger aussi {EXCHANGE}")
    return theme


def set_a_group_up(coordination: Page, state: Page, association: Page) -> None:
    open_part(coordination, "Groupes de travail")
    go(coordination, "Créer un groupe")
    coordination.get_by_label("Nom").fill(GROUP)
    coordination.get_by_label("À quoi il travaille").fill("Chercher où et comment accueillir.")
    coordination.get_by_label("Ouvert").check()
    submit(coordination, "Créer le groupe")
    for page, name in ((state, "Pilote État (exemple)"), (association, "Représentante d’association (exemple)")):
        page.goto(coordination.url)
        page.get_by_role("link", name="Nommer un copilote").first.click()
        page.get_by_label("Personne").select_option(label=name)
        submit(page, "Nommer")


def find_an_idea(association: Page, state: Page, theme: str) -> None:
    """Brought in the group by one college, retained by the co-pilot of the other."""
    go(association, "Proposer une idée")
    association.get_by_label("Titre").fill(IDEA)
    association.get_by_label("Texte").fill("Une permanence par semaine, tenue à deux.")
    association.get_by_label("Besoin, thème ou échange qui l’inspire").fill(theme)
    association.get_by_label("Tout le monde, sans compte").check()
    submit(association, "Proposer cette idée")
    state.goto(association.url)
    go(state, "L’étudier ou y répondre")
    state.get_by_label("La retenir").check()
    state.get_by_label("Motifs").fill("Elle répond au besoin, et à un coût connu.")
    submit(state, "Répondre")


def write_the_action(state: Page) -> str:
    """Bring the idea in the draft; give the action a pilot of each college, and a deliverable. Returns its code."""
    go(state, "Porter dans le texte")
    state.get_by_label("Où la porter").select_option(label="Nouvelle action dans : Un accueil commun")
    submit(state, "Porter dans le texte")
    follow(state, state.get_by_role("link", name=IDEA))
    state.get_by_role("link", name="dans le texte en cours").click()
    expect_saved(state)
    sheet = state.locator("article[data-code]").filter(has_text=IDEA)
    code = str(sheet.get_attribute("data-code"))
    sheet.get_by_role("button", name="Modifier : Pilotes").click()
    for name in (STATE, ASSOCIATION):
        state.get_by_role("combobox", name="Chercher une organisation : Pilotes").fill(name)
        state.keyboard.press("ArrowDown")
        state.keyboard.press("Enter")
        expect(sheet.locator("[data-place=pilots]")).to_contain_text(name)
    write_at_the_end(state, section(state, code, "deliverables"), "Soixante permanences ouvertes")
    expect_saved(state)
    return code


def let_the_body_decide(administration: Page) -> None:
    administration.goto(f"{PLACE}/coordination/decision")
    administration.get_by_label("Qui décide, et comment").select_option(
        label="Comité d’exercice\u00a0: Double majorité, la moitié présente"
    )
    submit(administration, "Enregistrer")


def decide(coordination: Page, state: Page, association: Page) -> None:
    coordination.goto(f"{PLACE}/propositions")
    submit(coordination, "Figer et soumettre aux collèges")
    proposal = coordination.url
    coordination.get_by_role("link", name="Voir la décision").click()
    expect(coordination.get_by_role("heading", name="Où en sont les collèges")).to_be_visible()
    decision = coordination.url
    vote(state, decision, "Pour")
    vote(association, decision, "Pour")
    close(coordination, decision)
    expect(coordination.locator("main")).to_contain_text("Adopté")
    coordination.goto(proposal)


def publish(coordination: Page) -> None:
    go(coordination, "Publier l’édition")
    submit(coordination, "Publier cette édition")


def told(page: Page, way: str) -> list[str]:
    """What a thread names, one way. way: "D’où cela vient" or "Ce que c’est devenu"."""
    return page.get_by_role("region", name=way).get_by_role("link").all_inner_texts()


def test_one_thread_goes_from_the_exchange_to_the_edition_and_back(scene: None, visit: Visit):
    coordination, state, association = (visit.as_role(name) for name in ("Coordination", "Pilote", "Représentante"))

    # What was said, and needed; put together; what could be done about it.
    record_an_exchange(state, association)
    raise_a_need(association, state)
    theme = group_in_a_theme(coordination)
    set_a_group_up(coordination, state, association)
    find_an_idea(association, state, theme)

    # Written, decided by both colleges, published.
    code = write_the_action(state)
    let_the_body_decide(visit.as_role("Administr"))
    decide(coordination, state, association)
    publish(coordination)

    # Anybody follows it, from the action to where it comes from, to where it went, and back.
    reader = visit.anonymous()
    reader.goto(f"/actions/{code}")
    reader.get_by_role("link", name="Suivre tout le fil").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(IDEA)
    assert {EXCHANGE, NEED, THEME, IDEA} <= set(told(reader, "D’où cela vient"))
    decision, edition = told(reader, "Ce que c’est devenu")[:2]
    assert "Faut-il publier" in decision
    assert "édition 1" in edition
    reader.get_by_role("region", name="D’où cela vient").get_by_role("link", name=EXCHANGE).first.click()
    go(reader, "Suivre tout le fil")
    assert {NEED, THEME, IDEA, decision, edition} <= set(told(reader, "Ce que c’est devenu"))

    # What is public is counted where the making of the programme is told.
    reader.goto(f"{PLACE}/coulisses")
    for counted in ("échange", "besoin", "thème", "idée", "décision", "édition"):
        row = reader.locator(".figures > div").filter(has=reader.get_by_role("link", name=re.compile(f"^{counted}")))
        assert int(row.locator("dd").inner_text()) >= 1
