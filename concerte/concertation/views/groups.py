"""Working groups: the list, the card and the space of one, its card and its seats changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.concertation.forms.groups import (
    AskToJoinForm,
    DescribeGroupForm,
    FileForm,
    FillSeatForm,
    GroupForm,
    InviteForm,
    PublicationForm,
)
from concerte.concertation.forms.speaking import ReasonForm
from concerte.concertation.groups_reading import (
    ShownGroup,
    card_data,
    group_cards,
    group_data,
    shown_group,
    taken_people,
)
from concerte.concertation.models import GroupPilot, WorkingGroup
from concerte.concertation.rules.groups import in_group, may_fill
from concerte.concertation.services.groups import (
    create_group,
    decide_publication,
    describe_group,
    empty_seat,
    end_group,
    fill_seat,
)
from concerte.concertation.views import frame
from concerte.concertation.views.frame import circle_of, place_in, trail_in
from concerte.documents.note_pages import note_data
from concerte.partners.circles import Standing, standing_in
from concerte.partners.models import Circle, Organisation

PER_PAGE = 30


@require_safe
def groups(request: HttpRequest, slug: str) -> HttpResponse:
    """The groups whose card the person may read: those at work first."""
    circle, held = circle_of(request.user, slug)
    found = WorkingGroup.objects.visible_to(request.user).filter(circle=circle).order_by("ended_at", "name", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **place_in(circle, "groups"),
        "page": page,
        "cards": group_cards(page.object_list),
        "may_create": held.may_coordinate or bool(held.represented),
    }
    return render(request, "concertation/groups.html", context)


@require_safe
def groups_data(request: HttpRequest, slug: str) -> HttpResponse:
    circle, _held = circle_of(request.user, slug)
    found = WorkingGroup.objects.visible_to(request.user).filter(circle=circle)
    return JsonResponse({"groups": [card_data(card) for card in group_cards(found)]})


@require_safe
def group(request: HttpRequest, slug: str, group_id: int) -> HttpResponse:
    circle, found = found_group(request, slug, group_id)
    return group_page(request, circle, found)


@require_safe
def one_group_data(request: HttpRequest, slug: str, group_id: int) -> HttpResponse:
    _circle, found = found_group(request, slug, group_id)
    answer = JsonResponse(group_data(shown_group(found, request.user), slug=slug))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    circle, held = circle_of(request.user, slug)
    if not held.may_coordinate and not held.represented:
        raise PermissionDenied
    form = GroupForm(request.POST or None, circle=circle, initial={"is_open": "closed"})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = create_group(circle, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le groupe est créé. Chaque collège y nomme un copilote."))
            return redirect("concertation:group", circle.slug, made.pk)
    title = _("Créer un groupe de travail")
    return frame.ask_page(
        request,
        circle,
        form,
        title=title,
        text=_("Deux collèges le copilotent. Le copilote de l’un et celui de l’autre invitent les membres."),
        submit_label=_("Créer le groupe"),
        trail=trail_in(circle, "groups", (title, "")),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: AuthenticatedRequest, slug: str, group_id: int) -> HttpResponse:
    circle, found = found_group(request, slug, group_id)
    if not in_group(request.user, found).may_lead:
        raise PermissionDenied
    form = DescribeGroupForm(request.POST or None, initial=DescribeGroupForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            describe_group(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le groupe est à jour."))
            return redirect("concertation:group", circle.slug, found.pk)
    return ask_page(request, circle, found, form, title=_("Décrire le groupe"), submit_label=_("Enregistrer"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: AuthenticatedRequest, slug: str, group_id: int, seat_id: int) -> HttpResponse:
    """Name the co-pilot of a college."""
    circle, found = found_group(request, slug, group_id)
    its_seat = get_object_or_404(found.seats.select_related("college", "group"), pk=seat_id)
    if not may_fill(standing_in(request.user, found.circle_id), its_seat):
        raise PermissionDenied
    taken = taken_people(group_cards([found])[0].seats)
    form = FillSeatForm(request.POST or None, seat=its_seat, without=taken)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            named = fill_seat(its_seat, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("%(name)s copilote ce groupe.") % {"name": named.person.name})
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Nommer le copilote du collège %(college)s") % {"college": its_seat.college.short_name}
    return ask_page(request, circle, found, form, title=title, submit_label=_("Nommer"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_seat(request: AuthenticatedRequest, slug: str, group_id: int, pilot_id: int) -> HttpResponse:
    circle, found = found_group(request, slug, group_id)
    pilot = get_object_or_404(
        GroupPilot.objects.filter(seat__group=found, ended_at=None).select_related("seat", "person"), pk=pilot_id
    )
    if pilot.person_id != request.user.pk and not may_fill(standing_in(request.user, circle.pk), pilot.seat):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            empty_seat(pilot, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le siège est libre : le collège en est averti."))
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Libérer un siège de copilote")
    return ask_page(
        request, circle, found, form, title=title, submit_label=_("Libérer le siège"), text=pilot.person.name
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: AuthenticatedRequest, slug: str, group_id: int) -> HttpResponse:
    """A co-pilot decides, for their college, whether anyone may read the group."""
    circle, found = found_group(request, slug, group_id)
    pilot = in_group(request.user, found).pilot
    if pilot is None:
        raise PermissionDenied
    wants = pilot.wants_published_at is None and found.published_at is None
    form = PublicationForm(request.POST or None, initial={"wants": "yes" if wants else "no"})
    if wants:
        form.fields["because"].widget = form.fields["because"].hidden_widget()
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            decided = decide_publication(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _publication_word(decided, wanted=form.cleaned_data["wants"]))
            return redirect("concertation:group", circle.slug, found.pk)
    text = (
        _(
            "Quand chaque copilote le veut, tout le monde lit le nom, l’objet, les copilotes, les notes et les idées "
            "du groupe. Ses fichiers et la liste de ses membres restent au programme."
        )
        if wants
        else _("Le groupe ne sera plus public, ou ne le deviendra pas, tant que vous ne le voulez pas de nouveau.")
    )
    title = _("Publier le groupe") if wants else _("Ne plus publier le groupe")
    return ask_page(request, circle, found, form, title=title, submit_label=title, text=text)


def _publication_word(decided: WorkingGroup, *, wanted: bool) -> str:
    if decided.published_at:
        return _("Le groupe est public.")
    return _("C’est noté : il manque l’accord d’un autre copilote.") if wanted else _("Le groupe n’est pas public.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: AuthenticatedRequest, slug: str, group_id: int) -> HttpResponse:
    circle, found = found_group(request, slug, group_id)
    if not in_group(request.user, found).may_lead:
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            end_group(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le groupe est terminé ; tout ce qu’il a fait reste lisible."))
            return redirect("concertation:group", circle.slug, found.pk)
    title = _("Mettre fin au groupe")
    return ask_page(request, circle, found, form, title=title, submit_label=title)


def found_group(request: HttpRequest, slug: str, group_id: int) -> tuple[Circle, WorkingGroup]:
    """The group of an address, for those who may read its card."""
    circle, _held = circle_of(request.user, slug)
    visible = WorkingGroup.objects.visible_to(request.user).select_related("note", "circle")
    return circle, get_object_or_404(visible, pk=group_id, circle=circle)


def space_of_group(request: HttpRequest, slug: str, group_id: int) -> WorkingGroup:
    """The group of an address, for those of the programme who read its space."""
    circle, found = found_group(request, slug, group_id)
    is_readable = WorkingGroup.objects.readable_by(request.user).filter(pk=found.pk).exists()
    if not is_readable or not standing_in(request.user, circle.pk).may_read:
        raise Http404
    return found


def ask_page(
    request: HttpRequest,
    circle: Circle,
    found: WorkingGroup,
    form: BaseForm,
    *,
    title: str,
    submit_label: str,
    text: str = "",
) -> HttpResponse:
    """A page that asks, then does something of a group. text: the name of the group, when it is no other."""
    group_step = (found.name, reverse("concertation:group", args=[circle.slug, found.pk]))
    trail = trail_in(circle, "groups", group_step, (title, ""))
    return frame.ask_page(
        request, circle, form, title=title, submit_label=submit_label, text=text or found.name, trail=trail
    )


def group_page(
    request: HttpRequest,
    circle: Circle,
    found: WorkingGroup,
    *,
    invite_form: InviteForm | None = None,
    file_form: FileForm | None = None,
    join_form: AskToJoinForm | None = None,
) -> HttpResponse:
    """The page of a group. The forms: those that were refused, if one was."""
    shown = shown_group(found, request.user)
    me = shown.me
    is_at_work = not found.has_ended
    if me.may_lead and is_at_work and invite_form is None:
        invite_form = InviteForm(group=found)
    if me.may_write and is_at_work and file_form is None:
        file_form = FileForm()
    speaking = _organisations_of(me.circle)
    if join_form is None and speaking and not me.belongs and me.waiting is None and is_at_work:
        join_form = AskToJoinForm(organisations=speaking)
    context = {
        **place_in(circle, "groups", (found.name, "")),
        "group": found,
        "shown": shown,
        "me": me,
        "fillable": {each.seat.pk for each in shown.card.seats if may_fill(me.circle, each.seat)} if is_at_work else (),
        "waiting_requests": list(
            found.memberships.waiting("asked").select_related("person", "organisation").order_by("pk")
        )
        if me.may_lead
        else [],
        "waiting_invitations": list(
            found.memberships.waiting("invited").select_related("person", "organisation").order_by("pk")
        )
        if me.may_lead
        else [],
        "note": _note(request, found, shown),
        "invite_form": invite_form,
        "file_form": file_form,
        "join_form": join_form,
    }
    return render(request, "concertation/group.html", context, status=status_of(invite_form, file_form, join_form))


def _organisations_of(held: Standing) -> tuple[Organisation, ...]:
    """The organisations the person speaks for in the circle, each once."""
    return tuple({each.organisation_id: each.organisation for each in held.memberships}.values())


def _note(request: HttpRequest, found: WorkingGroup, shown: ShownGroup) -> dict[str, Any] | None:
    if shown.space is None or not shown.me.belongs:
        return None
    return note_data(request, found.note, speaks_for=shown.me.organisation, label=_("Notes du groupe"))
