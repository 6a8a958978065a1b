"""The figures for operators: what they count, who may read them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from prometheus_client.parser import text_string_to_metric_families

from concerte.documents import metrics
from concerte.documents.errors import SOCKET_REFUSALS
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory
from tests.servers import ROOT

TOKEN = "un-jeton-de-mesure-assez-long"
ADDRESS = "/__metrics__"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"concerte_documents_{name}", labels) or 0.0


# --- What they count ------------------------------------------------------------------------------------------------
COUNTED: list[tuple[Callable[[], None], str, dict[str, str], float]] = [
    (lambda: metrics.committed(7, 0.0004), "updates_committed_total", {}, 7),
    (lambda: metrics.committed(7, 0.0004), "commit_seconds_sum", {}, 0.0004),
    (lambda: metrics.commit_failed(3), "updates_not_committed_total", {}, 3),
    (lambda: metrics.delivered(98, 2, 0.003), "updates_delivered_total", {}, 98),
    (lambda: metrics.delivered(98, 2, 0.003), "delivery_seconds_count", {}, 2),
    (lambda: metrics.frame_refused("malformed"), "frames_refused_total", {"code": "malformed"}, 1),
    (lambda: metrics.frame_refused("x" * 99), "frames_refused_total", {"code": "other"}, 1),
    (lambda: metrics.entry_refused("no-right"), "entries_refused_total", {"code": "no-right"}, 1),
    (lambda: metrics.connection_closed(1013), "connections_closed_total", {"code": "1013"}, 1),
    (lambda: metrics.connection_closed(3999), "connections_closed_total", {"code": "other"}, 1),
    (metrics.fell_behind, "receivers_fell_behind_total", {}, 1),
    (metrics.caught_up, "receivers_caught_up_total", {}, 1),
    (lambda: metrics.folded(0.2), "fold_seconds_sum", {}, 0.2),
    (lambda: metrics.news_sent(2), "news_sent_total", {}, 2),
    (lambda: metrics.news_received(4), "news_received_total", {}, 4),
]


@pytest.mark.parametrize(("tell", "name", "labels", "amount"), COUNTED, ids=[f"{c[1]} {c[2]}" for c in COUNTED])
def test_what_the_engine_tells_is_counted(
    tell: Callable[[], None], name: str, labels: dict[str, str], amount: float
) -> None:
    metrics.count_noted()
    before = value(name, **labels)

    tell()
    metrics.count_noted()

    assert value(name, **labels) - before == pytest.approx(amount)


def test_so_many_flushes_are_noted_at_most() -> None:
    metrics.count_noted()
    before = value("updates_committed_total")

    for _ in range(1_000):
        metrics.committed(1, 0.0004)
        metrics.delivered(2, 1, 0.003)

    assert len(metrics._commits) < 300
    assert len(metrics._deliveries) < 300
    assert metrics.committed_count() == before + 1_000


def test_gauges_hold_the_last_thing_told() -> None:
    metrics.queued(5, 900)
    metrics.queued(3, 800)
    metrics.present(people=4, connections=6, documents=2)

    names = ("updates_queued", "receivers_queued_bytes", "people", "connections", "documents_open")
    assert [value(name) for name in names] == [3, 800, 4, 6, 2]


def test_every_refusal_has_its_series_from_the_start() -> None:
    content, _ = metrics.exposition("")
    told = content.decode()

    for code, (close_code, _) in SOCKET_REFUSALS.items():
        assert f'concerte_documents_frames_refused_total{{code="{code}"}}' in told
        assert f'concerte_documents_entries_refused_total{{code="{code}"}}' in told
        assert f'concerte_documents_connections_closed_total{{code="{close_code}"}}' in told


def test_names_units_and_help_follow_the_conventions() -> None:
    families = [family for family in REGISTRY.collect() if family.name.startswith("concerte_")]

    assert len(families) >= 20
    for family in families:
        assert family.documentation.endswith("."), family.name
        assert family.type != "histogram" or family.name.endswith("_seconds"), family.name


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 1000)), max_size=20))
def test_a_whole_flush_counts_as_each_delivery_by_itself(told: list[tuple[float, int]]) -> None:
    at_once, one_by_one = CollectorRegistry(), CollectorRegistry()
    flushes = metrics._FlushHistogram("x_seconds", "x", buckets=metrics._BUCKETS, registry=at_once)
    plain = Histogram("x_seconds", "x", buckets=metrics._BUCKETS, registry=one_by_one)

    for seconds, count in told:
        flushes.observe_many(seconds, count)
        for _ in range(count):
            plain.observe(seconds)

    for family in one_by_one.collect():
        for sample in family.samples:
            assert at_once.get_sample_value(sample.name, sample.labels) == pytest.approx(sample.value)


def test_the_guide_names_figures_that_exist() -> None:
    guide = (ROOT / "docs" / "exploiter.md").read_text(encoding="utf-8")
    metrics.health_found("writing", is_ok=True)
    told = metrics.exposition("")[0].decode()

    named = set(re.findall(r"\bconcerte_[a-z]+(?:_[a-z]+)*\b", guide))

    assert len(named) >= 5
    assert [name for name in named if f"\n{name}{{" not in told and f"\n{name} " not in told] == []


# --- Several workers ------------------------------------------------------------------------------------------------
WORKER = """
import sys
from django import setup
setup()
from concerte.documents import metrics
metrics.committed(10, 0.0004)
metrics.delivered(10, 5, 0.003)
metrics.count_noted()
metrics.present(people=2, connections=3, documents=1)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes that told the same, and still run."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    yield started
    for process in started:
        process.communicate()


