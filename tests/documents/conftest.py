"""The real endpoint on a real port, in the event loop of the test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from django.db import connection

from concerte.config.server import server_config
from concerte.documents.engine import Engine
from tests.documents.clients import Client, Pass
from tests.documents.factories import Situation, make_situation
from tests.servers import free_port


async def in_database(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Call what reads or writes the database from an asynchronous test."""

    def call() -> Any:
        try:
            return function(*arguments, **named)
        finally:
            connection.close()

    return await asyncio.to_thread(call)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield  # they are pytest's


@dataclass
class Live:
    """The endpoint, and a situation to open."""

    address: str
    engine: Engine
    situation: Situation

    def client(self, token: str = "", **options: Any) -> Client:
        return Client(self.address, self.situation.document.pk, Pass(token=token), **options)

    async def client_of(self, person: Any, **options: Any) -> Client:
        return self.client(await in_database(self.situation.token, person), **options)


@pytest.fixture
def situation(transactional_db: None) -> Situation:
    return make_situation()


@pytest.fixture
async def live(situation: Situation) -> AsyncIterator[Live]:
    port = free_port()
    server = _Server(server_config(port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    try:
        yield Live(f"127.0.0.1:{port}", server.lifespan.state["documents"], situation)
    finally:
        server.should_exit = True
        await serving
