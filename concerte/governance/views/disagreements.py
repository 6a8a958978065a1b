"""Pages of disagreements: the list of a circle, one of them, what may be done about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.governance.forms.disagreements import (
    AnswerForm,
    AttemptForm,
    EscalationForm,
    OpeningForm,
    StanceForm,
    WithdrawalForm,
)
from concerte.governance.models import Disagreement
from concerte.governance.reading.disagreements import (
    as_data,
    bodies_above,
    disagreement_page,
    may_withdraw,
)
from concerte.governance.rules import may_answer
from concerte.governance.services import (
    answer_disagreement,
    escalate,
    open_disagreement,
    record_attempt,
    take_stance,
    withdraw_disagreement,
)
from concerte.governance.views.frame import Trail, trail_in
from concerte.partners.circles import standing_in
from concerte.partners.models import Circle

PER_PAGE = 30


@require_safe
def disagreements(request: HttpRequest, slug: str) -> HttpResponse:
    """Those of a circle that this person may see, open ones first."""
    circle = get_object_or_404(Circle, slug=slug)
    found = (
        Disagreement.objects.visible_to(request.user)
        .filter(circle=circle)
        .select_related("opened_for__college", "body")
        .order_by("state", "-number")
    )
    context = {
        "circle": circle,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "may_open": bool(standing_in(request.user, circle.pk).represented),
        "trail": _trail(circle),
    }
    return render(request, "governance/disagreements.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_disagreement(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    circle = get_object_or_404(Circle, slug=slug)
    organisations = standing_in(request.user, circle.pk).represented
    if not organisations:
        raise PermissionDenied
    form = OpeningForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            opened = open_disagreement(circle, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le désaccord est consigné. Dites maintenant ce que vous soutenez."))
            return redirect("governance:disagreement", opened.number)
    context = {
        "form": form,
        "title": _("Consigner un désaccord"),
        "lead": _("Un désaccord nommé se travaille : chaque collège dit ce qu’il soutient, et une instance répond."),
        "label": _("Consigner le désaccord"),
        "back": reverse("governance:disagreements", args=[circle.slug]),
        "trail": _trail(circle, (_("Consigner un désaccord"), "")),
    }
    return render(request, "governance/form.html", context, status=status_of(form))


@require_safe
def disagreement(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, _found(request, number))


@require_safe
def disagreement_data(request: HttpRequest, number: int) -> HttpResponse:
    found = disagreement_page(_found(request, number), request.user)
    return JsonResponse(as_data(found), json_dumps_params={"ensure_ascii": False, "indent": 1})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: AuthenticatedRequest, number: int, what: str) -> HttpResponse:
    """One of the forms of the page was sent. what: a key of FORMS."""
    found = _found(request, number)
    if request.method != "POST":
        return redirect("governance:disagreement", found.number)
    forms = _forms(request, found, posted=what)
    form = forms.get(what)
    if form is None:
        raise PermissionDenied
    if form.is_valid():
        service, done = _SERVICES[what]
        with refusals_in(form):
            service(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, str(done()))
            return redirect("governance:disagreement", found.number)
    return _page(request, found, forms=forms, refused=what)


_SERVICES: dict[str, tuple[Callable[..., Any], Callable[[], str]]] = {
    "position": (take_stance, lambda: _("Votre position est enregistrée.")),
    "tentative": (record_attempt, lambda: _("C’est noté.")),
    "instance": (escalate, lambda: _("L’instance est saisie.")),
    "reponse": (answer_disagreement, lambda: _("La réponse est enregistrée.")),
    "retrait": (withdraw_disagreement, lambda: _("Le désaccord est retiré ; il reste lisible, avec le motif.")),
}


def _forms(request: HttpRequest, found: Disagreement, posted: str = "") -> dict[str, Form]:
    """What this person may do about this disagreement while it is open, by what the forms do."""
    organisations = standing_in(request.user, found.circle_id).represented
    sent = {name: request.POST if name == posted else None for name in _SERVICES}
    forms: dict[str, Form] = {}
    if organisations:
        forms["position"] = StanceForm(sent["position"], organisations=organisations, prefix="position")
        forms["tentative"] = AttemptForm(sent["tentative"], organisations=organisations, prefix="tentative")
        bodies = bodies_above(found)
        if bodies.exists():
            forms["instance"] = EscalationForm(
                sent["instance"], organisations=organisations, bodies=bodies, prefix="instance"
            )
    if may_answer(request.user, found):
        forms["reponse"] = AnswerForm(sent["reponse"], prefix="reponse")
    if may_withdraw(found, organisations):
        forms["retrait"] = WithdrawalForm(sent["retrait"], prefix="retrait")
    return forms


def _page(
    request: HttpRequest, found: Disagreement, *, forms: dict[str, Form] | None = None, refused: str = ""
) -> HttpResponse:
    forms = _forms(request, found) if forms is None else forms
    context = {
        "page": disagreement_page(found, request.user),
        "disagreement": found,
        "forms": forms if found.is_open else {},
        "lost_form": None if found.is_open else forms.get(refused),
        "refused": refused,
        "trail": _trail(found.circle, (_("Désaccord n° %(number)d") % {"number": found.number}, "")),
    }
    return render(request, "governance/disagreement.html", context, status=status_of(forms.get(refused)))


def _found(request: HttpRequest, number: int) -> Disagreement:
    rows = Disagreement.objects.visible_to(request.user).select_related(
        "circle", "body__above", "opened_for__college", "answered_by"
    )
    return get_object_or_404(rows, number=number)


def _trail(circle: Circle, *steps: tuple[str, str]) -> Trail:
    return trail_in(circle, _("Désaccords"), "disagreements", *steps)
