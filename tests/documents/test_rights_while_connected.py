"""Rights, sessions, accounts and tokens that end, or begin, while the document is open."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone

from concerte.documents import services
from concerte.documents.models import Access, DocumentToken, Level
from tests.documents.clients import Client, Pass
from tests.documents.conftest import Live, in_database
from tests.documents.factories import sign_in
from tests.servers import PATIENCE
from tests.stopwatch import Stopwatch


async def closed_within_two_seconds(client: Client, change: Callable[..., Any], *arguments: Any, **named: Any) -> int:
    await client.until_synced()
    stopwatch = Stopwatch()
    await in_database(change, *arguments, **named)
    code = await client.until_closed()
    assert stopwatch.seconds() < 2.0
    return code


async def session_client(live: Live) -> tuple[str, Client]:
    key = await in_database(sign_in, live.situation.anne)
    entry = Pass(session_key=key, origin=f"http://{live.address}")
    return key, Client(live.address, live.situation.document.pk, entry)


async def test_a_right_withdrawn_by_the_service_closes_at_once(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        levels = {live.situation.bruno.pk: Level.WRITE}

        assert await closed_within_two_seconds(anne, services.set_accesses, live.situation.document, levels) == 4403
        await bruno.round_trip()


async def test_a_right_withdrawn_without_news_closes_within_two_seconds(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        rights = Access.objects.filter(person=live.situation.anne)

        assert await closed_within_two_seconds(anne, rights.delete) == 4403


async def test_a_writer_who_may_only_read_is_closed(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        levels = {live.situation.anne.pk: Level.SUGGEST}

        assert await closed_within_two_seconds(anne, services.set_accesses, live.situation.document, levels) == 4403


async def test_a_reader_who_may_now_write_is_greeted(live: Live) -> None:
    async with await live.client_of(live.situation.reader) as reader:
        await reader.until_synced()
        levels = {live.situation.reader.pk: Level.WRITE}
        await in_database(services.set_accesses, live.situation.document, levels)
        await reader.until(lambda: reader.was_greeted)

        await reader.write("enfin")
        await reader.until_saved()


async def test_rights_are_asked_again_at_the_very_moment_of_saving(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        await anne.until_synced()
        monkeypatch.setattr(live.engine, "recheck", asyncio.Event().wait)
        await in_database(Access.objects.all().delete)
        await anne.write("trop tard")

        assert await anne.until_closed() == 4403
    assert await in_database(live.situation.text) == ""


async def test_signing_out_closes_the_open_document(live: Live) -> None:
    key, client = await session_client(live)
    async with client:
        assert await closed_within_two_seconds(client, SessionStore(key).flush) == 4401


async def test_a_session_that_expires_closes_the_open_document(live: Live) -> None:
    _, client = await session_client(live)
    async with client:
        ended = timezone.now() - timedelta(seconds=1)

        assert await closed_within_two_seconds(client, Session.objects.update, expire_date=ended) == 4401


async def test_closing_an_account_closes_the_open_document(live: Live) -> None:
    _, client = await session_client(live)
    async with client:
        live.situation.anne.is_active = False

        assert await closed_within_two_seconds(client, live.situation.anne.save) == 4403


async def test_an_account_closed_without_news_closes_within_two_seconds(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        people = get_user_model().objects.filter(pk=live.situation.anne.pk)

        assert await closed_within_two_seconds(anne, people.update, is_active=False) == 4403


async def test_a_token_that_expires_closes_the_open_document(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        ended = timezone.now() - timedelta(seconds=1)

        assert await closed_within_two_seconds(anne, DocumentToken.objects.update, expires_at=ended) == 4401


async def test_a_token_that_ends_by_itself_closes_the_document_while_others_type(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.anne)
    ends_at = timezone.now() + timedelta(seconds=2.5)
    await in_database(DocumentToken.objects.update, expires_at=ends_at)
    anne = Client(live.address, live.situation.document.pk, Pass(token=token))
    async with anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.until_synced()
        await bruno.write("b")
        await anne.until(lambda: anne.text == "b" or anne.closed)

        assert await anne.until_closed() == 4401
    assert timezone.now() - ends_at < timedelta(seconds=2)


async def test_a_token_that_is_revoked_closes_the_open_document(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        revoke = services.revoke_tokens

        assert await closed_within_two_seconds(anne, revoke, live.situation.document, live.situation.anne) == 4401


async def test_nobody_is_shut_out_because_the_database_is_away(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()
    recheck = live.engine.recheck

    async def fail_once() -> None:
        monkeypatch.setattr(live.engine, "recheck", recheck)
        asked.set()
        raise OperationalError("gone")

    async with await live.client_of(live.situation.anne) as anne:
        await anne.until_synced()
        monkeypatch.setattr(live.engine, "recheck", fail_once)
        await asyncio.wait_for(asked.wait(), PATIENCE)

        await anne.write("toujours là")
        await anne.until_saved()
