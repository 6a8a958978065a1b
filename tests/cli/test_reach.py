"""Listening everywhere: the site answers to the names of the machine."""

import os
import socket

import pytest
from django.conf import settings as live_settings

from concerte.cli.management.commands import serve
from concerte.cli.reach import is_every_address, own_names


@pytest.mark.parametrize(
    ("host", "everywhere", "address"),
    [
        ("0.0.0.0", True, "127.0.0.1"),  # noqa: S104  # what is asked about, not what is listened on
        ("::", True, "127.0.0.1"),
        ("127.0.0.1", False, "127.0.0.1"),
        ("::1", False, "[::1]"),
        ("programme.exemple.fr", False, "programme.exemple.fr"),
    ],
)
def test_the_address_announced_can_be_opened(host, everywhere, address):
    assert is_every_address(host) is everywhere
    assert serve.shown(host) == address


def test_the_names_of_the_machine_are_answered_to_besides_the_local_ones(settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    monkeypatch.setenv("CONCERTE_ALLOWED_HOSTS", "")

    monkeypatch.setattr(serve, "own_names", lambda: ["machine", "10.0.0.7"])

    names = serve.answer_to_own_names()

    assert names == ["machine", "10.0.0.7"]
    assert live_settings.ALLOWED_HOSTS == ["127.0.0.1", "machine", "10.0.0.7"]
    assert os.environ["CONCERTE_ALLOWED_HOSTS"] == "127.0.0.1,machine,10.0.0.7"


def test_a_machine_without_network_has_its_name_only(monkeypatch):
    def no_way(*_arguments):
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", no_way)

    assert own_names() == [socket.gethostname().lower()]
