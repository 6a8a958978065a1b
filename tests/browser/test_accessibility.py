"""axe-core on every page, in light and in dark; no sideways scrolling at 320 px; no refused script or style."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.pages import EXERCISE, PUBLIC, SIGNED_IN

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def settle(page: Page, path: str) -> list[str]:
    """Open the page and wait for what it loads; return what its console says against it."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)
    page.wait_for_load_state("load")
    if path.endswith("/redaction"):
        page.get_by_role("textbox", name="Texte du programme").wait_for()
    return [text for text in complaints if "404 (Not Found)" not in text]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PUBLIC)
def test_axe_finds_nothing_on_a_public_page(visit: Visit, path, scheme):
    page = visit.anonymous(color_scheme=scheme)
    complaints = settle(page, path)

    assert violations(page) == []
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", SIGNED_IN)
def test_axe_finds_nothing_on_the_pages_of_a_role(visit: Visit, role, scheme):
    page = visit.as_role(role, color_scheme=scheme)

    found = {}
    for path in SIGNED_IN[role]:
        complaints = settle(page, path)
        found[path] = [*violations(page), *complaints]

    assert found == {path: [] for path in SIGNED_IN[role]}


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_fits_a_screen_of_320_px(visit: Visit, path):
    page = visit.anonymous(viewport={"width": 320, "height": 640})
    settle(page, path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("role", SIGNED_IN)
def test_the_pages_of_a_role_fit_a_screen_of_320_px(visit: Visit, role):
    page = visit.as_role(role, viewport={"width": 320, "height": 640})

    widths = {}
    for path in SIGNED_IN[role]:
        settle(page, path)
        widths[path] = page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in widths.items() if width > 320} == {}


@pytest.mark.parametrize("role", EXERCISE)
def test_axe_finds_nothing_on_the_things_of_the_exercise_on_a_screen_of_320_px(visit: Visit, role):
    screen = {"viewport": {"width": 320, "height": 640}}
    page = visit.as_role(role, **screen) if role else visit.anonymous(**screen)

    found = {}
    for path in EXERCISE[role]:
        answer = page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        found[path] = (answer.status if answer else None, max(width, 320), violations(page))

    assert found == {path: (200, 320, []) for path in EXERCISE[role]}
