"""Coming into a group and leaving it; the files of its space."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in
from concerte.concertation.forms.groups import AnswerForm, AskToJoinForm, FileForm, InviteForm
from concerte.concertation.forms.speaking import ReasonForm
from concerte.concertation.models import GroupMembership
from concerte.concertation.rules.groups import in_group, may_undo
from concerte.concertation.services.groups import add_group_file, withdraw_group_file
from concerte.concertation.services.groups_members import (
    answer_invitation,
    answer_request,
    ask_to_join,
    invite_to_group,
    leave_group,
)
from concerte.concertation.views.groups import ask_page, found_group, group_page, space_of_group
from concerte.documents.files import file_response
from concerte.partners.circles import standing_in


@login_required
@require_POST
def invite(request: AuthenticatedRequest, slug: str, group_id: int) -> HttpResponse:
    """Invite somebody. The form is on the page of the group."""
    circle, found = found_group(request, slug, group_id)
    if not in_group(request.user, found).may_lead:
        raise PermissionDenied
    form = InviteForm(request.POST, group=found)
    if form.is_valid():
        with refusals_in(form):
            invited = invite_to_group(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("%(name)s est invité ou invitée.") % {"name": invited.person.name})
            return redirect("concertation:group", circle.slug, found.pk)
    return group_page(request, circle, found, invite_form=form)


@login_required
@require_POST
def join(request: AuthenticatedRequest, slug: str, group_id: int) -> HttpResponse:
    """Ask to come in. The form is on the page of the group."""
    circle, found = found_group(request, slug, group_id)
    held = standing_in(request.user, circle.pk)
    if not held.may_read:
        raise PermissionDenied
    speaking = tuple({each.organisation_id: each.organisation for each in held.memberships}.values())
    form = AskToJoinForm(request.POST, organisations=speaking)
    if form.is_valid():
        with refusals_in(form):
            ask_to_join(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Votre demande est faite ; un copilote y répond."))
            return redirect("concertation:group", circle.slug, found.pk)
    return group_page(request, circle, found, join_form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AuthenticatedRequest, slug: str, group_id: int, membership_id: int) -> HttpResponse:
    """Answer an invitation made to oneself, or, for those who lead, a request."""
    circle, found = found_group(request, slug, group_id)
    waiting = get_object_or_404(found.memberships.select_related("person", "organisation"), pk=membership_id)
    is_request = waiting.state == GroupMembership.State.ASKED
    is_mine = waiting.person_id == request.user.pk and waiting.state == GroupMembership.State.INVITED
    if not is_mine and not (is_request and in_group(request.user, found).may_lead):
        raise PermissionDenied
    form = AnswerForm(request.POST or None, asks_why=is_request)
    if request.method == "POST" and form.is_valid():
        service = answer_request if is_request else answer_invitation
        with refusals_in(form):
            service(waiting, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Votre réponse est enregistrée."))
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Répondre à une demande") if is_request else _("Répondre à une invitation")
    text = f"{waiting.person.name}, {waiting.organisation.name}\n\n{waiting.message}".strip()
    return ask_page(request, circle, found, form, title=title, submit_label=_("Répondre"), text=text)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: AuthenticatedRequest, slug: str, group_id: int, membership_id: int) -> HttpResponse:
    """Leave the group, or have somebody leave it."""
    circle, found = found_group(request, slug, group_id)
    member = get_object_or_404(
        found.memberships.filter(ended_at=None).select_related("person", "organisation"), pk=membership_id
    )
    if member.person_id != request.user.pk and not in_group(request.user, found).may_lead:
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            leave_group(member, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("C’est fait."))
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Quitter le groupe") if member.person_id == request.user.pk else _("Retirer du groupe")
    text = f"{member.person.name}, {member.organisation.name}"
    return ask_page(request, circle, found, form, title=title, submit_label=title, text=text)


@login_required
@require_POST
def add_file(request: AuthenticatedRequest, slug: str, group_id: int) -> HttpResponse:
    """Join a file. The form is on the page of the group."""
    circle, found = found_group(request, slug, group_id)
    if not in_group(request.user, found).may_write:
        raise PermissionDenied
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_in(form):
            add_group_file(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le fichier est joint."))
            return redirect("concertation:group", circle.slug, found.pk)
    return group_page(request, circle, found, file_form=form)


@require_safe
def file(request: HttpRequest, slug: str, group_id: int, file_id: int) -> HttpResponseBase:
    """A file of the space, for those of the programme who read it."""
    found = space_of_group(request, slug, group_id)
    kept = get_object_or_404(found.files.standing().select_related("stored"), pk=file_id)
    return file_response(kept.stored)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_file(request: AuthenticatedRequest, slug: str, group_id: int, file_id: int) -> HttpResponse:
    circle, found = found_group(request, slug, group_id)
    kept = get_object_or_404(found.files.standing().select_related("stored"), pk=file_id)
    if not may_undo(in_group(request.user, found), kept.stored.added_by_id, request.user):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            withdraw_group_file(kept, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le fichier est retiré."))
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Retirer un fichier")
    return ask_page(request, circle, found, form, title=title, submit_label=title, text=kept.stored.name)
