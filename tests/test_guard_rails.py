"""What protects every test, tried once."""

import re
import socket
from pathlib import Path

import pytest
from django.template import engines

TESTS = Path(__file__).resolve().parent


def test_a_variable_no_view_gave_fails_the_page():
    with pytest.raises(AssertionError, match="undefined template variable: forgotten"):
        engines["django"].from_string("{{ forgotten }}").render({})


def test_nothing_is_asked_of_the_network():
    with socket.socket() as client, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))  # an address kept for documentation (RFC 5737)


def test_no_test_waits_for_a_fixed_time():
    waits = re.compile(r"\b(?:time|asyncio)\.sleep\((?!0\))|wait_for_" + "timeout")

    sleepers = [path.name for path in TESTS.rglob("test_*.py") if waits.search(path.read_text(encoding="utf-8"))]

    assert sleepers == []
