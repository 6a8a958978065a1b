"""On a telephone: nothing stands beyond the edge, neither in the tables nor because of a long word."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.writing import expect_saved, open_draft, section, write_at_the_end

pytestmark = pytest.mark.browser
TELEPHONE = {"width": 360, "height": 800}
PAGES = (
    "/coordination/organisations",
    "/coordination/rattachements",
    "/programmes/exercice/coordination",
    "/donnees-personnelles",
)


def test_every_value_of_a_table_is_on_the_screen_under_the_name_of_its_column(visit: Visit):
    page = visit.as_role("Coordination", viewport=TELEPHONE)

    beyond = {}
    for address in PAGES:
        page.goto(address)
        beyond[address] = page.locator(".table-scroll").evaluate_all(
            "frames => frames.map(frame => frame.scrollWidth - frame.clientWidth)"
        )
        expect(page.get_by_role("cell").first).to_be_visible()

    assert beyond == {address: [0] for address in PAGES}


def test_a_word_that_never_ends_does_not_widen_the_text_in_progress(visit: Visit):
    page = visit.as_role("Contributeur", viewport=TELEPHONE)
    open_draft(page)
    page.locator("summary", has_text="Plan").click()

    write_at_the_end(page, section(page, "EXO-04", "problem"), " " + "x" * 150)
    write_at_the_end_of_the_title(page)
    expect_saved(page)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def write_at_the_end_of_the_title(page) -> None:
    page.locator("#texte-EXO-04 h3").click()
    page.keyboard.press("End")
    page.keyboard.type("x" * 150)
