"""Opening a programme: what the administration does before anybody can write."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.programme.forms import NewProgrammeForm
from concerte.programme.rules import may_found_programmes
from concerte.programme.services import open_programme


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_programme(request: AuthenticatedRequest) -> HttpResponse:
    """A programme from an empty page, with the organisation that will coordinate it."""
    if not may_found_programmes(request.user):
        raise PermissionDenied
    form = NewProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            programme = open_programme(**form.cleaned_data, acting_user=request.user)
            coordinator = form.cleaned_data["coordinator"]
            messages.success(
                request,
                _("Le programme est ouvert. Reste à rattacher à %(name)s une personne qui coordonne.")
                % {"name": coordinator},
            )
            return redirect("publication:programme", programme.slug)
    trail = [
        {"label": _("Mon espace"), "href": reverse("accounts:my_space")},
        {"label": _("Ouvrir un programme"), "href": ""},
    ]
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "programme/new_programme.html", {"form": form, "trail": trail}, status=status)
