"""What a writer does with sheets: duplicate, move, choose pilots, paste, follow a check to its place."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.writing import expect_saved, open_draft, section

pytestmark = pytest.mark.browser


def codes(page: Page, axis: str) -> list[str]:
    """The codes of an axis in the order they stand."""
    return page.locator(f"#texte-{axis} article").evaluate_all("sheets => sheets.map(sheet => sheet.dataset.code)")


def sheet_menu(page: Page, code: str, item: str) -> None:
    page.get_by_role("button", name=f"Actions sur la fiche {code}").click()
    page.get_by_role("menuitem", name=item).click()


def test_a_duplicate_gets_a_code_of_its_own_that_stays_after_a_reload(visit: Visit):
    page = visit.as_role("Coordination")
    open_draft(page)

    sheet_menu(page, "EXO-02", "Dupliquer")
    expect(page.locator("article[data-code='EXO-05']")).to_be_visible()
    expect_saved(page)
    open_draft(page)

    expect(page.locator("article[data-code='EXO-05']")).to_contain_text("Former deux cents agents")
    expect(page.locator("article[data-code='EXO-02']")).to_have_count(1)


def test_a_sheet_moves_by_keyboard_and_the_others_see_it(visit: Visit):
    page, other = visit.as_role("Coordination"), visit.as_role("Représentante")
    open_draft(page)
    open_draft(other)
    before = codes(page, "axe-2")

    page.get_by_role("button", name=f"Déplacer {before[0]}").focus()
    page.keyboard.press("Alt+ArrowDown")

    expect(other.locator("#texte-axe-2 article").first).to_have_attribute("data-code", before[1])
    expect(other.locator("#texte-axe-2 article").nth(1)).to_have_attribute("data-code", before[0])


def test_a_sheet_moves_to_another_axis_and_keeps_its_code(visit: Visit):
    page = visit.as_role("Représentante")
    open_draft(page)

    sheet_menu(page, "EXO-01", "Déplacer…")
    page.get_by_label("Axe de destination").select_option(index=1)
    page.get_by_role("dialog").get_by_role("button", name="Déplacer", exact=True).click()

    expect(page.locator("#texte-axe-2 article[data-code='EXO-01']")).to_be_visible()
    expect(page.locator("#texte-axe-1 article[data-code='EXO-01']")).to_have_count(0)
    expect_saved(page)


def test_pilots_are_chosen_by_typing_and_the_checks_follow(visit: Visit):
    page = visit.as_role("Coordination")
    open_draft(page, "dcant-2018-2020")
    sheet = page.locator("#texte-DCANT-01")
    missing = page.get_by_role("button", name="Aucun pilote du collège « Collectivités territoriales »").first
    expect(missing).to_be_visible(timeout=15_000)
    before = page.locator(".ed-finding").count()

    sheet.get_by_role("button", name="Modifier : Pilotes").click()
    page.get_by_role("combobox", name="Chercher une organisation : Pilotes").fill("maires ruraux")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(sheet.locator("[data-place=pilots]")).to_contain_text("AMRF")
    expect(page.locator(".ed-finding")).to_have_count(before - 1, timeout=15_000)


def test_a_finding_leads_to_its_place(visit: Visit):
    page = visit.as_role("Coordination")
    open_draft(page, "dcant-2018-2020")

    page.get_by_role("button", name="Aucun livrable").first.click()

    where = page.evaluate("getSelection().anchorNode.parentElement.closest('[data-place]').dataset.place")
    assert where == "section:deliverables"


def test_paste_from_a_word_processor_leaves_the_rubbish_behind(visit: Visit):
    page = visit.as_role("Coordination")
    open_draft(page)
    place = section(page, "EXO-04", "milestones")
    place.locator("p, li").last.click()

    page.evaluate(
        """html => {
          const data = new DataTransfer()
          data.setData('text/html', html)
          data.setData('text/plain', 'Jalon collé')
          const paste = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})
          document.activeElement.dispatchEvent(paste)
        }""",
        "<html><head><style>p.MsoNormal{mso-x:1}</style></head><body><!--StartFragment-->"
        "<p class=MsoNormal style='color:red'><b>Jalon</b> <span style='mso-fareast:x'>collé</span><o:p></o:p></p>"
        "<p><a href='javascript:alert(1)'>piège</a></p><!--EndFragment--></body></html>",
    )

    expect(place).to_contain_text("Jalon collé")
    expect(place.locator("strong")).to_have_text("Jalon")
    kept = place.inner_html()
    assert "Mso" not in kept
    assert "mso" not in kept
    assert "javascript:" not in kept


def test_a_sheet_is_dragged_below_the_next_one_by_its_handle(visit: Visit):
    page = visit.as_role("Coordination", viewport={"width": 1280, "height": 6000})
    open_draft(page)
    before = codes(page, "axe-2")[:2]
    handle = page.get_by_role("button", name=f"Déplacer {before[0]}").bounding_box()
    target = page.locator(f"#texte-{before[1]}").bounding_box()

    page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + target["height"] / 2, steps=5)
    page.mouse.move(target["x"] + 60, target["y"] + target["height"] - 4, steps=5)
    page.mouse.up()

    expect(page.locator("#texte-axe-2 article").first).to_have_attribute("data-code", before[1])
    assert codes(page, "axe-2")[:2] == before[::-1]
