"""Pages of the coordination and of administrators: organisations, and who speaks for them."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.partners.forms import EndForm, FilterForm, MembershipForm, NewOrganisationForm, OrganisationForm
from concerte.partners.models import Membership, Organisation
from concerte.partners.rules import may_give, may_manage
from concerte.partners.services import (
    create_organisation,
    end_membership,
    end_organisation,
    invite_person,
    set_territory,
    update_organisation,
)
from concerte.territories.forms import TerritoryForm, TerritorySearchForm

P = ParamSpec("P")
MEMBERSHIPS_PER_PAGE = 50
REFUSED_STATUS = 400


def for_managers(
    view: Callable[Concatenate[AuthenticatedRequest, P], HttpResponse],
) -> Callable[Concatenate[AuthenticatedRequest, P], HttpResponse]:
    """Only for those who may manage; others are asked to sign in, or told no."""

    def guarded(request: AuthenticatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_manage(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


@for_managers
def organisations(request: AuthenticatedRequest) -> HttpResponse:
    context = {
        "organisations": Organisation.objects.select_related("college").order_by("college__position", "name", "pk"),
        "trail": [{"label": _("Gérer les organisations"), "href": ""}],
    }
    return render(request, "partners/manage_organisations.html", context)


@for_managers
def new_organisation(request: AuthenticatedRequest) -> HttpResponse:
    form = NewOrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = create_organisation(**form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’organisation est ajoutée."))
            return redirect("partners:organisation", made.slug)
    return _form_page(request, form, title=_("Ajouter une organisation"), label=_("Ajouter"))


@for_managers
def edit_organisation(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    edited = get_object_or_404(Organisation.objects.select_related("college"), slug=slug)
    names = ("name", "acronym", "college", "kind", "starts_on", "note")
    form = OrganisationForm(request.POST or None, initial={name: getattr(edited, name) for name in names})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            update_organisation(edited, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("C’est enregistré."))
            return redirect("partners:organisation", edited.slug)
    title = _("Modifier %(organisation)s") % {"organisation": edited}
    return _form_page(request, form, title=title, label=_("Enregistrer"))


@for_managers
def territory(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Which territory an organisation runs or is rooted in: a search, then one of those found."""
    placed = get_object_or_404(Organisation.objects.select_related("territory__departement"), slug=slug)
    search = TerritorySearchForm(request.GET or None)
    form = TerritoryForm(request.POST or None, asked=search.words, current=placed.territory)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            set_territory(placed, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le territoire est enregistré."))
            return redirect("partners:organisation", placed.slug)
    title = _("Territoire de %(organisation)s") % {"organisation": placed}
    trail = [
        {"label": _("Gérer les organisations"), "href": reverse("partners:manage_organisations")},
        {"label": title, "href": ""},
    ]
    context = {"title": title, "search": search, "form": form, "trail": trail}
    return render(request, "partners/territory.html", context, status=REFUSED_STATUS if form.errors else 200)


@for_managers
def end_of_organisation(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    ended = get_object_or_404(Organisation, slug=slug)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            end_organisation(ended, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La fin de l’organisation est enregistrée."))
            return redirect("partners:organisation", ended.slug)
    return _form_page(
        request,
        form,
        title=_("Fin de %(organisation)s") % {"organisation": ended},
        lead=_(
            "Son nom, sa page et ce qu’elle a signé restent. Les rattachements encore ouverts s’achèvent avec elle."
        ),
        label=_("Enregistrer la fin"),
        kind="danger",
    )


@for_managers
def memberships(request: AuthenticatedRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    page = Paginator(form.chosen(), MEMBERSHIPS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "today": timezone.localdate(),
        "may_end_administrators": may_give(request.user, Membership.Role.ADMINISTRATOR),
        "trail": [{"label": _("Gérer les rattachements"), "href": ""}],
    }
    return render(request, "partners/manage_memberships.html", context)


@for_managers
def new_membership(request: AuthenticatedRequest) -> HttpResponse:
    chosen = Organisation.objects.filter(slug=request.GET.get("organisation", "")).first()
    form = MembershipForm(request.POST or None, acting_user=request.user, initial={"organisation": chosen})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = invite_person(**form.cleaned_data, acting_user=request.user)
            messages.success(request, _("%(person)s\u00a0: rattachement enregistré.") % {"person": made.person})
            return redirect("partners:memberships")
    return _form_page(
        request,
        form,
        title=_("Rattacher une personne"),
        lead=_("Une personne parle pour une organisation, dans un rôle, pour un temps."),
        label=_("Rattacher"),
        list_page="partners:memberships",
    )


@for_managers
def end_of_membership(request: AuthenticatedRequest, membership_id: int) -> HttpResponse:
    ended = get_object_or_404(Membership.objects.select_related("person", "organisation"), pk=membership_id)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            end_membership(ended, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("La fin du rattachement est enregistrée."))
            return redirect("partners:memberships")
    return _form_page(
        request,
        form,
        title=_("Mettre fin à un rattachement"),
        lead=_("%(person)s, %(organisation)s (%(role)s)")
        % {"person": ended.person, "organisation": ended.organisation, "role": ended.get_role_display()},
        label=_("Mettre fin"),
        kind="danger",
        list_page="partners:memberships",
    )


def _form_page(
    request: AuthenticatedRequest, form: Any, *, list_page: str = "partners:manage_organisations", **words: str
) -> HttpResponse:
    """The one page all these forms share. words: title, label of the button, lead, kind of the button."""
    lists = {
        "partners:manage_organisations": _("Gérer les organisations"),
        "partners:memberships": _("Gérer les rattachements"),
    }
    back = reverse(list_page)
    trail = [{"label": lists[list_page], "href": back}, {"label": words["title"], "href": ""}]
    context = {"lead": "", "kind": "primary", **words, "form": form, "back": back, "trail": trail}
    return render(request, "partners/form.html", context, status=REFUSED_STATUS if form.errors else 200)
