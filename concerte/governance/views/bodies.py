"""Bodies: the public list and pages, and the forms of those who make them and name who sits."""

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.governance import sections
from concerte.governance.forms.bodies import BodyForm, DayForm, MandateForm, NewBodyForm, SeatForm
from concerte.governance.models import AgendaItem, Body, Mandate, Meeting, Seat
from concerte.governance.reading.bodies import body_as_data, composition, history, imported_facts, summary_as_data
from concerte.governance.rules import keeps_secretariat, may_change_body, may_create_bodies, may_name_for, may_seat
from concerte.governance.services import (
    create_body,
    end_body,
    end_mandate,
    end_seat,
    give_mandate,
    grant_seat,
    update_body,
)
from concerte.governance.services.bodies import FIELDS
from concerte.governance.time_zones import zone_label
from concerte.governance.views.frame import form_page, json_answer, trail_of_body
from concerte.partners.forms import EndForm
from concerte.partners.models import Circle, Membership, Organisation

BODIES_PER_PAGE = 40
MEETINGS_SHOWN = 8
MEETINGS_PER_PAGE = 30
SEATS_PER_PAGE = 50
_LEVELS = {value: rank for rank, value in enumerate(Body.Level.values)}


@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """All the bodies, from the political to the operational ones, those of one programme if asked."""
    circle = Circle.objects.filter(slug=request.GET.get("programme", "")).first()
    listed = sorted(_bodies(circle), key=lambda body: (_LEVELS[body.level], body.name.casefold(), body.pk))
    page = Paginator(listed, BODIES_PER_PAGE).get_page(request.GET.get("page"))
    levels = [
        (Body.Level(level).label, list(of_level))
        for level, of_level in groupby(page.object_list, lambda body: body.level)
    ]
    context = {
        "page": page,
        "levels": levels,
        "circles": Circle.objects.filter(bodies__isnull=False).distinct(),
        "chosen": circle,
        "today": timezone.localdate(),
        "may_create": may_create_bodies(request.user),
        "trail": [{"label": _("Instances"), "href": ""}],
    }
    return render(request, "governance/bodies.html", context)


@require_safe
def bodies_data(_request: HttpRequest) -> HttpResponse:
    """The twin of the list, for machines."""
    return json_answer({"bodies": [summary_as_data(body) for body in _bodies(None)]})


@require_safe
def body(request: HttpRequest, slug: str) -> HttpResponse:
    """One body: what it is for, who sits on it, when it meets, what it decided."""
    shown = _body(slug)
    form = DayForm(request.GET or None)
    asked = form.cleaned_data["jour"] if form.is_valid() else None
    day = asked or timezone.localdate()
    seats = Paginator(history(shown), SEATS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "body": shown,
        "facts": imported_facts(shown),
        "zone": zone_label(shown.time_zone),
        "day": day,
        "asked": asked,
        "form": DayForm(initial={"jour": day}),
        "benches": _benches(request, shown, day),
        "history": seats,
        "today": timezone.localdate(),
        "exists": shown.exists_on(timezone.localdate()),
        "below": shown.below.order_by("name", "pk"),
        "sections": sections.of_body(shown, request.user),
        "may_change": may_change_body(request.user, shown),
        "may_seat": may_seat(request.user, shown),
        "trail": trail_of_body(shown),
        **_meetings_of(request, shown),
    }
    return render(request, "governance/body.html", context)


@require_safe
def body_data(_request: HttpRequest, slug: str) -> HttpResponse:
    return json_answer(body_as_data(_body(slug), timezone.localdate()))


