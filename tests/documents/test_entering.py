"""Who comes in, and how the others are turned away."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from concerte.documents.models import DocumentToken
from concerte.documents.services import set_accesses
from tests.documents.clients import Client, Pass
from tests.documents.conftest import Live, in_database
from tests.documents.factories import sign_in


async def closed_with(live: Live, entry: Pass, document_id: Any = None, **options: Any) -> int:
    async with Client(live.address, document_id or live.situation.document.pk, entry, **options) as client:
        code = await client.until_closed()
        assert client.closed is not None
        assert 0 < len(client.closed[1].encode()) <= 123
        assert not client.received
        return code


async def test_a_session_opens_the_document_from_our_own_page(live: Live) -> None:
    key = await in_database(sign_in, live.situation.anne)

    async with Client(
        live.address, live.situation.document.pk, Pass(session_key=key, origin=f"http://{live.address}")
    ) as client:
        await client.until_synced()

        assert client.was_greeted


@pytest.mark.parametrize("origin", ["", "http://ailleurs.example", "null", "http://127.0.0.1:1", "file:///"])
async def test_a_session_is_refused_from_any_other_page(live: Live, origin: str) -> None:
    key = await in_database(sign_in, live.situation.anne)

    assert await closed_with(live, Pass(session_key=key, origin=origin)) == 4403


async def test_nobody_comes_in_without_a_session(live: Live) -> None:
    assert await closed_with(live, Pass(origin=f"http://{live.address}")) == 4401


async def test_an_invented_session_is_refused(live: Live) -> None:
    assert await closed_with(live, Pass(session_key="a" * 32, origin=f"http://{live.address}")) == 4401


async def test_a_closed_account_is_refused(live: Live) -> None:
    key = await in_database(sign_in, live.situation.anne)
    live.situation.anne.is_active = False
    await in_database(live.situation.anne.save)

    assert await closed_with(live, Pass(session_key=key, origin=f"http://{live.address}")) == 4401


async def test_somebody_without_rights_is_refused(live: Live) -> None:
    key = await in_database(sign_in, live.situation.stranger)

    assert await closed_with(live, Pass(session_key=key, origin=f"http://{live.address}")) == 4403


async def test_a_document_that_does_not_exist_is_said_so(live: Live) -> None:
    key = await in_database(sign_in, live.situation.anne)

    entry = Pass(session_key=key, origin=f"http://{live.address}")
    assert await closed_with(live, entry, uuid.uuid4()) == 4404
    assert await closed_with(live, entry, "n-importe-quoi") == 4404


async def test_a_token_in_the_address_opens_the_document(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.anne)

    async with live.client(query=f"?token={token}") as client:
        await client.until_synced()


async def test_an_expired_token_is_refused(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.anne)
    await in_database(DocumentToken.objects.update, expires_at=timezone.now() - timedelta(seconds=1))

    assert await closed_with(live, Pass(token=token)) == 4401


async def test_a_token_is_worth_nothing_for_another_document(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.anne)

    assert await closed_with(live, Pass(token=token), uuid.uuid4()) == 4401


async def test_a_token_has_no_more_rights_than_its_person(live: Live) -> None:
    token = await in_database(live.situation.token, live.situation.anne)
    await in_database(set_accesses, live.situation.document, {}, acting_user=None)

    assert await closed_with(live, Pass(token=token)) == 4403


async def test_an_invented_token_is_refused(live: Live) -> None:
    assert await closed_with(live, Pass(token="invente")) == 4401
