"""Static files as the server answers them."""

import warnings

import pytest
from django.test import AsyncClient

ADDRESS = "/static/signe.svg"


@pytest.fixture(autouse=True)
def one_static_file(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "signe.svg").write_text("<svg/>")


async def test_a_static_file_comes_whole_and_without_a_warning_under_asgi():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = await AsyncClient().get(ADDRESS)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content == b"<svg/>"


async def test_a_static_file_that_was_not_changed_is_not_sent_again():
    first = await AsyncClient().get(ADDRESS)

    again = await AsyncClient().get(ADDRESS, headers={"If-Modified-Since": first.headers["Last-Modified"]})

    assert again.status_code == 304
    assert again.content == b""
