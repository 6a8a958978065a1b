"""What stands before every page for the machines of operators."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from concerte.documents import views

View = Callable[[HttpRequest], HttpResponse]

_ANSWERED_FIRST = {
    "/__lbheartbeat__": views.lbheartbeat,
    "/__heartbeat__": views.heartbeat,
    "/__version__": views.version,
}


class OperatorAddressesMiddleware:
    """Answers the addresses of operators before anything else has its say.

    A load balancer speaks to one process by its number, in plain HTTP: neither the check of host names nor the way to
    https may stand in between, nor a session or a database that is just what does not work."""

    def __init__(self, get_response: View) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _ANSWERED_FIRST.get(request.path_info)
        if view is None and request.path_info == "/__metrics__" and views.presents_token(request):
            view = views.metrics_for_operators
        return view(request) if view else self._get_response(request)
