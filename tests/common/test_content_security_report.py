"""What browsers report of the content security policy is logged, without what people typed."""

import json
import logging

import pytest

REPORT = {
    "csp-report": {
        "document-uri": "https://programme.exemple.fr/connexion?next=/secret",
        "blocked-uri": "https://ailleurs.exemple/script.js?adresse=claire@mairie.exemple",
        "effective-directive": "script-src",
    }
}


def send(client, body, **headers):
    return client.post("/rapport-csp", body, content_type="application/csp-report", headers=headers)


def test_a_report_is_logged_without_the_queries_of_its_addresses(client, caplog):
    with caplog.at_level(logging.WARNING):
        answer = send(client, json.dumps(REPORT))

    assert answer.status_code == 204
    assert "https://ailleurs.exemple/script.js" in caplog.text
    assert "claire@mairie.exemple" not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("body", ["", "nothing", "[]", "{}", '{"csp-report": 3}', '{"csp-report": null}'])
def test_what_is_no_report_is_refused(client, body):
    assert send(client, body).status_code == 400


def test_a_report_too_long_is_refused(client):
    assert send(client, "x" * 10_001).status_code == 413


def test_it_is_only_sent_never_read(client):
    assert client.get("/rapport-csp").status_code == 405


def test_every_page_says_where_to_report(client):
    assert "report-uri /rapport-csp" in client.get("/robots.txt").headers["Content-Security-Policy"]
