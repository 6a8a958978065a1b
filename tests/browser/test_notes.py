"""Notes written together, two on one page: by two people, by a reader, without script, on paper."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_accessibility import settle, violations

pytestmark = pytest.mark.browser
SETTINGS = "tests.browser.notes.settings"
PAGE = "/essai/notes"
STATE, ASSOCIATION, READER = "Coordination", "Représentante", "Lecteur"


def open_note(page: Page, name: str = "Notes de l’échange") -> Locator:
    page.goto(PAGE)
    for said in page.locator(".ed-status").all():
        expect(said).to_have_text("Enregistré")
    return page.get_by_role("textbox", name=name)


def frame_of(page: Page, rank: int) -> Locator:
    return page.locator("[data-note]").nth(rank)


def test_two_people_write_in_two_notes_of_one_page(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    first, second = open_note(one), open_note(other, "Suites à donner")

    first.locator("p").first.click()
    one.keyboard.press("End")
    one.keyboard.type(" Séance du 12 mars.")
    second.click()
    other.keyboard.type("Écrire au ministère")

    for page in (one, other):
        expect(frame_of(page, 0)).to_contain_text("Séance du 12 mars.")
        expect(frame_of(page, 1)).to_contain_text("Écrire au ministère")
        for rank in (0, 1):
            expect(frame_of(page, rank).locator(".ed-status")).to_have_text("Enregistré")
    expect(one.locator(".ed-caret")).to_have_attribute("data-name", "Représentante d’association (exemple)")


def test_tools_work_on_their_own_note_and_the_text_is_kept(visit: Visit):
    page = visit.as_role(STATE)
    note = open_note(page)
    note.locator("li").last.click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Tableau de suivi")

    frame_of(page, 0).get_by_role("button", name="Gras").click()
    page.keyboard.type(" urgent")
    expect(frame_of(page, 0).locator(".ed-status")).to_have_text("Enregistré")
    open_note(page)

    expect(note.locator("li").last).to_contain_text("Tableau de suivi urgent")
    expect(note.locator("strong")).to_have_text("urgent")
    expect(frame_of(page, 1).locator("strong")).to_have_count(0)


def test_a_reader_sees_what_is_written_and_has_no_tools(visit: Visit):
    writer, reader = visit.as_role(STATE), visit.as_role(READER)
    note = open_note(writer)
    reader.goto(PAGE)
    expect(frame_of(reader, 0).locator(".ed-status")).to_have_text("Lecture seule")

    note.locator("p").first.click()
    writer.keyboard.type("Vu en direct. ")

    expect(frame_of(reader, 0)).to_contain_text("Vu en direct.")
    expect(reader.get_by_role("toolbar")).to_have_count(0)
    expect(reader.get_by_role("textbox")).to_have_count(0)


def test_without_script_the_committed_text_is_there(visit: Visit):
    page = visit.as_role(STATE)
    page.goto(PAGE)
    cookies = page.context.cookies()
    plain = visit.anonymous(java_script_enabled=False)
    plain.context.add_cookies(cookies)  # type: ignore[arg-type]

    plain.goto(PAGE)

    expect(frame_of(plain, 0)).to_contain_text("Ordre du jour")
    expect(plain.get_by_role("textbox")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", [STATE, READER])
def test_axe_finds_nothing_and_a_narrow_screen_does_not_scroll_sideways(visit: Visit, role, scheme):
    page = visit.as_role(role, color_scheme=scheme, viewport={"width": 320, "height": 700})
    complaints = settle(page, PAGE)
    expect(page.locator("[data-ready]")).to_have_count(2)

    assert violations(page) == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_on_paper_there_is_the_text_and_no_tool(visit: Visit):
    page = visit.as_role(STATE)
    open_note(page)

    page.emulate_media(media="print")

    expect(frame_of(page, 0)).to_contain_text("Ordre du jour")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    expect(page.locator(".ed-bar").first).to_be_hidden()
