"""Figures of the engine for operators, in the format of Prometheus: what happens, never what is written.

The engine calls the functions below, once per flush with amounts. Each costs a few microseconds, whatever the number
of receivers. Labels come from short lists made here: a client cannot add one. Several processes that share
PROMETHEUS_MULTIPROC_DIR, set before this module is first imported, answer as one.
"""

import os
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from concerte.documents.errors import SOCKET_REFUSALS

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each counter, which nobody reads

_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"  # the name the library reads, at its import
_OTHER = "other"
BROKEN_RULE = "broken-rule"  # what is no WebSocket: refused before it can be a frame of ours
# Seconds. Fine where the goals are (a commit under 1 ms, a delivery under 25 ms), coarse where something is broken.
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Those of RFC 6455 that a client or the library may send, beside our own.
_CLOSE_CODES = {1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013}
_CLOSE_CODES |= {close_code for close_code, _ in SOCKET_REFUSALS.values()}


class _FlushHistogram(Histogram):
    """A histogram that takes a whole flush at once."""

    def observe_many(self, amount: float, count: int) -> None:
        """As `observe`, count times, for the cost of one. The library has no such call, hence its inner members."""
        self._sum.inc(amount * count)
        for bound, bucket in zip(self._upper_bounds, self._buckets, strict=True):
            if amount <= bound:
                bucket.inc(count)
                return


def _counter(name: str, description: str) -> Counter:
    return Counter(f"concerte_documents_{name}", description)


def _counter_by_code(name: str, description: str, codes: Iterable[object]) -> dict[str, Counter]:
    """One counter per code, made at once: a counter that appears with its first event hides it from `rate()`."""
    counter = Counter(f"concerte_documents_{name}", description, ["code"])
    return {code: counter.labels(code) for code in (*map(str, codes), _OTHER)}


def _gauge(name: str, description: str) -> Gauge:
    return Gauge(f"concerte_documents_{name}", description, multiprocess_mode="livesum")


def _histogram(name: str, description: str) -> _FlushHistogram:
    return _FlushHistogram(f"concerte_documents_{name}_seconds", description, buckets=_BUCKETS)


_committed = _counter("updates_committed", "Updates committed to the log.")
_not_committed = _counter("updates_not_committed", "Updates whose commit failed: their writers were told.")
_commit_time = _histogram("commit", "Time of one commit: one transaction for all that had gathered.")
_delivered = _counter("updates_delivered", "Updates delivered: one update written to one receiver counts one.")
_delivery_time = _histogram("delivery", "Time from the arrival of an update to its writing to a receiver.")
_frames = _counter_by_code(
    "frames_refused", "Frames refused, by the code of the refusal.", (*SOCKET_REFUSALS, BROKEN_RULE)
)
_entries = _counter_by_code("entries_refused", "People turned away, by the code of the refusal.", SOCKET_REFUSALS)
_closes = _counter_by_code("connections_closed", "Connections closed, by WebSocket close code.", sorted(_CLOSE_CODES))
_behind = _counter("receivers_fell_behind", "Receivers too slow for what is written: they get a fresh state later.")
_caught_up = _counter("receivers_caught_up", "Receivers that fell behind and were brought up to date.")
_fold_time = _histogram("fold", "Time to fold the log of one document into a snapshot.")
_news_sent = _counter("news_sent", "News sent to the other processes.")
_news_received = _counter("news_received", "News received from the other processes.")
_queued_updates = _gauge("updates_queued", "Updates received that wait for their commit.")
_queued_bytes = _gauge("receivers_queued_bytes", "Bytes that wait for receivers to take them.")
_people = _gauge("people", "People in a document, counted once per process.")
_connections = _gauge("connections", "Open connections.")
_documents = _gauge("documents_open", "Documents in memory, counted once per process.")
_health = Gauge(
    "concerte_health",
    "Whether a part answered at the last check of health: 1 or 0.",
    ["check"],
    multiprocess_mode="livemostrecent",
)


# --- What the engine tells --------------------------------------------------------------------------------------------
# What happens at each flush is noted only, and counted a little later: the library takes a lock for each figure, and
# more code than all of a flush.
_commits: deque[tuple[float, int]] = deque()
_deliveries: deque[tuple[int, int, float]] = deque()
_NOTED = 256  # at most


def committed(count: int, seconds: float) -> None:
    """count: updates of one commit. seconds: the time it took."""
    _commits.append((seconds, count))
    if len(_commits) > _NOTED:
        count_noted()


def committed_count() -> float:
    """Updates this very process has committed since it started."""
    count_noted()
    return float(_committed._value.get())


def count_noted() -> None:
    """Add what was noted to the figures. From any thread: another one may be doing the same."""
    with suppress(IndexError):
        while True:
            seconds, count = _commits.popleft()
            _commit_time.observe(seconds)
            _committed.inc(count)
    with suppress(IndexError):
        while True:
            receivers, updates, seconds = _deliveries.popleft()
            _delivered.inc(receivers)
            _delivery_time.observe_many(seconds, updates)


def commit_failed(count: int) -> None:
    """count: updates that are not in the log."""
    _not_committed.inc(count)


def delivered(count: int, updates: int, seconds: float) -> None:
    """count: updates times receivers. updates: without the receivers. seconds: from their arrival to their writing."""
    _deliveries.append((count, updates, seconds))
    if len(_deliveries) > _NOTED:
        count_noted()


def frame_refused(code: str) -> None:
    _frames.get(code, _frames[_OTHER]).inc()


def entry_refused(code: str) -> None:
    _entries.get(code, _entries[_OTHER]).inc()


def connection_closed(code: int) -> None:
    _closes.get(str(code), _closes[_OTHER]).inc()


def fell_behind() -> None:
    _behind.inc()


def caught_up() -> None:
    _caught_up.inc()


def folded(seconds: float) -> None:
    _fold_time.observe(seconds)


def news_sent(count: int) -> None:
    _news_sent.inc(count)


def news_received(count: int) -> None:
    _news_received.inc(count)


def queued(updates: int, bytes: int) -> None:  # noqa: A002 - a unit, as in the names of the limits
    count_noted()
    _queued_updates.set(updates)
    _queued_bytes.set(bytes)


def present(people: int, connections: int, documents: int) -> None:
    _people.set(people)
    _connections.set(connections)
    _documents.set(documents)


def health_found(check: str, *, is_ok: bool) -> None:
    """check: a name of `health.py`."""
    _health.labels(check).set(is_ok)


# --- What operators read ----------------------------------------------------------------------------------------------
def exposition(accept: str) -> tuple[bytes, str]:
    """All figures of this process, or of all workers together, and their media type.

    accept: the header of the request; OpenMetrics when it asks for it, the text format of Prometheus otherwise."""
    count_noted()
    encode, content_type = choose_encoder(accept)
    return encode(_registry()), content_type


def forget_process(pid: int) -> None:
    """A worker has ended: its gauges count no more, its counters stay. To be called by whoever started it."""
    if directory := os.environ.get(_DIRECTORY):
        mark_process_dead(pid, directory)  # type: ignore[no-untyped-call]


def _registry() -> Collector:
    directory = os.environ.get(_DIRECTORY)
    if not directory:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, directory)  # type: ignore[no-untyped-call]
    registry.register(_Workers(Path(directory)))
    return registry


class _Workers(Collector):
    """Processor time, memory and open files of each worker: the library gives those of one process only."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        for file in sorted(self._directory.glob("gauge_livesum_*.db")):
            pid = file.stem.rpartition("_")[2]
            for family in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                kept = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    kept.add_sample(sample.name, {"pid": pid}, sample.value)
        return families.values()
