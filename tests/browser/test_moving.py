"""Moving an action while others write in it: on line, off line, and when two people move it at once."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_editing import codes, sheet_menu
from tests.browser.writing import expect_saved, open_draft, section, text_of, write_at_the_end

pytestmark = pytest.mark.browser
STATE, ASSOCIATION = "Coordination", "Représentante"


def move_to_axis(page: Page, code: str, axis: int) -> None:
    """Choose the axis (from 0) in the dialog; the sheet goes to its end."""
    sheet_menu(page, code, "Déplacer…")
    page.get_by_label("Axe de destination").select_option(index=axis)
    page.get_by_role("dialog").get_by_role("button", name="Déplacer", exact=True).click()


def expect_same_text(one: Page, other: Page) -> None:
    """The pages show the same once all has arrived."""
    for page in (one, other):
        expect_saved(page)
    assert text_of(one) == text_of(other)


def test_what_is_written_offline_follows_the_action_moved_meanwhile(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)

    one.context.set_offline(True)
    write_at_the_end(one, section(one, "EXO-03", "problem"), " Écrit hors ligne.")
    one.keyboard.press("Enter")
    one.keyboard.type("Dans un nouveau paragraphe.")
    move_to_axis(other, "EXO-03", 0)
    expect(other.locator("#texte-axe-1 article[data-code='EXO-03']")).to_be_visible()
    expect_saved(other)
    one.context.set_offline(False)

    for page in (one, other):
        place = page.locator("#texte-axe-1 article[data-code='EXO-03'] [data-place='section:problem']")
        expect(place).to_contain_text("Écrit hors ligne.", timeout=30_000)
        expect(place).to_contain_text("Dans un nouveau paragraphe.")
        expect(page.locator("article[data-code='EXO-03']")).to_have_count(1)
    expect_same_text(one, other)


def test_it_follows_even_when_the_page_was_closed_offline_and_opened_later(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)
    one.context.set_offline(True)
    write_at_the_end(one, section(one, "EXO-01", "objectives"), " Gardé, puis envoyé.")
    expect(one.locator(".ed-status")).to_have_attribute("data-state", "offline")  # and no longer "keeping"
    one.close(run_before_unload=False)
    for axis in (1, 0, 1):
        move_to_axis(other, "EXO-01", axis)
        expect(other.locator(f"#texte-axe-{axis + 1} article[data-code='EXO-01']")).to_be_visible()
    expect_saved(other)

    again = one.context.new_page()
    again.context.set_offline(False)
    open_draft(again)

    for page in (again, other):
        place = page.locator("#texte-axe-2 article[data-code='EXO-01'] [data-place='section:objectives']")
        expect(place).to_contain_text("Gardé, puis envoyé.", timeout=30_000)
    expect_same_text(again, other)


def test_an_action_moved_by_two_people_at_once_stands_once(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)
    one.context.set_offline(True)
    expect(one.get_by_text("Hors ligne").first).to_be_visible()
    one.get_by_role("button", name="Déplacer EXO-02").focus()
    one.keyboard.press("Alt+ArrowUp")
    write_at_the_end(one, section(one, "EXO-02", "effects"), " De l’État.")
    move_to_axis(other, "EXO-02", 1)
    write_at_the_end(other, section(other, "EXO-02", "effects"), " De l’association.")
    expect_saved(other)

    one.context.set_offline(False)

    for page in (one, other):
        expect(section(page, "EXO-02", "effects")).to_contain_text("De l’État.", timeout=30_000)
        expect(section(page, "EXO-02", "effects")).to_contain_text("De l’association.", timeout=30_000)
        expect(page.locator("article[data-code='EXO-02']")).to_have_count(1)
    expect_same_text(one, other)
    assert [codes(one, axis) for axis in ("axe-1", "axe-2")] == [codes(other, axis) for axis in ("axe-1", "axe-2")]


def test_who_writes_in_an_action_goes_on_writing_when_another_moves_it(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)
    write_at_the_end(one, section(one, "EXO-04", "milestones"), " Avant,")
    expect(section(other, "EXO-04", "milestones")).to_contain_text("Avant,")

    move_to_axis(other, "EXO-04", 0)
    expect(one.locator("#texte-axe-1 article[data-code='EXO-04']")).to_be_visible()
    one.keyboard.type(" puis après.")

    for page in (one, other):
        expect(section(page, "EXO-04", "milestones")).to_contain_text("Avant, puis après.")
    expect(one.get_by_text("Une autre personne a déplacé EXO-04")).to_have_count(1)
    expect_same_text(one, other)


def test_two_people_add_a_pilot_to_the_same_action_at_once(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one, "dcant-2018-2020")
    open_draft(other, "dcant-2018-2020")
    one.context.set_offline(True)
    expect(one.get_by_text("Hors ligne").first).to_be_visible()
    for page, typed in ((one, "maires ruraux"), (other, "départements de france")):
        page.locator("#texte-DCANT-02").get_by_role("button", name="Modifier : Pilotes").click()
        page.get_by_role("combobox", name="Chercher une organisation : Pilotes").fill(typed)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    expect_saved(other)

    one.context.set_offline(False)

    for page in (one, other):
        pilots = page.locator("#texte-DCANT-02 [data-place=pilots]")
        expect(pilots).to_contain_text("AMRF", timeout=30_000)
        expect(pilots).to_contain_text("ADF")
