"""What machines ask a site first."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.publication.situations import published


def test_robots_are_told_what_is_not_for_them(client):
    content = client.get("/robots.txt").content.decode()

    assert "Disallow: /mon-espace" in content
    assert "Disallow: /en/mon-espace" in content
    assert "Disallow: /en/coordination/" in content
    assert "/en/*/" not in content
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in content


def test_a_flaw_can_be_reported_and_the_address_does_not_expire_soon(client, settings):
    settings.CONTACT = "securite@example.org"

    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())

    assert lines["Contact"] == "mailto:securite@example.org"
    expires = datetime.fromisoformat(lines["Expires"])
    assert timedelta(days=363) < expires - timezone.now() <= timedelta(days=365)


@pytest.mark.django_db
def test_the_map_of_the_site_lists_every_public_page_in_each_language(client):
    published()

    content = client.get("/sitemap.xml").content.decode()

    for path in (
        "/",
        "/programmes",
        "/programmes/essai",
        "/actions/EXO-01",
        "/programmes/essai/editions/1",
        "/en/actions/EXO-01",
    ):
        assert f"<loc>http://127.0.0.1:8000{path}</loc>" in content
