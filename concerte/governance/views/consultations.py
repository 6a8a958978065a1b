"""Pages of consultations: those of a circle, one of them, the opinion of a body, the answers of the State."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.documents.files import file_response
from concerte.documents.note_pages import note_data
from concerte.documents.rules import may_write
from concerte.governance.forms.consultations import (
    ConsultationWithdrawalForm,
    CostsForm,
    OpinionForm,
    PointAnswerForm,
    PointForm,
    SubmissionForm,
)
from concerte.governance.models import Body, Consultation, Mandate, Opinion, OpinionPoint
from concerte.governance.reading.consultations import as_data, consultation_page, delays_of
from concerte.governance.rules import keeps_secretariat, may_submit_upstream, sits_on
from concerte.governance.services import (
    add_point,
    answer_point,
    give_opinion,
    submit_consultation,
    withdraw_consultation,
)
from concerte.governance.views.frame import Trail, trail_in
from concerte.lineage.references import Viewer
from concerte.partners.circles import Standing, standing_in
from concerte.partners.models import Circle, Organisation

PER_PAGE = 30


@require_safe
def consultations(request: HttpRequest, slug: str) -> HttpResponse:
    """Those of a circle that this person may see, and how long they take."""
    circle = get_object_or_404(Circle, slug=slug)
    found = (
        Consultation.objects.visible_to(request.user)
        .filter(circle=circle)
        .select_related("submitted_for__college")
        .prefetch_related("opinions__body")
        .order_by("-number")
    )
    context = {
        "circle": circle,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "delays": delays_of(list(found)),
        "may_submit": bool(_submitters(request, circle)),
        "trail": _trail(circle),
    }
    return render(request, "governance/consultations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_consultation(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    circle = get_object_or_404(Circle, slug=slug)
    organisations = _submitters(request, circle)
    if not organisations:
        raise PermissionDenied
    bodies = Body.objects.filter(circles=circle, ends_on=None)
    form = SubmissionForm(request.POST or None, request.FILES or None, organisations=organisations, bodies=bodies)
    costs = CostsForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and costs.is_valid():
        values = {**form.cleaned_data, "bodies": list(form.cleaned_data["bodies"])}
        with refusals_in(form):
            submitted = submit_consultation(circle, **values, costs=costs.costs(), acting_user=request.user)
            messages.success(request, _("Le texte est soumis : chaque instance a une note pour préparer son avis."))
            return redirect("governance:consultation", submitted.number)
    context = {
        "form": form,
        "costs": costs,
        "circle": circle,
        "has_bodies": bodies.exists(),
        "trail": _trail(circle, (_("Soumettre un texte"), "")),
    }
    return render(request, "governance/new_consultation.html", context, status=status_of(form, costs))


@require_safe
def consultation(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, _found(request, number))


@require_safe
def consultation_data(request: HttpRequest, number: int) -> HttpResponse:
    page = consultation_page(_found(request, number), request.user)
    return JsonResponse(as_data(page), json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def consultation_file(request: HttpRequest, number: int) -> FileResponse:
    """The text itself, to whoever may read the consultation."""
    found = _found(request, number)
    if found.file is None:
        raise Http404
    return file_response(found.file)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: AuthenticatedRequest, number: int, slug: str) -> HttpResponse:
    """Where a body prepares its opinion: the note written together, its points, and giving it."""
    found = _found(request, number)
    prepared = get_object_or_404(found.opinions.select_related("body__secretariat", "note"), body__slug=slug)
    may_give = keeps_secretariat(request.user, prepared.body)
    is_late = prepared.is_given or not found.is_open
    # Once it is given nobody writes it any more: who is told so is who was writing it.
    was_preparing = may_give or sits_on(request.user, prepared.body)
    if not (was_preparing if is_late else _may_prepare(request.user, prepared)):
        return redirect(_address(found))
    what = request.POST.get("faire", "")
    has_point = what == "point" or bool(request.POST.get("text", "").strip())
    forms: dict[str, Form] = {"point": PointForm(request.POST if has_point else None)}
    if may_give:
        forms["avis"] = OpinionForm(request.POST if what == "avis" else None)
    form = forms.get(what)
    if form is not None and what == "avis" and has_point and not is_late:
        form.add_error(
            None, _("Un point est écrit sans être ajouté\u00a0: ajoutez-le, ou effacez-le, puis rendez l’avis.")
        )
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals_in(form):
            done = _prepare(prepared, what, form.cleaned_data, request)
            return redirect(done)
    if is_late:
        return redirect(_address(found)) if form is None else _page(request, found, lost_form=form)
    context = {
        "consultation": found,
        "opinion": prepared,
        "days_late": prepared.days_late(found.due_on, timezone.localdate()),
        "points": list(prepared.points.all()),
        "note": note_data(
            request, prepared.note, speaks_for=_speaks_for(request.user, prepared.body), label=_("Texte de l’avis")
        ),
        "forms": forms,
        "trail": _trail(
            found.circle,
            (_("Saisine n° %(number)d") % {"number": found.number}, _address(found)),
            (_("Avis de %(body)s") % {"body": prepared.body}, ""),
        ),
    }
    return render(request, "governance/opinion.html", context, status=status_of(form))


def _prepare(prepared: Opinion, what: str, values: Mapping[str, Any], request: AuthenticatedRequest) -> str:
    """Do what one of the forms asks; the address to go on to."""
    if what == "avis":
        give_opinion(prepared, **values, acting_user=request.user)
        messages.success(request, _("L’avis est rendu. Le service qui a soumis le texte répond à chaque point."))
        return _address(prepared.consultation)
    add_point(prepared, **values, acting_user=request.user)
    messages.success(request, _("Le point est ajouté."))
    return reverse("governance:opinion", args=[prepared.consultation.number, prepared.body.slug])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AuthenticatedRequest, number: int, point_id: int) -> HttpResponse:
    """Answer one point of an opinion. The form is on the page of the consultation."""
    found = _found(request, number)
    given = Opinion.objects.given().filter(consultation=found)
    points = OpinionPoint.objects.select_related("opinion__consultation")
    point = get_object_or_404(points, pk=point_id, opinion__in=given)
    if request.method != "POST":
        return redirect(_address(found))
    if not _answers(request, found):
        raise PermissionDenied
    form = PointAnswerForm(request.POST, prefix=f"point-{point.pk}")
    if form.is_valid():
        with refusals_in(form):
            answer_point(point, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La réponse est enregistrée."))
            return redirect(_address(found))
    return _page(request, found, forms={point.pk: form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, number: int) -> HttpResponse:
    found = _found(request, number)
    if not _answers(request, found):
        raise PermissionDenied
    form = ConsultationWithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            withdraw_consultation(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le texte est retiré ; ce qui en a été dit reste lisible."))
            return redirect(_address(found))
    label = _("Retirer le texte")
    context = {
        "form": form,
        "title": label,
        "lead": found.title,
        "label": label,
        "back": _address(found),
        "trail": _trail(
            found.circle, (_("Saisine n° %(number)d") % {"number": found.number}, _address(found)), (label, "")
        ),
    }
    return render(request, "governance/form.html", context, status=status_of(form))


def _page(
    request: HttpRequest,
    found: Consultation,
    *,
    forms: Mapping[int, PointAnswerForm] | None = None,
    lost_form: Form | None = None,
) -> HttpResponse:
    """forms: the answers that were refused, by point. lost_form: what was sent too late to be offered again."""
    page = consultation_page(found, request.user)
    answers = _answers(request, found)
    offered = {
        point.pk: (forms or {}).get(point.pk) or PointAnswerForm(prefix=f"point-{point.pk}")
        for shown in page.opinions
        for point in shown.unanswered
        if answers and found.is_open and shown.opinion.is_given
    }
    prepares = {
        shown.opinion.pk
        for shown in page.opinions
        if found.is_open and not shown.opinion.is_given and _may_prepare(request.user, shown.opinion)
    }
    lost = lost_form or next((form for point, form in (forms or {}).items() if point not in offered), None)
    context = {
        "page": page,
        "consultation": found,
        "lost_form": lost,
        "opinions": [
            {
                "shown": shown,
                "may_prepare": shown.opinion.pk in prepares,
                "points": [(point, offered.get(point.pk)) for point in shown.points] if shown.opinion.is_given else [],
            }
            for shown in page.opinions
        ],
        "may_withdraw": answers and found.is_open,
        "trail": _trail(found.circle, (_("Saisine n° %(number)d") % {"number": found.number}, "")),
    }
    return render(request, "governance/consultation.html", context, status=status_of(lost, *(forms or {}).values()))


def _submitters(request: HttpRequest, circle: Circle) -> tuple[Organisation, ...]:
    """The State services in whose name this person may submit a text in this circle."""
    standing: Standing = standing_in(request.user, circle.pk)
    found = {each.organisation_id: each.organisation for each in standing.memberships}
    return tuple(each for each in found.values() if may_submit_upstream(request.user, each, circle))


def _speaks_for(person: User, body: Body) -> Organisation | None:
    """The organisation in whose name the person writes: that of their seat, or the secretariat."""
    mandates = Mandate.objects.held_by(person, timezone.localdate()).filter(seat__body=body)
    mandate = mandates.select_related("seat__organisation__college").first()
    return mandate.seat.organisation if mandate else body.secretariat


def _may_prepare(person: Viewer, opinion: Opinion) -> bool:
    writes = isinstance(person, User) and may_write(person, opinion.note_id)
    return writes or keeps_secretariat(person, opinion.body)


def _answers(request: HttpRequest, found: Consultation) -> bool:
    return may_submit_upstream(request.user, found.submitted_for, found.circle)


def _address(found: Consultation) -> str:
    return reverse("governance:consultation", args=[found.number])


def _found(request: HttpRequest, number: int) -> Consultation:
    rows = Consultation.objects.visible_to(request.user).select_related("circle", "submitted_for__college", "file")
    return get_object_or_404(rows, number=number)


def _trail(circle: Circle, *steps: tuple[str, str]) -> Trail:
    return trail_in(circle, _("Saisines en amont"), "consultations", *steps)
