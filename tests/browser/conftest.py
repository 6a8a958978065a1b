"""Journeys run against the real command, `concerte serve`, with the real example data, in a real Chromium."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90


@dataclass(frozen=True)
class Site:
    """A running server. address: without a final slash. data: its data folder. pid: its process."""

    address: str
    data: Path
    pid: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, settings: str = "concerte.config.settings") -> subprocess.Popen[str]:
    """settings: those of the product, or with pages that only tests have."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "CONCERTE_DATA": str(data),
        "CONCERTE_EXAMPLE": "true",
        "CONCERTE_BASE_URL": f"http://127.0.0.1:{port}",
        "CONCERTE_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": settings,
    }
    command = [sys.executable, "-m", "concerte.cli.main", "serve", "--port", str(port)]
    with (data.parent / f"{data.name}.log").open("a") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, text=True)


def wait_until_open(server: subprocess.Popen[str], address: str, log: Path) -> None:
    """A bounded poll on the real port: there is nothing else to wait on from outside the process."""
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if server.poll() is not None:
            raise RuntimeError(f"The server stopped:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/robots.txt", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            with socket.socket() as probe:
                probe.settimeout(0.1)
                probe.connect_ex(("127.0.0.1", int(address.rsplit(":", 1)[1])))
    raise RuntimeError(f"The server did not open in {START_SECONDS} s:\n{log.read_text()}")


@pytest.fixture(scope="session")
def prepared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data, loaded once for all workers by a first start of the server."""
    shared = tmp_path_factory.getbasetemp().parent / "browser-data"
    with (shared.parent / "browser-data.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "ready").exists():
            shared.mkdir(exist_ok=True)
            port = free_port()
            server = start(shared, port)
            try:
                wait_until_open(server, f"http://127.0.0.1:{port}", shared.parent / "browser-data.log")
            finally:
                server.terminate()
                server.wait(20)
            (shared / "ready").touch()
    return shared


@pytest.fixture(scope="module")
def site(
    prepared_data: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Site]:
    """A server of its own for each file of journeys, on a copy of the example data. A file that needs pages of its own
    names their settings in `SETTINGS`."""
    data = tmp_path_factory.mktemp("site") / "data"
    shutil.copytree(prepared_data, data)
    port = free_port()
    server = start(data, port, getattr(request.module, "SETTINGS", "concerte.config.settings"))
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_open(server, address, data.parent / f"{data.name}.log")
        yield Site(address, data, server.pid)
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed at the end of each file: while it is open, its event loop occupies the thread asynchronous tests need."""
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable, env=chromium.environment, args=ARGUMENTS
        )
        yield browser
        browser.close()


@dataclass(frozen=True)
class Visit:
    """Opens pages as somebody."""

    browser: Browser
    site: Site
    contexts: list[BrowserContext]

    def anonymous(self, **options: object) -> Page:
        context = self.browser.new_context(**{"base_url": self.site.address, "locale": "fr-FR", **options})  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        return context.new_page()

    def as_role(self, button: str, **options: object) -> Page:
        """Sign in with the button of an example role. button: its visible name, or its beginning."""
        page = self.anonymous(**options)
        page.goto("/connexion")
        page.get_by_role("button", name=button).click()
        page.wait_for_url("**/mon-espace")
        return page


def follow(page: Page, control: Locator) -> None:
    """Click what leads to another page, the same address included, and wait until that page has loaded."""
    with page.expect_navigation():
        control.click()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    visit = Visit(browser, site, [])
    yield visit
    for context in visit.contexts:
        context.close()
