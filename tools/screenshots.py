"""`make screenshots`: the main pages, from the real example, walked to a published edition. Written to docs/images/."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.chromium import ARGUMENTS, find_chromium  # noqa: E402
from tests.browser.conftest import Site, Visit, free_port, start, wait_until_open  # noqa: E402
from tests.browser.test_publishing import PROPOSALS, answer, freeze, publish  # noqa: E402
from tests.browser.writing import expect_saved, open_draft, section, write_at_the_end  # noqa: E402

IMAGES = ROOT / "docs" / "images"
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 760}


@contextmanager
def example_site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder) / "data", free_port()
        data.mkdir()
        server = start(data, port)
        try:
            wait_until_open(server, f"http://127.0.0.1:{port}", data.parent / "data.log")
            yield Site(f"http://127.0.0.1:{port}", data)
        finally:
            server.terminate()
            server.wait(20)


@contextmanager
def chromium() -> Iterator[Browser]:
    found = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.executable, env=found.environment, args=ARGUMENTS)
        yield browser
        browser.close()


def take(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"  docs/images/{name}.png", flush=True)


def public_pages(visit: Visit) -> None:
    reader = visit.anonymous(viewport=DESK)
    reader.goto("/")
    take(reader, "accueil")
    reader.goto("/actions/DCANT-10")
    take(reader, "action")
    dark = visit.anonymous(viewport=DESK, color_scheme="dark")
    dark.goto("/")
    take(dark, "accueil-sombre")
    phone = visit.anonymous(viewport=PHONE, device_scale_factor=2)
    phone.goto("/actions/DCANT-10")
    take(phone, "action-telephone")


def workshop(visit: Visit) -> None:
    coordination = visit.as_role("Coordination", viewport=DESK)
    association = visit.as_role("Représentante", viewport=DESK)
    state = visit.as_role("Pilote", viewport=DESK)
    open_draft(coordination)
    open_draft(association)
    write_at_the_end(association, section(association, "EXO-01", "problem"), " Les plus petites n’en ont pas du tout.")
    expect_saved(association)
    section(coordination, "EXO-01", "problem").scroll_into_view_if_needed()
    coordination.locator("#texte-EXO-01").evaluate("sheet => sheet.scrollIntoView()")
    take(coordination, "redaction")
    freeze(coordination)
    answer(state, 1, "J’approuve ce texte")
    coordination.goto(f"{PROPOSALS}/1")
    take(coordination, "proposition")
    answer(association, 1, "J’approuve ce texte")
    publish(coordination, 1)
    reader = visit.anonymous(viewport=DESK)
    reader.goto("/programmes/exercice/editions/1")
    take(reader, "edition")


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with example_site() as site, chromium() as browser:
        visit = Visit(browser, site, [])
        public_pages(visit)
        workshop(visit)


if __name__ == "__main__":
    main()
