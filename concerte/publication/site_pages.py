"""The standing pages of the site: its plan, what the law asks to say, and its figures."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concerte.accounts.models import User
from concerte.documents.models import LoggedUpdate
from concerte.partners.models import College, Membership, Organisation
from concerte.programme.models import Action, Edition, Programme, Proposal

# When the model statement was last reviewed; an operator who has an audit made replaces the page and its date.
ACCESSIBILITY_REVIEWED_ON = date(2026, 11, 22)
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Figure:
    """key: in the JSON. label: what is counted, in words."""

    key: str
    label: str
    value: int


@dataclass(frozen=True)
class FigureGroup:
    key: str
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Statistics:
    """What the page and its JSON twin say."""

    counted_at: datetime
    groups: tuple[FigureGroup, ...]

    def as_data(self) -> dict[str, Any]:
        figures = {group.key: {figure.key: figure.value for figure in group.figures} for group in self.groups}
        return {"counted_at": self.counted_at.isoformat(timespec="seconds"), **figures}


def count_everything() -> Statistics:
    """Count now, in the database. Exercises are left out; people are only ever counted for the whole site."""
    real = Q(is_fictitious=False)
    of_real = Q(programme__is_fictitious=False)
    programmes = (
        Figure("programmes", _("Programmes"), Programme.objects.filter(real).count()),
        Figure("actions", _("Actions ayant reçu un code"), Action.objects.filter(of_real).count()),
        Figure("editions", _("Éditions publiées"), Edition.objects.filter(of_real).count()),
        Figure(
            "open_proposals",
            _("Textes soumis aux collèges en ce moment"),
            Proposal.objects.filter(of_real, state=Proposal.State.OPEN).count(),
        ),
    )
    return Statistics(
        counted_at=timezone.now(),
        groups=(
            FigureGroup("programmes", _("Programmes"), programmes),
            FigureGroup("organisations_by_college", _("Organisations, par collège"), _organisations_by_college()),
            FigureGroup("people_by_role", _("Personnes, par rôle"), _people_by_role()),
            FigureGroup("writing", _("Écriture à plusieurs"), _writing()),
        ),
    )


def _organisations_by_college() -> tuple[Figure, ...]:
    existing = Organisation.objects.existing_on(timezone.localdate())
    counted = College.objects.annotate(count=Count("organisations", filter=Q(organisations__in=existing)))
    counted = counted.order_by("position", "pk")  # an aggregate forgets the order of the model
    return tuple(Figure(college.slug, college.name, college.count) for college in counted)


def _people_by_role() -> tuple[Figure, ...]:
    held = Membership.objects.held_on(timezone.localdate()).filter(person__is_active=True).order_by()
    counts = dict(held.values_list("role").annotate(Count("person", distinct=True)))
    accounts = Figure("accounts", _("Comptes ouverts"), User.objects.filter(is_active=True).count())
    roles = (Figure(str(role.value), str(role.label), counts.get(role.value, 0)) for role in Membership.Role)
    return (accounts, *roles)


def _writing() -> tuple[Figure, ...]:
    counts = LoggedUpdate.objects.aggregate(updates=Count("pk"), documents=Count("document", distinct=True))
    return (
        Figure("documents", _("Textes où l’on a écrit"), counts["documents"]),
        Figure("updates", _("Modifications enregistrées"), counts["updates"]),
    )


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    return _page(request, "statistics", _("Statistiques"), statistics=count_everything())


@require_safe
def statistics_data(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(count_everything().as_data(), json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    return _page(request, "site_map", _("Plan du site"), programmes=Programme.objects.all())


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, "accessibility", _("Accessibilité"), reviewed_on=ACCESSIBILITY_REVIEWED_ON)


@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    return _page(request, "legal_notice", _("Mentions légales"), host=settings.BASE_URL)


@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        "personal_data",
        _("Données personnelles"),
        code_minutes=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
        session_days=settings.SESSION_COOKIE_AGE // DAY_SECONDS,
    )


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        "cookies",
        _("Cookies"),
        session_name=settings.SESSION_COOKIE_NAME,
        session_days=settings.SESSION_COOKIE_AGE // DAY_SECONDS,
        csrf_name=settings.CSRF_COOKIE_NAME,
        csrf_days=settings.CSRF_COOKIE_AGE // DAY_SECONDS,
        language_name=settings.LANGUAGE_COOKIE_NAME,
    )


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    trail = [{"label": title, "href": ""}]
    return render(request, f"publication/site/{name}.html", {"title": title, "trail": trail, **context})
