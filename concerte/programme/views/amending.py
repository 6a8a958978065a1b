"""Writing an amendment: the same editor as for the text, on its fork."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.documents.models import Amendment
from concerte.programme.amendments import belongs_to_author
from concerte.programme.models import Programme
from concerte.programme.views.editor import (
    amendment_place,
    code_answer,
    editor_data,
    refusal,
    verdict_answer,
    verdict_of,
)
from concerte.programme.views.workshop import Trail, amendment_of, tabs_of, trail_of, workshop_of


@login_required
@require_safe
def write(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """The editor on the amendment: its organisation writes until it is submitted, others read it from then on. Once it
    is closed, its page says all."""
    programme, held = workshop_of(request.user, slug)
    found = amendment_of(programme, held, number)
    if found.is_closed:
        return redirect("programme:amendment", programme.slug, found.number)
    is_author = belongs_to_author(held, found)
    may_write = is_author and found.is_being_written
    speaks_for = found.organisation if is_author else held.spokesperson.organisation
    context = {
        "programme": programme,
        "amendment": found,
        "may_write": may_write,
        "may_coordinate": held.may_coordinate,
        "editor_data": editor_data(
            request, programme, speaks_for, amendment_place(programme, found, may_write=may_write)
        ),
        "trail": amendment_trail(programme, found, _("Rédaction")),
        "tabs": tabs_of(programme, held, "amendments"),
    }
    return render(request, "programme/draft.html", context)


@login_required
@require_safe
def checks(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """What would still miss in the text, were it what the amendment says."""
    programme, held = workshop_of(request.user, slug)
    found = amendment_of(programme, held, number)
    context = {
        "programme": programme,
        "amendment": found,
        "verdict": verdict_of(programme, found.fork_id),
        "draft_address": reverse("programme:write_amendment", args=[programme.slug, found.number]),
        "may_coordinate": False,
        "trail": amendment_trail(programme, found, _("Vérifications")),
        "tabs": tabs_of(programme, held, "amendments"),
    }
    return render(request, "programme/checks.html", context)


@login_required
@require_safe
def checks_data(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """The same as data, for the panel of the editor."""
    programme, held = workshop_of(request.user, slug)
    return verdict_answer(request, verdict_of(programme, amendment_of(programme, held, number).fork_id))


@login_required
@require_POST
def new_code(request: AuthenticatedRequest, slug: str, number: int) -> HttpResponse:
    """A code for an action added in the amendment."""
    programme, held = workshop_of(request.user, slug)
    found = amendment_of(programme, held, number)
    if not (belongs_to_author(held, found) and found.is_being_written):
        return refusal(_("Vous ne pouvez pas écrire dans cet amendement."), "not-allowed", status=403)
    return code_answer(request, programme, found)


def amendment_trail(programme: Programme, found: Amendment, *labels: str) -> Trail:
    """The breadcrumb of a page of an amendment. labels: of this page, below it; none for the page itself."""
    address = reverse("programme:amendment", args=[programme.slug, found.number])
    return trail_of(
        programme,
        (_("Amendements"), reverse("programme:amendments", args=[programme.slug])),
        (_("Amendement %(number)d") % {"number": found.number}, address if labels else ""),
        *((label, "") for label in labels),
    )
