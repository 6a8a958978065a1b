"""What sign-in tests share."""

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client


@pytest.fixture(autouse=True)
def no_limit_left_over() -> Iterator[None]:
    """Each test starts with its limits unused: they are counted in the cache, by address of the network."""
    cache.clear()
    yield
    cache.clear()


def code_in(message: EmailMessage) -> str:
    """The first line of the e-mail: the code."""
    found = re.match(r"\d{3}-\d{3}-\d{3}$", message.body.splitlines()[0])
    assert found, message.body
    return found.group()


def ask(client: Client, address: str, **extra: str) -> HttpResponse:
    response: HttpResponse = client.post("/connexion", {"email": address}, **extra)  # type: ignore[arg-type]
    return response


def give(client: Client, code: str) -> HttpResponse:
    response: HttpResponse = client.post("/connexion/code", {"code": code})  # type: ignore[assignment]
    return response


def signed_in_as(client: Client) -> str | None:
    """The id of whoever the session belongs to."""
    return client.session.get("_auth_user_id")
