"""Figures of the pages for operators: how many, how they ended, how long they took.

Forty lines rather than django-prometheus, which adds some thirty families (sizes, models, cache, templates) and wraps
the drivers of the database: on the way of each commit of the documents, for figures nobody asked for."""

import time
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

View = Callable[[HttpRequest], HttpResponse]

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

_requests = Counter(
    "concerte_http_requests",
    "Requests answered, by method, by name of the view and by class of status.",
    ["method", "view", "status"],
)
_durations = Histogram(
    "concerte_http_request_seconds",
    "Time from the request to its answer, by name of the view.",
    ["view"],
    buckets=_BUCKETS,
)


class RequestMetricsMiddleware:
    """Counts what is answered. Labels are names of views, never paths: nobody outside can add one."""

    def __init__(self, get_response: View) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self._get_response(request)
        method = request.method if request.method in _METHODS else "other"
        match = request.resolver_match
        count, duration = _figures(method, match.view_name if match else "", response.status_code // 100)
        count.inc()
        duration.observe(time.perf_counter() - started)
        return response


@lru_cache(maxsize=1024)  # methods, views and classes of status: a few hundred at most
def _figures(method: str, view: str, status_class: int) -> tuple[Counter, Histogram]:
    """view: empty where no view was reached (a file, a page that does not exist)."""
    return _requests.labels(method, view or "none", f"{status_class}xx"), _durations.labels(view or "none")
