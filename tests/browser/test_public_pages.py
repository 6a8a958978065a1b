"""Reading without an account, without a script, with the keyboard, within the budget."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.pages import PUBLIC

pytestmark = pytest.mark.browser
FIRST_VISIT_BYTES = 200_000


@pytest.mark.parametrize("path", ["/", "/programmes/dcant-2018-2020/axes/axe-1", "/actions/DCANT-13", "/organisations"])
def test_a_first_visit_stays_within_its_budget_fonts_included(visit: Visit, path):
    page = visit.anonymous()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(path)
    page.wait_for_load_state("networkidle")

    assert len(received) > 2
    assert sum(received) <= FIRST_VISIT_BYTES


@pytest.mark.parametrize("path", ["/", "/programmes/dcant-2018-2020", "/actions/DCANT-01", "/programmes/exercice"])
def test_a_page_is_read_without_any_script(visit: Visit, path):
    page = visit.anonymous(java_script_enabled=False)
    page.goto(path)

    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()


def test_links_of_public_pages_lead_somewhere(visit: Visit):
    page = visit.anonymous()
    broken, seen = [], set()
    for path in PUBLIC[:-1]:
        page.goto(path)
        for href in page.locator("a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href'))"):
            target = href.split("#")[0]
            if target and target not in seen:
                seen.add(target)
                answer = page.request.get(target)
                if answer.status != 200:
                    broken.append((path, target, answer.status))

    assert len(seen) > 40
    assert broken == []


def test_the_keyboard_reaches_the_content_first(visit: Visit):
    page = visit.anonymous()
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.closest('main') !== null || location.hash.length > 1")


def test_every_public_page_has_a_title_a_description_and_one_main_heading(visit: Visit):
    page = visit.anonymous()
    titles = {}
    for path in PUBLIC[:-1]:
        page.goto(path)
        titles[path] = page.title()
        assert page.locator("meta[name=description]").get_attribute("content"), path
        assert page.locator("h1").count() == 1, path

    assert (
        len(set(titles.values())) >= len(titles) - 3
    )  # "/" and its English twin show a programme that has its own page


def test_the_language_is_chosen_and_kept_in_the_address(visit: Visit):
    page = visit.anonymous(locale="en-US")
    page.goto("/")
    language_before = page.locator("html").get_attribute("lang")
    page.get_by_role("button", name="English").or_(page.get_by_role("link", name="English")).first.click()
    page.wait_for_url("**/en/**")

    assert language_before == "fr"  # never what the browser asks for
    assert page.locator("html").get_attribute("lang") == "en"