@require_safe
def meetings(request: HttpRequest, slug: str) -> HttpResponse:
    """All the meetings of a body this person may know of, the latest first."""
    shown = _body(slug)
    found = Meeting.objects.visible_to(request.user).filter(body=shown).select_related("body")
    context = {
        "body": shown,
        "page": Paginator(found, MEETINGS_PER_PAGE).get_page(request.GET.get("page")),
        "trail": trail_of_body(shown, (_("Réunions"), "")),
    }
    return render(request, "governance/meetings.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_body(request: AuthenticatedRequest) -> HttpResponse:
    if not may_create_bodies(request.user):
        raise PermissionDenied
    form = NewBodyForm(request.POST or None, acting_user=request.user)
    return form_page(
        request,
        form,
        save=lambda **facts: create_body(**facts, acting_user=request.user),
        done=_("L’instance est créée. Donnez maintenant les sièges."),
        address=reverse("governance:body", args=[form["slug"].value()])
        if form.is_bound and form.is_valid()
        else reverse("governance:bodies"),
        trail=trail_of_body(None, (_("Créer une instance"), "")),
        title=_("Créer une instance"),
        label=_("Créer"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_body(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    edited = _body(slug)
    if not may_change_body(request.user, edited):
        raise PermissionDenied
    initial = {field: getattr(edited, field) for field in FIELDS} | {"circles": list(edited.circles.all())}
    title = _("Modifier %(body)s") % {"body": edited}
    return form_page(
        request,
        BodyForm(request.POST or None, initial=initial, acting_user=request.user, body=edited),
        save=lambda **facts: update_body(edited, **facts, acting_user=request.user),
        done=_("C’est enregistré."),
        address=reverse("governance:body", args=[slug]),
        trail=trail_of_body(edited, (title, "")),
        title=title,
        label=_("Enregistrer"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_of_body(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    ended = _body(slug)
    if not may_change_body(request.user, ended):
        raise PermissionDenied
    return form_page(
        request,
        EndForm(request.POST or None),
        save=lambda **facts: end_body(ended, **facts, acting_user=request.user),
        done=_("La fin de l’instance est enregistrée."),
        address=reverse("governance:body", args=[slug]),
        trail=trail_of_body(ended, (_("Fin de l’instance"), "")),
        title=_("Fin de %(body)s") % {"body": ended},
        lead=_("Sa page, ses réunions et ses décisions restent. Les sièges et les mandats s’achèvent avec elle."),
        label=_("Enregistrer la fin"),
        kind="danger",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_seat(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    seated = _body(slug)
    if not may_seat(request.user, seated):
        raise PermissionDenied
    return form_page(
        request,
        SeatForm(request.POST or None),
        save=lambda **facts: grant_seat(seated, **facts, acting_user=request.user),
        done=_("Le siège est donné. Reste à dire qui l’occupe."),
        address=reverse("governance:body", args=[slug]),
        trail=trail_of_body(seated, (_("Donner un siège"), "")),
        title=_("Donner un siège"),
        lead=seated.name,
        label=_("Donner le siège"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_of_seat(request: AuthenticatedRequest, slug: str, seat_id: int) -> HttpResponse:
    seat = _seat(slug, seat_id)
    if not may_seat(request.user, seat.body):
        raise PermissionDenied
    return form_page(
        request,
        EndForm(request.POST or None),
        save=lambda **facts: end_seat(seat, **facts, acting_user=request.user),
        done=_("La fin du siège est enregistrée."),
        address=reverse("governance:body", args=[slug]),
        trail=trail_of_body(seat.body, (_("Fin d’un siège"), "")),
        title=_("Mettre fin au siège de %(organisation)s") % {"organisation": seat.organisation},
        lead=_("Les mandats de qui l’occupe s’achèvent avec lui. L’historique reste."),
        label=_("Mettre fin"),
        kind="danger",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_mandate(request: AuthenticatedRequest, slug: str, seat_id: int) -> HttpResponse:
    seat = _seat(slug, seat_id)
    if not may_name_for(request.user, seat):
        raise PermissionDenied
    return form_page(
        request,
        MandateForm(
            request.POST or None,
            seat=seat,
            initial={"is_substitute": "suppleance" if "suppleance" in request.GET else "titulaire"},
        ),
        save=lambda **facts: give_mandate(seat, **facts, acting_user=request.user),
        done=_("Le mandat est enregistré."),
        address=reverse("governance:body", args=[slug]),
        trail=trail_of_body(seat.body, (_("Désigner une personne"), "")),
        title=_("Désigner qui siège pour %(organisation)s") % {"organisation": seat.organisation},
        lead=_("Son nom et sa qualité sont publics, avec les dates du mandat."),
        label=_("Désigner"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_of_mandate(request: AuthenticatedRequest, slug: str, mandate_id: int) -> HttpResponse:
    held = Mandate.objects.select_related("person", "seat__body__secretariat", "seat__organisation")
    mandate = get_object_or_404(held, pk=mandate_id, seat__body__slug=slug)
    if not may_name_for(request.user, mandate.seat):
        raise PermissionDenied
    return form_page(
        request,
        EndForm(request.POST or None),
        save=lambda **facts: end_mandate(mandate, **facts, acting_user=request.user),
        done=_("La fin du mandat est enregistrée."),
        address=reverse("governance:body", args=[slug]),
        trail=trail_of_body(mandate.seat.body, (_("Fin d’un mandat"), "")),
        title=_("Mettre fin au mandat de %(person)s") % {"person": mandate.person},
        lead=_("Pour %(organisation)s.") % {"organisation": mandate.seat.organisation},
        label=_("Mettre fin"),
        kind="danger",
    )


def _bodies(circle: Circle | None) -> "list[Body]":
    today = timezone.localdate()
    sits = Q(seats__starts_on__lte=today) & (Q(seats__ends_on=None) | Q(seats__ends_on__gt=today))
    found = Body.objects.prefetch_related("circles").annotate(seat_count=Count("seats", filter=sits, distinct=True))
    return list(found.filter(circles=circle) if circle else found)


def _body(slug: str) -> Body:
    """Bodies are public: what is not, in them, is asked of each thing."""
    found = Body.objects.select_related("secretariat__college", "above").prefetch_related(
        Prefetch("circles", queryset=Circle.objects.order_by("name", "pk"))
    )
    return get_object_or_404(found, slug=slug)


def _seat(slug: str, seat_id: int) -> Seat:
    found = Seat.objects.select_related("body__secretariat", "organisation", "college")
    return get_object_or_404(found, pk=seat_id, body__slug=slug)


def _benches(request: HttpRequest, shown: Body, day: date) -> list[dict[str, Any]]:
    """The composition that day, with what this person may do about each seat today."""
    benches = composition(shown, day)
    chairs = [chair for bench in benches for chair in (*bench.voting, *bench.observers)]
    secretary = keeps_secretariat(request.user, shown)
    represented = _represented(request) if request.user.is_authenticated else set()
    named = {chair.seat.pk for chair in chairs if secretary or chair.seat.organisation_id in represented}
    return [{"bench": bench, "named": named} for bench in benches]


def _represented(request: HttpRequest) -> set[int]:
    found = Organisation.objects.where_person_is(request.user, Membership.Role.REPRESENTATIVE)
    return set(found.values_list("pk", flat=True))


def _meetings_of(request: HttpRequest, shown: Body) -> dict[str, Any]:
    visible = Meeting.objects.visible_to(request.user).filter(body=shown).select_related("body")
    to_come = list(visible.to_come())
    past = visible.exclude(pk__in=[meeting.pk for meeting in to_come])
    secretary = keeps_secretariat(request.user, shown)
    left = AgendaItem.objects.left_over().filter(meeting__body=shown).select_related("meeting") if secretary else ()
    return {
        "to_come": to_come,
        "past": list(past[:MEETINGS_SHOWN]),
        "past_count": past.count(),
        "keeps_secretariat": secretary,
        "left_over": list(left),
    }
