"""The register of decisions: numbered, searched, filtered, page by page."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concerte.accounts.models import User
from concerte.governance.decisions_showing import decisions_shown
from concerte.governance.forms.decisions import SearchForm
from concerte.governance.models import Body, CollegeResult, Decision
from concerte.governance.querysets.decisions import DecisionQuerySet
from concerte.governance.register import search
from concerte.lineage.models import Link
from concerte.lineage.references import Reference, show
from concerte.partners.models import College

PER_PAGE = 20
ACTION = "programme.action"  # the kind of reference that the register is filtered by
HERE = "governance.decision"


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    visible = Decision.objects.visible_to(request.user)
    bodies = [
        (body.slug, body.name) for body in Body.objects.filter(pk__in=visible.values("body")).order_by("name", "pk")
    ]
    subjects = _subjects(request.user)
    form = SearchForm(request.GET or None, bodies=bodies, subjects=subjects, results=_results())
    filters = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = _filtered(visible, filters).select_related("body", "circle").order_by("-number")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "shown": decisions_shown(list(page.object_list)),
        "is_filtered": any(filters.values()),
        "kept": kept.urlencode(),
        "total": page.paginator.count,
        "trail": [{"label": _("Décisions"), "href": ""}],
    }
    return render(request, "governance/decisions.html", context)


def _filtered(decisions: DecisionQuerySet, filters: dict[str, str]) -> DecisionQuerySet:
    if filters.get("q"):
        decisions = search(decisions, filters["q"])
    if filters.get("instance"):
        decisions = decisions.filter(body__slug=filters["instance"])
    if filters.get("concerne"):
        concerned = Link.objects.standing()
        here = Cast(OuterRef("pk"), CharField())
        into = concerned.out_of(Reference(ACTION, filters["concerne"])).filter(to_kind=HERE, to_id=here)
        out_of = concerned.into(Reference(ACTION, filters["concerne"])).filter(from_kind=HERE, from_id=here)
        is_subject = Q(subject_kind=ACTION, subject_id=filters["concerne"])
        decisions = decisions.filter(Q(Exists(into)) | Q(Exists(out_of)) | is_subject)
    result = filters.get("resultat", "")
    if result in ("adopted", "rejected"):
        decisions = decisions.filter(is_adopted=result == "adopted")
    elif ":" in result:
        college, _separator, answer = result.partition(":")
        said = CollegeResult.objects.filter(college__slug=college, is_adopted=answer == "adopted")
        decisions = decisions.filter(Exists(said.filter(decision=OuterRef("pk"))))
    return decisions


def _results() -> list[tuple[str, str]]:
    """The result of all the colleges, then that of each."""
    choices = [("adopted", _("adoptée")), ("rejected", _("non adoptée"))]
    for college in College.objects.all():
        choices.append((f"{college.slug}:adopted", _("%(college)s adopte") % {"college": college.short_name}))
        choices.append((f"{college.slug}:rejected", _("%(college)s n’adopte pas") % {"college": college.short_name}))
    return choices


def _subjects(person: User | AnonymousUser) -> list[tuple[str, str]]:
    """The actions that decisions bear on or changed, among those the person may see."""
    ids = set(Link.objects.standing().filter(from_kind=ACTION, to_kind=HERE).values_list("from_id", flat=True))
    ids |= set(Link.objects.standing().filter(from_kind=HERE, to_kind=ACTION).values_list("to_id", flat=True))
    shown = show((Reference(ACTION, each) for each in ids), person)
    return sorted(((reference.id, each.label) for reference, each in shown.items()), key=lambda choice: choice[1])
