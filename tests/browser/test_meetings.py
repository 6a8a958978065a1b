"""A meeting from its preparation to its approved minutes, by the real roles, in the browser."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, follow

pytestmark = pytest.mark.browser
BODY = "/instances/exercice-comite-de-pilotage"


def prepare_for_today(page: Page) -> str:
    """A meeting of today, in five minutes. Returns its address."""
    # Late in the evening, where it is still noon: five minutes more must not be another day.
    zone = "Europe/Paris" if timezone.localtime().hour < 23 else "Pacific/Tahiti"
    now = timezone.now().astimezone(ZoneInfo(zone)) + timedelta(minutes=5)
    page.goto(f"{BODY}/reunions/nouvelle")
    page.get_by_label("Titre").fill("Réunion urgente")
    page.get_by_label("Jour").fill(now.strftime("%Y-%m-%d"))
    page.get_by_label("Commence à").fill(now.strftime("%H:%M"))
    page.get_by_label("S’achève à").fill((now + timedelta(hours=2)).strftime("%H:%M"))
    page.get_by_label("À l’heure de").select_option(zone)
    page.get_by_label("Lieu").fill("Salle d’essai")
    follow(page, page.get_by_role("button", name="Préparer"))
    return page.url


def add_item(page: Page, title: str, kind: str) -> None:
    page.get_by_role("link", name="Inscrire un point").click()
    page.get_by_label("Intitulé").fill(title)
    page.get_by_label(kind).check()
    follow(page, page.get_by_role("button", name="Inscrire"))


def approve(page: Page, address: str) -> None:
    page.goto(f"{address}/releve")
    page.get_by_label("J’approuve ce relevé").check()
    follow(page, page.get_by_role("button", name="Enregistrer cette position"))


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_a_meeting_is_convened_held_and_its_minutes_approved_by_both_colleges(visit: Visit):
    secretary, state, association = (visit.as_role(name) for name in ("Coordination", "Pilote", "Représentante"))

    # Prepared, with an agenda whose order changes, then convened urgently.
    address = prepare_for_today(secretary)
    add_item(secretary, "Questions", "pour échange")
    add_item(secretary, "Feuille de route", "pour décision")
    follow(secretary, secretary.get_by_role("button", name="Monter (Feuille de route)"))
    expect(secretary.locator(".agenda-item h3").first).to_contain_text("Feuille de route")
    secretary.get_by_role("link", name="Convoquer").click()
    follow(secretary, secretary.get_by_role("button", name="Convoquer"))
    expect(secretary.get_by_text("jours au délai de convocation").first).to_be_visible()
    secretary.get_by_label("Motif de l’urgence").fill("Le décret paraît demain.")
    follow(secretary, secretary.get_by_role("button", name="Convoquer"))
    association.goto(address)
    expect(association.get_by_text("Le décret paraît demain.")).to_be_visible()

    # Held: who is there, what is left.
    follow(secretary, secretary.get_by_role("button", name="Ouvrir la réunion"))
    secretary.get_by_role("link", name="Noter les présences").click()
    secretary.get_by_label("Service d’essai de l’État").select_option("présente, par Pilote État (exemple)")
    secretary.get_by_label("Association d’essai des communes").select_option(
        "présente, par Représentante d’association (exemple)"
    )
    assert violations(secretary) == []
    follow(secretary, secretary.get_by_role("button", name="Noter", exact=True))
    expect(secretary.get_by_text("quorum atteint dans chaque collège")).to_be_visible()
    assert violations(secretary) == []

    # One leaves: the quorum is lost until it is back.
    secretary.get_by_role("link", name="Noter les présences").click()
    follow(secretary, secretary.get_by_role("button", name="Noter le départ (Association d’essai des communes)"))
    expect(secretary.get_by_text("Le quorum est perdu")).to_be_visible()
    assert violations(secretary) == []
    follow(secretary, secretary.get_by_role("button", name="De retour (Association d’essai des communes)"))
    expect(secretary.get_by_text("Le quorum est perdu")).to_have_count(0)
    secretary.goto(address)
    follow(secretary, secretary.get_by_role("button", name="Clore la réunion"))
    expect(secretary.get_by_text("sans décision")).to_be_visible()

    # Minutes: put, approved by one college, then by the other; then anybody reads them.
    secretary.get_by_role("link", name="Écrire le relevé").click()
    follow(secretary, secretary.get_by_role("button", name="Soumettre à l’approbation"))
    approve(state, address)
    reader = visit.anonymous()
    reader.goto(address)
    expect(reader.get_by_text("Il paraîtra ici")).to_be_visible()
    approve(association, address)
    reader.goto(f"{address}/releve")
    expect(reader.locator("main")).to_contain_text("1. Feuille de route")
    assert violations(reader) == []
