"""The real server, from a sign-in to a database that fails: its whole log holds no text, no address, no key."""

import asyncio
import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from django.db import connection

from concerte.accounts.services import make_operator_code
from concerte.documents import protocol
from concerte.documents.models import Level
from concerte.documents.services import set_accesses
from tests.documents.clients import Client, Pass
from tests.documents.conftest import in_database
from tests.documents.factories import Situation, make_situation
from tests.servers import ServerProcess

SENTENCE = "ZEBRE-CITRON-PISCINE"
TYPED = "PERRUQUE-TAMBOUR"  # in a form


class Browser:
    """Somebody who signs in, with cookies."""

    def __init__(self, server: ServerProcess) -> None:
        self._site = f"http://{server.address}"
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def cookie(self, name: str) -> str:
        return next((str(each.value) for each in self._jar if each.name == name), "")

    def fetch(self, path: str, **form: str) -> int:
        data = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": self.cookie("csrftoken")}).encode()
        request = urllib.request.Request(self._site + path, data if form else None, {"Referer": self._site})
        try:
            with self._opener.open(request, timeout=20) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture
def situation(transactional_db: None) -> Situation:
    return make_situation()


@pytest.fixture(params=["plain", "json"])
def server(situation: Situation, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    """As talkative as settings make it."""
    started = ServerProcess(tmp_path, CONCERTE_LOG_LEVEL="DEBUG", CONCERTE_LOG_FORMAT=request.param)
    try:
        started.start()
        yield started
    finally:
        started.end()


@asynccontextmanager
async def without_table(name: str) -> AsyncIterator[None]:
    """A database that fails."""

    def rename(old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')

    await in_database(rename, name, f"{name}_gone")
    try:
        yield
    finally:
        await in_database(rename, f"{name}_gone", name)


def sign_in(browser: Browser, address: str, code: str) -> None:
    browser.fetch("/connexion")
    assert browser.fetch("/connexion", email=address) == 200
    assert browser.fetch("/connexion/code", code=code) == 200
    assert browser.cookie("sessionid")


async def write_and_be_refused(server: ServerProcess, situation: Situation, session_key: str, token: str) -> None:
    """Frames of every kind that carry the sentence: taken, refused, from somebody who may not."""
    document_id = situation.document.pk
    own = Pass(session_key=session_key, origin=f"http://{server.address}")
    async with Client(server.address, document_id, own) as anne:
        await anne.until_synced()
        await anne.write(SENTENCE)
        await anne.until_saved()
        await anne.send(protocol.presence_frame([protocol.Sign(7, 1, json.dumps({"name": SENTENCE}).encode())]))
    hostile = [b"\x09" + SENTENCE.encode(), SENTENCE, b"\x00\x02\x7f" + SENTENCE.encode()]
    for frame in hostile:
        async with Client(server.address, document_id, Pass(), query=f"?token={token}") as bruno:
            await bruno.send(frame)
            assert await bruno.until_closed() == 4400
    async with Client(server.address, document_id, Pass(), query=f"?token={token}x") as stranger:
        assert await stranger.until_closed() == 4401


async def write_without_a_log(server: ServerProcess, situation: Situation, token: str) -> None:
    async with Client(server.address, situation.document.pk, Pass(token=token)) as bruno:
        await bruno.until_synced()
        async with without_table("documents_loggedupdate"):
            await bruno.write(SENTENCE)
            assert await bruno.until_closed() == 4503


async def test_nothing_of_what_people_are_or_write_is_in_the_log(server: ServerProcess, situation: Situation) -> None:
    anne, bruno = situation.anne, situation.bruno
    await in_database(set_accesses, situation.document, {anne.pk: Level.WRITE, bruno.pk: Level.WRITE})
    token = await in_database(situation.token, bruno)
    browser = Browser(server)
    code = await in_database(make_operator_code, anne)
    await asyncio.to_thread(sign_in, browser, anne.email, code)
    session_key, csrf_token = browser.cookie("sessionid"), browser.cookie("csrftoken")
    await write_and_be_refused(server, situation, session_key, token)
    await write_without_a_log(server, situation, token)
    async with without_table("django_session"):
        form = {"email": anne.email, "name": TYPED}
        assert await asyncio.to_thread(browser.fetch, f"/connexion?email={anne.email}&mot={TYPED}", **form) == 500
    assert await asyncio.to_thread(browser.fetch, f"/nulle-part/{anne.email}") == 404
    await asyncio.to_thread(server.stop)

    log = server._log.read_text()

    for expected in ("malformed", "not saved", "Internal Server Error", "Not Found", "no such table"):
        assert expected in log, log
    for secret in (SENTENCE, TYPED, anne.email, anne.email.split("@")[0], token, session_key, csrf_token, code):
        assert secret
        assert secret not in log, secret
    assert anne.name not in log
