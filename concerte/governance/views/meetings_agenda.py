"""Agendas: items, their order, their papers, what became of them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerte.accounts.models import User
from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.documents.files import file_response
from concerte.governance.forms.meetings import ItemForm, PaperForm, ReasonForm
from concerte.governance.models import AgendaItem, AgendaPaper, Meeting
from concerte.governance.rules import may_read_restricted_papers
from concerte.governance.services import (
    add_item,
    carry_over,
    join_paper,
    move_item,
    settle_item,
    update_item,
    withdraw_item,
    withdraw_paper,
)
from concerte.governance.views.frame import act, form_page, trail_of_meeting
from concerte.governance.views.meetings import kept_meeting, meeting_of
from concerte.lineage import references


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: AuthenticatedRequest, meeting_id: int) -> HttpResponse:
    meeting = kept_meeting(request.user, meeting_id)
    form = ItemForm(request.POST or None, viewer=request.user, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            add_item(meeting, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le point est inscrit."))
            return redirect(_agenda_of(meeting))
    return _item_page(request, meeting, form, title=_("Inscrire un point"), label=_("Inscrire"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: AuthenticatedRequest, item_id: int) -> HttpResponse:
    item = _kept_item(request.user, item_id)
    shown = references.show([item.reference], request.user) if item.reference else {}
    initial: dict[str, Any] = {name: getattr(item, name) for name in ("title", "kind", "summary", "rapporteur")}
    initial["about"] = next((each.address for each in shown.values()), "")
    form = ItemForm(request.POST or None, viewer=request.user, meeting=item.meeting, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            update_item(item, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("C’est enregistré."))
            return redirect(_agenda_of(item.meeting))
    return _item_page(request, item.meeting, form, title=_("Modifier un point"), label=_("Enregistrer"))


@login_required
@require_POST
def move(request: AuthenticatedRequest, item_id: int) -> HttpResponse:
    item = _kept_item(request.user, item_id)
    up = request.POST.get("sens") == "haut"
    return act(
        request,
        lambda: move_item(item, up=up, acting_user=request.user),
        done=_("L’ordre du jour est modifié."),
        address=f"{_agenda_of(item.meeting)}-{item.pk}",
    )


@login_required
@require_POST
def settle(request: AuthenticatedRequest, item_id: int) -> HttpResponse:
    item = _kept_item(request.user, item_id)
    outcome = request.POST.get("suite", "")
    return act(
        request,
        lambda: settle_item(item, outcome=outcome, acting_user=request.user),
        done=_("La suite du point est notée."),
        address=f"{_agenda_of(item.meeting)}-{item.pk}",
    )


@login_required
@require_POST
def carry(request: AuthenticatedRequest, item_id: int, meeting_id: int) -> HttpResponse:
    """Put on an agenda what another meeting left over."""
    item = _kept_item(request.user, item_id)
    meeting = kept_meeting(request.user, meeting_id)
    return act(
        request,
        lambda: carry_over(item, meeting=meeting, acting_user=request.user),
        done=_("Le point est inscrit à l’ordre du jour."),
        address=_agenda_of(meeting),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedRequest, item_id: int) -> HttpResponse:
    item = _kept_item(request.user, item_id)
    return form_page(
        request,
        ReasonForm(request.POST or None),
        save=lambda **facts: withdraw_item(item, **facts, acting_user=request.user),
        done=_("Le point est retiré\u202f; il reste lisible, avec le motif."),
        trail=trail_of_meeting(item.meeting, (_("Retirer un point"), "")),
        address=_agenda_of(item.meeting),
        title=_("Retirer un point"),
        lead=item.title,
        label=_("Retirer"),
        kind="danger",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_paper(request: AuthenticatedRequest, item_id: int) -> HttpResponse:
    item = _kept_item(request.user, item_id)
    return form_page(
        request,
        PaperForm(request.POST or None, request.FILES or None),
        save=lambda **facts: join_paper(item, **facts, acting_user=request.user),
        done=_("La pièce est jointe."),
        trail=trail_of_meeting(item.meeting, (_("Joindre une pièce"), "")),
        address=_agenda_of(item.meeting),
        title=_("Joindre une pièce"),
        lead=item.title,
        label=_("Joindre"),
    )


@require_safe
def paper(request: HttpRequest, paper_id: int) -> FileResponse:
    """The file, to who may see the meeting and, for a restricted one, is inside the body."""
    found = get_object_or_404(AgendaPaper.objects.select_related("stored", "item"), pk=paper_id, withdrawn_at=None)
    meeting = meeting_of(request.user, found.item.meeting_id)
    if found.is_restricted and not may_read_restricted_papers(request.user, meeting.body):
        raise Http404
    return file_response(found.stored)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_of_paper(request: AuthenticatedRequest, paper_id: int) -> HttpResponse:
    found = get_object_or_404(AgendaPaper.objects.select_related("stored", "item__meeting"), pk=paper_id)
    meeting = kept_meeting(request.user, found.item.meeting_id)
    return form_page(
        request,
        ReasonForm(request.POST or None),
        save=lambda **facts: withdraw_paper(found, **facts, acting_user=request.user),
        done=_("La pièce est retirée."),
        trail=trail_of_meeting(meeting, (_("Retirer une pièce"), "")),
        address=_agenda_of(meeting),
        title=_("Retirer une pièce"),
        lead=found.stored.name,
        label=_("Retirer"),
        kind="danger",
    )


def _kept_item(person: User, item_id: int) -> AgendaItem:
    item = get_object_or_404(AgendaItem.objects.select_related("meeting", "rapporteur"), pk=item_id)
    item.meeting = kept_meeting(person, item.meeting_id)
    return item


def _agenda_of(meeting: Meeting) -> str:
    return reverse("governance:meeting", args=[meeting.pk]) + "#point"


def _item_page(
    request: AuthenticatedRequest, meeting: Meeting, form: ItemForm, *, title: str, label: str
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "label": label,
        "meeting": meeting,
        "back": _agenda_of(meeting),
        "trail": trail_of_meeting(meeting, (title, "")),
    }
    return render(request, "governance/meeting_item.html", context, status=status_of(form))