def told_by_workers() -> dict[tuple[str, str], float]:
    content, _ = metrics.exposition("")
    return {
        (sample.name, sample.labels.get("pid", "")): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
        if "le" not in sample.labels
    }


def test_workers_answer_as_one_with_the_memory_of_each(workers: list[subprocess.Popen[str]]) -> None:
    told = told_by_workers()

    assert told["concerte_documents_updates_committed_total", ""] == 20
    assert told["concerte_documents_delivery_seconds_count", ""] == 10
    assert told["concerte_documents_connections", ""] == 6
    for process in workers:
        assert told["process_resident_memory_bytes", str(process.pid)] > 10_000_000
        assert told["process_cpu_seconds_total", str(process.pid)] > 0


def test_a_worker_that_ended_counts_no_more_as_present_but_keeps_what_it_did(
    workers: list[subprocess.Popen[str]],
) -> None:
    workers[0].kill()
    workers[0].wait()
    metrics.forget_process(workers[0].pid)

    told = told_by_workers()
    assert told["concerte_documents_updates_committed_total", ""] == 20
    assert told["concerte_documents_connections", ""] == 3
    assert ("process_resident_memory_bytes", str(workers[0].pid)) not in told


def test_forgetting_a_process_alone_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)

    metrics.forget_process(1)


# --- Who may read them ----------------------------------------------------------------------------------------------
@pytest.fixture
def token(settings: Any) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def ask(client: Client, token: str = "", **headers: str) -> Any:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return client.get(ADDRESS, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["anonymous", "without organisation", "reader", "contributor", "coordination"])
def test_for_anyone_else_there_is_nothing_here(client: Client, token: str, role: str) -> None:
    if role == "without organisation":
        client.force_login(UserFactory())
    elif role != "anonymous":
        client.force_login(MembershipFactory(**{role: True}).person)

    response = ask(client)

    assert response.status_code == 404
    assert b"concerte_" not in response.content


@pytest.mark.django_db(transaction=True)
def test_an_administrator_reads_them(client: Client) -> None:
    client.force_login(UserFactory(administrator=True))

    response = ask(client)

    assert response.status_code == 200
    assert b"concerte_documents_updates_committed_total" in response.content
    assert b"process_resident_memory_bytes" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é", "un autre"])
def test_a_wrong_token_opens_nothing(client: Client, token: str, wrong: str) -> None:
    assert ask(client, wrong).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer x", f"Basic {TOKEN}", TOKEN])
def test_without_a_token_in_the_settings_no_header_opens_anything(client: Client, settings: Any, header: str) -> None:
    settings.METRICS_TOKEN = ""

    assert ask(client, Authorization=header).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_token_opens_them_whatever_the_name_of_the_host(client: Client, token: str) -> None:
    response = ask(client, token, Host="10.1.2.3:8000")

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


@pytest.mark.django_db(transaction=True)
def test_behind_tls_the_token_still_opens_them_in_plain_http(client: Client, token: str, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert ask(client, token).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_openmetrics_is_given_to_who_asks_for_it(client: Client, token: str) -> None:
    response = ask(client, token, Accept="application/openmetrics-text;version=1.0.0,text/plain;q=0.5")

    assert response["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert response.content.endswith(b"# EOF\n")


@pytest.mark.django_db(transaction=True)
def test_they_say_whether_writing_works(client: Client, token: str) -> None:
    assert b'concerte_health{check="writing"} 1.0' in ask(client, token).content


@pytest.mark.django_db(transaction=True)
def test_they_are_only_read(client: Client, token: str) -> None:
    assert client.post(ADDRESS, headers={"Authorization": f"Bearer {token}"}).status_code == 405


@pytest.mark.django_db
def test_the_map_of_the_site_does_not_name_them(client: Client) -> None:
    assert b"__" not in client.get("/sitemap.xml").content


# --- Pages ----------------------------------------------------------------------------------------------------------
def pages_counted(view: str, method: str = "GET", status: str = "2xx") -> float:
    labels = {"view": view, "method": method, "status": status}
    return REGISTRY.get_sample_value("concerte_http_requests_total", labels) or 0.0


def test_a_page_is_counted_by_the_name_of_its_view(client: Client) -> None:
    before = pages_counted("robots")

    client.get("/robots.txt?secret=1")

    assert pages_counted("robots") == before + 1
    assert REGISTRY.get_sample_value("concerte_http_request_seconds_count", {"view": "robots"})


@pytest.mark.django_db
def test_what_a_visitor_makes_up_adds_no_series(client: Client) -> None:
    client.generic("BREW", "/nulle-part-1")
    series = len(list(REGISTRY.collect()))
    before = pages_counted("none", "other", "4xx")

    for number in range(5):
        client.generic(f"BREW{number}", f"/nulle-part-{number}")

    assert pages_counted("none", "other", "4xx") == before + 5
    assert len(list(REGISTRY.collect())) == series
